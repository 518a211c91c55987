/** Bounds of the mesh, each with its reason and what breaks where it is wrong. */
import { strict } from "./strict.ts";

/** A data channel message; WebRTC stacks fragment above 16 KiB and refuse above 256 KiB. Too small: a directory does not fit. */
export const frameBytesMax = 64 * 1024;
/** What an envelope may carry: the frame less its CBOR head and two peer ids. */
export const sealedBytesMax = 60 * 1024;
/** Up to so many peers everyone links to everyone; in a crowd, beyond it, links are bounded (docs/decisions/0010). */
export const fullMeshMax = 25;
/** In a crowd a peer dials until it has so many links. Fewer: broadcasts take more hops; more: heartbeats and memory. */
export const crowdLinksMin = 16;
/** With more than so many, links that nobody needs are given up. */
export const crowdLinksTrim = 24;
/** Links opened for a conversation with one peer, beside those. */
export const demandedLinksMax = 8;
/** No peer keeps more: the full mesh, or the crowd's links and the demanded ones, and some of others who dialled. */
export const linksMax = 32;
/** Peers that one neighbour may say it is linked to: twice its links. More: one liar fills the list of people. */
export const neighboursMax = 64;
/** The largest card: ten addresses of 64 characters, a name of 80 at three bytes each, keys and signatures. */
export const cardBytesMax = 1_400;
/** Cards in one `hello`: every neighbour of a full mesh. More: a frame that the transport refuses. */
export const helloCardsMax = 40;
/** Peers whose card is kept, online or not: a thousand here and as many who were. Beyond it the longest absent are forgotten. */
export const knownPeersMax = 2_000;
/** Addresses of one peer: several interfaces, two families, or the ten ports of a typed-in host. */
export const addressesMax = 10;
/** Successors named in a heartbeat: five deaths in a row without a pause for thought. */
export const successorsMax = 5;
/** Two branches of a broadcast tree of a thousand peers, and some to spare. More: a routing mistake circles for longer. */
export const hopsMax = 10;

/** Hash bytes that name a broadcast: 96 bits, so that nobody finds two bodies of one name. */
export const broadcastIdBytes = 12;
/** Links that a broadcast crosses. More than any tree has; less: the last peers of a long chain hear nothing. */
export const broadcastHopsMax = 64;
/** Ids remembered so that a broadcast is taken once: minutes of the busiest crowd. */
export const broadcastsSeenMax = 16_384;
/** Bodies kept for those who ask for them. Fewer: what was lost on the way must be completed by the rooms. */
export const broadcastsKeptMax = 1_024;
export const broadcastsKeptBytesMax = 4 * 1024 * 1024;
/** Announced but missing. Beyond it announcements are ignored: they come again by other links. */
export const broadcastsMissingMax = 1_024;
/** Of whom a missing body can be asked, one after another. */
export const announcersMax = 4;
/** Ids in one `ihave` or `graft`. */
export const broadcastIdsMax = 256;
/** Lazy links on which a body is announced, drawn anew for each: more than enough for every peer to hear of it. */
export const announcedLinksMax = 8;
/** Ids leave together this often. Shorter: more frames; longer: a broken tree is noticed later. */
export const ihaveDelayMs = 200;
/** An announced body has this long to come by the tree: several hops, and the announcement's own delay. */
export const graftDelayMs = 400;
/** Whoever was asked has this long to answer. */
export const graftRetryMs = 600;
/** Links between a peer and the host. More than any overlay has; a way this long leads in circles. */
export const treeDepthMax = 32;

/**
 * How often a peer says that it is still here: once a second all together, within these bounds. It only has to end
 * what losses and partitions left behind; who fails is noticed by its neighbours.
 */
export const aliveMsPerPeer = 1_000;
export const aliveIntervalMinMs = 30_000;
export const aliveIntervalMaxMs = 600_000;
/** A peer of which nothing came for so many intervals is taken to be gone. */
export const aliveMissesMax = 3;
/** A link that broke may come back at once; then nobody need hear of it. */
export const suspectDelayMs = 1_000;
/** How often the roster is looked through for those of whom nothing comes. */
export const sweepIntervalMs = 5_000;
/** Up to 25 peers, one that is known by others' word alone is asked for its own this often. */
export const farAskMs = 15_000;
/** Words of a peer that are doubted after a link to it broke: one may have been said before and have come later. */
export const doubtsMax = 2;
/** A suspected peer has so long to object before a crowd shows it as gone (SWIM, section 4.2). */
export const suspicionMs = 2_500;
/** Linked peers compare whom they know soon after they met, and one pair now and then. */
export const censusDelayMs = 300;
export const censusIntervalMs = 30_000;
/** In a crowd, rosters are compared only when nobody has come or gone for so long. */
export const censusQuietMs = 2_000;
/** Peers in one part of a census. */
export const censusPartMax = 500;
/** Parts of one census. */
export const censusPartsMax = 5;
/** Cards in one answer, and asked for in one question. */
export const wantedMax = 40;
/** How long a question for a card is not asked again, of anybody. */
export const wantAgainMs = 1_000;
/** Suspicions that this peer raises at most: a burst, then so many a second. A liar makes others object no faster. */
export const suspectsBurstMax = 64;
export const suspectsPerSecondMax = 16;
/** Statements of one start of a peer: twice a second for longer than machines run. */
export const statementSeqMax = 2 ** 40;
/** Objections of this peer to being called gone: at most one in this time. */
export const objectIntervalMs = 500;

