/** Which keys do what, everywhere in the window. */

export type Command =
  | "jump"
  | "search"
  | "date"
  | "shortcuts"
  | "nextConversation"
  | "previousConversation"
  | "nextUnread"
  | "previousUnread"
  | "back";

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function commandOf(press: KeyPress, isMac: boolean): Command | undefined {
  const main = isMac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey;
  if (main && !press.altKey && !press.shiftKey) {
    switch (press.key.toLowerCase()) {
      case "k":
        return "jump";
      case "f":
        return "search";
      case "g":
        return "date";
      case "/":
        return "shortcuts";
      default:
        return undefined;
    }
  }
  // On many layouts "/" is typed with Shift.
  if (main && press.key === "/") return "shortcuts";
  if (press.altKey && !press.ctrlKey && !press.metaKey) {
    if (press.key === "ArrowDown") return press.shiftKey ? "nextUnread" : "nextConversation";
    if (press.key === "ArrowUp") return press.shiftKey ? "previousUnread" : "previousConversation";
    return undefined;
  }
  return press.key === "Escape" && !press.ctrlKey && !press.metaKey && !press.altKey ? "back" : undefined;
}
