/** What is measured at one size. Undefined: not within the time that was waited. */
import type { Sent } from "./scale-wire.ts";

/** Of samples: the middle, the last per cent, the worst, and how many never came. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
  readonly missing: number;
}

export interface Vanishing {
  /** Part of (broadcast, survivor) pairs that arrived within ten seconds of being sent. */
  readonly withinTenSeconds: number;
  /** How long the slowest pair of them took. */
  readonly longestMs: number | undefined;
}

export interface ScaleFigures {
  readonly peers: number;
  readonly seed: number;
  /** From the last arrival until everybody lists everybody and names one host. */
  readonly settledMs: number | undefined;
  readonly links: { readonly mean: number; readonly max: number };
  /** Each peer and second: sent, and what the busiest sends. */
  readonly idle: { readonly frames: number; readonly bytes: number; readonly bytesMax: number };
  /** For each receiver of each broadcast, above what is sent when idle. */
  readonly broadcast: { readonly frames: number; readonly bytes: number; readonly copies: number };
  readonly hops: Spread;
  readonly delayMs: Spread;
  /** Of each broadcast, the receiver that came last. */
  readonly lastHops: Spread;
  readonly lastDelayMs: Spread;
  /** Until everybody lists the newcomer; until it lists everybody and shows what was said in the lobby. */
  readonly join: { readonly listedMs: Spread; readonly readyMs: Spread };
  /** Until everybody names the same new host: its process killed; its cable pulled. */
  readonly host: { readonly killedMs: Spread; readonly silentMs: Spread };
  /** 30 % at once: their cables pulled; their processes killed. */
  readonly vanish: { readonly silent: Vanishing; readonly killed: Vanishing };
  /** While everybody talks with one other: part delivered, and frames a second that the host and the median peer send and receive. */
  readonly pairs: {
    readonly delivered: number;
    readonly host: number;
    readonly median: number;
    readonly idleHost: number;
    readonly idleMedian: number;
  };
  readonly baseline: Baseline;
  readonly cost: { readonly cpuSeconds: number; readonly memoryMb: number; readonly virtualSeconds: number };
  readonly idleKinds: readonly [kind: string, sent: Sent][];
  readonly broadcastKinds: readonly [kind: string, sent: Sent][];
}

/** Calculated, from measured links and frame sizes. */
export interface Baseline {
  /** Everybody passes each broadcast on to all its links but the one it came by. */
  readonly floodCopies: number;
  /** Everybody linked with everybody: heartbeats to all; the author posts to all. */
  readonly meshIdleBytes: number;
  readonly meshAuthorBytes: number;
}

export function spreadOf(samples: readonly (number | undefined)[]): Spread {
  const there = samples.filter((sample) => sample !== undefined).sort((a, b) => a - b);
  const at = (part: number): number => there[Math.min(there.length - 1, Math.floor(part * there.length))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: there.at(-1) ?? Number.NaN, count: there.length, missing: samples.length - there.length };
}

export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}
