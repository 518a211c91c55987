/** Memory and processor time of many processes, looked at now and then. */
import { readFileSync } from "node:fs";
import type { CrowdPeer, Usage } from "./crowd-peer.ts";

/** Linux counts processor time in these, whatever its timer (USER_HZ). */
const tickMs = 10;

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

  /** Resident, of each that was looked at last, at the first and at the last look. */
  megabytes(): { readonly first: number[]; readonly last: number[] } {
    const spans = this.#spans();
    return { first: spans.map(({ first }) => first.residentMegabytes), last: spans.map(({ last }) => last.residentMegabytes) };
  }

  /** Of one core, for each that was looked at more than once: what it used between its first look and its last. */
  cpuPercents(): number[] {
    return this.#spans().map(({ first, last }) => ((last.cpuMs - first.cpuMs) / (last.at - first.at)) * 100);
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
export function machineCpuMs(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + interrupt + soft) * tickMs;
}
