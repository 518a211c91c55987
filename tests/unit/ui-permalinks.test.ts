import fc from "fast-check";
import { expect, it } from "vitest";
import { findPermalinks, permalinkTo } from "../../src/ui/model/permalinks.ts";
import { splitText } from "../../src/ui/model/rich-text.ts";

const id = `${"abcdefgh".repeat(4)}/0123456789abcdef/42`;
const names = { self: "Ada", others: ["Mara"] };

it("a link that is made is found, wherever it stands", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("", " ", ".", ",", ")", "\n"), (before, after) => {
      const text = `${before} ${permalinkTo(id)}${after}`;
      const found = findPermalinks(text).at(-1);
      expect(found?.messageId).toBe(id);
      expect(text.slice(found?.start, found?.end)).toBe(permalinkTo(id));
    }),
  );
});

it.each([
  "earshot://message/x",
  `earshot://message/${id}x`,
  `earshot://message/${id}/1`,
  `earshot://message/${id.replace("/42", "/0")}`,
  `earshot://message/${id.toUpperCase()}`,
  `http://message/${id}`,
])("%s is none", (text) => expect(findPermalinks(text)).toEqual([]));

it("stands among links and mentions, and takes nothing of the text away", () => {
  const text = `see ${permalinkTo(id)}, @Mara`;
  const pieces = splitText(text, names, () => []);
  expect(pieces.map(({ kind }) => kind)).toEqual(["text", "permalink", "text", "mention"]);
  expect(pieces.map((piece) => ("text" in piece ? piece.text : "")).join("")).toBe(text);
});
