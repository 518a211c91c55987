/** What is known to have become code elsewhere stays text here, in time. The elements: tests/e2e/hostile.browser.test.ts. */
import { expect, it } from "vitest";
import { createLinkFinder } from "../../src/ui/model/links.ts";
import { type Block, createMarkdown, type Inline } from "../../src/ui/model/markdown.ts";
import { createReadable } from "../../src/ui/model/plain-text.ts";
import { heavyTexts, hostileTexts } from "../support/hostile-texts.ts";

const parseUrl = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);
const readMarkdown = createMarkdown(createLinkFinder(parseUrl), parseUrl);
const readable = createReadable(readMarkdown);
const names = { self: "Ada", others: Array.from({ length: 300 }, (_, at) => `Person ${at}`) };
/** 32 ms here; a busy machine is several times slower, and what is quadratic a hundred times. */
const heavyMsMax = 400;

interface Leaf {
  readonly text: string;
  readonly url: string | undefined;
  readonly isMarked: boolean;
}

function leavesOf(children: readonly Inline[]): readonly Leaf[] {
  return children.flatMap((inline): readonly Leaf[] => {
    if (inline.kind === "code") return [{ text: inline.text, url: undefined, isMarked: false }];
    if (inline.kind === "piece") {
      const link = inline.piece.kind === "link" ? inline.piece.link : undefined;
      return [{ text: inline.raw, url: link?.url, isMarked: link?.disguised === true }];
    }
    const inner = leavesOf(inline.children);
    if (inline.kind !== "link") return inner;
    return [{ text: inner.map(({ text }) => text).join("") + inline.raw, url: inline.url, isMarked: inline.disguised }];
  });
}

function leavesIn(blocks: readonly Block[]): readonly Leaf[] {
  return blocks.flatMap((block): readonly Leaf[] => {
    if (block.kind === "code") return [{ text: block.info + block.text, url: undefined, isMarked: false }];
    if (block.kind === "paragraph" || block.kind === "heading") return leavesOf(block.children);
    if (block.kind === "quote") return leavesIn(block.blocks);
    if (block.kind === "list")
      return block.items.flatMap(({ number, blocks: inner }) => [{ text: number, url: undefined, isMarked: false }, ...leavesIn(inner)]);
    return block.kind === "table" ? block.rows.flatMap((row) => row.flatMap(leavesOf)) : [];
  });
}

const lettersOf = (text: string) => (text.match(/[\p{L}\p{N}]/gu) ?? []).join("");

it("there are enough of them", () => expect(hostileTexts.length).toBeGreaterThanOrEqual(80));

it.each(hostileTexts)("%j stays text", (text) => {
  const leaves = leavesIn(readMarkdown(text, names));
  expect(lettersOf(leaves.map((leaf) => leaf.text).join(""))).toBe(lettersOf(text));
  for (const { url } of leaves) if (url !== undefined) expect(url).toMatch(/^https?:\/\/[a-z]/u);
});

it.each(hostileTexts.filter((text) => /^\[[^x]*bank|^\[b\u0430nk/u.test(text)))("%j says where it leads", (text) => {
  const [link] = leavesIn(readMarkdown(text, names)).filter(({ url }) => url !== undefined);
  expect(link).toMatchObject({ url: expect.stringContaining("evil.example"), isMarked: true });
});

it.each(heavyTexts.map((text) => [text.slice(0, 24), text]))("%j and so on is read at once", (_beginning, text) => {
  const before = performance.now();
  const blocks = readMarkdown(text, names);
  readable(text);
  expect(performance.now() - before).toBeLessThan(2 * heavyMsMax);
  expect(
    lettersOf(
      leavesIn(blocks)
        .map((leaf) => leaf.text)
        .join(""),
    ),
  ).toBe(lettersOf(text));
});
