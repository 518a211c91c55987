/** Emoji by name: what `:tada:` is, which ones a word finds, which tone a hand has. */
import { emojiAloneMax } from "../limits.ts";

export interface Emoji {
  readonly emoji: string;
  /** As written between colons; the first is the usual one. */
  readonly names: readonly string[];
  readonly words: readonly string[];
  readonly hasTones: boolean;
}

export interface EmojiGroup {
  readonly name: string;
  readonly emoji: readonly Emoji[];
}

export interface EmojiBook {
  readonly groups: readonly EmojiGroup[];
  readonly named: ReadonlyMap<string, Emoji>;
  readonly of: ReadonlyMap<string, Emoji>;
}

/** From none to dark. */
export const tones = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"] as const;

/** @param packed as emoji-data.ts packs it */
export function unpackEmoji(packed: string): EmojiBook {
  const groups: { name: string; emoji: Emoji[] }[] = [];
  const named = new Map<string, Emoji>();
  const of = new Map<string, Emoji>();
  for (const line of packed.split("\n")) {
    if (line.startsWith("#") && !line.includes("\t")) {
      groups.push({ name: line.slice(1), emoji: [] });
      continue;
    }
    const [emoji = "", names = "", words = "", toned = ""] = line.split("\t");
    const one: Emoji = { emoji, names: names.split(" "), words: words.split(" "), hasTones: toned === "1" };
    groups[groups.length - 1]?.emoji.push(one);
    of.set(emoji, one);
    for (const name of one.names) named.set(name, one);
  }
  return { groups, named, of };
}

/** The tone follows the first character, and takes the place of the sign that asks for a picture. */
export function withTone({ emoji, hasTones }: Emoji, tone: number): string {
  const sign = tones[tone] ?? "";
  return hasTones && sign !== "" ? emoji.replace(/^(.)\ufe0f?/u, `$1${sign}`) : emoji;
}

/** Names that begin so, then other words that do, then names that have it somewhere. */
export function findEmoji({ groups }: EmojiBook, asked: string, max: number): readonly Emoji[] {
  const typed = asked.trim().toLowerCase().replaceAll(" ", "_");
  if (typed === "") return [];
  const all = groups.flatMap(({ emoji }) => emoji);
  const ranked = [
    all.filter(({ names }) => names.includes(typed)),
    all.filter(({ names }) => names.some((name) => name.startsWith(typed))),
    all.filter(({ words }) => words.some((word) => word.startsWith(typed))),
    all.filter(({ names }) => names.some((name) => name.includes(typed))),
  ];
  return [...new Set(ranked.flat())].slice(0, max);
}

const shortcode = /:([a-z0-9_+-]{1,40}):/gu;
const codeOrText = /(```[\s\S]*?(?:```|$)|`[^`\n]*`|https?:\/\/\S+)/u;

/** Every `:name:` that is an emoji's, but not in code and addresses. */
export function replaceShortcodes(text: string, { named }: EmojiBook, tone: number): string {
  if (!text.includes(":")) return text;
  return text
    .split(codeOrText)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(shortcode, (typed, name: string) => toned(named.get(name), tone) ?? typed)))
    .join("");
}

function toned(emoji: Emoji | undefined, tone: number): string | undefined {
  return emoji && withTone(emoji, tone);
}

export interface EmojiCompletion {
  /** Where the ":" stands. */
  readonly start: number;
  readonly typed: string;
}

/** Undefined where the caret does not stand behind ":" and two letters or more that begin a name. */
export function shortcodeAt(text: string, caret: number): EmojiCompletion | undefined {
  const [typed] = /(?:^|[\s(*_~|>"'])(?::([a-z0-9_+-]{2,40}))$/iu.exec(text.slice(Math.max(0, caret - 48), caret))?.slice(1) ?? [];
  if (typed === undefined || isInCode(text, caret)) return undefined;
  return { start: caret - typed.length - 1, typed: typed.toLowerCase() };
}

function isInCode(text: string, caret: number): boolean {
  const before = text.slice(0, caret);
  return before.split("```").length % 2 === 0 || before.slice(before.lastIndexOf("\n") + 1).split("`").length % 2 === 0;
}

const one =
  /(?:\p{RI}\p{RI}|[0-9#*]\ufe0f\u20e3|(?:\p{Emoji_Presentation}\p{EMod}?|\p{Extended_Pictographic}(?:\ufe0f|\p{EMod}))(?:[\u{e0020}-\u{e007f}]+|(?:\u200d(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f?)\p{EMod}?)*))/u;
const alone = new RegExp(`^\\s*(?:${one.source}\\s*){1,${emojiAloneMax}}$`, "u");

/** A few emoji and nothing else: they are shown large. */
export function isEmojiAlone(text: string): boolean {
  return text.length < 100 && alone.test(text) && !/^[\s\d#*]*$/u.test(text);
}
