/** Every bound of the rooms module, with its reason. */

/** What people type; the API refuses more. 16 KiB is some four printed pages. */
export const textBytesMax = 16 * 1024;
/** One event: a text and what surrounds it. Larger ones are refused, so members never hold what they could not pass on. */
export const eventBytesMax = textBytesMax + 1536;
/** One payload before sealing. With sealing, envelope and padding it stays below the mesh's frame of 64 KiB. */
export const payloadBytesMax = 48 * 1024;
/** Unacknowledged bytes under way to one peer. More would fill the link's queue and have it closed as overloaded. */
export const windowBytesMax = 256 * 1024;
/** A smallest event is some 200 bytes: more cannot be in one payload. */
export const eventsPerPayloadMax = 512;
/** What an author's keys, or a floor, take in a payload besides the event itself. */
export const authorBytes = 160;
export const floorBytes = 64;

/** Entries of one room in memory; older ones are in the archive, or let go where there is none. Some pages of a screen. */
export const tailEventsMax = 1_000;
export const tailBytesMax = 4 * 1024 * 1024;
/** The oldest leave memory in steps, so that the cost is spread over many events. */
export const tailSlackEvents = 250;
/** Entries of one room in the archive, with those in memory: years of a busy one. The oldest of more are let go. */
export const archivedEventsMax = 1_000_000;
/** How long a room is kept on this machine is looked at again after so long. */
export const retentionCheckMs = 3_600_000;
/** As much of what is too old goes in one step: a tenth of a second's work. */
export const letGoOldAtOnce = 5_000;
/** They are let go in steps as large as one reading. */
export const letGoAtOnce = 1_000;
/** Of an entry in the archive whose length is not known: how much may be under way at once is counted with it. */
export const pagedEntryBytes = 512;
/** Rows of one reading of the archive: two pages of the screen, some 50 KB. */
export const archivePageMax = 128;
/** Logs whose words are asked for at once: with the bound below, as many rows as one reading gives. */
export const targetsAtOnce = 10;
/** Comings, goings and invitations of one log that are read again: more are nobody's but a liar's. */
export const archivedWordsMax = 1_000;
/** Entries that came before their predecessors, per log. What does not fit is sent again by its holder. */
export const heldEventsMax = 256;
/** Logs of one author in one room: one for each start of that peer that spoke there. */
export const logsPerAuthorMax = 64;
/** From so many on a start that follows a whole one goes on with its author's last log: half of what others take of one author. */
export const ownLogsMax = 32;
/** Logs of one room: a lobby of a thousand in which everybody speaks, some of them after a restart. Each costs half a KiB. */
export const logsPerRoomMax = 4_000;
/** Logs are compared in slices by author, so that a difference in one costs no vector of all. */
export const sliceCount = 16;
/** A digest of one slice: it tells apart by accident what one in four thousand million does not. */
export const sliceDigestBytes = 4;
/** Logs of one slice: its whole vector must fit into one payload. */
export const logsPerSliceMax = 600;
export const vectorEntryBytes = 77;
/** Membership entries kept of the part of a log that was let go. They must fit into one payload with the first kept event. */
export const pinnedInvitesMax = 32;
/** Invitations that lead from a room's creator to somebody. A longer way is not shown with an invitation; it stands in the logs. */
export const provenInvitesMax = 16;
/** Invitations of others that go along. The logs tell of the rest, while anybody is there who has them. */
export const invitedBesideMax = 16;

/** Members of a room. Every event is sent to each of them by its author. */
export const roomMembersMax = 500;
/** Rooms known here, joined or not; each costs a record of at most 1.5 KiB. */
export const roomsMax = 1_000;
/** Rooms that one peer may announce or introduce: one peer alone cannot fill the list. */
export const roomsPerPeerMax = 200;
/** Members named by a directory entry: enough to join through, small enough for a payload. */
export const listedMembersMax = 64;
/** Members that a directory may count: nobody shows more, whatever a host claims. */
export const listedCountMax = 100_000;
/** Payloads that one announcement or directory is cut into. */
export const listPartsMax = 64;
/** Signature and names around a list that is broadcast. */
export const signedOverheadBytes = 256;
/** Rooms that closed while this peer was host, remembered so that an old announcement does not bring them back. */
export const closedRoomsMax = 1_000;
/** Invitations not yet confirmed by the invited, per room. */
export const pendingInvitesMax = 200;

