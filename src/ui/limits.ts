/** Bounds of the page, each with its reason. */

/** Messages of one author closer than this read as one breath, so they share one heading. */
export const groupGapMs = 5 * 60_000;

/** One page of history: a tall screen and a half, so that the first page nearly always fills the view. */
export const pageMessages = 60;

/** Messages in the document at once. Beyond this, layout of one keystroke takes longer than a frame on a slow laptop. */
export const renderedMessagesMax = 300;
/** How far the rendered part moves when its edge comes near; smaller than half of it, or it would swing to and fro. */
export const renderedStep = 30;

/** Messages kept of one conversation, about 2 MB; what is let go is asked for again. */
export const rememberedMessagesMax = 3_000;
/** Conversations whose messages are kept; the least recently opened is let go. */
export const rememberedConversationsMax = 20;

/** Quiet lines ("Mara is the host now") kept: enough for a day of a restless network. */
export const noticesMax = 50;

/** Failed or waiting texts kept in one conversation. Nobody types more than this without looking. */
export const outboxMax = 50;
/** A text is shown as being sent only when it takes longer than people notice. */
export const sendingShownAfterMs = 400;

/** The composer grows this far, then scrolls. */
export const composerLinesMax = 8;
/** The bytes that are left are shown from here on. */
export const bytesLeftShown = 1_024;

/** The contract's bounds, said again because its module carries the schemas, which the page must not; a test compares them. */
export const textBytesMax = 16 * 1024;
export const nameCharsMax = 40;
export const roomNameCharsMax = 32;
export const topicCharsMax = 200;

/** Results of "Jump to…": what fits a dialog without scrolling for long. */
export const jumpResultsMax = 40;
/** Names offered after "@": more would need scrolling, typing on is quicker. */
export const completionsMax = 6;
export const searchResultsMax = 100;
/** A search waits for a pause in typing. */
export const searchPauseMs = 180;
/** As much of a thread at once, or of a conversation whose end is read anew. */
export const revealPageMessages = 500;

/** People listed at the side; beyond this "Jump to…" finds them, and the list stays quick. */
export const peopleRowsMax = 250;

/** What is read out of a message as it arrives. */
export const announcedCharsMax = 160;
/** Times such as "3 minutes ago" are worded anew this often. */
export const clockTickMs = 30_000;
/** The host's panel asks anew this often while it is open: events tell of people, not of bytes. */
export const hostPanelTickMs = 2_000;
/** Messages that came in another order than written are put right once they stop coming. */
export const resyncPauseMs = 250;
/** The contract's bound of a code that is typed or pasted. */
export const safetyCodeCharsMax = 400;
/** The contract's bound. */
export const passphraseCharsMax = 1_024;

/** Quotes and lists inside one another; people use three. A text that goes deeper is shown as typed. */
export const markdownNestingMax = 20;
/** Parts of one formatted message. The longest message has room for 8,000 rows of a table: drawing them takes half a second. */
export const markdownNodesMax = 3_000;
/** A wider table is shown as typed: reading one of 2,000 columns takes 150 ms. */
export const tableColumnsMax = 32;
/** Longer code stays in one colour: a hostile text of this length holds the page for less than 50 ms. */
export const highlightedCharsMax = 8_192;
/** The tick that follows "copied". */
export const copiedShownMs = 1_500;

/** What is half written is kept after a pause this long. */
export const draftPauseMs = 500;
/** The peer says no oftener that one is writing. */
export const typingPauseMs = 3_000;
/** A message sent this long after it was due is said to be late. */
export const lateMs = 60_000;

/** A message is late when a later one had stood there this long, and was written this much later: what comes in one rush has no order yet. */
export const lateSettledMs = 3_000;
export const lateBeyondMs = 1_000;
/** Late messages that are marked: of more the oldest are not. */
export const lateKnownMax = 500;
/** So many emoji and nothing else are a gesture and shown large; more are a text. */
export const emojiAloneMax = 3;
/** Two rows of the picker. */
export const recentEmojiMax = 16;
/** What a search for emoji shows: more needs another word. */
export const emojiFoundMax = 64;
