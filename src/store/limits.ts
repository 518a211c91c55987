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
/** Of one room: more than a peer keeps, so that the vault never decides what goes. */
export const eventsPerRoomMax = 1_100_000;
/** Events of one reading: twice what a peer holds of a room. */
export const readMax = 10_000;

/** Each is looked up by itself. */
export const targetsMax = 1_000;

/** The same is found by its beginning, where a text has an endless word. */
export const searchWordCharsMax = 64;
/** Of a guest's vault: what comes in between moves as many; and a hundred thousand are in a few hundred blocks. */
export const sortedBlockMax = 512;
/** What a person types; each word is looked up by itself. */
export const searchWordsCharsMax = 500;
/** Rooms of one peer, or people of one circle, that a search is narrowed to; SQLite takes some more in one expression. */
export const searchFilterMax = 1_000;
/** Rooms that one event of the same millisecond each leaves without crowding; more would make the numbers of the index longer. */
export const textsAtOneClock = 64;
/** Places after a clock at which its texts are looked for: those of a thousand at one. Of more than that, some are missed by `before`. */
export const textsCrowdedMax = 2 ** 20;

/** SQLCipher's own, which its format expects; salvage.node.ts reads pages of this size. */
export const vaultPageBytes = 4096;
/** 64 GiB: what a page may say of how many there are. */
export const vaultPagesMax = 2 ** 24;
/** SQLCipher's own. */
export const vaultSaltBytes = 16;
/** Decrypted pages in memory, at most: rooms' events lie between one another, and a start reads them room by room. Fewer: twice the time. */
export const pageCacheKib = 64 * 1024;
/** A conversation's old keys leave the files after as many more writes at the latest: each clearing costs a flush of the disk. */
export const writesUntilCleared = 100;
/** No table of the vault has as many; a row with more is no row. */
export const salvagedColumnsMax = 16;

/** A file of three slots is 1 KB, and what a keychain makes of a key a few hundred bytes. */
export const keysBytesMax = 64 * 1024;
export const wrappedKeyBytesMax = 8 * 1024;
/** What a file may ask of Argon2id: more would be a way to make a start hang. */
export const argonMemoryKibMax = 1024 * 1024;
export const argonPassesMax = 20;
/**
 * RFC 9106, section 4, asks for 3 passes over 64 MiB where memory is scarce; twice the memory here, in one lane, since
 * WebAssembly has one thread. Measured (npm run bench -- vault): a third of a second on the machine this was written on,
 * and not two on one that is five times slower.
 */
export const argonParameters = { memoryKib: 128 * 1024, passes: 3, lanes: 1 } as const;
/** Typed by people, or a phrase of two lines. Longer is a mistake, such as a pasted file. */
export const passphraseCharsMax = 1024;

/** Wrong passphrases without a wait, for those who mistype; then each doubles it. */
export const freeTries = 5;
export const firstWaitMs = 1_000;
/** Somebody who remembers the passphrase at last is not locked out for the day; a guesser gets 288 a day. */
export const waitMsMax = 300_000;
/** Rows that wait to be written while a damaged vault is read: fewer only make it slower. */
export const salvagedAtOnce = 2_000;
/** Twice what the screen takes: names of older versions were longer. */
export const nameCharsMax = 80;
/** 24 words of at most 8 letters, with whatever people write around them. */
export const recoveryPhraseCharsMax = 1_000;
/** Five thousand people with the longest names take 1.6 MB. It travels through the API as base64, whose messages are bounded. */
export const exportBytesMax = 2 * 1024 * 1024;
/** The file's length tells how many contacts there are to this many bytes. */
export const exportPaddingBytes = 4 * 1024;
/** The largest record, with its key and the types of its columns. */
export const salvagedRowBytesMax = recordBytesMax + 4096;
