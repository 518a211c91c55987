/** What one neighbour may have us do, whom we call a flooder, and which terms are believed. */
import { beforeEach, describe, expect, it } from "vitest";
import { signClaim } from "../../src/mesh/claims.ts";
import { type Flood, Floods } from "../../src/mesh/floods.ts";
import type { Frame } from "../../src/mesh/frames.ts";
import {
  badRate,
  banMs,
  cargoTurns,
  floodAfterMs,
  floodKeptMs,
  floodPatienceMs,
  floodToldMs,
  frameRate,
  hostSilenceMaxMs,
  letterRate,
  linksMax,
  newsTurns,
  ownNewsRate,
  passedNewsRate,
  questionRate,
  standingsMax,
  suspicionMs,
  termMax,
} from "../../src/mesh/limits.ts";
import { encodeNews } from "../../src/mesh/news.ts";
import { Rates, workOf } from "../../src/mesh/rates.ts";
import { Turns } from "../../src/mesh/turns.ts";
import { at, Bench, framesOf, person, signatures } from "./mesh-fixture.ts";

const idOf = (number: number) => person(number).peerId;
const sealed = (size: number): Uint8Array => new Uint8Array(size).fill(7);
const post = (number: number, size = 100): Uint8Array =>
  encodeNews({ k: "post", sealed: Uint8Array.from({ length: size }, (_, place) => number >> (8 * (place % 4))) });
/** One that nobody has seen. */
function createPosts(): () => Uint8Array {
  let number = 0;
  return () => post(++number);
}

describe("a budget", () => {
  it("is a burst, then so much a second, and no more after a long rest", () => {
    const rates = new Rates();
    const takeAll = (now: number): number => {
      let taken = 0;
      while (rates.take("letter", at(now))) taken += 1;
      return taken;
    };
    expect(takeAll(0)).toBe(letterRate.burst);
    expect(takeAll(1_000)).toBe(letterRate.perSecond);
    expect(takeAll(10_000_000)).toBe(letterRate.burst);
  });

  it("is one for each kind of work", () => {
    const rates = new Rates();
    while (rates.take("question", at(0)));
    expect(rates.take("letter", at(0))).toBe(true);
  });

  it("is not given back by a clock that stands still or runs backwards", () => {
    const rates = new Rates();
    while (rates.take("letter", at(5_000)));
    expect(rates.take("letter", at(1_000))).toBe(false);
    expect(rates.take("letter", at(1_001))).toBe(false);
  });
});

describe("the work a frame causes", () => {
  const self = idOf(5);
  const envelope = (hops: number, to: number, size = 100): Frame => ({
    t: "envelope",
    from: idOf(1),
    to: idOf(to),
    hops,
    sealed: sealed(size),
  });

  it.each([
    ["a letter", envelope(0, 5), { work: "letter", cost: 1 }],
    ["something to carry", envelope(0, 2), { work: "ownCargo", cost: 1 }],
    ["much to carry", envelope(0, 2, 40_000), { work: "ownCargo", cost: 3 }],
    ["what others sent, to us", envelope(1, 5), { work: "passedCargo", cost: 1 }],
    ["what others sent, on its way", envelope(1, 2), { work: "passedCargo", cost: 1 }],
    ["a broadcast it begins", { t: "gossip", hops: 0, body: post(1) }, { work: "ownNews", cost: 1 }],
    ["a broadcast of others", { t: "gossip", hops: 3, body: post(1, 5_000) }, { work: "passedNews", cost: 3 }],
    ["three cards", { t: "want", peerIds: [1, 2, 3].map(idOf) }, { work: "question", cost: 3 }],
    ["two bodies", { t: "graft", ids: new Uint8Array(24) }, { work: "question", cost: 8 }],
    ["itself for a child", { t: "graft", ids: new Uint8Array(0) }, { work: "question", cost: 0 }],
  ] satisfies [string, Frame, unknown][])("%s", (_, frame, work) => {
    expect(workOf(frame, self)).toEqual(work);
  });
});

