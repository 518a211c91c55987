/** How much work one neighbour may cause: a burst at once, then so much a second (a token bucket). */
import type { Millis } from "../ids.ts";

export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

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

  /** False where it is spent: then nothing is taken. */
  take(now: Millis, cost = 1): boolean {
    if (this.left(now) < cost) return false;
    this.#left -= cost;
    return true;
  }

  left(now: Millis): number {
    this.#left = Math.min(this.#burst, this.#left + (Math.max(0, now - this.#at) * this.#perSecond) / 1_000);
    this.#at = now;
    return this.#left;
  }
}
