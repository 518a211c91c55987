/** What a message says, for places of a line or two: without markup, and what is hidden stays hidden. */

import { formatStrings } from "../strings-format.ts";
import type { Block, Inline, ReadMarkdown } from "./markdown.ts";
import { stickerIn } from "./stickers.ts";

export type Readable = (text: string) => string;

const nobody = { self: "", others: [] };

export function createReadable(readMarkdown: ReadMarkdown): Readable {
  return (text) => stickerIn(text)?.label ?? linesOf(readMarkdown(text, nobody)).join("\n");
}

function linesOf(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(linesOfOne);
}

function linesOfOne(block: Block): readonly string[] {
  switch (block.kind) {
    case "paragraph":
    case "heading":
      return [wordsOf(block.children)];
    case "quote":
      return linesOf(block.blocks);
    case "list":
      return block.items.flatMap(({ number, done, blocks: inner }) => {
        const mark = number === "" ? (done === undefined ? "•" : done ? "☑" : "☐") : `${number}.`;
        const [first = "", ...rest] = linesOf(inner);
        return [`${mark} ${first}`, ...rest];
      });
    case "code":
      return [block.text];
    case "table":
      return block.rows.map((row) => row.map(wordsOf).join(" · "));
    case "rule":
      return [];
  }
}

function wordsOf(children: readonly Inline[]): string {
  return children
    .map((inline) => {
      if (inline.kind === "piece") return inline.piece.kind === "link" ? inline.piece.link.text : inline.piece.text;
      if (inline.kind === "code") return inline.text;
      if (inline.kind === "spoiler") return formatStrings.hidden;
      return wordsOf(inline.children) + (inline.kind === "link" && inline.disguised ? ` (${inline.host})` : "");
    })
    .join("");
}