/** A newcomer that sees a crowd on the wire behaves as in one, though it does not know anybody yet. */
export const newcomerMs = 10_000;
/** In a crowd, a peer seen on the wire that nobody knows yet is dialled after up to so long a peer: else all would dial it at once. */
export const strangerMsPerPeer = 20;
/** Envelopes to one peer within `demandWindowMs` that make a link of one's own worth it, and how long it is kept unused. */
export const demandEnvelopesMin = 3;
export const demandWindowMs = 10_000;
export const demandIdleMs = 60_000;
/** Peers whose demand is counted. */
export const demandsMax = 256;
/** How often a crowd's links are looked after, and how often one is exchanged for another at random, so that the overlay stays mixed. */
export const overlayIntervalMs = 1_000;
export const mixIntervalMs = 120_000;
/**
 * A link this young is not given up. Longer: while many arrive, each links with those who came with it, and a growing crowd
 * is a chain of cliques (100 peers five links from their host; with two seconds, two).
 */
export const trimAgeMs = 2_000;

/** Proves a link alive and spreads the view of the host. Shorter: idle load; longer: a cut cable is noticed later. */
export const heartbeatIntervalMs = 1_000;
/** Three heartbeats lost and half of one: a busy laptop survives it, a person waits no longer for the truth. */
export const linkSilenceMaxMs = 3_500;
/** A host three hops away is known by its sequence number alone: it must move within five heartbeats. */
export const hostSilenceMaxMs = 5_000;
/** The host signs its claim anew after so many heartbeats: a liar can name a sequence no further ahead. */
export const signedBeatsMax = 60;
/** What a heartbeat may be ahead of the last signature: those beats, and some under way. */
export const unsignedBeatsMax = 75;
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

/**
 * What one neighbour may have us do (rates.ts): at once, and then a second. Measured with 300 honest peers that come all
 * at once, talk, vanish by a third, are cut in two and heal, each bound has five times of what was needed, or more.
 * Larger: a flood takes more of our time. Smaller: people are cut off from their friends for coming in a crowd.
 */
