import { describe, expect, it } from "vitest";
import type { Address, Millis, PeerId } from "../../src/ids.ts";
import { Dialing } from "../../src/mesh/dialing.ts";
import { dialsMax, nextAddressMs, redialMaxMs, redialMinMs } from "../../src/mesh/limits.ts";

const self = "a".repeat(32) as PeerId;
const mara = "b".repeat(32) as PeerId;
const at = (ms: number): Millis => ms as Millis;
const place = (last: number, port = 47_474): Address => ({ host: `10.0.0.${last}`, port });

/** Half way through its range: pauses are exactly the doubled base. */
const evenly = (): number => 0.5;

describe("dialling", () => {
  it("dials a sighted peer at once, at the next address beside it, and never itself", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(1)], peerId: self }, false, at(0));
    expect(dialing.wake(at(0)).dials).toEqual([]);
    dialing.sight({ source: "mdns", addresses: [place(2), place(3)], peerId: mara }, false, at(0));
    expect(dialing.wake(at(0)).dials.map((dial) => dial.address.host)).toEqual(["10.0.0.2"]);
    expect(dialing.nextWakeAt()).toBe(nextAddressMs);
    expect(dialing.wake(at(nextAddressMs)).dials.map((dial) => dial.address.host)).toEqual(["10.0.0.3"]);
  });

  it("goes to the next address at once when the first refuses", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(2), place(3)], peerId: mara }, false, at(0));
    const [first] = dialing.wake(at(0)).dials;
    dialing.dialFailed(first!.connectionId, false, at(5));
    expect(dialing.wake(at(5)).dials.map((dial) => dial.address.host)).toEqual(["10.0.0.3"]);
  });

  it("pauses grow to the longest, and begin anew after a link", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(2)], peerId: mara }, false, at(0));
    let now = 0;
    const pauses: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const [dial] = dialing.wake(at(now)).dials;
      dialing.dialFailed(dial!.connectionId, false, at(now));
      pauses.push(dialing.nextWakeAt()! - now);
      now = dialing.nextWakeAt()!;
    }
    expect(pauses.slice(0, 4)).toEqual([redialMinMs, 2 * redialMinMs, 4 * redialMinMs, 8 * redialMinMs]);
    expect(pauses.at(-1)).toBe(redialMaxMs);
    const [dial] = dialing.wake(at(now)).dials;
    expect(dialing.authenticated(dial!.connectionId, mara, at(now))).toEqual([]);
    dialing.linkOpened(mara, place(2), at(now));
    expect(dialing.wake(at(now + 60_000)).dials).toEqual([]);
    dialing.linkLost(mara, false, at(now + 60_000));
    expect(dialing.nextWakeAt()).toBe(now + 60_000 + redialMinMs);
  });

  it("waits to see a peer again that said goodbye", () => {
    const dialing = new Dialing(self, evenly);
    dialing.linkOpened(mara, place(2), at(0));
    dialing.linkLost(mara, true, at(10));
    expect(dialing.nextWakeAt()).toBeUndefined();
    dialing.sight({ source: "mdns", addresses: [place(2)], peerId: mara }, false, at(20));
    expect(dialing.wake(at(20)).dials).toHaveLength(1);
  });

  it("a new address ends the pause; the same one does not", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(2)], peerId: mara }, false, at(0));
    const [dial] = dialing.wake(at(0)).dials;
    dialing.dialFailed(dial!.connectionId, true, at(1));
    dialing.sight({ source: "mdns", addresses: [place(2)], peerId: mara }, false, at(2));
    expect(dialing.wake(at(2)).dials).toEqual([]);
    dialing.sight({ source: "mdns", addresses: [place(9)], peerId: mara }, false, at(3));
    expect(dialing.wake(at(3)).dials.map((next) => next.address.host)).toEqual(["10.0.0.9"]);
  });

  it("keeps the number of dials under way bounded and gets to everybody in the end", () => {
    const dialing = new Dialing(self, evenly);
    for (let i = 0; i < 3 * dialsMax; i += 1) {
      dialing.sight({ source: "mdns", addresses: [place(i)], peerId: `${i}`.padEnd(32, "c") as PeerId }, false, at(0));
    }
    const seen = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const dials = dialing.wake(at(round)).dials;
      expect(dials.length).toBeLessThanOrEqual(dialsMax);
      for (const dial of dials) {
        seen.add(dial.address.host);
        dialing.dialFailed(dial.connectionId, false, at(round));
      }
    }
    expect(seen.size).toBe(3 * dialsMax);
  });
});
