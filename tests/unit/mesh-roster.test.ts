import { describe, expect, it } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import { aliveIntervalMinMs, aliveMissesMax, objectIntervalMs, suspectDelayMs, suspicionMs } from "../../src/mesh/limits.ts";
import { checkStatement, type News, type Statement, signStatement } from "../../src/mesh/news.ts";
import { Roster } from "../../src/mesh/roster.ts";
import { at, cardOf, instanceOf, person, signatures } from "./mesh-fixture.ts";

const idOf = (number: number): PeerId => person(number).peerId;
const word = (number: number, seq: number, left = false): Statement =>
  signStatement(person(number), signatures, instanceOf(number), seq, left);

class Bench {
  readonly told: News[] = [];
  readonly news: string[] = [];
  readonly linked = new Set<PeerId>();
  readonly roster: Roster;
  now = 0;

  constructor(crowd = 0) {
    this.roster = new Roster(
      {
        self: idOf(0),
        instance: instanceOf(0),
        random: () => 0.5,
        cardOf: (peerId) => [1, 2, 3].map((number) => cardOf(number)).find((_, place) => idOf(place + 1) === peerId),
        isLinked: (peerId) => this.linked.has(peerId),
        sign: (seq, left) => word(0, seq, left),
        verify: (statement, card) => checkStatement(statement, card, signatures),
        broadcast: (news) => this.told.push(news),
        changed: (peerId, saidGoodbye) =>
          this.news.push(`${peerId === idOf(1) ? "1" : "?"} ${this.roster.isHere(peerId) ? "came" : saidGoodbye ? "left" : "gone"}`),
      },
      at(0),
    );
    for (let i = 0; i < crowd; i += 1) this.roster.linked(`${i}`.padStart(32, "q") as PeerId, instanceOf(1), 1, at(0));
    this.news.length = 0;
  }

  /** Its card comes, and its word. */
  meet(number: number): void {
    this.roster.learned(idOf(number), instanceOf(number), 1, at(this.now));
    this.roster.stated(word(number, 0), at(this.now));
  }

  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now = Math.min(end, Math.max(this.now + 1, this.roster.nextWakeAt()));
      this.roster.wake(at(this.now));
    }
  }
}

