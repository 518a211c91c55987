/** Bounds of what is read from and written to a profile's file. */

/** A hundred remembered peers make 60 KB. A larger file is none of ours, and is not read into memory. */
export const profileBytesMax = 1024 * 1024;
/** Twice what a peer remembers; beyond it a file was not written by us. */
export const rememberedMax = 200;
/** Twice the addresses of one peer. */
export const addressesMax = 20;
/** Attempts to take a lock that its owner has left: each means that another process was quicker. */
export const lockAttemptsMax = 5;
