/** Memory and processor time of many processes, looked at now and then. */
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { CrowdPeer, Usage } from "./crowd-peer.ts";
import type { Carried } from "./lan.ts";

/** Linux counts processor time in these, whatever its timer (USER_HZ). */
const tickMs = 10;
const lagResolutionMs = 5;

/** What the processes used during a time. */
export interface Observation {
  readonly ms: number;
  readonly samples: Samples;
  /** On the cables of those who were there all the time, both ways. */
  readonly wire: readonly Carried[];
  /** This process, which drives them. */
  readonly driver: { readonly cpuMs: number; readonly lagP99Ms: number };
  /** Everything else on this machine. */
  readonly othersCpuMs: number;
}

/** @param peers as they come and go meanwhile */
export async function observe(peers: readonly CrowdPeer[], everyMs: number, act: () => Promise<void>): Promise<Observation> {
  const samples = new Samples();
  const lag = monitorEventLoopDelay({ resolution: lagResolutionMs });
  const before = { driver: process.cpuUsage(), machineMs: machineCpuMs(), carried: carried(peers) };
  lag.enable();
  const from = performance.now();
  const look = (): void => samples.take(peers, performance.now() - from);
  look();
  const looking = setInterval(look, everyMs);
  try {
    await act();
  } finally {
    clearInterval(looking);
  }
  look();
  const ms = performance.now() - from;
  lag.disable();
  const { user, system } = process.cpuUsage(before.driver);
  const driverMs = (user + system) / 1_000;
  return {
    ms,
    samples,
    wire: [...carried(peers)].flatMap(([peer, { bytes, packets }]) => {
      const earlier = before.carried.get(peer);
      return earlier === undefined ? [] : [{ bytes: bytes - earlier.bytes, packets: packets - earlier.packets }];
    }),
    driver: { cpuMs: driverMs, lagP99Ms: lag.percentile(99) / 1e6 },
    othersCpuMs: machineCpuMs() - before.machineMs - driverMs - samples.cpuMs(),
  };
}

interface Sample extends Usage {
  /** Milliseconds since the first. */
  readonly at: number;
}

export class Samples {
  readonly #byPeer = new Map<CrowdPeer, Sample[]>();

  take(peers: readonly CrowdPeer[], at: number): void {
    for (const peer of peers) {
      const usage = peer.usage();
      if (usage === undefined) continue;
      const samples = this.#byPeer.get(peer);
      if (samples === undefined) this.#byPeer.set(peer, [{ at, ...usage }]);
      else samples.push({ at, ...usage });
    }
  }

  /** Resident, of each that was looked at more than once: at its first look, at its last, and the most of all looks. */
  megabytes(): { readonly first: number[]; readonly last: number[]; readonly most: number[] } {
    const spans = this.#spans();
    return {
      first: spans.map(({ first }) => first.residentMegabytes),
      last: spans.map(({ last }) => last.residentMegabytes),
      most: [...this.#byPeer.values()].map((samples) => Math.max(...samples.map(({ residentMegabytes }) => residentMegabytes))),
    };
  }

  /** Of one core, for each that was looked at more than once: what it used between its first look and its last. */
  cpuPercents(of: "cpuMs" | "mainThreadMs"): number[] {
    return this.#spans().map(({ first, last }) => ((last[of] - first[of]) / (last.at - first.at)) * 100);
  }

  /** Of all together, between first looks and last ones. */
  cpuMs(): number {
    return this.#spans().reduce((sum, { first, last }) => sum + last.cpuMs - first.cpuMs, 0);
  }

  #spans(): { readonly first: Sample; readonly last: Sample }[] {
    return [...this.#byPeer.values()].flatMap((samples) => {
      const [first, last] = [samples[0], samples.at(-1)];
      return first === undefined || last === undefined || first === last ? [] : [{ first, last }];
    });
  }
}

/** Milliseconds of processor time that this machine has spent on anything. */
function machineCpuMs(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + interrupt + soft) * tickMs;
}

function carried(peers: readonly CrowdPeer[]): Map<CrowdPeer, Carried> {
  return new Map(peers.map((peer) => [peer, peer.host.carried()]));
}