describe("the roster", () => {
  it("two that know the same have the same digest, in whatever order they learned it", () => {
    const [one, other] = [new Bench(), new Bench()];
    for (const number of [1, 2, 3]) one.meet(number);
    for (const number of [3, 1, 2]) other.meet(number);
    expect(one.roster.digest).toEqual(other.roster.digest);
    one.roster.stated(word(1, 1, true), at(1));
    expect(one.roster.digest).not.toEqual(other.roster.digest);
  });

  it("one whose card alone has come is not here, whoever brings it how often, and is when it has spoken", () => {
    const [bench, alone] = [new Bench(), new Bench()];
    for (let i = 0; i < 3; i += 1) bench.roster.learned(idOf(1), instanceOf(1), 1 + i, at(i));
    bench.roster.learned(idOf(2), instanceOf(2), 1, at(3));
    expect(bench.roster.listed([idOf(1), instanceOf(1), 0, 1], at(4))).toBe("wanted");
    bench.pass(2 * aliveIntervalMinMs);
    expect(bench.roster.size).toBe(1);
    expect(bench.roster.list()).toHaveLength(1);
    expect(bench.roster.digest).toEqual(alone.roster.digest);
    expect(bench.told.filter(({ k }) => k === "suspect")).toEqual([]);
    expect(bench.roster.stated(word(1, 0), at(bench.now))).toBe("taken");
    expect(bench.news).toEqual(["1 came"]);
    expect(bench.roster.size).toBe(2);
  });

  it("another start is here when it has spoken itself", () => {
    const bench = new Bench();
    bench.meet(1);
    bench.roster.learned(idOf(1), "f".repeat(16), 2, at(1));
    expect(bench.roster.isHere(idOf(1))).toBe(false);
    expect(bench.roster.stated(word(1, 7), at(1))).toBe("unknown");
    const again = signStatement(person(1), signatures, "f".repeat(16), 0, false);
    expect(bench.roster.stated(again, at(2))).toBe("taken");
    expect(bench.news).toEqual(["1 came", "1 gone", "1 came"]);
  });

  it("says on the first link that it is here", () => {
    const bench = new Bench();
    bench.roster.greeted(at(0));
    bench.roster.greeted(at(1));
    expect(bench.told).toMatchObject([{ k: "statement", statement: { seq: 1, left: false } }]);
  });

  it("a link that breaks makes the peer suspected, and gone where it does not object", () => {
    const bench = new Bench();
    bench.meet(1);
    bench.roster.lost(idOf(1), at(0));
    bench.pass(suspectDelayMs);
    expect(bench.told).toEqual([{ k: "suspect", peerId: idOf(1), instance: instanceOf(1), seq: 0, round: 0 }]);
    expect(bench.roster.isTrusted(idOf(1))).toBe(false);
    bench.pass(suspicionMs);
    expect(bench.news).toEqual(["1 came", "1 gone"]);
  });

  it("an objection ends the suspicion, and only the peer's own", () => {
    const bench = new Bench();
    bench.meet(1);
    bench.roster.suspected(idOf(1), instanceOf(1), 0, at(0));
    const forged = { ...word(2, 5), peerId: idOf(1), instance: instanceOf(1) };
    expect(bench.roster.stated(forged, at(1))).toBe("refused");
    expect(bench.roster.stated(word(1, 1), at(1))).toBe("taken");
    expect(bench.roster.stated(word(1, 1), at(2))).toBe("old");
    bench.pass(2 * suspicionMs);
    expect(bench.news).toEqual(["1 came"]);
  });

  it("a suspicion of what was said before an objection is void", () => {
    const bench = new Bench();
    bench.meet(1);
    bench.roster.stated(word(1, 4), at(0));
    bench.roster.suspected(idOf(1), instanceOf(1), 3, at(1));
    expect(bench.roster.isTrusted(idOf(1))).toBe(true);
  });

  it("suspected ourselves we object with a higher number, not more often than we may, and nobody can drive it up", () => {
    const bench = new Bench();
    for (let i = 0; i < 50; i += 1) {
      bench.roster.suspected(idOf(0), instanceOf(0), 1_000 + i, at(bench.now));
      bench.roster.suspected(idOf(0), instanceOf(0), 0, at(bench.now));
      bench.pass(10);
    }
    bench.pass(objectIntervalMs);
    const objections = bench.told.map((news) => (news.k === "statement" ? news.statement.seq : 0));
    expect(objections).toEqual([1, 2]);
  });

  it("a goodbye is for that start alone", () => {
    const bench = new Bench();
    bench.meet(1);
    bench.roster.stated(word(1, 2, true), at(1));
    expect(bench.roster.stated(word(1, 9), at(2))).toBe("old");
    bench.roster.linked(idOf(1), "f".repeat(16), 1, at(3));
    expect(bench.news).toEqual(["1 came", "1 left", "1 came"]);
  });

  it("of one listed by somebody, though gone here, proof is wanted or the news is sent back", () => {
    const bench = new Bench();
    bench.meet(1);
    bench.roster.hide(idOf(1), at(0));
    expect(bench.roster.listed([idOf(1), instanceOf(1), 0, 1], at(0))).toBe("missed");
    expect(bench.roster.listed([idOf(1), instanceOf(1), 1, 1], at(0))).toBe("wanted");
    expect(bench.roster.listed([idOf(2), instanceOf(2), 0, 1], at(0))).toBe("wanted");
    expect(bench.roster.obituary(idOf(1), at(0))).toMatchObject({ k: "suspect", peerId: idOf(1) });
    bench.roster.stated(word(1, 1, true), at(1));
    expect(bench.roster.obituary(idOf(1), at(2))).toMatchObject({ k: "statement", statement: { left: true } });
  });

  it("one of which nothing comes any more is gone in the end; a linked one is not", () => {
    const bench = new Bench(40);
    bench.meet(1);
    bench.meet(2);
    bench.linked.add(idOf(2));
    bench.pass(aliveMissesMax * aliveIntervalMinMs * 3);
    expect(bench.roster.isHere(idOf(1))).toBe(false);
    expect(bench.roster.isHere(idOf(2))).toBe(true);
  });

  it("without a link nothing is known of anybody but the dead", () => {
    const bench = new Bench();
    const alone = bench.roster.digest;
    bench.meet(1);
    bench.meet(2);
    bench.roster.hide(idOf(2), at(0));
    bench.roster.clear();
    expect([...bench.roster.here()]).toEqual([]);
    expect(bench.roster.digest).toEqual(alone);
    expect(bench.roster.listed([idOf(1), instanceOf(1), 0, 1], at(1))).toBe("known");
    expect(bench.roster.listed([idOf(2), instanceOf(2), 0, 1], at(1))).toBe("missed");
    expect([...bench.roster.here()]).toEqual([idOf(1)]);
  });
});
