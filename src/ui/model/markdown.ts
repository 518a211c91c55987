/**
 * A message's text as a tree of what people mean by Markdown. Pure, and the only place that knows the tokenizer.
 *
 * 1. Nothing in the tree is markup: every leaf is text, every address is http or https.
 * 2. No letter, digit or sign that was typed is missing in the tree; where the tokenizer would lose one, the text stays plain.
 * 3. Work and tree are bounded; a text past a bound stays plain.
 */
import type { MarkdownIt } from "markdown-it";
import { markdownNestingMax, markdownNodesMax } from "../limits.ts";
import type { FindLinks, ParseUrl } from "./links.ts";
import { createTokenizer, type Found, type Reading } from "./markdown-rules.ts";
import { type MentionNames, type Piece, splitText } from "./rich-text.ts";

export type Inline =
  | { readonly kind: "piece"; readonly piece: Piece; readonly raw: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis" | "strike" | "spoiler"; readonly children: readonly Inline[] }
  | {
      readonly kind: "link";
      readonly url: string;
      readonly host: string;
      readonly disguised: boolean;
      readonly raw: string;
      readonly children: readonly Inline[];
    };

export type Block = {
  /** Empty lines that were typed before it. */
  readonly gap: number;
} & (
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | { readonly kind: "heading"; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: "quote"; readonly blocks: readonly Block[] }
  | { readonly kind: "list"; readonly start: number | undefined; readonly items: readonly Item[] }
  | { readonly kind: "code"; readonly info: string; readonly text: string }
  | { readonly kind: "table"; readonly align: readonly Align[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: "rule" }
);

export interface Item {
  readonly gap: number;
  /** What was typed before it, as "3". */
  readonly number: string;
  /** Undefined where it is no task. */
  readonly done: boolean | undefined;
  readonly blocks: readonly Block[];
}

export type Align = "start" | "center" | "end" | undefined;

export type ReadMarkdown = (text: string, names: MentionNames) => readonly Block[];

/** Most texts have none of these, and need no tokenizer. */
const mayBeMarkup = /[*_~|`#\\[]|^[ \t]*(?:>|[-+] |\d{1,9}[.)][ \t])|^[ \t]*(?:---|\+$|-$)/mu;
const signs = /[\p{L}\p{N}\p{So}\p{Sc}]/gu;

export function createMarkdown(findLinks: FindLinks, parseUrl: ParseUrl): ReadMarkdown {
  const tokenizer = createTokenizer();
  return (text, names) => {
    const plain = (): readonly Block[] => [{ kind: "paragraph", gap: 0, children: splitText(text, names, findLinks).map(withRaw(text)) }];
    if (!mayBeMarkup.test(text)) return plain();
    const find = (part: string): readonly Found[] =>
      placed(
        part,
        splitText(part, names, (linked) => findLinks(linked.replaceAll("||", "  ")).map(unmarked(findLinks, linked))),
      );
    const reading: Reading = { find, parseUrl };
    const source = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    const tokens = tokenizer.parse(source, reading as never);
    if (isPastBounds(tokens)) return plain();
    const blocks = new TreeBuilder(tokens, source.split("\n"), findLinks).blocks(tokens.length);
    const kept = signsOf(blocks).join("").toLowerCase();
    return kept !== "" && kept === signed(source).join("").toLowerCase() ? blocks : plain();
  };
}

type Token = ReturnType<MarkdownIt["parse"]>[number];

function isPastBounds(tokens: readonly Token[]): boolean {
  let nodes = tokens.length;
  for (const { level, children } of tokens) {
    // One level more, and the tokenizer leaves out what lies deeper.
    if (level >= markdownNestingMax - 1) return true;
    nodes += children?.length ?? 0;
    if (children?.some((child) => child.level >= markdownNestingMax - 1)) return true;
  }
  return nodes > markdownNodesMax;
}

/** A link ends before the signs that close what stands around it: **https://example.org** */
function unmarked(findLinks: FindLinks, text: string) {
  return (link: ReturnType<FindLinks>[number]): ReturnType<FindLinks>[number] => {
    const raw = text.slice(link.start, link.end);
    const shorter = raw.replace(/[*_~|`]+$|\]\(.*$/u, "");
    if (shorter === raw) return link;
    const [again] = findLinks(shorter);
    return again !== undefined && again.start === 0 ? { ...again, start: link.start, end: link.start + again.end } : link;
  };
}

