/** Hybrid logical clock (Kulkarni et al. 2014) of one room: wall time, pushed ahead by every clock seen. */
import type { Millis } from "../ids.ts";
import { aheadMsMax, clockMax } from "./limits.ts";

export class HybridClock {
  private highest = 0;

  observe(clock: number): void {
    if (clock > this.highest) this.highest = clock;
  }

  /** Above everything seen, at least the wall time. */
  next(wall: Millis): number {
    this.highest = Math.min(Math.max(wall, this.highest + 1), clockMax);
    return this.highest;
  }
}

/** The wall time to show for an event: its author's, unless that lies too far ahead of the moment it arrived. */
export const shownTime = (at: Millis, arrived: Millis): Millis => (at > arrived + aheadMsMax ? arrived : at);