/** So long nobody else steps in for somebody who invited: it may be back, and its own word is on the way. */
export const offerDelayMs = 1_000;

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

/** One sign, with all that joins it to others: a family of four has 25 bytes, flags of regions 28. */
export const emojiBytesMax = 64;
/** Different signs shown under one message. */
export const reactionSignsMax = 20;

/** Messages disappear after as much at least: sooner nobody could have read them. */
export const timerMsMin = 5_000;
/** Four weeks, as elsewhere: who wants more wants to keep them. */
export const timerMsMax = 28 * 24 * 3_600_000;
/** The author's clock may be wrong by as much, a time zone taken for another: then a message is still there when it comes. */
export const timerGraceMs = 24 * 3_600_000;
/** Sealed texts are filled up to a multiple of this, so that what is left of them tells little. */
export const timedPadBytes = 128;
/** A text with what it answers and who said it first, filled up and sealed. */
export const timedBoxBytesMax = textBytesMax + replyToCharsMax * 3 + personNameBytesMax + 2 * timedPadBytes;
/** Answers in one thread: then it is a room, and is told to become one. Others' beyond it are shown up to twice as many. */
export const threadRepliesMax = 1_000;
/** A key beside its event in a payload, with its place. */
export const timedKeyCostBytes = 40;
/** Wall clocks are set: when the next message disappears is looked at again after so long. */
export const expiryCheckMsMax = 3_600_000;

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
/** The same by a host that broadcasts: when a host is new, all announce within seconds, and each broadcast costs everybody. */
export const directoryCrowdDelayMs = 1_000;
/** Members named by a broadcast entry: enough to join through, and each costs everybody 34 bytes. */
export const listedInCrowdMax = 16;
/** About so often a host in a crowd tells which revision is the newest; who has missed it asks. Some 4 bytes a second a peer. */
export const directoryWordMs = 30_000;
/** In a crowd a new host's own list comes first: what it holds need not be announced. */
export const announceWaitMs = 1_500;
/** By how much each reachable peer lengthens the time over which announcements to a new host are spread. */
export const announceSpreadMs = 10;
/** Pause before what was not acknowledged goes again; doubles up to the maximum. */
export const retryMsMin = 1_000;
export const retryMsMax = 15_000;
/**
 * After this long a member asks the others whether they have what somebody else wrote: long enough for the author's own
 * post and its repetition, short against the patience of people. Up to half is added at random so that not all ask at once.
 */
export const gossipMs = 2_000;
/**
 * A room with more reachable members is crowded: its members keep up with a few partners instead of with everybody. Up to
 * here the mesh links everyone to everyone, and what all pairs exchange is small.
 */
