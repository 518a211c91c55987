/** Words about how messages are written and shown. */
export const formatStrings = {
  copyCode: "Copy code",
  copied: "Copied",
  table: "Table",
  done: "Done:",
  toDo: "To do:",
  spoiler: "Hidden text. Show it",
  hidden: "▒▒▒",
} as const;