describe("what is passed on for others", () => {
  it("is shared: who takes all there is leaves each other its part", () => {
    const turns = new Turns(newsTurns, at(0));
    let greedy = 0;
    while (turns.take(idOf(1), at(0))) greedy += 1;
    expect(greedy).toBeGreaterThanOrEqual(newsTurns.burst);
    let modest = 0;
    for (let now = 0; now < 10_000; now += 250) {
      for (let i = 0; i < 1_000; i += 1) turns.take(idOf(1), at(now));
      if (turns.take(idOf(2), at(now))) modest += 1;
    }
    expect(modest).toBe(40);
  });

  it("is in all less than what the next one takes, however many send however much", () => {
    const turns = new Turns(newsTurns, at(0));
    const next = new Rates();
    for (let now = 0; now < 20_000; now += 100) {
      for (let from = 0; from < linksMax - 1; from += 1)
        while (turns.take(idOf(from), at(now))) if (!next.take("passedNews", at(now))) throw new Error(`too much at ${now}`);
    }
  });
});

describe("a flooder", () => {
  let told: { flood: Flood; isNew: boolean }[];
  let floods: Floods;
  beforeEach(() => {
    told = [];
    floods = new Floods((flood, isNew) => told.push({ flood, isNew }));
  });
  const one = idOf(1);
  /** So many questions at each tenth of a second. */
  const ask = (from: number, forMs: number, count: number): number => {
    let dropped = 0;
    for (let now = from; now < from + forMs; now += 100)
      for (let i = 0; i < count; i += 1) if (!floods.allows(one, "question", at(now))) dropped += 1;
    return dropped;
  };

  it("is nobody who stays within what honest peers need", () => {
    expect(ask(0, 60_000, questionRate.perSecond / 10)).toBe(0);
    expect(told).toEqual([]);
    expect(floods.list(at(60_000))).toEqual([]);
  });

  it("is named after a few seconds with all that was dropped, told of again now and then, and cut off when it goes on", () => {
    const spentAt = 60;
    for (let i = 0; i < questionRate.burst; i += 1) floods.allows(one, "question", at(0));
    const dropped = ask(spentAt, floodAfterMs + 100, 100);
    expect(told).toHaveLength(1);
    expect(told[0]?.isNew).toBe(true);
    expect(floods.list(at(5_000))).toEqual([{ peerId: one, since: told[0]?.flood.since, dropped }]);
    expect(told[0]?.flood.since).toBeLessThanOrEqual(spentAt + 100);
    expect(floods.isBanned(one, at(spentAt + floodAfterMs + 100))).toBe(false);
    ask(spentAt + floodAfterMs + 100, floodPatienceMs + 200, 100);
    const end = spentAt + floodAfterMs + floodPatienceMs + 300;
    expect(floods.isBanned(one, at(end))).toBe(true);
    expect(told.map(({ isNew }) => isNew)).toEqual([true, false]);
    expect(floods.isBanned(one, at(end + banMs))).toBe(false);
    expect(floods.list(at(end + floodKeptMs))).toEqual([]);
  });

  it("is not one who is over for a moment, and rests, and is over again", () => {
    for (let round = 0; round < 20; round += 1) {
      const now = round * 120_000;
      expect(ask(now, 1_000, 5 * questionRate.burst)).toBeGreaterThan(0);
    }
    expect(told).toEqual([]);
  });

  it("is told of no more often than every few seconds while it goes on", () => {
    ask(0, 3 * floodToldMs, questionRate.burst);
    expect(told.length).toBeLessThanOrEqual(5);
  });

  it("is cut off at once for more garbage than its budget", () => {
    for (let i = 0; i < badRate.burst; i += 1) floods.bad(one, at(0));
    expect(floods.isBanned(one, at(0))).toBe(false);
    floods.bad(one, at(0));
    expect(floods.isBanned(one, at(0))).toBe(true);
    expect(told).toEqual([{ flood: { peerId: one, since: 0, dropped: badRate.burst + 1 }, isNew: true }]);
  });

  it("is nobody who only had no turn", () => {
    for (let now = 0; now < 20_000; now += 10) floods.crowdedOut(one, at(now));
    expect(told).toEqual([]);
  });

  it("is not forgotten for others who come and go", () => {
    for (let i = 0; i <= badRate.burst; i += 1) floods.bad(one, at(0));
    for (let i = 0; i < 2 * standingsMax; i += 1) floods.allows(`${i}`.padEnd(32, "x") as typeof one, "frame", at(1));
    expect(floods.isBanned(one, at(2))).toBe(true);
  });
});

