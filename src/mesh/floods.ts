/**
 * Who asks too much of us. Kept by peer, not by link: a new link brings no new budget.
 *
 *   quiet ──over a budget──► over ──for `floodAfterMs`──► flooder (named) ──for `floodPatienceMs` more──► cut off for `banMs`
 *     ▲                       │                                                                             │
 *     └──nothing dropped for──┘ `floodPauseMs`         over the budget of bad frames: cut off at once ──────┘
 */
import type { Millis, PeerId } from "../ids.ts";
import { banMs, floodAfterMs, floodKeptMs, floodPatienceMs, floodPauseMs, floodToldMs, standingsMax } from "./limits.ts";
import { Rates, type Work } from "./rates.ts";

export interface Flood {
  readonly peerId: PeerId;
  readonly since: Millis;
  /** Frames of this peer that were too much, or bad. */
  readonly dropped: number;
}

interface Standing {
  readonly rates: Rates;
  dropped: number;
  droppedAt: Millis;
  /** It has been over a budget since then, without a pause, and the last time then. */
  overSince: Millis;
  overAt: Millis | undefined;
  /** Of a flooder: when it began to be one, and when that was last told. */
  since: Millis | undefined;
  toldAt: Millis;
  bannedUntil: Millis;
}

export class Floods {
  readonly #standings = new Map<PeerId, Standing>();
  readonly #tell: (flood: Flood, isNew: boolean) => void;

  /** `tell` hears of a flooder when it becomes one, when it is cut off, and now and then while it goes on. */
  constructor(tell: (flood: Flood, isNew: boolean) => void) {
    this.#tell = tell;
  }

  /** Whether this peer may have us do that. If not it is to be dropped, and has been counted. */
  allows(peerId: PeerId, work: Work, now: Millis, cost = 1): boolean {
    const standing = this.#standing(peerId, now);
    if (standing.rates.take(work, now, cost)) return true;
    this.#over(peerId, standing, now);
    return false;
  }

  /** Something of this peer was bad, and dropped. */
  bad(peerId: PeerId, now: Millis): void {
    const standing = this.#standing(peerId, now);
    drop(standing, now);
    if (!standing.rates.take("bad", now)) this.#cutOff(peerId, standing, now);
  }

  /** There was no room for what it passed on. That is nobody's fault. */
  crowdedOut(peerId: PeerId, now: Millis): void {
    drop(this.#standing(peerId, now), now);
  }

  isBanned(peerId: PeerId, now: Millis): boolean {
    return now < (this.#standings.get(peerId)?.bannedUntil ?? now);
  }

  /** Flooders of the last while, in the order they were first met. */
  list(now: Millis): Flood[] {
    const list: Flood[] = [];
    for (const [peerId, { since, dropped, droppedAt }] of this.#standings) {
      if (since !== undefined && now - droppedAt < floodKeptMs) list.push({ peerId, since, dropped });
    }
    return list;
  }

  #over(peerId: PeerId, standing: Standing, now: Millis): void {
    if (standing.overAt === undefined || now - standing.overAt > floodPauseMs) standing.overSince = now;
    standing.overAt = now;
    drop(standing, now);
    const overMs = now - standing.overSince;
    if (overMs >= floodAfterMs + floodPatienceMs) this.#cutOff(peerId, standing, now);
    else if (overMs >= floodAfterMs) this.#name(peerId, standing, now, false);
  }

  #cutOff(peerId: PeerId, standing: Standing, now: Millis): void {
    if (standing.bannedUntil > now) return;
    standing.bannedUntil = (now + banMs) as Millis;
    this.#name(peerId, standing, now, true);
  }

  #name(peerId: PeerId, standing: Standing, now: Millis, isUrgent: boolean): void {
    const isNew = standing.since === undefined;
    standing.since ??= standing.overAt === undefined ? now : standing.overSince;
    if (!isNew && !isUrgent && now - standing.toldAt < floodToldMs) return;
    standing.toldAt = now;
    this.#tell({ peerId, since: standing.since, dropped: standing.dropped }, isNew);
  }

  #standing(peerId: PeerId, now: Millis): Standing {
    let standing = this.#standings.get(peerId);
    if (standing !== undefined) {
      if (now - standing.droppedAt < floodKeptMs) return standing;
      standing.dropped = 0;
      standing.since = undefined;
      return standing;
    }
    if (this.#standings.size >= standingsMax) this.#forgetOne(now);
    standing = {
      rates: new Rates(),
      dropped: 0,
      droppedAt: now,
      overSince: now,
      overAt: undefined,
      since: undefined,
      toldAt: now,
      bannedUntil: now,
    };
    this.#standings.set(peerId, standing);
    return standing;
  }

  /** The oldest of whom nothing is to be remembered, else the oldest. */
  #forgetOne(now: Millis): void {
    let oldest: PeerId | undefined;
    for (const [peerId, { since, bannedUntil }] of this.#standings) {
      oldest ??= peerId;
      if (since !== undefined || bannedUntil > now) continue;
      oldest = peerId;
      break;
    }
    if (oldest !== undefined) this.#standings.delete(oldest);
  }
}

function drop(standing: Standing, now: Millis): void {
  standing.dropped += 1;
  standing.droppedAt = now;
}