function placed(text: string, pieces: readonly Piece[]): readonly Found[] {
  let at = 0;
  return pieces.flatMap((piece) => {
    const start = at;
    at += piece.kind === "link" ? piece.link.end - piece.link.start : piece.text.length;
    return piece.kind === "text" || at > text.length ? [] : [{ start, end: at, piece }];
  });
}

function withRaw(text: string): (piece: Piece) => Inline {
  let at = 0;
  return (piece) => {
    const start = at;
    at += piece.kind === "link" ? piece.link.end - piece.link.start : piece.text.length;
    return { kind: "piece", piece, raw: text.slice(start, at) };
  };
}

class TreeBuilder {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly lines: readonly string[];
  private readonly findLinks: FindLinks;

  constructor(tokens: readonly Token[], lines: readonly string[], findLinks: FindLinks) {
    this.tokens = tokens;
    this.lines = lines;
    this.findLinks = findLinks;
  }

  /** Until a token closes what holds them. */
  blocks(end: number): readonly Block[] {
    const blocks: Block[] = [];
    while (this.at < end) {
      const token = this.tokens[this.at];
      if (token === undefined || token.nesting === -1) break;
      this.at += 1;
      const gap = this.gapBefore(token, blocks.length === 0);
      const block = this.block(token, end);
      if (block !== undefined) blocks.push({ ...block, gap } as Block);
    }
    return blocks;
  }

  private block(token: Token, end: number): object | undefined {
    switch (token.type) {
      case "paragraph_open":
        return { kind: "paragraph", children: this.inline() };
      case "heading_open":
        return { kind: "heading", level: Number(token.tag.slice(1)), children: this.inline() };
      case "blockquote_open": {
        const blocks = this.blocks(end);
        this.at += 1;
        return { kind: "quote", blocks };
      }
      case "bullet_list_open":
      case "ordered_list_open":
        return {
          kind: "list",
          start: token.type === "ordered_list_open" ? Number(token.attrGet("start") ?? 1) : undefined,
          items: this.items(end),
        };
      case "fence":
        return { kind: "code", info: token.info.trim(), text: token.content.replace(/\n$/u, "") };
      case "table_open":
        return this.table();
      case "hr":
        return { kind: "rule" };
      default:
        return undefined;
    }
  }

  private items(end: number): readonly Item[] {
    const items: Item[] = [];
    for (let token = this.tokens[this.at]; token?.type === "list_item_open"; token = this.tokens[this.at]) {
      this.at += 1;
      const gap = this.gapBefore(token, items.length === 0);
      const { done, blocks } = asTask(this.blocks(end));
      this.at += 1;
      items.push({ gap, number: token.info, done, blocks });
    }
    this.at += 1;
    return items;
  }

  private table(): object {
    const rows: Inline[][][] = [];
    const align: Align[] = [];
    for (let token = this.tokens[this.at]; token !== undefined && token.type !== "table_close"; token = this.tokens[this.at]) {
      this.at += 1;
      if (token.type === "tr_open") rows.push([]);
      if (token.type !== "th_open" && token.type !== "td_open") continue;
      if (token.type === "th_open") align.push(alignOf(String(token.attrGet("style") ?? "")));
      rows[rows.length - 1]?.push([...this.inline()]);
    }
    this.at += 1;
    return { kind: "table", align, rows };
  }

  /** An "inline" token, and the one that closes what it stands in. */
  private inline(): readonly Inline[] {
    const children = this.tokens[this.at]?.children ?? [];
    this.at += 2;
    return new InlineBuilder(children, this.findLinks).children();
  }

  private gapBefore(token: Token, isFirst: boolean): number {
    const [start] = token.map ?? [0];
    let gap = 0;
    while (!isFirst && start - gap > 0 && /^[\s>]*$/u.test(this.lines[start - gap - 1] ?? "")) gap += 1;
    return gap;
  }
}

function alignOf(style: string): Align {
  return style.includes("center") ? "center" : style.includes("right") ? "end" : style.includes("left") ? "start" : undefined;
}

