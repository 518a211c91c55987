/** Comings and goings kept for the host's panel: a day in an office; beyond it the oldest go. */
export const logEntriesMax = 500;
/** Peers whose addresses are remembered across starts: an office; dialled once each at the start. */
export const rememberedPeersMax = 100;
/** API calls without an answer yet; only `peers.connect` and `host.handOff` take longer than one input. */
export const pendingCallsMax = 256;
/** Messages of one page where the caller names no limit. */
export const listLimitDefault = 100;
/** The signalling ports that an address without a port stands for. */
export const signallingPortFirst = 47_474;
export const signallingPortCount = 10;
/** Peers of whom the view has been told that no link came about. Beyond it they are told of once more. */
export const linkFailuresToldMax = 1_000;
/** Floods that one peer may report to the host: more at once are one peer's trouble, or a lie. */
export const floodReportsPerReporterMax = 5;
/** A report that was not repeated for so long makes room for another of the same peer: a liar fills the log no faster. */
export const floodReportRestMs = 30_000;
/** Reports that a host shows in all; beyond it the oldest go. */
export const floodReportsMax = 60;
/** A report that is not repeated is shown for so long. */
export const floodReportKeptMs = 10 * 60_000;
/** What a report may say of how long it has lasted and of how many frames: a day, and more than any link carries in it. */
export const floodForMsMax = 24 * 3_600_000;
export const floodDroppedMax = 10 ** 9;
/** Views of people last told. An older one forgotten is told once more, which changes nothing on the screen. */
export const toldPeopleMax = 2_000;
/** People known by identity; beyond it, whoever was met longest ago and is neither verified nor blocked goes. */
export const contactsMax = 5_000;
/** People whose key is new, with since when: who takes names without end is shown with a later time. */
export const keyChangesMax = 1_000;
/** That somebody's key is new is noted once in so long: who renames itself to and fro fills nobody's log. The mark beside them stays. */
export const keyChangeWarningRestMs = 10 * 60_000;
/** Names kept in the index. Beyond it, it is made anew from those still known: more than the mesh knows, twice over. */
export const namesMax = 5_000;
/** Among so many people everybody is looked at again when a neighbour changes; among more, those whom it carries for. */
export const retoldPeopleMax = 64;
/** A message acknowledged by thirty members within a second is told to the view at once, and then a few times, not thirty. */
export const changesTogetherMs = 200;
/** So many changed messages are told without waiting. */
export const changesHeldMax = 500;

/** Records or entries of rooms that one effect has written down: a vault takes ten thousand at once. */
export const keptAtOnceMax = 5_000;

/** People whose keys are remembered, to seal mail for them when they are away; met longest ago goes first. A record of 250 bytes each. */
export const knownKeysMax = 2_000;
/** Mail that was opened and waits for what comes before it. */
export const earlyMailMax = 256;
/** What changes who has what is gathered for so long … */
export const mailGatherMs = 100;
/** … and with more people than this within reach, where somebody comes or goes all the time, looked at as often at most. */
export const smallCrowd = 25;
export const mailGatherCrowdMs = 1_000;

/** Conversations with something half written; the oldest of more are forgotten. */
export const draftsMax = 200;
/** Messages that one person marks for themselves: a list of more is no list any more. */
export const starsMax = 1_000;
/** Rooms that are kept for another time than as long as there is space. */
export const keepsMax = 1_000;
/** Messages to be sent later. */
export const scheduledMax = 100;
/** Wall clocks are set: whether one is due is looked at again after so long. */
export const scheduledCheckMs = 60_000;
/** That one is writing is said so often at most, shown for so long, and heard of one person so often. */
export const typingSaidMs = 3_000;
export const typingShownMs = 6_000;
export const typingHeardMs = 1_000;
/** In larger rooms nobody looks at it, and each word costs a frame a member. */
export const typingMembersMax = 20;
/** Of so many rooms and people it is remembered when it was last said or heard. */
export const typingRoomsMax = 500;
/** What is too old is looked for this often, and gone on with so soon where one step was not enough. */
export const retentionLookMs = 3_600_000;
export const lettingGoMs = 200;