export const crowdMin = 25;
/** It is calm again at this share of that: who comes and goes at the border must not have all compare with all each time. */
export const calmShare = 0.8;
/** A vector of more logs is not sent at once to somebody who has come: a thousand may be coming, to whom it would go as often. */
export const logsAtOnceMax = 64;
export const openDelayMs = 500;
/** Members in the circle of ids with whom one keeps up beside those one is linked to: two may vanish at once. */
export const followersCount = 3;
/** In a crowd of up to so many everybody acknowledges to the author; beyond it that would be most of what is sent. */
export const receiptsMembersMax = 64;
/** By how much each member of a crowd lengthens the time over which acknowledgements are spread. */
export const receiptSpreadMs = 10;
/** A crowd's author waits so long for acknowledgements: they are spread, and cross several hops. */
export const crowdRetryMsMin = 3_000;
/** In a crowd one partner is asked so often whether it has the same; half is added or taken off at random. */
export const compareIdleMs = 30_000;
/** The same after entries came that others may lack, for some comparisons. Half is added at random. */
export const compareNewsMs = 2_000;
/** So many: what one has, nearly all have after as many rounds as the number of members has doublings, and each passes it on. */
export const eagerComparisons = 3;
/** The same once there is a partner who has not been asked yet. Doubled at random. */
export const comparePartnerMs = 500;
/** Pause between two partners who have not been asked yet. Doubled at random. */
export const compareNextMs = 300;
/** A difference is looked at again so much later where entries are on their way: a broadcast reaches all by then. */
export const compareDoubtMs = 300;
/** A member completes itself from one other at a time, and gives up on it after so long. */
export const catchUpMsMax = 3_000;
/** Comparisons that changed nothing although they differed: then what differs cannot be repaired, and is compared less often. */
export const barrenMax = 3;
/** So often the pause doubles: up to a quarter of an hour. */
export const barrenDoublingsMax = 5;
/** Partners who asked while another was being caught up with, and are asked afterwards. */
export const postponedMax = 3;
/** Missing predecessors that another broadcast does not bring within this time are asked for. Half is added at random. */
export const gapPatienceMs = 1_000;
/** Partners asked for the same predecessors; after them comparing has to find somebody who has them. */
export const gapTriesMax = 5;

/** Entries asked for at once of what was said before: as many of usual length fill a payload. */
export const pastEntriesMax = 96;
/** Askings in one payload. */
export const pastAsksMax = 8;
/** Pages under way to one partner, and to all: with it each has the next page ready while the last is taken in. */
export const asksPerPartnerMax = 3;
export const asksMax = 12;
/** Members that a newcomer fills up from at once. */
export const fillPartnersMax = 4;
/** After so many pages windows are told how much is missing. */
export const answersToldMin = 20;
/** A page that has not come by then is asked for elsewhere, and that member is left in peace for a while. */
export const fillPatienceMs = 6_000;
export const fillRestMs = 20_000;
/** The newest entries of a room that a newcomer is given at once; what was said before follows, newest first. */
export const recentEventsMax = 300;
/** Smaller rooms are given whole. */
export const recentRoomMin = 600;
/** So long after the first word of others a peer is new in a room. */
export const newcomerMs = 60_000;

/** Members asked at once for keys that did not come with their entries: one will do, and the others may not have them either. */
export const keyAsksMax = 3;
/** A peer that asks for the same entries again sooner waits for the retry: asking is cheaper than answering. */
export const rewindMsMin = 100;

/** As many logs of one room as there can be, and as many people around it, are written into its record, which has to stay below 1 MiB. */
export const keptLogsMax = logsPerRoomMax;
export const keptPeopleMax = 1_000;
/** Acknowledgements of one room that are written down, 42 bytes each; the newest logs' first. */
export const keptReceiptsPeopleMax = 10_000;
/** Acknowledgements come one by one from everybody; together they cost one record, and what is lost of them is said again. */
export const keptReceiptsMs = 5_000;
/** Authors whose entries are kept: five lobbies full of strangers. A record each; a profile's vault takes 20,000 in all. */
export const keptAuthorsMax = 10_000;

/** Logs of one author of which it is told what was seen: one for each of its last starts. */
export const readPlacesMax = 8;
/** A change of members alters the state of one's own messages; this many of the newest are told to the screen. */
export const restatedMessagesMax = 100;
export const listMessagesMax = 500;
/** Found texts that are looked at at once, and how often: what was corrected since, or cannot be shown, is passed over. */
export const searchPageMax = 100;
export const searchPagesMax = 10;