describe("a mesh under flood", () => {
  const start = (): Bench => new Bench(5);

  it("drops what is over the budget, decodes no more of it, and closes the link when it goes on", () => {
    const bench = start();
    const id = bench.link(1);
    const quiet = bench.link(2);
    let closedAt: number | undefined;
    let flooded = 0;
    for (bench.now = 1_000; bench.now < 20_000 && closedAt === undefined; bench.now += 50) {
      for (let i = 0; i < 1_000; i += 1) {
        const { orders, events } = bench.tell(id, { t: "prune" });
        if (events.some(({ type }) => type === "flooded")) flooded += 1;
        if (orders.some((order) => order.type === "closeConnection" && order.reason === "flooding")) closedAt = bench.now;
        if (closedAt !== undefined) break;
      }
      bench.tell(quiet, { t: "prune" });
      bench.pass(0);
    }
    expect(closedAt).toBeGreaterThan(floodAfterMs + floodPatienceMs);
    expect(closedAt).toBeLessThan(15_000);
    expect(flooded).toBe(2);
    expect(bench.mesh.linkTo(idOf(1))).toBeUndefined();
    expect(bench.mesh.linkTo(idOf(2))).toBeDefined();
    expect(bench.mesh.reception.floods.list(at(bench.now))).toMatchObject([{ peerId: idOf(1) }]);
    const [flood] = bench.mesh.reception.floods.list(at(bench.now));
    expect(flood?.dropped).toBeGreaterThan(frameRate.burst);
  });

  it("does not take a flooder back for a minute", () => {
    const bench = start();
    const id = bench.link(1);
    for (let i = 0; i <= badRate.burst; i += 1)
      bench.mesh.handle({ type: "frameArrived", connectionId: id, bytes: new Uint8Array(3) }, at(bench.now));
    const closing = { type: "closeConnection", reason: "flooding" };
    expect(bench.authenticated(1, { connectionId: "in-90" }).outcome.orders).toContainEqual({ ...closing, connectionId: "in-90" });
    bench.now += banMs;
    expect(bench.authenticated(1, { connectionId: "in-91" }).outcome.orders).toContainEqual({ type: "negotiate", connectionId: "in-91" });
  });

  it("counts each bad frame until the link is cut, and none after", () => {
    const bench = start();
    const id = bench.link(1);
    for (let i = 0; i < 3 * badRate.burst; i += 1)
      bench.mesh.handle({ type: "frameArrived", connectionId: id, bytes: new Uint8Array(3) }, at(bench.now));
    expect(bench.mesh.refused.badFrames).toBe(badRate.burst + 1);
  });

  it("takes an envelope that nobody passed on from its sender alone", () => {
    const bench = start();
    const outcome = bench.tell(bench.link(1), { t: "envelope", from: idOf(2), to: bench.self, hops: 0, sealed: sealed(60) });
    expect(outcome.events).toEqual([]);
    expect(bench.mesh.refused.badFrames).toBe(1);
  });

  it("passes on what its neighbours take, whatever comes in: no relay is blamed for it", () => {
    const bench = start();
    const liars = [1, 2, 3, 4].map((number) => bench.link(number));
    bench.link(9, [20]);
    const next = new Rates();
    const fresh = createPosts();
    let taken = 0;
    for (bench.now = 0; bench.now < 2_000; bench.now += 100) {
      for (const liar of liars) {
        // They say that it is others' news and others' envelopes: the larger budgets are theirs.
        for (let i = 0; i < passedNewsRate.burst / 40; i += 1) {
          const outcomes = [
            bench.tell(liar, { t: "gossip", hops: 1, body: fresh() }),
            bench.tell(liar, { t: "envelope", from: idOf(30), to: idOf(20), hops: 1, sealed: sealed(100) }),
          ];
          for (const { to, frame } of outcomes.flatMap(framesOf)) {
            if (to !== "in-5") continue;
            const work = workOf(frame, idOf(9));
            if (work === undefined || frame.t === "ihave") continue;
            expect(next.take(work.work, at(bench.now), work.cost)).toBe(true);
            taken += 1;
          }
        }
      }
    }
    expect(taken).toBeGreaterThan(newsTurns.burst + cargoTurns.burst);
  });

  it("gives each neighbour's own words their way while one floods", () => {
    const bench = start();
    const flooder = bench.link(1);
    const honest = bench.link(2);
    bench.link(3);
    const fresh = createPosts();
    let carried = 0;
    for (bench.now = 0; bench.now < 5_000; bench.now += 100) {
      for (let i = 0; i < ownNewsRate.burst; i += 1) bench.tell(flooder, { t: "gossip", hops: 1, body: fresh() });
      const outcome = bench.tell(honest, { t: "gossip", hops: 0, body: fresh() });
      if (outcome.events.some(({ type }) => type === "broadcastArrived")) carried += 1;
    }
    expect(carried).toBe(50);
  });
});