/** Decoding them takes half a second at once, and a quarter of a core then. What is beyond is not even decoded. */
export const frameRate = { burst: 10_000, perSecond: 5_000 };
/** Half of what a data channel carries; histories come faster than that for some seconds. */
export const byteRate = { burst: 128 * 1024 * 1024, perSecond: 32 * 1024 * 1024 };
/** Honest peers send none. Some, since one fault in a program must not part its person from everybody at once. */
export const badRate = { burst: 200, perSecond: 2 };
/** New cards to verify: a crowd of a thousand at once, each twice (0.5 s of work). */
export const cardRate = { burst: 4_000, perSecond: 160 };
/** A broadcast counts as one for each 2 KiB begun, since it costs everybody that. */
export const newsUnitBytes = 2 * 1024;
/** What a peer begins itself, the cards of those it links to included: a program that talks 20 times a second, twice. */
export const ownNewsRate = { burst: 300, perSecond: 40 };
/** What a peer passes on in all: the cards of a thousand at once and more, then whatever a thousand people say in a second. */
export const newsTurns = { burst: 3_000, perSecond: 150 };
/** A part of it that each neighbour has for itself. */
export const turnShare = 1 / 32;
/** A neighbour may pass on so much more than an honest one does. */
export const passedPerTurn = 2;
export const passedNewsRate = { burst: passedPerTurn * newsTurns.burst, perSecond: passedPerTurn * newsTurns.perSecond };
/** Ids announced: each of all broadcasts. */
export const announcedRate = passedNewsRate;
/** Envelopes from their sender to us, a quarter of a millisecond each: 20 words and 50 acknowledgements a second; or its history at 12 MB/s. */
export const letterRate = { burst: 1_000, perSecond: 250 };
/** An envelope to be carried counts as one for each 16 KiB begun. */
export const cargoUnitBytes = 16 * 1024;
/** Envelopes from their sender for others: 20 words a second, one for each of a room of thirty; or a history at 12 MB/s. */
export const ownCargoRate = { burst: 1_500, perSecond: 800 };
/** What a relay carries in all: that, and everybody's acknowledgements, where it is the only way between thirty people. */
export const cargoTurns = { burst: 4_000, perSecond: 1_500 };
export const passedCargoRate = { burst: passedPerTurn * cargoTurns.burst, perSecond: passedPerTurn * cargoTurns.perSecond };
/** Questions, by the cards that answer them: a newcomer asks for all of a thousand, and compares rosters with several. */
export const questionRate = { burst: 6_000, perSecond: 150 };
/** The same for a body that is sent again, and for lists of a thousand. */
export const graftCost = 4;
export const censusCost = 50;
export const membersCost = 20;
/** Whole heartbeats: one when the host changes or signs, some when several claim at once. Each may change the host. */
export const claimRate = { burst: 100, perSecond: 2 };
/** Comings and goings of a neighbour's links: all of them, several times. */
export const neighbourRate = { burst: 500, perSecond: 20 };
/** Drops further apart than that are not one flood. */
export const floodPauseMs = 1_000;
/** Over a budget for so long is no accident: a machine that woke up has sent what it had by then. */
export const floodAfterMs = 3_000;
/** A flooder that goes on for so long loses its link. Until then its frames are dropped, and its person may notice. */
export const floodPatienceMs = 5_000;
/** Not accepted again for so long. Longer: a mended program stays out in the cold. */
export const banMs = 60_000;
/** A flood is shown for so long after its last frame, and told again so often while it goes on. */
export const floodKeptMs = 10 * 60_000;
export const floodToldMs = 10_000;
/** Peers whose budgets are remembered: those linked, and many that were. Beyond it the oldest begin anew. */
export const standingsMax = 256;
/** A card of ours that is newer than ours is answered so rarely: two starts of one profile would outbid each other for ever. */
export const outbidIntervalMs = 10_000;
/** Neighbours whose carried frames are counted one by one; the counts of older ones are kept as a sum. */
export const relayedPeersMax = 200;
/** A term grows by one, so only a liar comes here: after it terms begin anew (election.ts). JavaScript counts further exactly. */
export const termMax = 2 ** 40;
/** So long nobody brings back a reign of the last term that we saw end: those who have not noticed do within `hostSilenceMaxMs`. */
export const endedReignMs = 10_000;
/** A name on a card, in UTF-16 units; the API's own limit is lower. */
export const nameCharsMax = 80;

strict(sealedBytesMax < frameBytesMax, "an envelope must fit its frame");
strict(linkSilenceMaxMs > 3 * heartbeatIntervalMs, "three heartbeats may be lost");
strict(hostSilenceMaxMs > linkSilenceMaxMs, "a direct link notices first");
strict(endedReignMs > hostSilenceMaxMs, "others notice meanwhile");
strict((helloCardsMax + 1) * cardBytesMax < frameBytesMax, "a hello fits its frame");
strict(helloCardsMax >= linksMax, "every neighbour is introduced");
strict(helloCardsMax < neighboursMax, "what one side sends the other side takes");
strict(introducedTargetsMax < targetsMax, "places are left");
strict(cardRate.burst > neighboursMax, "one hello fits");
strict(1 + (linksMax - 1) * turnShare < passedPerTurn, "an honest relay passes on less than its neighbours take");
strict(newsTurns.perSecond > 2 * ownNewsRate.perSecond, "one who begins all it may leaves room for the others");
strict(cargoTurns.perSecond > ownCargoRate.perSecond, "one who sends all it may leaves room for the others");
strict(frameRate.perSecond > passedCargoRate.perSecond, "what is carried may come");
strict(questionRate.burst > graftCost * broadcastsMissingMax, "all that is missing may be asked for at once");
strict(newsTurns.burst > frameBytesMax / newsUnitBytes && newsTurns.burst * turnShare > frameBytesMax / newsUnitBytes, "one fits");
strict(standingsMax > linksMax, "all links are watched");
strict(redialMinMs < redialMaxMs, "pauses grow");
strict(fullMeshMax - 1 < linksMax && crowdLinksTrim + demandedLinksMax <= linksMax, "links that are wanted have a place");
strict(crowdLinksMin < crowdLinksTrim, "what is dialled is not given up at once");
strict(crowdLinksMin < fullMeshMax, "a crowd needs fewer links than a full mesh");
strict(linksMax <= neighboursMax, "what one side has the other takes");
strict(wantedMax * (cardBytesMax + 200) < frameBytesMax, "the cards asked for, with a statement each, fit a frame");
strict(censusPartMax * 80 < frameBytesMax, "a part of a census fits a frame");
strict(unsignedBeatsMax > signedBeatsMax, "honest hosts are believed");
strict(graftDelayMs > ihaveDelayMs, "a body outruns its announcement");
strict(knownPeersMax < censusPartsMax * censusPartMax, "everybody known fits a census");
