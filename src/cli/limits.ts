/** Bounds of the command line and of the process around a peer, each with its reason. */

/** What an exported profile can be; a larger file is another one. */
export const exportFileBytesMax = 2 * 1024 * 1024;
/** Longer than any passphrase; a larger file is another one. */
export const passphraseBytesMax = 4 * 1024;
/** The API's own bound for a name. */
export const personNameCharsMax = 40;
/** The protocol's bound is in bytes, four to a character at most. Longer: nobody types it twice alike. */
export const networkNameCharsMax = 64;
export const networkKeyCharsMax = 256;
/** More interfaces than a machine has; each costs a listener and an mDNS instance. */
export const interfacesMax = 16;
/** More addresses belong into one that introduces the others. */
export const connectsMax = 32;

/** After the answer that everything is destroyed: it has to get there. */
export const quitDelayMs = 200;
/** Hand-off (400 ms), goodbyes and sockets that linger. Longer: a person who quits waits; shorter: the others learn it late. */
export const stopPatienceMs = 1_500;
/** All of it: the farewell, mDNS goodbyes, sockets, files. The desktop shell kills its peer's process after three seconds. */
export const stopMaxMs = 2_800;
/** Once everything is closed: for what is printed and not yet read. */
export const exitPatienceMs = 500;
/** Electron that ends with an error this soon has not shown a window: the browser does. */
export const windowFailureMs = 10_000;
/** Running peers told apart when several are found. */
export const runningListedMax = 20;

/** The API's own bound for a page. */
export const historyLimitMax = 500;
/** Entries of one room that a guest holds, all in memory: some 100 MB. */
export const guestEventsMax = 150_000;
/** Of one room that is copied or upgraded. A vault reads at most twice as many at once. */
export const eventsReadAtOnce = 5_000;
/** A keychain that is locked asks the person, who may look for a password. */
export const keychainPatienceMs = 120_000;
