/** What keys do to a text that is being written. Offsets are those of a text field. */
export interface Edited {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type Mark = "bold" | "italic" | "strike" | "code" | "codeBlock";

const signsOf: Readonly<Record<Exclude<Mark, "codeBlock">, string>> = { bold: "**", italic: "*", strike: "~~", code: "`" };

export interface EditKey {
  readonly code: string;
  readonly key: string;
  readonly shiftKey: boolean;
}

/** With the main key held. By the place of the key where it is a letter, so that every layout has it. */
export function markOf({ key, shiftKey }: EditKey): Mark | undefined {
  const letter = key.toLowerCase();
  if (shiftKey) return letter === "x" ? "strike" : letter === "c" ? "codeBlock" : undefined;
  return letter === "b" ? "bold" : letter === "i" ? "italic" : letter === "e" ? "code" : undefined;
}

/** Puts the signs around what is chosen; takes them away where they are. */
export function toggleMark(text: string, start: number, end: number, mark: Mark): Edited {
  if (mark === "codeBlock") return codeBlock(text, start, end);
  const sign = signsOf[mark];
  const { length } = sign;
  const chosen = text.slice(start, end);
  const isItalic = mark === "italic";
  const around = text.slice(start - length, start) === sign && text.slice(end, end + length) === sign;
  // Two stars around are bold's, not italic's; three are both.
  const starsBefore = /\**$/u.exec(text.slice(0, start))?.[0].length ?? 0;
  if (start >= length && around && (!isItalic || starsBefore !== 2)) {
    return { text: text.slice(0, start - length) + chosen + text.slice(end + length), start: start - length, end: end - length };
  }
  const [, before = "", core = "", after = ""] = /^(\s*)([\s\S]*?)(\s*)$/u.exec(chosen) ?? [];
  const from = start + before.length + length;
  return { text: text.slice(0, start) + before + sign + core + sign + after + text.slice(end), start: from, end: from + core.length };
}

function codeBlock(text: string, start: number, end: number): Edited {
  const chosen = text.slice(start, end);
  const before = start > 0 && text[start - 1] !== "\n" ? "\n```\n" : "```\n";
  const after = end < text.length && text[end] !== "\n" ? "\n```\n" : "\n```";
  const from = start + before.length;
  return { text: text.slice(0, start) + before + chosen + after + text.slice(end), start: from, end: from + chosen.length };
}

/** Enter makes a line where a fence is open, and sends elsewhere. */
export function isInFence(text: string, caret: number): boolean {
  let open: string | undefined;
  for (const line of text.slice(0, caret).split("\n")) {
    const [marker] = /^ {0,3}(?:`{3,}(?=[^`]*$)|~{3,})/u.exec(line) ?? [];
    const fence = marker?.trim();
    if (open === undefined) open = fence;
    else if (line.trimEnd().endsWith(open)) open = undefined;
  }
  return open !== undefined;
}

/** A new line; in a list the next item, after an empty item the end of the list, in a quote the next line of it. */
export function breakLine(text: string, start: number, end: number): Edited {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const line = text.slice(lineStart, start);
  const [begun, indent = "", mark = "", box = ""] = /^([ \t]*)([-*+]|\d{1,9}[.)]|>)( \[[ xX]\])? /u.exec(line) ?? [];
  if (begun === undefined || isInFence(text, start)) return inserted(text, start, end, "\n");
  if (line === begun && mark !== ">") return inserted(text, lineStart, end, "");
  const next = /^\d/u.test(mark) ? `${Number.parseInt(mark, 10) + 1}${mark.slice(-1)}` : mark;
  return inserted(text, start, end, `\n${indent}${next}${box === "" ? "" : " [ ]"} `);
}

export function inserted(text: string, start: number, end: number, what: string): Edited {
  const caret = start + what.length;
  return { text: text.slice(0, start) + what + text.slice(end), start: caret, end: caret };
}
