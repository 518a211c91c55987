/** When to try again: after a pause that doubles with each try. */
import type { Millis } from "../ids.ts";
import { retryMsMax, retryMsMin } from "./limits.ts";

export class Backoff {
  private readonly first: number;
  private pause: number;
  private due: Millis | undefined;

  constructor(first = retryMsMin) {
    this.first = first;
    this.pause = first;
  }

  /** When the next try is due; undefined while nothing waits. */
  get at(): Millis | undefined {
    return this.due;
  }

  /** Something waits from now on. Keeps a pause that already runs. */
  begin(now: Millis): void {
    this.due ??= later(now, this.pause);
  }

  /** Something moved: the pauses begin anew. */
  renew(now: Millis): void {
    this.pause = this.first;
    this.due = later(now, this.pause);
  }

  /** Nothing waits any more. */
  end(): void {
    this.pause = this.first;
    this.due = undefined;
  }

  /** Whether a try is due now; the next one then waits twice as long. */
  take(now: Millis): boolean {
    if (this.due === undefined || this.due > now) return false;
    this.pause = Math.min(this.pause * 2, retryMsMax);
    this.due = later(now, this.pause);
    return true;
  }
}

export const later = (now: Millis, pause: number): Millis => (now + pause) as Millis;

/** The earliest of some moments. */
export function earliest(...moments: readonly (Millis | undefined)[]): Millis | undefined {
  let first: Millis | undefined;
  for (const moment of moments) if (moment !== undefined && (first === undefined || moment < first)) first = moment;
  return first;
}
