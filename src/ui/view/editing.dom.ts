/** Edits of a text field as if they were typed: the platform's undo takes them back. */
import { breakLine, type Edited, isInFence, markOf, toggleMark } from "../model/editing.ts";
import { isMac } from "./platform.dom.ts";

/** Tells the field's own listeners, by an `input` event. */
export function applyEdit(field: HTMLTextAreaElement, { text, start, end }: Edited): void {
  const { value } = field;
  let from = 0;
  while (from < value.length && from < text.length && value[from] === text[from]) from += 1;
  let same = 0;
  while (same < value.length - from && same < text.length - from && value.at(-1 - same) === text.at(-1 - same)) same += 1;
  field.focus();
  field.setSelectionRange(from, value.length - same);
  const put = text.slice(from, text.length - same);
  const isDone = document.execCommand(put === "" ? "delete" : "insertText", false, put);
  if (!isDone || field.value !== text) {
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}

/** Formatting, and lines in code and lists. True where the key was one of these. */
export function editByKey(event: KeyboardEvent, field: HTMLTextAreaElement): boolean {
  const { selectionStart, selectionEnd, value } = field;
  const main = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  const mark = main && !event.altKey ? markOf(event) : undefined;
  if (mark !== undefined) applyEdit(field, toggleMark(value, selectionStart, selectionEnd, mark));
  else if (
    event.key === "Enter" &&
    !event.altKey &&
    !event.ctrlKey &&
    !event.metaKey &&
    (event.shiftKey || isInFence(value, selectionStart))
  ) {
    applyEdit(field, breakLine(value, selectionStart, selectionEnd));
  } else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
