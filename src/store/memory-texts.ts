/** The texts of a guest's vault, in the order of their places. A search looks at each, newest first, until it has enough. */

import { kindsOf, wordsOf, wordsSought } from "./search-words.ts";
import { firstAtLeast } from "./sorted.ts";
import { placeOf, TextPlaces } from "./text-places.ts";
import type { EventKey, TextHit, TextQuery } from "./vault-port.ts";

interface Text extends TextHit {
  readonly text: string;
  /** Each with a space before it. */
  readonly words: string;
}

export class MemoryTexts {
  /** Oldest first. */
  readonly #texts: Text[] = [];
  readonly #places = new TextPlaces();

  /** The place at which it is. */
  add({ roomId, author, logId, seq }: EventKey, clock: number, text: string): number {
    const place = this.#places.next(clock, (taken) => this.#texts[this.#firstFrom(taken)]?.place === taken);
    const words = wordsOf(text)
      .map((word) => ` ${word}`)
      .join("");
    this.#texts.splice(this.#firstFrom(place), 0, { key: { roomId, author, logId, seq }, clock, place, text, words });
    return place;
  }

  remove(place: number): void {
    const at = this.#firstFrom(place);
    if (this.#texts[at]?.place === place) this.#texts.splice(at, 1);
  }

  search(query: TextQuery): TextHit[] {
    const sought = wordsSought(query.words).map((word) => ` ${word}`);
    const found: TextHit[] = [];
    if (sought.length === 0 && query.words.trim() !== "") return found;
    const below = Math.min(
      query.past ?? Number.POSITIVE_INFINITY,
      query.before === undefined ? Number.POSITIVE_INFINITY : placeOf(query.before),
    );
    const from = query.after === undefined ? 0 : placeOf(query.after);
    for (let at = this.#firstFrom(below) - 1; at >= 0 && found.length < query.limit; at -= 1) {
      const text = this.#texts[at];
      if (text === undefined || text.place < from) break;
      if (!sought.every((word) => text.words.includes(word)) || !passes(text, query)) continue;
      found.push({ key: { ...text.key }, clock: text.clock, place: text.place });
    }
    return found;
  }

  clear(): void {
    this.#texts.length = 0;
  }

  #firstFrom(place: number): number {
    const last = this.#texts.at(-1);
    if (last === undefined || last.place < place) return this.#texts.length;
    return firstAtLeast(this.#texts, (text) => text.place - place);
  }
}

function passes({ key, text }: Text, { roomIds, authors, notAuthors, has }: TextQuery): boolean {
  if (roomIds !== undefined && !roomIds.includes(key.roomId)) return false;
  if (authors !== undefined && !authors.includes(key.author)) return false;
  if (notAuthors?.includes(key.author) === true) return false;
  if (has === undefined || has.length === 0) return true;
  const kinds = kindsOf(text);
  return has.every((kind) => kinds.includes(kind));
}
