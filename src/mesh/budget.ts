/** How much work one neighbour may cause: a burst at once, then so much a second. */
import type { Millis } from "../ids.ts";

export class Budget {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #at: Millis;

  constructor(burst: number, perSecond: number, now: Millis) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#at = now;
  }

  /** False where it is spent. */
  take(now: Millis): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) * this.#perSecond) / 1_000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
