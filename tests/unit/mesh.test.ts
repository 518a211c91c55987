import { describe, expect, it } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import { signClaim } from "../../src/mesh/claims.ts";
import { Relayed } from "../../src/mesh/counters.ts";
import { cardRate, hopsMax, linkSilenceMaxMs, linksMax, relayedPeersMax } from "../../src/mesh/limits.ts";
import { at, Bench, cardOf, framesOf, person, placeOf, signatures, wordOf } from "./mesh-fixture.ts";

const sealed = new Uint8Array([1, 2, 3]);
const idOf = (number: number): PeerId => person(number).peerId;

describe("hello", () => {
  it("comes first from us, and makes its sender a neighbour of whom the others hear", () => {
    const bench = new Bench(5);
    const first = bench.link(1);
    const second = bench.opened(2);
    expect(bench.mesh.isReachable(idOf(2))).toBe(false);
    const outcome = bench.tell(second, { t: "hello", card: cardOf(2), neighbours: [cardOf(3)] });
    expect(framesOf(outcome)).toContainEqual({ to: first, frame: { t: "neighbourUp", card: cardOf(2) } });
    expect(outcome.events.filter(({ type }) => type === "reachable")).toHaveLength(1);
    const { events } = bench.tell(second, { t: "cards", cards: [], statements: [wordOf(3)] });
    expect(events).toContainEqual({ type: "reachable", peerId: idOf(3) });
    expect(bench.mesh.relayFor(idOf(3))).toBe(idOf(2));
    expect(outcome.orders).toContainEqual({ type: "dial", connectionId: "out-1", address: placeOf(3) });
  });

  it("with another peer's card ends the link", () => {
    const bench = new Bench(5);
    const outcome = bench.tell(bench.opened(1), { t: "hello", card: cardOf(2), neighbours: [] });
    expect(outcome.orders).toContainEqual({ type: "closeConnection", connectionId: "in-1", reason: "protocolViolation" });
    expect(bench.mesh.refused.badFrames).toBe(1);
  });

  it("a second one, and anything before the first, is refused", () => {
    const bench = new Bench(5);
    const id = bench.opened(1);
    bench.tell(id, { t: "neighbourUp", card: cardOf(2) });
    bench.tell(id, { t: "envelope", from: idOf(1), to: bench.self, hops: 0, sealed });
    expect(bench.mesh.refused.badFrames).toBe(2);
    expect(bench.mesh.known(idOf(2))).toBeUndefined();
    bench.tell(id, { t: "hello", card: cardOf(1), neighbours: [] });
    bench.tell(id, { t: "hello", card: cardOf(1), neighbours: [] });
    expect(bench.mesh.refused.badFrames).toBe(3);
  });

  it("a link that only ever brings garbage is silent", () => {
    const bench = new Bench(5);
    const id = bench.opened(1);
    for (let i = 0; i < 5; i += 1) {
      bench.mesh.handle({ type: "frameArrived", connectionId: id, bytes: new Uint8Array([255, i]) }, at(bench.now));
      bench.pass(1_000);
    }
    expect(bench.mesh.linkTo(idOf(1))).toBeUndefined();
    expect(bench.mesh.refused.badFrames).toBe(4);
  });

  it("introduces neighbours by card where everybody links to everybody, by id in a crowd", () => {
    const bench = new Bench(39);
    const helloTo = (number: number) => {
      const { id } = bench.authenticated(number);
      return framesOf(bench.mesh.handle({ type: "linkOpened", connectionId: id }, at(0))).map(({ frame }) => frame);
    };
    for (let i = 0; i < 20; i += 1) bench.link(i);
    expect(helloTo(20)[0]).toMatchObject({ t: "hello", neighbours: { length: 20 } });
    for (let i = 21; i < 30; i += 1) bench.link(i);
    const [hello, neighbours] = helloTo(30);
    expect(hello).toMatchObject({ t: "hello", neighbours: [] });
    expect(neighbours).toMatchObject({ t: "neighbours", up: { length: 29 }, down: [] });
  });
});

