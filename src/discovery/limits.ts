/** Bounds of discovery, each with its reason. */

/**
 * Before the first question, and before each answer: so that a room full of machines that start at once does not speak in the
 * same instant, and one question or answer serves for many (RFC 6762, sections 5.2 and 6). Together well under a second:
 * people wait for it.
 */
export const questionDelayMinMs = 20;
export const questionDelayMaxMs = 120;
export const answerDelayMinMs = 20;
export const answerDelayMaxMs = 120;
/** After the first question, doubled after each: packets get lost, and an interface that has just come up may not send yet. */
export const questionPauseMinMs = 1_000;
/**
 * The longest pause between questions. Shorter: every answer costs every peer. Longer: the halves of a network that was cut in
 * two stay strangers for longer.
 */
export const questionPauseMaxMs = 60_000;
/** Pauses are longer by up to this share: the first of all asks, the others hear it and need not. */
export const questionPauseJitter = 0.25;
/** A newcomer announces itself once more after this: RFC 6762, section 8.3. */
export const announceAgainMs = 1_000;
/** Nothing is told to everybody twice within this: RFC 6762, section 6. */
export const answerPauseMs = 1_000;
/** So long an asker may take to say in further packets what it knows: RFC 6762, section 7.2, with the jitter of any answer. */
export const moreKnownWaitMs = 380;
/** Askers of one answer that are told apart; those beyond it get theirs even if they know it. */
export const askersMax = 64;
/** Whoever was heard within this need not answer again: more than two pauses, so that a lost packet makes nobody unknown. */
export const knownForMs = 150_000;
/** Services remembered, the last heard. Of those forgotten too early each question hears again. */
export const knownServicesMax = 1_000;
/** Known services named in one packet of a question: 69 bytes each, and all must fit in 1,440. */
export const knownPerPacketMax = 20;
/** Packets of one question. What does not fit is answered anew: that a question costs more than its answers must not be. */
export const questionPacketsMax = 16;
/** Askers whose questions go on in further packets, at once. Others' questions do not count as ours: one packet more. */
export const openQuestionsMax = 32;
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
