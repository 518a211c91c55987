/** What stays the same throughout a run, drawn from its seed. Acts may be left out of a run; these never change. */
import { streamOf } from "../support/random.ts";

export interface Settings {
  readonly seed: number;
  /** At the start; others may come later. */
  readonly peers: number;
  readonly faultsMs: number;
  /** Within this after the last fault everybody agrees. */
  readonly convergeMs: number;
  readonly latencyMs: number;
  readonly sealing: "real" | "twin";
  readonly wallSkewMaxMs: number;
  readonly driftMax: number;
  readonly sightingLossRate: number;
  /** Part of every text and of every private name. */
  readonly marker: string;
  readonly liar: "none" | "leaves" | "goesOn";
  /** At the first violation, or after all. */
  readonly stopsAtOnce: boolean;
}

export interface Overrides {
  readonly peers?: number | undefined;
  readonly minutes?: number | undefined;
  readonly liar?: Settings["liar"] | undefined;
  readonly sealing?: Settings["sealing"] | undefined;
  readonly stopsAtOnce?: boolean | undefined;
}

/** Redialling pauses 22 s at most, mDNS asks every 15 s, retries come every 15 s: one after the other. */
const convergeMs = 60_000;

export function settingsOf(seed: number, overrides: Overrides = {}): Settings {
  const random = streamOf(seed, "settings");
  const size = random();
  const count = size < 0.5 ? between(random, 3, 6) : size < 0.97 ? between(random, 5, 12) : between(random, 20, 60);
  const peers = overrides.peers ?? count;
  const liar = random();
  const drawn: Settings = {
    seed,
    peers,
    // The larger, the shorter: the same work each.
    faultsMs: 1_000 * between(random, 10, peers > 12 ? 25 : peers > 6 ? 45 : 75),
    convergeMs,
    latencyMs: 0.5 + random() * random() * 30,
    sealing: random() < 0.05 ? "real" : "twin",
    wallSkewMaxMs: random() < 0.3 ? 86_400_000 : 10_000,
    driftMax: random() < 0.2 ? 0.01 : 0.0001,
    sightingLossRate: random() < 0.3 ? random() * 0.9 : 0,
    marker: `zq${Array.from({ length: 6 }, () => "abcdefghijklmnopqrstuvwxyz".charAt(Math.floor(random() * 26))).join("")}`,
    liar: liar < 0.12 ? "leaves" : liar < 0.24 ? "goesOn" : "none",
    stopsAtOnce: true,
  };
  return {
    ...drawn,
    ...(overrides.minutes !== undefined && { faultsMs: overrides.minutes * 60_000 }),
    ...(overrides.liar !== undefined && { liar: overrides.liar }),
    ...(overrides.sealing !== undefined && { sealing: overrides.sealing }),
    ...(overrides.stopsAtOnce !== undefined && { stopsAtOnce: overrides.stopsAtOnce }),
  };
}

function between(random: () => number, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}
