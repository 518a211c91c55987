/** Bounds of a client that reconnects. */

/** A peer that starts again answers within a tenth of a second; the pauses double from here. Shorter: a stopped peer costs CPU. */
export const reconnectPauseMinMs = 200;
/** Longer: a person who has started Earshot again looks at a page that says it is gone. */
export const reconnectPauseMaxMs = 3_000;
