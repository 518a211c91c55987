/** Real mDNS on the loopback interface alone. */
import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { announceAgainMs, answerPauseMs } from "../../src/discovery/limits.ts";
import { type Mdns, startMdns } from "../../src/discovery/mdns.node.ts";
import type { Sighting } from "../../src/discovery/sighting.ts";
import type { PeerId } from "../../src/ids.ts";

interface Listener {
  readonly peerId: PeerId;
  readonly mdns: Mdns;
  readonly sightings: Sighting[];
  readonly logged: string[];
  sees(peerId: PeerId): Promise<Sighting>;
}

describe("mDNS", () => {
  const running: Mdns[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((mdns) => mdns.stop()));
  });

  function start(networkTag: string, port: number, interfaces = ["127.0.0.1"]): Listener {
    const peerId = Array.from(randomBytes(32), (byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32]).join("") as PeerId;
    const sightings: Sighting[] = [];
    const logged: string[] = [];
    let told = (): void => {};
    const sighted = (sighting: Sighting): void => {
      sightings.push(sighting);
      told();
    };
    const mdns = startMdns({ peerId, networkTag, port, interfaces, sighted, log: (line) => logged.push(line) });
    running.push(mdns);
    return {
      peerId,
      mdns,
      sightings,
      logged,
      sees: (wanted) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error("not sighted in time")), 5_000);
          told = () => {
            const sighting = sightings.find((seen) => seen.peerId === wanted);
            if (sighting === undefined) return;
            clearTimeout(timer);
            resolve(sighting);
          };
          told();
        }),
    };
  }

  it("shows two peers of one network to each other, and nobody else", async () => {
    const tag = randomBytes(8).toString("hex");
    const stranger = start(randomBytes(8).toString("hex"), 40_003);
    const anna = start(tag, 40_001);
    const ben = start(tag, 40_002);
    expect(await anna.sees(ben.peerId)).toEqual({ source: "mdns", addresses: [{ host: "127.0.0.1", port: 40_002 }], peerId: ben.peerId });
    expect(await ben.sees(anna.peerId)).toEqual({ source: "mdns", addresses: [{ host: "127.0.0.1", port: 40_001 }], peerId: anna.peerId });
    expect(stranger.sightings).toEqual([]);
    expect([...anna.sightings, ...ben.sightings].every(({ peerId }) => peerId === anna.peerId || peerId === ben.peerId)).toBe(true);
    expect(anna.sightings.some(({ peerId }) => peerId === anna.peerId)).toBe(false);
  });

  it("is seen by a newcomer without waiting for its own announcement", async () => {
    const tag = randomBytes(8).toString("hex");
    const anna = start(tag, 40_001);
    // Both of her announcements are over, and what she said last may be said again.
    await new Promise((resolve) => setTimeout(resolve, announceAgainMs + answerPauseMs));
    const begun = performance.now();
    await start(tag, 40_002).sees(anna.peerId);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it("stops within its bound, twice if asked", async () => {
    const anna = start(randomBytes(8).toString("hex"), 40_001);
    const begun = performance.now();
    await anna.mdns.stop();
    await anna.mdns.stop();
    expect(performance.now() - begun).toBeLessThan(700);
    expect(anna.logged).toEqual([]);
  });
});
