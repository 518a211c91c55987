/** A crowd: more peers than everybody is linked to. The whole table of what a crowd costs is made by `npm run bench -- scale`. */
import { describe, expect, it } from "vitest";
import { ScaleLan, type ScalePeer } from "../../bench/scale-lan.ts";
import type { Trace } from "../../bench/scale-wire.ts";
import { linksMax } from "../../src/mesh/limits.ts";
import { createRandom } from "../support/random.ts";

const size = 60;
const vanishing = 18;

describe("sixty peers", () => {
  it("keep few links, broadcast without a flood, and lose nothing when three in ten are cut off", async () => {
    const lan = new ScaleLan(createRandom(7), size);
    for (let i = 0; i < size; i += 1) {
      lan.join();
      lan.pass(50);
    }
    until(lan, () => lan.living.every((peer) => peer.onlineCount === size - 1), "everybody lists everybody");
    until(lan, () => new Set(lan.living.map(({ hostId }) => hostId)).size === 1, "everybody names one host");
    expect(Math.max(...lan.living.map(({ links }) => links.size))).toBeLessThanOrEqual(linksMax);
    await speak(lan, lan.living, 15);
    const traces = await speak(lan, lan.living, 15);
    until(lan, () => lacking(traces, lan.living) === 0, "everybody has every text");
    const copies = traces.reduce((sum, trace) => sum + trace.copies, 0);
    expect(copies / (traces.length * (size - 1))).toBeLessThanOrEqual(1.3);
    for (const peer of lan.sample(lan.living, vanishing)) lan.silence(peer);
    const survivors = lan.living;
    const later = await speak(lan, survivors, 15);
    until(lan, () => lacking(later, survivors) === 0, "the survivors have every text");
    until(lan, () => survivors.every((peer) => peer.onlineCount === survivors.length - 1), "the survivors list each other alone");
  }, 60_000);
});

async function speak(lan: ScaleLan, authors: readonly ScalePeer[], count: number): Promise<Trace[]> {
  const traces: Trace[] = [];
  for (const author of Array.from({ length: count }, () => lan.sample(authors, 1)).flat()) {
    traces.push(await lan.say(author));
    lan.pass(200);
  }
  return traces;
}

/** Texts that have not come, over all peers. */
function lacking(traces: readonly Trace[], peers: readonly ScalePeer[]): number {
  return traces.reduce((sum, trace) => sum + peers.filter(({ number }) => trace.delayMs(number) === undefined).length, 0);
}

function until(lan: ScaleLan, holds: () => boolean, what: string): void {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 100) {
    if (holds()) return;
    lan.pass(100);
  }
  expect.unreachable(`not within 20 s: ${what}`);
}
