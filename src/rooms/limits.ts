/** Every bound of the rooms module, with its reason. */

/** What people type; the API refuses more. 16 KiB is some four printed pages. */
export const textBytesMax = 16 * 1024;
/** One event: a text and what surrounds it. Larger ones are refused, so members never hold what they could not pass on. */
export const eventBytesMax = textBytesMax + 1024;
/** One payload before sealing. With sealing, envelope and padding it stays below the mesh's frame of 64 KiB. */
export const payloadBytesMax = 48 * 1024;
/** Unacknowledged bytes under way to one peer. More would fill the link's queue and have it closed as overloaded. */
export const windowBytesMax = 256 * 1024;
/** A smallest event is some 200 bytes: more cannot be in one payload. */
export const eventsPerPayloadMax = 512;
/** What an author's keys, or a floor, take in a payload besides the event itself. */
export const authorBytes = 160;
export const floorBytes = 64;

/** History kept of one room; older entries are let go, and a floor says so. */
export const historyEventsMax = 5_000;
export const historyBytesMax = 16 * 1024 * 1024;
/** Letting go happens in steps, so that its cost is spread over many events. */
export const historySlackEvents = 250;
/** Entries that came before their predecessors, per log. What does not fit is sent again by its holder. */
export const heldEventsMax = 256;
/** Logs of one author in one room: one for each start of that peer that spoke there. */
export const logsPerAuthorMax = 64;
/** Logs of one room: a whole vector must fit into one payload. */
export const logsPerRoomMax = 600;
export const vectorEntryBytes = 68;
/** Membership entries kept of the part of a log that was let go. They must fit into one payload with the first kept event. */
export const pinnedInvitesMax = 32;

/** Members of a room. Every event is sent to each of them by its author. */
export const roomMembersMax = 500;
/** Rooms known here, joined or not; each costs a record of at most 1.5 KiB. */
export const roomsMax = 1_000;
/** Rooms that one peer may announce or introduce: one peer alone cannot fill the list. */
export const roomsPerPeerMax = 200;
/** Members named by a directory entry: enough to join through, small enough for a payload. */
export const listedMembersMax = 64;
/** Payloads that one announcement or directory is cut into. */
export const listPartsMax = 64;
/** Rooms that closed while this peer was host, remembered so that an old announcement does not bring them back. */
export const closedRoomsMax = 1_000;
/** Invitations not yet confirmed by the invited, per room. */
export const pendingInvitesMax = 200;

/** Fits a list of rooms 200 pixels wide on two lines; a longer one is refused when the room is made. */
export const roomNameCharsMax = 32;
/** The API's 200 characters at five bytes each; it travels in every record. */
export const topicBytesMax = 1024;
/** Keys, signatures and salt take 256 bytes, a name 128, a topic 1,024: larger is no record, and lists would burst their payloads. */
export const recordBytesMax = 2 * 1024;
/** The API's 40 characters at six bytes each. A longer name is left out of `joined`. */
export const personNameBytesMax = 256;
/** A message id takes some 70; the API allows the same. */
export const replyToCharsMax = 120;

/** Clocks and wall times end here (far beyond any date); within a log a clock may stand still, so reaching it stops nothing. */
export const clockMax = 2 ** 52;
/** Entries of one log. */
export const seqMax = 2 ** 48;
/** A wall time further ahead than this is not shown; the moment of arrival is. */
export const aheadMsMax = 60_000;

/** At most one acknowledgement a room and peer in this time: a burst of events is acknowledged once. */
export const haveDelayMs = 20;
/** Changes of the public list are gathered this long. */
export const directoryDelayMs = 50;
/** Pause before what was not acknowledged goes again; doubles up to the maximum. */
export const retryMsMin = 1_000;
export const retryMsMax = 15_000;
/**
 * After this long a member asks the others whether they have what somebody else wrote: long enough for the author's own
 * post and its repetition, short against the patience of people. Up to half is added at random so that not all ask at once.
 */
export const gossipMs = 2_000;
/** A peer that asks for the same entries again sooner waits for the retry: asking is cheaper than answering. */
export const rewindMsMin = 100;

/** A change of members alters the state of one's own messages; this many of the newest are told to the screen. */
export const restatedMessagesMax = 100;
export const listMessagesMax = 500;

function hold(condition: boolean, relation: string): void {
  if (!condition) throw new Error(`limits of rooms: ${relation}`);
}
hold(eventBytesMax + authorBytes + floorBytes + 34 * 400 < payloadBytesMax, "an event and a log's pinned entries fit into a payload");
hold(logsPerRoomMax * vectorEntryBytes + recordBytesMax + 512 < payloadBytesMax, "a whole vector fits into a payload");
hold(payloadBytesMax < windowBytesMax, "a window holds at least one payload");
hold(listedMembersMax * 34 + recordBytesMax + 512 < payloadBytesMax, "a directory entry fits into a payload");
hold(historyEventsMax > historySlackEvents, "history is larger than the step it is cut by");
hold(gossipMs > retryMsMin, "an author repeats before others ask");