describe("goodbye", () => {
  it("is believed at once, whatever neighbours still think, and the return is as well", () => {
    const bench = new Bench(5);
    bench.link(1, [2]);
    const second = bench.link(2);
    const { events } = bench.tell(second, { t: "goodbye" });
    expect(events).toContainEqual({ type: "unreachable", peerId: idOf(2), saidGoodbye: true });
    bench.link(2);
    expect(bench.mesh.isReachable(idOf(2))).toBe(true);
  });

  it("is for good: others' word does not bring the peer back, another start does", () => {
    const bench = new Bench(5);
    const first = bench.link(1, [2]);
    bench.tell(bench.link(2), { t: "goodbye" });
    bench.tell(first, { t: "neighbourUp", card: cardOf(2) });
    expect(bench.mesh.isReachable(idOf(2))).toBe(false);
    const instance = "f".repeat(16);
    bench.tell(first, { t: "cards", cards: [cardOf(2, { revision: 2, instance })], statements: [wordOf(2, instance)] });
    expect(bench.mesh.isReachable(idOf(2))).toBe(true);
  });

  it("closes what is not open yet too, and dials nobody any more", () => {
    const bench = new Bench(5);
    bench.link(1);
    bench.authenticated(2);
    const { orders } = bench.mesh.stop(at(0));
    expect(orders.map((order) => order.type === "closeConnection" && order.reason)).toEqual([false, false, "goodbye", "stopped"]);
    expect(bench.mesh.sight({ source: "mdns", peerId: idOf(3), addresses: [placeOf(3)] }, at(1)).orders).toEqual([]);
    expect(bench.mesh.nextWakeAt()).toBeUndefined();
  });
});

describe("a relay", () => {
  const relayed = (bench: Bench, from: number, to: number, hops: number) =>
    framesOf(bench.tell(bench.mesh.linkTo(idOf(from))!.connectionId, { t: "envelope", from: idOf(from), to: idOf(to), hops, sealed }));

  it("passes an envelope on with one more hop, and counts it for who asked", () => {
    const bench = new Bench(5);
    bench.link(1);
    const second = bench.link(2);
    expect(relayed(bench, 1, 2, 0)).toEqual([{ to: second, frame: { t: "envelope", from: idOf(1), to: idOf(2), hops: 1, sealed } }]);
    expect(bench.mesh.relayed.for(idOf(1))).toEqual({ frames: 1, bytes: 3 });
    expect(bench.mesh.relayed.inAll()).toEqual({ frames: 1, bytes: 3 });
  });

  it("drops one that has gone too far, that would go back, or that is for nobody it knows of", () => {
    const bench = new Bench(5);
    bench.link(1, [3]);
    bench.link(2);
    expect(relayed(bench, 1, 2, hopsMax)).toEqual([]);
    expect(relayed(bench, 1, 3, 0)).toEqual([]);
    expect(relayed(bench, 1, 1, 0)).toEqual([]);
    expect(relayed(bench, 1, 9, 0)).toEqual([]);
    expect(bench.mesh.relayed.inAll()).toEqual({ frames: 0, bytes: 0 });
  });

  it("hands what is for itself to its owner, with the sender's claim and no belief in it", () => {
    const bench = new Bench(5);
    const id = bench.link(1);
    const { events } = bench.tell(id, { t: "envelope", from: idOf(9), to: bench.self, hops: 1, sealed });
    expect(events).toEqual([{ type: "arrived", from: idOf(9), sealed }]);
  });

  it("counts no more neighbours one by one than its bound", () => {
    const counts = new Relayed();
    for (let i = 0; i < 2 * relayedPeersMax; i += 1) counts.add(`${i}` as PeerId, 1);
    expect(counts.for("0" as PeerId).frames).toBe(0);
    expect(counts.inAll()).toEqual({ frames: 2 * relayedPeersMax, bytes: 2 * relayedPeersMax });
  });
});