/** One piece of mail: a payload sealed, with its sender's keys and signature. Sealed once more it still fits an envelope. */
export const mailBytesMax = 52 * 1024;
/** Pieces in one frame: small ones come together. */
export const mailPerFrameMax = 64;
/** Ids in one frame: 200 proofs, the longest of what is said of one, fill 45 KiB. */
export const mailIdsPerFrameMax = 200;
/** Mail asked for from one other and not there yet: more would fill its link's queue. */
export const mailWindowBytes = 192 * 1024;
/** A holder or reader that was asked, or asked something, and is silent, is asked again after so long; doubles up to the maximum. */
export const mailRetryMsMin = 2_000;
export const mailRetryMsMax = 60_000;
/** Holders of one piece: the host and its first successors. Two have to be left when one is lost. */
export const mailCopies = 3;
/** Others that have to have a message before it counts as held: then one may be lost with the sender. */
export const heldByMin = 2;
/** Changes of the host, its successors and who is here are gathered for so long before mail is offered on. */
export const mailGatherMs = 100;
/** Mail lies so long for somebody who does not come: a fortnight's holiday. Prekeys are kept for longer. */
export const mailAgeMs = 14 * 24 * 3_600_000;
/** How often it is looked at what has become too old. */
export const mailExpiryMs = 10 * 60_000;
/** Of one sender for one reader: the session of the two skips no more messages at once. */
export const mailPerPairMax = 256;
export const mailPerSenderMax = 1_000;
export const mailPerReaderMax = 1_000;
/** In all: 32 MiB on the host's disk, and as much in its memory. */
export const mailItemsMax = 4_000;
export const mailPerSenderBytesMax = 6 * 1024 * 1024;
export const mailPerReaderBytesMax = 8 * 1024 * 1024;
export const mailTotalBytesMax = 32 * 1024 * 1024;
/** A sender's own mail that waits: as much as a holder takes of one sender. */
export const depositsMax = mailPerSenderMax;
/** In one room, members who are away and get mail of their own; beyond it a message waits for a member who has it. */
export const mailReadersPerRoomMax = 16;
/** Proofs that mail was taken, so that a sender who comes back hears it, and other holders let go. */
export const mailProofsMax = 4_000;
/** Mail that this peer has taken, or will not: it is not fetched from every holder again. */
export const mailSeenMax = 4_000;
/** Offers remembered until they can be asked for: what a holder may have for one reader, from three holders. */
export const mailOffersMax = 4_000;
/** In a room whose members are here it is theirs to acknowledge, for so long, before others are asked to hold mail. */
export const mailPatienceMs = 5_000;
/** Own messages of one room whose state is looked at when somebody came or went. */
export const statesWatchedMax = 100;
/** The same, counted with the others' between them. */
export const statesLookedAtMax = 1_000;

function hold(condition: boolean, relation: string): void {
  if (!condition) throw new Error(`limits of rooms: ${relation}`);
}
hold(
  eventBytesMax + timedKeyCostBytes + authorBytes + floorBytes + 35 * 400 < payloadBytesMax,
  "an event and a log's pinned entries fit into a payload",
);
hold(timedBoxBytesMax + 600 < eventBytesMax, "a sealed text fits into an event");
hold(logsPerSliceMax * vectorEntryBytes + recordBytesMax + 512 < payloadBytesMax, "a slice's whole vector fits into a payload");
hold(sliceCount <= 30 && 32 % sliceCount === 0, "slices are bits of a small integer, and characters of base32 fall into them evenly");
hold(payloadBytesMax < windowBytesMax, "a window holds at least one payload");
hold(listedMembersMax * 34 + recordBytesMax + 512 < payloadBytesMax, "a directory entry fits into a payload");
hold(tailEventsMax > tailSlackEvents, "what memory holds is more than the step it is cut by");
hold(announceWaitMs > directoryCrowdDelayMs, "a new host's list is there before others announce");
hold(gossipMs > retryMsMin, "an author repeats before others ask");
hold(receiptsMembersMax * receiptSpreadMs * 2 < crowdRetryMsMin, "acknowledgements are there before the author repeats");
hold(receiptsMembersMax > crowdMin, "small crowds acknowledge");
hold(payloadBytesMax + 2_048 < mailBytesMax, "a payload fits a piece of mail");
hold(mailBytesMax < mailWindowBytes, "a window holds at least one piece of mail");
hold(mailCopies > heldByMin, "one holder more than needed is asked");
