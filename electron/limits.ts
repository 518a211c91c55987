/** Bounds of the desktop shell, each with its reason and what breaks where it is wrong. */

/** The peer's process reports within a second; a cold disk takes several. Longer: a person stares at nothing. */
export const peerStartMaxMs = 20_000;
/** A host hands off and says goodbye within this; after it the process is killed, since a person who quits waits no longer. */
export const peerStopMaxMs = 3_000;
/** Ctrl-C in a terminal ends the peer a moment before the shell learns that it is to quit: no alarm in between. */
export const peerGoneGraceMs = 500;

/** An attached peer is asked this often whether it lives; each question may take as long. Two unanswered: it is gone. */
export const attachedCheckMs = 2_000;
export const attachedMissesMax = 2;

/** Native notifications kept for their click, one a conversation. More: the desktop's own list has long let them go. */
export const notificationsMax = 20;
/** Desktops show two or three lines; the rest would only be copied about. */
export const notificationTitleCharsMax = 120;
export const notificationBodyCharsMax = 400;
/** The contract's conversation ids end at 80 characters. */
export const conversationCharsMax = 80;
/** Five digits do not fit a badge, and nobody counts them. */
export const unreadMax = 9_999;

/** Addresses longer than this are attacks on the browser that gets them, not links that people send. */
export const outsideUrlCharsMax = 2_048;
/** From the click to the page's wish to open a link. Longer: a page could save up a click. */
export const gestureMaxMs = 1_000;

/** LOOK's narrowest layout. */
export const windowWidthMin = 360;
export const windowHeightMin = 420;
/** Moving a window tells of every pixel; its place is written once it rests. */
export const boundsSavePauseMs = 400;

/** Chromium's processes end within a second of the app; a stuck one must not keep a guest's files for ever. */
export const removePatienceMs = 10_000;

/** The session bus answers within milliseconds; a hung one must not keep the window from opening. */
export const trayQuestionMaxMs = 500;