describe("a peer that starts again", () => {
  it("went and came, though its link was only replaced", () => {
    const bench = new Bench(5);
    bench.link(1);
    const instance = "f".repeat(16);
    const { id, outcome } = bench.authenticated(1, { instance });
    expect(outcome.orders).toContainEqual({ type: "closeConnection", connectionId: "in-1", reason: "duplicate" });
    bench.mesh.handle({ type: "linkOpened", connectionId: id }, at(0));
    const { events } = bench.tell(id, { t: "hello", card: cardOf(1, { revision: 2, instance }), neighbours: [] });
    expect(events.map(({ type }) => type)).toEqual(["peerChanged", "peerChanged", "linked", "unreachable", "reachable"]);
  });

  it("the same, seen from two hops away", () => {
    const bench = new Bench(5);
    const id = bench.link(1, [2]);
    const instance = "f".repeat(16);
    const { events } = bench.tell(id, { t: "neighbourUp", card: cardOf(2, { revision: 2, instance }) });
    expect(events.map(({ type }) => type)).toEqual(["peerChanged", "unreachable"]);
    expect(bench.tell(id, { t: "cards", cards: [], statements: [wordOf(2, instance)] }).events).toEqual([
      { type: "reachable", peerId: idOf(2) },
    ]);
    expect(bench.tell(id, { t: "neighbourUp", card: cardOf(2, { revision: 3, instance: "f".repeat(16), name: "New" }) }).events).toEqual([
      { type: "peerChanged", peerId: idOf(2) },
    ]);
  });

  it("with its clock set back is shown its newer card, and outbids it, but not again and again", () => {
    const bench = new Bench(5);
    const first = bench.link(1, [2]);
    bench.tell(first, { t: "neighbourUp", card: cardOf(2, { revision: 9 }) });
    const second = bench.opened(2);
    const outcome = bench.tell(second, { t: "hello", card: cardOf(2, { revision: 3 }), neighbours: [] });
    expect(framesOf(outcome)).toContainEqual({ to: second, frame: { t: "neighbourUp", card: cardOf(2, { revision: 9 }) } });
    expect(bench.tell(first, { t: "neighbourUp", card: cardOf(5, { revision: 7 }) }).events).toEqual([{ type: "outbid", revision: 7 }]);
    expect(bench.tell(first, { t: "neighbourUp", card: cardOf(5, { revision: 8 }) }).events).toEqual([]);
  });
});

describe("a hostile neighbour", () => {
  it("has us verify no more cards than its budget", () => {
    const bench = new Bench(5);
    const id = bench.link(1);
    const { burst } = cardRate;
    for (let revision = 2; revision < 2 + 2 * burst; revision += 40) {
      const cards = Array.from({ length: 40 }, (_, place) => cardOf(2, { revision: revision + place }));
      bench.tell(id, { t: "cards", cards, statements: [] });
    }
    expect(bench.mesh.known(idOf(2))?.card.revision).toBeGreaterThan(burst - 5);
    expect(bench.mesh.known(idOf(2))?.card.revision).toBeLessThan(2 + burst);
    expect(bench.mesh.refused.badFrames).toBe(0);
  });

  it.each([
    ["the internet", "93.184.216.34"],
    ["a name", "tracker.example.com"],
    ["our loopback", "127.0.0.1"],
    ["a multicast group", "224.0.0.251"],
    ["an IPv6 address elsewhere", "2606:2800:220:1::1"],
  ])("does not make us dial %s", (_, host) => {
    const bench = new Bench(5);
    const card = cardOf(2, { addresses: [{ host, port: 80 }] });
    const outcome = bench.tell(bench.link(1), { t: "neighbourUp", card });
    expect(outcome.orders.filter(({ type }) => type === "dial")).toEqual([]);
    expect(bench.mesh.known(idOf(2))?.card).toEqual(card);
  });

  it("takes no place beyond the bound of links", () => {
    const bench = new Bench(39);
    let refused = 0;
    for (let i = 0; i < linksMax + 5; i += 1) {
      const identity = { ...person(0), peerId: `${i}`.padEnd(32, "x") as PeerId };
      const remote = { identity, instance: "0".repeat(16), address: placeOf(0) };
      const { orders } = bench.mesh.handle(
        { type: "connectionAuthenticated", connectionId: `in-${i}` as never, dialled: false, remote },
        at(0),
      );
      if (orders.some((order) => order.type === "closeConnection" && order.reason === "overloaded")) refused += 1;
    }
    expect(refused).toBe(5);
  });
});

