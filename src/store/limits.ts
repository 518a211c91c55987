/** Bounds of what is read from and written to a profile's file. */

/** A hundred remembered peers make 60 KB. A larger file is none of ours, and is not read into memory. */
export const profileBytesMax = 1024 * 1024;
/** Twice what a peer remembers; beyond it a file was not written by us. */
export const rememberedMax = 200;
/** Twice the addresses of one peer. */
export const addressesMax = 20;
/** Attempts to take a lock that its owner has left: each means that another process was quicker. */
export const lockAttemptsMax = 5;

/** Ids, and names of settings: the longest is the id of a direct conversation. */
export const recordKeyCharsMax = 200;
/** A room's membership is the largest record; a pair's sessions with all keys kept for late messages are a tenth of it. */
export const recordBytesMax = 1024 * 1024;
/** Of one table. Sessions are the most: callers bound theirs far below, so more of them is a mistake, and told as one. */
export const recordsPerTableMax = 20_000;
/** Records or events of one call, which is one transaction: a history that arrives at once comes in several. */
export const batchMax = 10_000;
/** An event travels in one envelope, so that none is longer. */
export const eventBytesMax = 64 * 1024;
/** Of one room: years of a busy one. A larger vault would only be slower to open after damage. */
export const eventsPerRoomMax = 200_000;
/** Events of one reading: twice what a peer holds of a room. */
export const readMax = 10_000;

/** SQLCipher's own, which its format expects; salvage.node.ts reads pages of this size. */
export const vaultPageBytes = 4096;
/** SQLCipher's own. */
export const vaultSaltBytes = 16;
/** A conversation's old keys leave the files after as many more writes at the latest: each clearing costs a flush of the disk. */
export const writesUntilCleared = 100;
/** No table of the vault has as many; a row with more is no row. */
export const salvagedColumnsMax = 16;
