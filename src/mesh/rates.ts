/**
 * What one neighbour may have us do, by kind of work: a budget for each. What a neighbour only passes on has the larger
 * one, since it may be everybody's; and whoever passes on shares out what others may take (turns.ts), so that an honest
 * relay stays within what its own neighbours take from it, whatever flows into it.
 */
import type { Millis, PeerId } from "../ids.ts";
import { type Allowance, Budget } from "./budget.ts";
import type { Frame } from "./frames.ts";
import {
  announcedRate,
  badRate,
  broadcastIdBytes,
  byteRate,
  cardRate,
  cargoUnitBytes,
  censusCost,
  claimRate,
  frameRate,
  graftCost,
  letterRate,
  membersCost,
  neighbourRate,
  newsUnitBytes,
  ownCargoRate,
  ownNewsRate,
  passedCargoRate,
  passedNewsRate,
  questionRate,
} from "./limits.ts";

const allowances = {
  /** Whatever it is. */
  frame: frameRate,
  byte: byteRate,
  /** What is no frame, or does not hold. */
  bad: badRate,
  /** New cards to verify. */
  card: cardRate,
  /** Broadcasts that it begins, and those of others. */
  ownNews: ownNewsRate,
  passedNews: passedNewsRate,
  /** Ids of broadcasts that we might lack. */
  announced: announcedRate,
  /** Its envelopes for us; those for others; and those of others, for whomever. */
  letter: letterRate,
  ownCargo: ownCargoRate,
  passedCargo: passedCargoRate,
  /** What has to be answered, by the size of the answer. */
  question: questionRate,
  /** Whole heartbeats, whose signature is to be checked. */
  claim: claimRate,
  /** Whom it is linked to. */
  neighbour: neighbourRate,
} as const satisfies Record<string, Allowance>;

export type Work = keyof typeof allowances;

export class Rates {
  readonly #budgets = new Map<Work, Budget>();

  /** False where the budget is spent. */
  take(work: Work, now: Millis, cost = 1): boolean {
    let budget = this.#budgets.get(work);
    if (budget === undefined) {
      const { burst, perSecond } = allowances[work];
      budget = new Budget(burst, perSecond, now);
      this.#budgets.set(work, budget);
    }
    return budget.take(now, cost);
  }
}

/** Which work a frame causes that comes to `self`, and how much. Undefined where frames and bytes are measure enough. */
export function workOf(frame: Frame, self: PeerId): { readonly work: Work; readonly cost: number } | undefined {
  switch (frame.t) {
    case "gossip":
      return { work: frame.hops === 0 ? "ownNews" : "passedNews", cost: Math.ceil((frame.body.length + 1) / newsUnitBytes) };
    case "envelope": {
      const cost = Math.ceil(frame.sealed.length / cargoUnitBytes);
      if (frame.hops > 0) return { work: "passedCargo", cost };
      return frame.to === self ? { work: "letter", cost: 1 } : { work: "ownCargo", cost };
    }
    case "want":
      return { work: "question", cost: frame.peerIds.length };
    case "graft":
      return { work: "question", cost: graftCost * (frame.ids.length / broadcastIdBytes) };
    case "census":
      return { work: "question", cost: censusCost };
    case "members":
      return { work: "question", cost: membersCost };
    case "ihave":
      return { work: "announced", cost: frame.ids.length / broadcastIdBytes };
    case "heartbeat":
      return { work: "claim", cost: 1 };
    case "neighbourUp":
    case "neighbourDown":
    case "neighbours":
      return { work: "neighbour", cost: 1 };
    case "hello":
    case "beat":
    case "prune":
    case "cards":
    case "unlink":
    case "goodbye":
      return undefined;
  }
}
