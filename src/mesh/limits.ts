/** Bounds of the mesh, each with its reason and what breaks where it is wrong. */
import { strict } from "./strict.ts";

/** A data channel message; WebRTC stacks fragment above 16 KiB and refuse above 256 KiB. Too small: a directory does not fit. */
export const frameBytesMax = 64 * 1024;
/** What an envelope may carry: the frame less its CBOR head and two peer ids. */
export const sealedBytesMax = 60 * 1024;
/** Everyone links to everyone up to 25; the rest is room for two groups that meet. More: memory and heartbeats grow with the square. */
export const linksMax = 64;
/** Peers that one neighbour may say it is linked to: twice its links. More: one liar fills the list of people. */
export const neighboursMax = 128;
/** The largest card: ten addresses of 64 characters, a name of 80 at three bytes each, keys and signatures. */
export const cardBytesMax = 1_400;
/** Cards in one `hello`; whoever has more neighbours tells of the rest one by one. More: a frame that the transport refuses. */
export const helloCardsMax = 40;
/** Peers whose card is kept, online or not. Beyond it the longest absent are forgotten. */
export const knownPeersMax = 1_000;
/** Addresses of one peer: several interfaces, two families, or the ten ports of a typed-in host. */
export const addressesMax = 10;
/** Successors named in a heartbeat: five deaths in a row without a pause for thought. */
export const successorsMax = 5;
/** Sender → host → another neighbour → receiver is three; one to spare. More: a routing mistake circles for longer. */
export const hopsMax = 4;

/** Proves a link alive and spreads the view of the host. Shorter: idle load; longer: a cut cable is noticed later. */
export const heartbeatIntervalMs = 1_000;
/** Three heartbeats lost and half of one: a busy laptop survives it, a person waits no longer for the truth. */
export const linkSilenceMaxMs = 3_500;
/** A host three hops away is known by its sequence number alone: it must move within five heartbeats. */
export const hostSilenceMaxMs = 5_000;
/** How long each later candidate leaves to the one before it. Longer than a LAN round trip by far, shorter than patience. */
export const candidateStepMs = 400;
/** Newcomers listen this long for a group with a host before two of them found one of their own. */
export const claimPatienceMs = 400;
/** When the one who should found a reign has not: longer than its patience and a heartbeat. */
export const claimFallbackMs = 2_000;
/** The chosen peer claims within a round trip or not at all. */
export const handOffTimeoutMs = 2_000;
/** A quitting host waits so long for its successor to claim. */
export const farewellMs = 400;
/** Within this time a second connection is the other half of "both dialled at once"; later, a sign that the first is dead. */
export const duplicateWindowMs = 5_000;
/** A peer that said goodbye is not believed present on others' word for so long: a link of theirs to it may still look alive. */
export const departedMs = 5_000;
/** A connection must have its data channel by then. */
export const negotiationTimeoutMs = 8_000;

/** First pause before a broken link is dialled again, and the longest one. */
export const redialMinMs = 250;
export const redialMaxMs = 15_000;
/** The next address of a peer is tried beside the first after so long (RFC 8305 section 5 uses 250 ms). */
export const nextAddressMs = 250;
/** A link that lasted so long may be dialled again at once. Shorter: two starts of one profile replace each other's links all day. */
export const steadyLinkMs = 5_000;
/** A target nobody names any more is given up after so long. Typed-in ones are kept. */
export const dialPatienceMs = 10 * 60_000;
/** A dial that has not answered by then has failed. The adapter has its own, shorter, limits. */
export const dialTimeoutMs = 12_000;
/** Dials under way at once: a hundred sightings must not become a hundred handshakes at once on two cores. */
export const dialsMax = 16;
/** Targets kept; beyond it new sightings are ignored until some are given up. */
export const targetsMax = 500;
/** Of these, not linked and known by others' word alone: one liar's inventions must leave places for what is seen on the wire. */
export const introducedTargetsMax = 200;
/** How long a person waits for an address they typed. */
export const connectTimeoutMs = 8_000;

/** New cards one neighbour may have us verify: two full `hello`s at once, then as many a second as an office has comings and goings. */
export const cardsBurstMax = 300;
export const cardsPerSecondMax = 20;
/** A card of ours that is newer than ours is answered so rarely: two starts of one profile would outbid each other for ever. */
export const outbidIntervalMs = 10_000;
/** Neighbours whose carried frames are counted one by one; the counts of older ones are kept as a sum. */
export const relayedPeersMax = 200;
/** A term is a small number that grows by one; anything beyond this is a lie or a fault. */
export const termMax = 2 ** 40;
/** A name on a card, in UTF-16 units; the API's own limit is lower. */
export const nameCharsMax = 80;

strict(sealedBytesMax < frameBytesMax, "an envelope must fit its frame");
strict(linkSilenceMaxMs > 3 * heartbeatIntervalMs, "three heartbeats may be lost");
strict(hostSilenceMaxMs > linkSilenceMaxMs, "a direct link notices first");
strict((helloCardsMax + 1) * cardBytesMax < frameBytesMax, "a hello fits its frame");
strict(helloCardsMax < neighboursMax, "what one side sends the other side takes");
strict(departedMs > linkSilenceMaxMs, "others have noticed by then");
strict(introducedTargetsMax < targetsMax, "places are left");
strict(cardsBurstMax > neighboursMax, "one hello fits");
strict(redialMinMs < redialMaxMs, "pauses grow");