/** "[ ] buy bread" */
function asTask(blocks: readonly Block[]): { readonly done: boolean | undefined; readonly blocks: readonly Block[] } {
  const [first, ...rest] = blocks;
  const [head, ...others] = first?.kind === "paragraph" ? first.children : [];
  if (first?.kind !== "paragraph" || head?.kind !== "piece" || head.piece.kind !== "text") return { done: undefined, blocks };
  const [mark, box] = /^\[([ xX])\](?:[ \n]|$)/u.exec(head.piece.text) ?? [];
  if (mark === undefined || box === undefined) return { done: undefined, blocks };
  const text = head.piece.text.slice(mark.length);
  return { done: box !== " ", blocks: [{ ...first, children: [...(text === "" ? [] : [textOf(text)]), ...others] }, ...rest] };
}

const textOf = (text: string): Inline => ({ kind: "piece", piece: { kind: "text", text }, raw: text });

class InlineBuilder {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly findLinks: FindLinks;

  constructor(tokens: readonly Token[], findLinks: FindLinks) {
    this.tokens = tokens;
    this.findLinks = findLinks;
  }

  children(): readonly Inline[] {
    const built: Inline[] = [];
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at];
      this.at += 1;
      if (token === undefined || token.nesting === -1) break;
      const one = this.one(token);
      if (one !== undefined) built.push(one);
    }
    return built;
  }

  private one(token: Token): Inline | undefined {
    switch (token.type) {
      case "text":
      case "text_special":
        return token.content === "" ? undefined : textOf(token.content);
      case "code_inline":
        return { kind: "code", text: token.content };
      case "strong_open":
        return { kind: "strong", children: this.children() };
      case "em_open":
        return { kind: "emphasis", children: this.children() };
      case "s_open":
        return { kind: "strike", children: this.children() };
      case "spoiler_open":
        return { kind: "spoiler", children: this.children() };
      case "piece": {
        const { piece, raw } = token.meta as { readonly piece: Piece; readonly raw: string };
        return { kind: "piece", piece, raw };
      }
      case "link_open": {
        const { url, host, raw } = token.meta as { readonly url: string; readonly host: string; readonly raw: string };
        const children = this.children();
        return {
          kind: "link",
          url,
          host,
          disguised: isDisguised(children.map(inlineText).join(""), url, host, this.findLinks),
          raw,
          children,
        };
      }
      default:
        return undefined;
    }
  }
}

/** The words look like another address than the one that is opened, or the address itself hides where it leads. */
function isDisguised(label: string, url: string, host: string, findLinks: FindLinks): boolean {
  const bare = label.normalize("NFKC").replace(/[\p{Cf}\s]/gu, "");
  if (bare.toLowerCase().includes(host)) return findLinks(bare).some((found) => found.host !== host);
  const isOddUrl = /^https?:\/\/[^/]*@/u.test(url) || host.split(".").some((part) => part.startsWith("xn--"));
  return isOddUrl || findLinks(bare).length > 0 || /[\p{L}\p{N}-][.\u3002\uff0e\u2024][\p{L}]{2}/u.test(bare) || /:\/\//u.test(bare);
}

/** What is to be read of it, as plain text. */
export function inlineText(inline: Inline): string {
  switch (inline.kind) {
    case "piece":
      return inline.piece.kind === "link" ? inline.piece.link.text : inline.piece.text;
    case "code":
      return inline.text;
    default:
      return inline.children.map(inlineText).join("");
  }
}

function signsOf(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(signsOfOne);
}

function signsOfOne(block: Block): readonly string[] {
  switch (block.kind) {
    case "paragraph":
    case "heading":
      return inlineSigns(block.children);
    case "quote":
      return signsOf(block.blocks);
    case "list":
      return block.items.flatMap(({ number, done, blocks: inner }) => [
        ...signed(number),
        ...(done === true ? ["x"] : []),
        ...signsOf(inner),
      ]);
    case "code":
      return signed(`${block.info}${block.text}`);
    case "table":
      return block.rows.flatMap((row) => row.flatMap(inlineSigns));
    case "rule":
      return [];
  }
}

function inlineSigns(children: readonly Inline[]): readonly string[] {
  return children.flatMap((inline) => {
    if (inline.kind === "piece") return signed(inline.raw);
    if (inline.kind === "code") return signed(inline.text);
    return [...inlineSigns(inline.children), ...(inline.kind === "link" ? signed(inline.raw) : [])];
  });
}

function signed(text: string): readonly string[] {
  return text.match(signs) ?? [];
}
