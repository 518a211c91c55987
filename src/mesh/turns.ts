/**
 * What is passed on for others, shared out among those it comes from. While there is plenty, whoever comes takes; beside
 * it each neighbour has a small part of its own, so that one who sends much can't crowd out the rest.
 * All in all less leaves on any link than its other end takes (`passedPerTurn`): nobody is blamed for passing on.
 */
import type { Millis, PeerId } from "../ids.ts";
import { type Allowance, Budget } from "./budget.ts";
import { turnShare } from "./limits.ts";

export class Turns {
  readonly #own: Allowance;
  readonly #common: Budget;
  readonly #ownOf = new Map<PeerId, Budget>();

  constructor({ burst, perSecond }: Allowance, now: Millis) {
    this.#common = new Budget(burst, perSecond, now);
    this.#own = { burst: burst * turnShare, perSecond: perSecond * turnShare };
  }

  /** Whether what this neighbour brought may be passed on. */
  take(from: PeerId, now: Millis, cost = 1): boolean {
    let own = this.#ownOf.get(from);
    if (own === undefined) {
      own = new Budget(this.#own.burst, this.#own.perSecond, now);
      this.#ownOf.set(from, own);
    }
    return this.#common.take(now, cost) || own.take(now, cost);
  }

  unlinked(peerId: PeerId): void {
    this.#ownOf.delete(peerId);
  }
}
