/** Messages as they are formatted. */
import * as fc from "fast-check";
import { createLinkFinder } from "../../../src/ui/model/links.ts";
import { type Block, createMarkdown, type Inline } from "../../../src/ui/model/markdown.ts";
import { createReadable } from "../../../src/ui/model/plain-text.ts";
import { bytesOf, hold, type Target, textOf } from "../target.ts";

const parseUrl = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);
const readMarkdown = createMarkdown(createLinkFinder(parseUrl), parseUrl);
const readable = createReadable(readMarkdown);
const names = { self: "Ada", others: ["Mara Lind", "_x_", "*"] };

const parts = fc.constantFrom(
  "**bold** *a* _b_ ~~c~~ `d` ||e||",
  "> quoted\n> > twice\nnot",
  "- a\n  - b\n    1. c\n- [ ] d\n- [x] e",
  "```js\nlet a\n```",
  "```\none```\n~~~",
  "a | b\n--|:-:\n1 | 2",
  "# big\n---\n",
  "[a](https://b.example/c(d)) [x](javascript:1) <https://c.example> ![i](https://d.example)",
  "@Mara Lind @_x_ https://e.example/a_b_c**",
  "\\* ¯\\_(ツ)_/¯ &amp; <b>",
);

/** Whoever wrote it must neither stop the reader's window, nor have anything in it but text and links to the web, nor hide a word. */
const formatted: Target = {
  name: "formatted-text",
  covers: ["src/ui/model/markdown.ts createMarkdown", "src/ui/model/plain-text.ts createReadable"],
  form: "text",
  valid: fc.array(parts, { minLength: 1, maxLength: 6 }).map((some) => bytesOf(some.join("\n"))),
  bytesMax: 16 * 1024,
  cpuMsMax: 500,
  run(input) {
    const text = textOf(input).slice(0, 16 * 1024);
    const leaves: string[] = [];
    for (const block of readMarkdown(text, names)) checkBlock(block, leaves);
    // Counted without knowing the order: the letters alone.
    hold(lettersOf(leaves.join("")) === lettersOf(text), "a word that was typed is gone, or another is there");
    // A letter that hides or reorders others is written as nine in a link.
    hold(readable(text).length <= 9 * text.length + 200, "a line is longer than what it is of");
  },
};

export const formattingTargets: readonly Target[] = [formatted];

function lettersOf(text: string): string {
  return (text.match(/\p{L}/gu) ?? []).sort().join("").toLowerCase();
}

function checkBlock(block: Block, leaves: string[]): void {
  if (block.kind === "code") leaves.push(block.info, block.text);
  else if (block.kind === "quote") for (const inner of block.blocks) checkBlock(inner, leaves);
  else if (block.kind === "table") for (const row of block.rows) for (const cell of row) checkInlines(cell, leaves);
  else if (block.kind === "paragraph" || block.kind === "heading") checkInlines(block.children, leaves);
  else if (block.kind === "list") {
    for (const { done, blocks } of block.items) {
      if (done === true) leaves.push("x");
      for (const inner of blocks) checkBlock(inner, leaves);
    }
  }
}

function checkInlines(children: readonly Inline[], leaves: string[]): void {
  for (const inline of children) {
    if (inline.kind === "code") leaves.push(inline.text);
    else if (inline.kind === "piece") {
      leaves.push(inline.raw);
      if (inline.piece.kind === "link") checkUrl(inline.piece.link.url);
    } else {
      checkInlines(inline.children, leaves);
      if (inline.kind !== "link") continue;
      leaves.push(inline.raw);
      checkUrl(inline.url);
    }
  }
}

function checkUrl(url: string): void {
  hold(/^https?:\/\//u.test(url) && URL.canParse(url), "a link leads elsewhere than to the web");
}
