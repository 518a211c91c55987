/** A message's text in pieces: plain, links, mentions. Text stays text; nothing here is ever read as markup. */
import type { FindLinks, FoundLink } from "./links.ts";
import { findPermalinks } from "./permalinks.ts";

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly link: FoundLink }
  | { readonly kind: "permalink"; readonly text: string; readonly messageId: string }
  | { readonly kind: "mention"; readonly text: string; readonly isSelf: boolean };

export interface MentionNames {
  readonly self: string;
  readonly others: readonly string[];
}

/** Names that mean everybody in a room; the API counts them as naming you. */
export const namesForAll = ["everyone", "room"] as const;

export function splitText(text: string, names: MentionNames, findLinks: FindLinks): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const link of findLinks(text)) {
    if (link.start > from) pieces.push(...splitPermalinks(text.slice(from, link.start), names));
    pieces.push({ kind: "link", link });
    from = link.end;
  }
  if (from < text.length) pieces.push(...splitPermalinks(text.slice(from), names));
  return pieces;
}

function splitPermalinks(text: string, names: MentionNames): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { start, end, messageId } of findPermalinks(text)) {
    if (start > from) pieces.push(...splitMentions(text.slice(from, start), names));
    pieces.push({ kind: "permalink", text: text.slice(start, end), messageId });
    from = end;
  }
  if (from < text.length) pieces.push(...splitMentions(text.slice(from), names));
  return pieces;
}

function splitMentions(text: string, { self, others }: MentionNames): readonly Piece[] {
  if (!text.includes("@")) return [{ kind: "text", text }];
  const pieces: Piece[] = [];
  const names = byLength([self, ...namesForAll, ...others]);
  let from = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    if (at < from || (at > 0 && isWord(text[at - 1]))) continue;
    const name = longestNameAt(text, at + 1, names);
    if (name === undefined) continue;
    if (at > from) pieces.push({ kind: "text", text: text.slice(from, at) });
    from = at + 1 + name.length;
    pieces.push({
      kind: "mention",
      text: text.slice(at, from),
      isSelf: same(name, self) || namesForAll.some((forAll) => same(name, forAll)),
    });
  }
  if (from < text.length) pieces.push({ kind: "text", text: text.slice(from) });
  return pieces;
}

/** Longest first. A text of nothing but "@" in a crowd must not be compared with every name at every place. */
function byLength(names: readonly string[]): readonly (readonly [length: number, lowerCase: ReadonlySet<string>])[] {
  const sets = new Map<number, Set<string>>();
  for (const name of names) {
    if (name !== "") sets.set(name.length, (sets.get(name.length) ?? new Set()).add(name.toLowerCase()));
  }
  return [...sets].sort(([a], [b]) => b - a);
}

/** "@Mara Lind" names Mara Lind, not Mara. */
function longestNameAt(text: string, at: number, names: ReturnType<typeof byLength>): string | undefined {
  for (const [length, lowerCase] of names) {
    const name = text.slice(at, at + length);
    if (name.length === length && lowerCase.has(name.toLowerCase()) && !isWord(text[at + length])) return name;
  }
  return undefined;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}
