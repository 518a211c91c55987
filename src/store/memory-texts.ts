/** The texts of a guest's vault, in the order of their places. A search looks at each, newest first, until it has enough. */

import { kindsOf, wordsOf, wordsSought } from "./search-words.ts";
import { Sorted } from "./sorted.ts";
import { placesWithin, TextPlaces } from "./text-places.ts";
import type { StoredEvent, TextHit, TextQuery } from "./vault-port.ts";

interface Text extends TextHit {
  readonly text: string;
  /** Each between spaces. */
  readonly words: string;
}

export class MemoryTexts {
  readonly #texts = new Sorted<Text>((a, b) => a.place - b.place);
  readonly #places = new TextPlaces();

  /** The place at which it is. */
  add({ roomId, author, logId, seq, clock, target }: StoredEvent, text: string): number {
    const place = this.#places.next(clock, (taken) => this.#texts.find((text) => text.place - taken) !== undefined);
    const words = ` ${wordsOf(text).join(" ")} `;
    this.#texts.insert({ key: { roomId, author, logId, seq }, clock, target, place, text, words });
    return place;
  }

  remove(place: number): void {
    this.#texts.remove((text) => text.place - place);
  }

  search(query: TextQuery): TextHit[] {
    const sought = wordsSought(query.words).map(({ word, isWhole }) => (isWhole ? ` ${word} ` : ` ${word}`));
    const found: TextHit[] = [];
    if (sought.length === 0 && query.words.trim() !== "") return found;
    const { from, below } = placesWithin(query);
    for (const text of this.#texts.before((other) => other.place - below)) {
      if (text.place < from || found.length >= query.limit) break;
      if (!sought.every((word) => text.words.includes(word)) || !passes(text, query)) continue;
      const { clock, place, target } = text;
      found.push({ key: { ...text.key }, clock, place, ...(target !== undefined && { target }) });
    }
    return found;
  }

  clear(): void {
    this.#texts.clear();
  }
}

function passes({ key, clock, text }: Text, { roomIds, authors, notAuthors, before, after, has }: TextQuery): boolean {
  if (clock >= (before ?? Number.POSITIVE_INFINITY) || clock < (after ?? Number.NEGATIVE_INFINITY)) return false;
  if (roomIds !== undefined && !roomIds.includes(key.roomId)) return false;
  if (authors !== undefined && !authors.includes(key.author)) return false;
  if (notAuthors?.includes(key.author) === true) return false;
  if (has === undefined || has.length === 0) return true;
  const kinds = kindsOf(text);
  return has.every((kind) => kinds.includes(kind));
}
