import { describe, expect, it } from "vitest";
import { createLinkFinder } from "../../src/ui/model/links.ts";
import { type Block, createMarkdown, type Inline } from "../../src/ui/model/markdown.ts";

const parseUrl = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);
const read = createMarkdown(createLinkFinder(parseUrl), parseUrl);
const names = { self: "Sam", others: ["Mara", "snake_case_"] };

/** A tree as one readable line. */
function say(blocks: readonly Block[]): string {
  return blocks.map((block) => "¶".repeat(block.gap) + sayBlock(block)).join(" ");
}

function sayBlock(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return `p(${sayAll(block.children)})`;
    case "heading":
      return `h${block.level}(${sayAll(block.children)})`;
    case "quote":
      return `quote(${say(block.blocks)})`;
    case "list":
      return `list${block.start ?? ""}(${block.items.map(({ done, blocks, gap }) => "¶".repeat(gap) + (done === undefined ? "" : done ? "[x]" : "[ ]") + say(blocks)).join(", ")})`;
    case "code":
      return `code:${block.info}(${block.text})`;
    case "table":
      return `table${block.align.map((align) => align ?? "-").join()}(${block.rows.map((row) => row.map(sayAll).join("|")).join(" / ")})`;
    case "rule":
      return "rule";
  }
}

function sayAll(children: readonly Inline[]): string {
  return children
    .map((inline) => {
      if (inline.kind === "code") return `\`${inline.text}\``;
      if (inline.kind === "piece") {
        const { piece } = inline;
        return piece.kind === "text" ? piece.text : piece.kind === "link" ? `<${piece.link.url}>` : `[${piece.text}]`;
      }
      if (inline.kind === "link") return `link:${inline.url}${inline.disguised ? "!" : ""}(${sayAll(inline.children)})`;
      return `${inline.kind}(${sayAll(inline.children)})`;
    })
    .join("");
}

const shown = (text: string) => say(read(text, names));

describe("inline", () => {
  it.each([
    ["**bold** *it* _it_ ~~gone~~ `a*b*`", "p(strong(bold) emphasis(it) emphasis(it) strike(gone) `a*b*`)"],
    ["||the *end*|| of it", "p(spoiler(the emphasis(end)) of it)"],
    ["a || b", "p(a || b)"],
    ["2 * 3 * 4, snake_case_name, C:\\files", "p(2 * 3 * 4, snake_case_name, C:\\files)"],
    ["\\*not bold\\*", "p(*not bold*)"],
    ["¯\\_(ツ)_/¯", "p(¯\\_(ツ)_/¯)"],
    ["**unclosed", "p(**unclosed)"],
    ["&amp; &#106; <b>bold</b>", "p(&amp; &#106; <b>bold</b>)"],
    ["<img src=x> **b**", "p(<img src=x> strong(b))"],
    ["![x](https://a.example/x.png)", "p(!link:https://a.example/x.png(x))"],
  ])("%s", (text, tree) => expect(shown(text)).toBe(tree));
});

describe("links and mentions", () => {
  it.each([
    ["**@Mara** and *https://example.org/a_b_c*", "p(strong([@Mara]) and emphasis(<https://example.org/a_b_c>))"],
    ["`@Mara https://example.org`", "p(`@Mara https://example.org`)"],
    ["@snake_case_ *hi*", "p([@snake_case_] emphasis(hi))"],
    ["[the docs](https://example.org/a(b)) *now*", "p(link:https://example.org/a(b)(the docs) emphasis(now))"],
    ["[example.org](https://example.org/x)", "p(link:https://example.org/x(example.org))"],
    ["[bank.example](https://evil.example)", "p(link:https://evil.example/!(bank.example))"],
    ["[https://bank.example](https://evil.example)", "p(link:https://evil.example/!(https://bank.example))"],
    ["[bank\u200b.exam\u00adple](https://evil.example)", "p(link:https://evil.example/!(bank\u200b.exam\u00adple))"],
    ["[ok](https://bank.example@evil.example)", "p(link:https://bank.example@evil.example/!(ok))"],
    ["[x](javascript:alert(1)) *y*", "p([x](javascript:alert(1)) emphasis(y))"],
    ['[x](https://a.example "title") *y*', 'p([x](<https://a.example/> "title") emphasis(y))'],
    ["[](https://a.example)", "p([](<https://a.example/>))"],
    ["||https://a.example|| **https://a.example**", "p(spoiler(<https://a.example/>) strong(<https://a.example/>))"],
  ])("%s", (text, tree) => expect(shown(text)).toBe(tree));
});

describe("blocks", () => {
  it.each([
    ["# Big\n#small", "h1(Big) p(#small)"],
    ["one\ntwo  \n three\n\n\n*four*", "p(one\ntwo  \n three) ¶¶p(emphasis(four))"],
    ["> said\nmine", "quote(p(said)) p(mine)"],
    ["> a\n> > b\n>\n> c", "quote(p(a) quote(p(b)) ¶p(c))"],
    [">:( no", "p(>:( no)"],
    ["- a\n- b\n  - c\nafter", "list(p(a), p(b) list(p(c))) p(after)"],
    ["3. c\n4. d", "list3(p(c), p(d))"],
    ["- [ ] bread\n- [x] *milk*\n- [x]", "list([ ]p(bread), [x]p(emphasis(milk)), [x]p())"],
    ["```ts\nconst a = 1;\n\n  b\n```\nend", "code:ts(const a = 1;\n\n  b) p(end)"],
    ["```\none\ntwo```\nend", "code:(one\ntwo) p(end)"],
    ["```\nnever closed\n", "code:(never closed)"],
    ["~~~\n```\n~~~ ", "p(~~~\n```\n~~~ )"],
    ["a | b\n--|:-:\n1 | *2*", "table-,center(a|b / 1|emphasis(2))"],
    ["a\n---\nb", "p(a) rule p(b)"],
    ["    four spaces\nnone *x*", "p(    four spaces\nnone emphasis(x))"],
    ["2026. It was good", "list2026(p(It was good))"],
  ])("%s", (text, tree) => expect(shown(text)).toBe(tree));

  it.each(["-", "1.", "---", "###", "> ", "**", "```", "||||", "[x]: https://a.example", "a|b\n-|-\n1|2|3"])(
    "what would vanish is shown as typed: %s",
    (text) => expect(shown(text).replace("<https://a.example/>", "https://a.example")).toBe(`p(${text})`),
  );
});
