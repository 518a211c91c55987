/** markdown-it with the rules of a chat: lines stay as typed, nothing is markup but what people expect, spoilers are. */
import MarkdownIt, { type StateBlock, type StateInline, type MarkdownIt as Tokenizer } from "markdown-it";
import { markdownNestingMax, tableColumnsMax } from "../limits.ts";
import type { ParseUrl } from "./links.ts";
import type { Piece } from "./rich-text.ts";

/** What is found in each text that is tokenized: links and mentions, which nothing inside them takes apart. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly piece: Piece;
}

export interface Reading {
  readonly find: (text: string) => readonly Found[];
  readonly parseUrl: ParseUrl;
  /** Of the text that was tokenized last. */
  last?: { readonly text: string; readonly found: readonly Found[]; next: number };
}

const escapable = /[*_~|`[\]#>\-+.\\()]/u;
const terminators = new Set("\n!*-<>[\\]_`|~@".split("").map((character) => character.charCodeAt(0)));
const bar = 0x7c;

export function createTokenizer(): Tokenizer {
  const markdown = new MarkdownIt({ html: false, maxNesting: markdownNestingMax });
  markdown.disable(["normalize", "linkify", "replacements", "smartquotes"], true);
  markdown.disable(["code", "reference", "html_block", "lheading", "image", "autolink", "html_inline", "entity"]);
  const { block, inline } = markdown;
  // Only what lies behind ">" is quoted, only what is indented belongs to an item: the next line is the next line.
  block.ruler.before("fence", "notLazy", notLazy, { alt: ["blockquote", "paragraph"] });
  block.ruler.at("fence", fence, { alt: ["paragraph", "reference", "blockquote", "list"] });
  block.ruler.at("paragraph", paragraph);
  within(markdown, "table", (state, line) => lineOf(state, line).split("|").length <= tableColumnsMax);
  // ">:(" is a face.
  within(markdown, "blockquote", (state, line) => /^>+(?:[ \t]|$)/u.test(lineOf(state, line)));
  inline.ruler.at("text", words);
  inline.ruler.at("newline", newline);
  inline.ruler.at("escape", escaped);
  inline.ruler.at("link", link);
  inline.ruler.before("strikethrough", "spoiler", spoiler);
  return markdown;
}

type BlockRule = (state: StateBlock, startLine: number, endLine: number, silent: boolean) => boolean;

/** A rule of markdown-it's own that begins only where `begins`. */
function within({ block }: Tokenizer, name: string, begins: (state: StateBlock, line: number) => boolean): void {
  const rules = block.ruler as unknown as { __rules__: { name: string; fn: BlockRule; alt: string[] }[] };
  const known = rules.__rules__.find((rule) => rule.name === name);
  if (known === undefined) throw new Error(`markdown-it has no rule ${name}`);
  const { fn, alt } = known;
  block.ruler.at(name, (state, line, end, silent) => begins(state, line) && fn(state, line, end, silent), { alt });
}

function lineOf(state: StateBlock, line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
}

function notLazy(state: StateBlock, line: number, _end: number, silent: boolean): boolean {
  return silent && (state.parentType === "blockquote" || (state.sCount[line] ?? 0) < state.blkIndent);
}

/** As CommonMark's, and a line of code may end with the closing fence, as people type it. */
function fence(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const [, marker = "", info = ""] = /^(`{3,}|~{3,})(.*)$/u.exec(lineOf(state, startLine)) ?? [];
  if (marker === "" || info.includes("`")) return false;
  if (silent) return true;
  const indent = state.sCount[startLine] ?? 0;
  let line = startLine + 1;
  let lastLine = "";
  let isClosed = false;
  for (; line < endLine && !isClosed; line += 1) {
    const text = lineOf(state, line).trimEnd();
    if (text !== "" && (state.sCount[line] ?? 0) < state.blkIndent) break;
    if (!text.endsWith(marker)) continue;
    const before = text.slice(0, -marker.length);
    if (before.includes(marker.charAt(0)) && !isAll(text, marker.charAt(0))) continue;
    if (!isAll(text, marker.charAt(0)))
      lastLine = `${state
        .getLines(line, line + 1, indent, false)
        .trimEnd()
        .slice(0, -marker.length)}\n`;
    isClosed = true;
  }
  state.line = line;
  const token = state.push("fence", "code", 0);
  token.info = info;
  token.content = state.getLines(startLine + 1, isClosed ? line - 1 : line, indent, true) + lastLine;
  token.map = [startLine, line];
  return true;
}

function isAll(text: string, character: string): boolean {
  for (const one of text) if (one !== character) return false;
  return true;
}

/** Nothing is trimmed: spaces that somebody aligned with stay. */
function paragraph(state: StateBlock, startLine: number, endLine: number): boolean {
  const terminating = state.md.block.ruler.getRules("paragraph");
  const before = state.parentType;
  state.parentType = "paragraph";
  let line = startLine + 1;
  while (line < endLine && !state.isEmpty(line) && !terminating.some((rule) => rule(state, line, endLine, true))) line += 1;
  state.parentType = before;
  state.line = line;
  state.push("paragraph_open", "p", 1).map = [startLine, line];
  const inline = state.push("inline", "", 0);
  inline.content = state.getLines(startLine, line, state.blkIndent, false).trimEnd();
  inline.map = [startLine, line];
  inline.children = [];
  state.push("paragraph_close", "p", -1);
  return true;
}

function words(state: StateInline, silent: boolean): boolean {
  const reading = state.env as unknown as Reading;
  if (reading.last?.text !== state.src) reading.last = { text: state.src, found: reading.find(state.src), next: 0 };
  const { last } = reading;
  // Tokenizing goes forth, and back only to the beginning of a label.
  while (last.next > 0 && (last.found[last.next - 1]?.end ?? 0) > state.pos) last.next -= 1;
  while ((last.found[last.next]?.end ?? Number.POSITIVE_INFINITY) <= state.pos) last.next += 1;
  // A link's own words hold no other.
  const found = state.linkLevel > 0 ? undefined : last.found[last.next];
  if (found !== undefined && found.start === state.pos && found.end <= state.posMax) {
    if (!silent) state.push("piece", "", 0).meta = { piece: found.piece, raw: state.src.slice(found.start, found.end) };
    state.pos = found.end;
    return true;
  }
  const end = found !== undefined && found.start > state.pos ? Math.min(found.start, state.posMax) : state.posMax;
  let pos = state.pos;
  while (pos < end && !terminators.has(state.src.charCodeAt(pos))) pos += 1;
  if (pos === state.pos) return false;
  if (!silent) state.pending += state.src.slice(state.pos, pos);
  state.pos = pos;
  return true;
}

function newline(state: StateInline, silent: boolean): boolean {
  if (state.src.charAt(state.pos) !== "\n") return false;
  if (!silent) state.pending += "\n";
  state.pos += 1;
  return true;
}

/** A backslash before a sign that could be markup. Elsewhere, as in C:\files, it is one, and the shrug keeps its arm. */
function escaped(state: StateInline, silent: boolean): boolean {
  const sign = state.src.charAt(state.pos + 1);
  if (state.src.charAt(state.pos) !== "\\" || state.pos + 1 >= state.posMax || !escapable.test(sign)) return false;
  if (!silent) state.pending += state.src.charAt(state.pos - 1) === "¯" ? `\\${sign}` : sign;
  state.pos += 2;
  return true;
}

/** [words](https://…), and nothing else: no title, no reference, no other scheme. */
function link(state: StateInline, silent: boolean): boolean {
  if (state.src.charAt(state.pos) !== "[" || state.linkLevel > 0) return false;
  const labelStart = state.pos + 1;
  const labelEnd = state.md.helpers.parseLinkLabel(state, state.pos, true);
  if (labelEnd < labelStart || state.src.charAt(labelEnd + 1) !== "(" || state.src.slice(labelStart, labelEnd).trim() === "") return false;
  const destination = state.md.helpers.parseLinkDestination(state.src, labelEnd + 2, state.posMax);
  if (!destination.ok || state.src.charAt(destination.pos) !== ")" || destination.pos >= state.posMax) return false;
  const raw = state.src.slice(labelEnd + 2, destination.pos);
  const address = raw.replace(/^<(.*)>$/u, "$1");
  const url = /^https?:\/\//iu.test(address) ? (state.env as unknown as Reading).parseUrl(address) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol)) return false;
  if (!silent) {
    const { posMax } = state;
    state.pos = labelStart;
    state.posMax = labelEnd;
    state.push("link_open", "a", 1).meta = { url: url.href, host: url.host, raw };
    state.linkLevel += 1;
    state.md.inline.tokenize(state);
    state.linkLevel -= 1;
    state.push("link_close", "a", -1);
    state.posMax = posMax;
  }
  state.pos = destination.pos + 1;
  return true;
}

/** ||hidden until one asks for it||, as Discord has it. */
function spoiler(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos) !== bar || state.src.charCodeAt(state.pos + 1) !== bar) return false;
  const start = state.pos + 2;
  const end = state.src.indexOf("||", start);
  if (end === -1 || end + 2 > state.posMax || state.src.slice(start, end).trim() === "") return false;
  if (!silent) {
    const { posMax } = state;
    state.pos = start;
    state.posMax = end;
    state.push("spoiler_open", "span", 1);
    state.md.inline.tokenize(state);
    state.push("spoiler_close", "span", -1);
    state.posMax = posMax;
  }
  state.pos = end + 2;
  return true;
}
