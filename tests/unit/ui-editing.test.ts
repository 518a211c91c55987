import { describe, expect, it } from "vitest";
import { breakLine, type Edited, isInFence, type Mark, markOf, toggleMark } from "../../src/ui/model/editing.ts";

/** "[" and "]" stand around what is chosen, "|" where the caret is. */
function read(text: string): [text: string, start: number, end: number] {
  const caret = text.indexOf("|");
  if (caret !== -1) return [text.replace("|", ""), caret, caret];
  return [text.replace("[", "").replace("]", ""), text.indexOf("["), text.indexOf("]") - 1];
}

function show({ text, start, end }: Edited): string {
  return start === end
    ? `${text.slice(0, start)}|${text.slice(start)}`
    : `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
}

describe("marks", () => {
  it.each<[Mark, string, string]>([
    ["bold", "a [word] b", "a **[word]** b"],
    ["bold", "a **[word]** b", "a [word] b"],
    ["bold", "a |b", "a **|**b"],
    ["italic", "a [word ]b", "a *[word]* b"],
    ["italic", "**[word]**", "***[word]***"],
    ["italic", "***[word]***", "**[word]**"],
    ["strike", "[gone]", "~~[gone]~~"],
    ["code", "[x]", "`[x]`"],
    ["codeBlock", "see [let a]", "see \n```\n[let a]\n```"],
    ["codeBlock", "|", "```\n|\n```"],
  ])("%s: %s", (mark, before, after) => expect(show(toggleMark(...read(before), mark))).toBe(after));

  it("go with their keys", () => {
    const key = (letter: string, shiftKey = false) => markOf({ key: letter, code: "", shiftKey });
    expect([key("b"), key("i"), key("e"), key("X", true), key("C", true)]).toEqual(["bold", "italic", "code", "strike", "codeBlock"]);
    expect([key("c"), key("x"), key("B", true)]).toEqual([undefined, undefined, undefined]);
  });
});

describe("a new line", () => {
  it.each([
    ["a|", "a\n|"],
    ["- a|", "- a\n- |"],
    ["  3. a|b", "  3. a\n  4. |b"],
    ["- [x] done|", "- [x] done\n- [ ] |"],
    ["- a\n- |", "- a\n|"],
    ["> said|", "> said\n> |"],
    ["```\n- a|", "```\n- a\n|"],
    ["a [b] c", "a \n| c"],
  ])("%j", (before, after) => expect(show(breakLine(...read(before)))).toBe(after));
});

describe("a fence", () => {
  it.each([
    ["```", true],
    ["```js\na", true],
    ["```js\na\n```", false],
    ["```\na```", false],
    ["```one line```", false],
    ["~~~\n```", true],
    ["text", false],
  ])("%j is open: %s", (text, isOpen) => expect(isInFence(text, text.length)).toBe(isOpen));
});