describe("links", () => {
  it("keep the host while the only one is replaced", () => {
    const bench = new Bench(5);
    const first = bench.link(1);
    bench.tell(first, {
      t: "heartbeat",
      term: 3,
      hostId: idOf(1),
      hostSeq: 1,
      successors: [],
      signedSeq: 1,
      signature: signClaim(person(1), signatures, 3, 1, []),
      depth: 0,
    });
    bench.tell(first, { t: "neighbourUp", card: cardOf(2) });
    bench.authenticated(1);
    bench.pass(100);
    expect(bench.mesh.host).toMatchObject({ role: "follower", hostId: idOf(1), term: 3 });
  });

  it("that go silent end, and the peer is dialled again", () => {
    const bench = new Bench(5);
    bench.link(1);
    const { orders, events } = bench.pass(linkSilenceMaxMs + 1_000);
    expect(orders).toContainEqual({ type: "closeConnection", connectionId: "in-1", reason: "silent" });
    expect(events).toContainEqual({ type: "unreachable", peerId: idOf(1), saidGoodbye: false });
    expect(orders).toContainEqual({ type: "dial", connectionId: "out-1", address: placeOf(1) });
  });
});

describe("an address that a person typed", () => {
  it("where a link stands is reached already: nothing is dialled", () => {
    const bench = new Bench(5);
    bench.link(1);
    const { ticket, outcome } = bench.mesh.connect([placeOf(1)], at(0));
    expect(outcome).toEqual({ orders: [], events: [{ type: "connectSettled", ticket, peerId: idOf(1) }] });
  });

  it("that is our own says so, and another port of the same machine is tried all the same", () => {
    const bench = new Bench(5);
    const own = placeOf(5);
    const alone = bench.mesh.connect([own], at(0));
    expect(bench.authenticated(5, { connectionId: "out-1", dialled: true }).outcome.events).toEqual([
      { type: "connectSettled", ticket: alone.ticket, peerId: bench.self },
    ]);
    const both = bench.mesh.connect([own, { ...own, port: own.port + 1 }], at(0));
    const { outcome } = bench.authenticated(5, { connectionId: "out-2", dialled: true });
    expect(outcome.orders).toContainEqual({ type: "dial", connectionId: "out-3", address: { ...own, port: own.port + 1 } });
    expect(outcome.events).toEqual([]);
    bench.authenticated(1, { connectionId: "out-3", dialled: true });
    const { events } = bench.mesh.handle({ type: "linkOpened", connectionId: "out-3" as never }, at(10));
    expect(events).toEqual([{ type: "connectSettled", ticket: both.ticket, peerId: idOf(1) }]);
  });

  it("says at once that somebody of another network is there, once every address has been tried", () => {
    const bench = new Bench(5);
    const { ticket, outcome } = bench.mesh.connect([placeOf(1), placeOf(2)], at(0));
    const dials = outcome.orders.flatMap((order) => (order.type === "dial" ? [order.connectionId] : []));
    const first = bench.mesh.handle({ type: "dialFailed", connectionId: dials[0]!, failure: "handshakeFailed" }, at(1));
    expect(first.events).toEqual([]);
    const next = first.orders.flatMap((order) => (order.type === "dial" ? [order.connectionId] : []));
    const second = bench.mesh.handle({ type: "dialFailed", connectionId: next[0]!, failure: "unreachable" }, at(2));
    expect(second.events).toEqual([{ type: "connectSettled", ticket, peerId: undefined, isForeign: true }]);
  });

  it("is given up in time", () => {
    const bench = new Bench(5);
    const { ticket } = bench.mesh.connect([placeOf(1)], at(0));
    expect(bench.pass(10_000).events).toContainEqual({ type: "connectSettled", ticket, peerId: undefined });
  });
});
