/** The key that shortcuts go with, as this platform names it. */
export const isMac = /Mac|iPhone|iPad/u.test(navigator.platform);
export const mainKey = isMac ? "⌘" : "Ctrl";
