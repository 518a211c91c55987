import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Address, ConnectionId, Millis, PeerId } from "../../src/ids.ts";
import { Dialing } from "../../src/mesh/dialing.ts";
import {
  dialsMax,
  dialTimeoutMs,
  introducedTargetsMax,
  nextAddressMs,
  redialMaxMs,
  redialMinMs,
  targetsMax,
} from "../../src/mesh/limits.ts";

const self = "a".repeat(32) as PeerId;
const mara = "b".repeat(32) as PeerId;
const jon = "j".repeat(32) as PeerId;
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

describe("dialling somebody else than expected", () => {
  it("takes that address from the target, which looks on at its others", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(2), place(3)], peerId: mara }, false, at(0));
    const [wrong] = dialing.wake(at(0)).dials;
    expect(dialing.authenticated(wrong!.connectionId, jon, at(5))).toEqual([]);
    expect(dialing.wake(at(5)).dials.map((dial) => dial.address.host)).toEqual(["10.0.0.3"]);
    expect(dialing.known()).toEqual([{ peerId: jon, addresses: [place(2)] }]);
  });

  it("at a typed address is whom the person looked for; other dials to that peer are closed", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(9)], peerId: mara }, false, at(0));
    dialing.sight({ source: "typed", addresses: [place(2), place(3)] }, false, at(0));
    const first = dialing.wake(at(0)).dials;
    const second = dialing.wake(at(nextAddressMs)).dials;
    expect([...first, ...second].map((dial) => dial.address.host)).toEqual(["10.0.0.2", "10.0.0.9", "10.0.0.3"]);
    expect(dialing.authenticated(first[0]!.connectionId, mara, at(300))).toEqual([second[0]!.connectionId, first[1]!.connectionId]);
    expect(dialing.nextWakeAt()).toBeUndefined();
    dialing.linkOpened(mara, place(2), at(400));
    // Whoever was typed in is dialled again even after a goodbye.
    dialing.linkLost(mara, true, at(60_000));
    expect(dialing.nextWakeAt()).toBeDefined();
  });

  it("at our own address forgets it", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "typed", addresses: [place(1)] }, false, at(0));
    const [dial] = dialing.wake(at(0)).dials;
    dialing.authenticated(dial!.connectionId, self, at(1));
    expect(dialing.nextWakeAt()).toBeUndefined();
  });
});

describe("dials under way", () => {
  it("that nobody answers for are given up, and said to be", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(2)], peerId: mara }, false, at(0));
    const [dial] = dialing.wake(at(0)).dials;
    expect(dialing.nextWakeAt()).toBe(dialTimeoutMs);
    expect(dialing.wake(at(dialTimeoutMs)).expired).toEqual([dial!.connectionId]);
    expect(dialing.addressOf(dial!.connectionId)).toBeUndefined();
  });

  it("to a peer that says goodbye are pointless", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(2)], peerId: mara }, false, at(0));
    const [dial] = dialing.wake(at(0)).dials;
    dialing.hold(mara);
    dialing.linkOpened(mara, place(2), at(1));
    expect(dialing.linkLost(mara, true, at(2))).toEqual([dial!.connectionId]);
  });

  it("links that never last are dialled ever more rarely", () => {
    const dialing = new Dialing(self, evenly);
    dialing.sight({ source: "mdns", addresses: [place(2)], peerId: mara }, false, at(0));
    let now = 0;
    const pauses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const [dial] = dialing.wake(at(now)).dials;
      dialing.authenticated(dial!.connectionId, mara, at(now));
      dialing.linkOpened(mara, place(2), at(now));
      dialing.linkLost(mara, false, at(now + 10));
      pauses.push(dialing.nextWakeAt()! - now - 10);
      now = dialing.nextWakeAt()!;
    }
    expect(pauses.at(-1)).toBe(redialMaxMs);
  });
});

