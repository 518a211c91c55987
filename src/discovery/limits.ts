/** Bounds of discovery, each with its reason. */

/** mDNS answers and forgets: questions are asked again so often, so that a lost packet costs seconds, not for ever. */
export const queryIntervalMs = 15_000;
/** The first questions come quickly: packets get lost, and an interface that has just come up may not send yet. */
export const firstQueriesMs = [200, 1_000, 3_000] as const;
/** How often interfaces are looked at: a changed address is told within this. Reading them costs a fraction of a millisecond. */
export const interfacesCheckMs = 1_000;
/** A check that comes so late means that the machine slept: group memberships are made anew. */
export const sleepSuspectedMs = 10_000;
/** Sightings taken from the answers to one question: a wire full of strangers must not fill the queue. */
export const sightingsPerQueryMax = 500;
/** Addresses of one sighting; the mesh tries no more. */
export const sightingAddressesMax = 8;
/** Goodbyes leave within this at the end, or not at all. */
export const goodbyeMs = 300;
/**
 * Records of one packet that is looked at: a peer's answer has five. The library's work grows with the square of it: a packet
 * of 64 KB full of records would hold it for seconds.
 */
export const recordsPerPacketMax = 128;
/** Failures told of one interface, each once. What strangers send can fail in any number of ways. */
export const failuresToldMax = 20;
