/** Bounds of the TCP connection and of the data channel negotiated inside it, each with its reason. */
import { frameBytesMax } from "./limits.ts";
import { strict } from "./strict.ts";

/** The port tried first, and how many from there on: several people share a machine. Fewer: the last of them cannot start. */
export const signallingPort = 47_474;
export const signallingPortsTried = 10;

/** A signalling message is an offer, an answer or a candidate: 2 KB today. More: a stranger makes us hold more. */
export const messageBytesMax = 16 * 1024;
/** The largest handshake message is the third: keys, binding and a payload, about 300 bytes. */
export const handshakeBytesMax = 1024;
/** Bytes sent to a TCP connection that the other side does not read. Candidates are few; a stuck one is given up. */
export const unsentBytesMax = 256 * 1024;
/** Offer, answer, candidates of a dozen addresses a side, bye. A connection that says more is not negotiating. */
export const messagesPerConnectionMax = 100;

/** From TCP connect to proven identities. A LAN needs 20 ms, a loaded old laptop a second. Longer: half-open strangers hold places. */
export const handshakeTimeoutMs = 3_000;
/** A LAN answers SYN in milliseconds; one retransmission after a second must still fit. Longer: a wrong address holds its place. */
export const dialConnectTimeoutMs = 3_000;
/** From `negotiate` to an open channel: 50 ms where UDP passes. Longer: people wait for what will not come. */
export const dataChannelTimeoutMs = 5_000;
/** The responder waits so long for the dialler's connectivity checks before it begins its own. Longer: a link that needs them is late. */
export const candidatePatienceMs = 150;

/** Connections that have not proven who they are. More: a flood costs memory; fewer: a LAN that wakes up together waits. */
export const unauthenticatedMax = 64;
/**
 * Of these, from one address: one stranger must not take all places. Loopback is exempt: on one machine many peers
 * share it, and whoever is there already can do worse.
 */
export const unauthenticatedPerHostMax = 16;
/** All inbound connections: every link of the mesh twice (both dial) and the unauthenticated. Beyond it the kernel's handle is closed at once. */
export const inboundMax = 300;
/** Handshake steps waiting for their turn; each takes milliseconds, one a turn of the event loop, so links keep passing frames. */
export const handshakeStepsMax = 2 * unauthenticatedMax;
/** Refusals are told in sums: one input a second for each cause, however many come. */
export const refusalReportIntervalMs = 1_000;

/** Frames that wait because the other side reads too slowly. Beyond it the link is dead weight: it is closed and dialled again. */
export const sendQueueBytesMax = 8 * 1024 * 1024;
/** How long a closing connection may go on sending what was sent before. */
export const lingerMs = 500;
/** TCP probes an idle connection after so long; silence on the link is noticed before by heartbeats. */
export const keepAliveMs = 10_000;

strict(handshakeBytesMax < messageBytesMax, "a handshake message is a small message");
strict(unauthenticatedPerHostMax < unauthenticatedMax, "one address must not take all places");
strict(unauthenticatedMax < inboundMax, "links need places too");
strict(sendQueueBytesMax > 16 * frameBytesMax, "a burst of frames is no overload");
strict(messageBytesMax <= 0xffff, "the length prefix has two bytes");
