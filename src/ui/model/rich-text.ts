/** A message's text in pieces: plain, links, mentions. Text stays text; nothing here is ever read as markup. */
import type { FindLinks, FoundLink } from "./links.ts";

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly link: FoundLink }
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
    if (link.start > from) pieces.push(...splitMentions(text.slice(from, link.start), names));
    pieces.push({ kind: "link", link });
    from = link.end;
  }
  if (from < text.length) pieces.push(...splitMentions(text.slice(from), names));
  return pieces;
}

function splitMentions(text: string, { self, others }: MentionNames): readonly Piece[] {
  if (!text.includes("@")) return [{ kind: "text", text }];
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    if (at < from || (at > 0 && isWord(text[at - 1]))) continue;
    const name = longestNameAt(text, at + 1, [self, ...namesForAll, ...others]);
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

/** "@Mara Lind" names Mara Lind, not Mara. */
function longestNameAt(text: string, at: number, names: readonly string[]): string | undefined {
  let longest: string | undefined;
  for (const name of names) {
    if (name === "" || name.length <= (longest?.length ?? 0)) continue;
    if (same(text.slice(at, at + name.length), name) && !isWord(text[at + name.length])) longest = name;
  }
  return longest;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}
