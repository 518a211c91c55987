/**
 * The number under which a text is indexed: it follows the clock, so that the index's own order is newest first. Each millisecond
 * has room for some; more of one are put after it, at distances that grow, since others may have taken what follows.
 */
import { textsAtOneClock, textsCrowdedMax } from "./limits.ts";
import type { TextQuery } from "./vault-port.ts";

/** Far beyond any date, and its places are exact numbers. */
const clockMax = Math.floor(Number.MAX_SAFE_INTEGER / textsAtOneClock / 2);

/** The first place of a clock. */
function placeOf(clock: number): number {
  return Math.min(Math.max(Math.floor(clock), 0), clockMax) * textsAtOneClock;
}

/** The places of texts that may have been written from one clock on, and before another: some stand a little after their own. */
export function placesWithin({ after, before, past }: Pick<TextQuery, "after" | "before" | "past">): {
  readonly from: number;
  readonly below: number;
} {
  const end = before === undefined ? Number.MAX_SAFE_INTEGER : placeOf(before) + textsCrowdedMax;
  return { from: after === undefined ? 0 : placeOf(after), below: Math.min(past ?? end, end) };
}

export class TextPlaces {
  /** Of crowded clocks, at which try the last was placed: the next does not try all of them again. */
  readonly #crowded = new Map<number, number>();

  next(clock: number, isTaken: (place: number) => boolean): number {
    const base = placeOf(clock);
    for (let attempt = this.#crowded.get(base) ?? 0; ; attempt += 1) {
      const beyond = attempt - textsAtOneClock + 1;
      const place = base + (beyond <= 0 ? attempt : textsAtOneClock - 1 + (beyond * (beyond + 1)) / 2);
      if (isTaken(place)) continue;
      if (beyond > 0) this.#crowded.set(base, attempt);
      return place;
    }
  }
}