describe("terms", () => {
  const claim = (number: number, term: number, hostSeq = 1): Frame => ({
    t: "heartbeat",
    term,
    hostId: idOf(number),
    hostSeq,
    successors: [],
    signedSeq: hostSeq,
    signature: signClaim(person(number), signatures, term, hostSeq, []),
    depth: 0,
  });

  it("a newcomer believes whatever term its group has reached, though it knows but one of it", () => {
    for (const term of [900_000, termMax / 2 + 1, termMax]) {
      const bench = new Bench(5);
      bench.tell(bench.link(1), claim(1, term));
      expect(bench.mesh.host).toMatchObject({ term, hostId: idOf(1) });
    }
  });

  it("any two peers agree, whichever of two terms they hear first, however far apart", () => {
    for (const isLiarFirst of [true, false]) {
      const bench = new Bench(5);
      const [honest, liar] = [bench.link(1), bench.link(3)];
      const told = [() => bench.tell(liar, claim(3, termMax)), () => bench.tell(honest, claim(1, 7))];
      for (const tell of isLiarFirst ? told : told.reverse()) tell();
      expect(bench.mesh.host).toMatchObject({ term: termMax, hostId: idOf(3) });
      expect(bench.mesh.refused.badFrames).toBe(0);
    }
  });

  it("a host that signs a sequence far ahead is no host for ever: it falls silent, and the next one claims", () => {
    const bench = new Bench(5);
    const link = bench.link(8);
    const far = 2 ** 50;
    bench.tell(link, claim(8, 3, far));
    expect(bench.mesh.host).toMatchObject({ term: 3, hostSeq: far });
    const other = bench.link(9);
    bench.mesh.handle({ type: "connectionClosed", connectionId: link, reason: "remoteClosed" }, at(bench.now));
    for (let passed = 0; passed < hostSilenceMaxMs + suspicionMs + 5_000; passed += 1_000) {
      bench.pass(1_000);
      bench.tell(other, { t: "prune" });
    }
    expect(bench.mesh.host).toMatchObject({ term: 4, role: "host" });
  });
});
