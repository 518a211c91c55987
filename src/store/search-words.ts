/**
 * By which words a text is found: one rule for both vaults. Words are folded (Unicode's compatibility forms, case, accents)
 * and found by their beginnings. Scripts without spaces are cut into pairs of characters, so that whatever stands side by side is found.
 */
import { searchWordCharsMax } from "./limits.ts";

/** What can be told from a text itself. */
export const textKinds = ["link", "code", "mention"] as const;
export type TextKind = (typeof textKinds)[number];

const signs: Record<TextKind, RegExp> = {
  link: /\bhttps?:\/\/\S|\bwww\.\S/iu,
  code: /`[^`]/u,
  mention: /(?:^|[^\p{L}\p{N}])@[\p{L}\p{N}]/u,
};

/** Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic. Not the vowels of Indian scripts, nor what tells か from が: they make other words. */
const accents =
  /[\u0300-\u036f]|[\u0591-\u05bd]|[\u05bf-\u05c7]|[\u064b-\u065f]|\u0670|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\ufe20-\ufe2f]/gu;
/** Letters that differ for a reader by an accent, and for Unicode altogether. */
const alike: Readonly<Record<string, string>> = { ς: "σ", ø: "o", ł: "l", đ: "d", ħ: "h", æ: "ae", œ: "oe" };
const toBeAlike = /[ςøłđħæœ]/gu;

const unspaced = String.raw`(?=[\p{L}\p{M}\p{N}])[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]`;
const runs = new RegExp(String.raw`((?:${unspaced})+)|(?:(?!${unspaced})[\p{L}\p{M}\p{N}])+|\p{Extended_Pictographic}`, "gu");

/** Each once. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>();
  for (const [run, withoutSpaces] of fold(text).matchAll(runs)) {
    if (withoutSpaces === undefined) words.add(run.slice(0, searchWordCharsMax));
    else for (const part of pairsOf(run, true)) words.add(part);
  }
  return [...words];
}

export interface Sought {
  readonly word: string;
  /** Otherwise its beginning is enough. */
  readonly isWhole: boolean;
}

/** All of it has to be there. A single letter is a word: nearly every text has one that begins with it. */
export function wordsSought(typed: string): Sought[] {
  const words = new Map<string, Sought>();
  for (const [run, withoutSpaces] of fold(typed).matchAll(runs)) {
    const isUnspaced = withoutSpaces !== undefined;
    for (const word of isUnspaced ? pairsOf(run, false) : [run.slice(0, searchWordCharsMax)])
      words.set(word, { word, isWhole: !isUnspaced && word.length === 1 });
  }
  return [...words.values()];
}

export function kindsOf(text: string): TextKind[] {
  return textKinds.filter((kind) => signs[kind].test(text));
}

/** Upper case first: then ß is found by ss. */
function fold(text: string): string {
  const folded = text.normalize("NFKD").toUpperCase().toLowerCase().replace(accents, "");
  return folded.normalize("NFC").replace(toBeAlike, (letter) => alike[letter] ?? letter);
}

/** Of a text also its last character alone, so that each is the beginning of something. */
function pairsOf(run: string, isText: boolean): string[] {
  const characters = [...run];
  const last = characters.at(-1) ?? "";
  const pairs = characters.slice(1).map((character, before) => `${characters[before]}${character}`);
  return isText || pairs.length === 0 ? [...pairs, last] : pairs;
}
