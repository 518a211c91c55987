/** Bounds of the API's server, each with its reason. Its clients know the token; what they do wrong is a mistake, not an attack. */

/** An exported profile as base64; and beside it the longest text, every byte of it escaped as six characters. */
export const requestBytesMax = 3 * 1024 * 1024 + 256 * 1024;
/** Calls in one batch: a script's import. More belong into several batches, so that their answers come in between. */
export const batchCallsMax = 100;
/** Calls of one client without an answer: one whole batch and some that take seconds. Beyond it a call is refused as busy. */
export const callsInFlightMax = 128;
/** Windows, tabs, bots and shells of one person. Fewer: a forgotten tab locks the window out; more: each costs every event. */
export const clientsMax = 32;
/** Sockets of browsers that load the page beside them. */
export const socketsMax = 128;
/** The largest answer, 500 messages of 16 KB with escapes, twice. A client that leaves more unread has stopped reading. */
export const unreadBytesMax = 32 * 1024 * 1024;
/** How long a client that is let go may take to read the reason. */
export const closePatienceMs = 2_000;
/** Clients answer a close at once; one that hangs must not keep a person waiting who quits. */
export const stopPatienceMs = 200;
/** A page on the same machine sends its request at once. */
export const requestTimeoutMs = 5_000;
/** Mistakes told of one call, and characters of a wrong value repeated: more would hide the first. */
export const mistakesToldMax = 3;
export const wrongValueCharsMax = 40;