describe("many targets", () => {
  const invented = (count: number): PeerId[] => Array.from({ length: count }, (_, i) => `${i}`.padEnd(32, "c") as PeerId);

  it("that others invented leave places for what is seen and typed, which goes first", () => {
    const dialing = new Dialing(self, evenly);
    for (const [i, peerId] of invented(2 * targetsMax).entries()) {
      dialing.sight({ source: "introduced", addresses: [place(i % 250, 1_000 + i)], peerId }, false, at(0));
    }
    dialing.sight({ source: "mdns", addresses: [place(251)], peerId: mara }, false, at(1));
    dialing.sight({ source: "typed", addresses: [place(252)] }, false, at(2));
    expect(
      dialing
        .wake(at(2))
        .dials.slice(0, 2)
        .map(({ address }) => address.host),
    ).toEqual(["10.0.0.252", "10.0.0.251"]);
    const dialled = new Set<string>();
    for (let now = 2, rounds = 0; rounds < 200; rounds += 1, now = dialing.nextWakeAt()!) {
      for (const { connectionId, address } of dialing.wake(at(now)).dials) {
        dialled.add(`${address.host} ${address.port}`);
        dialing.dialFailed(connectionId, true, at(now));
      }
    }
    expect(dialled.size).toBeLessThanOrEqual(introducedTargetsMax + 2);
  });

  it("that the wire invented leave places for what is typed", () => {
    const dialing = new Dialing(self, evenly);
    for (const [i, peerId] of invented(targetsMax).entries())
      dialing.sight({ source: "mdns", addresses: [place(i % 250)], peerId }, false, at(0));
    dialing.sight({ source: "typed", addresses: [place(252)] }, false, at(1));
    expect(dialing.wake(at(1)).dials[0]?.address.host).toBe("10.0.0.252");
  });
});

it("waking at nextWakeAt always gets on, whatever happened, at any time of day", () => {
  const acts = fc.array(
    fc.record({
      act: fc.constantFrom("sight", "typed", "fail", "hopeless", "authenticate", "open", "lose", "goodbye", "wait"),
      who: fc.constantFrom(mara, jon, self),
      where: fc.nat({ max: 4 }),
      after: fc.double({ min: 0, max: 20_000, noNaN: true }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(acts, (list) => {
      const dialing = new Dialing(self, evenly);
      const flying: ConnectionId[] = [];
      let now = 1 / 3;
      const wake = (): void => {
        const { dials, expired } = dialing.wake(at(now));
        flying.push(...dials.map(({ connectionId }) => connectionId));
        for (const gone of expired) flying.splice(flying.indexOf(gone), 1);
      };
      for (const { act, who, where, after } of list) {
        for (const end = now + after; ; ) {
          const next = dialing.nextWakeAt();
          if (next === undefined || next > end) {
            now = end;
            break;
          }
          now = Math.max(now, next);
          wake();
          const then = dialing.nextWakeAt();
          if (then !== undefined && then <= now) throw new Error(`at ${now} it wants to be woken at ${then} again`);
        }
        const flight = flying[where % Math.max(1, flying.length)];
        if (act === "sight") dialing.sight({ source: "mdns", addresses: [place(where), place(where + 1)], peerId: who }, false, at(now));
        if (act === "typed") dialing.sight({ source: "typed", addresses: [place(where)] }, false, at(now));
        if (flight !== undefined && (act === "fail" || act === "hopeless")) dialing.dialFailed(flight, act === "hopeless", at(now));
        if (flight !== undefined && act === "authenticate")
          for (const other of dialing.authenticated(flight, who, at(now))) flying.splice(flying.indexOf(other), 1);
        if (flight !== undefined && ["fail", "hopeless", "authenticate"].includes(act)) flying.splice(flying.indexOf(flight), 1);
        if (act === "open" && who !== self) dialing.linkOpened(who, place(where), at(now));
        if (act === "lose" || act === "goodbye") dialing.linkLost(who, act === "goodbye", at(now));
        wake();
      }
    }),
    { numRuns: 500 },
  );
});
