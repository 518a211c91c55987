import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Millis, PeerId } from "../../src/ids.ts";
import { type Claim, Election } from "../../src/mesh/election.ts";
import {
  candidateStepMs,
  claimFallbackMs,
  claimPatienceMs,
  endedReignMs,
  heartbeatIntervalMs,
  hostSilenceMaxMs,
  termMax,
} from "../../src/mesh/limits.ts";

const id = (letter: string): PeerId => letter.repeat(32) as PeerId;
const at = (ms: number): Millis => ms as Millis;

/** Elections that hear each other at once where `linked` says so: the rule of the game without any network. */
class Table {
  readonly elections = new Map<PeerId, Election>();
  readonly #cables = new Set<string>();
  /** Asked whether they are here, and silent. */
  readonly unanswered = new Set<PeerId>();
  now = 0;

  sit(peerId: PeerId): void {
    const neighbours = (): PeerId[] => [...this.elections.keys()].filter((other) => this.areLinked(peerId, other)).sort();
    const reachable = (): PeerId[] =>
      [...this.elections.keys()]
        .filter((other) => other !== peerId && (this.areLinked(peerId, other) || neighbours().some((n) => this.areLinked(n, other))))
        .sort();
    this.elections.set(
      peerId,
      new Election(
        peerId,
        {
          isReachable: (other) => reachable().includes(other) && !this.unanswered.has(other),
          reachable,
          linkedBySeniority: neighbours,
          sign: () => new Uint8Array(64),
          // The question is put, and answered or not, at once.
          challenge: (other) => void (this.elections.get(other) === undefined && this.unanswered.add(other)),
        },
        at(this.now),
      ),
    );
  }

  areLinked(a: PeerId, b: PeerId): boolean {
    return a !== b && this.#cables.has([a, b].sort().join());
  }

  link(a: PeerId, b: PeerId): void {
    this.#cables.add([a, b].sort().join());
    for (const election of this.elections.values()) election.surroundingsChanged(at(this.now));
    this.#tell(a);
    this.#tell(b);
  }

  cut(a: PeerId, b: PeerId): void {
    if (!this.#cables.delete([a, b].sort().join())) return;
    for (const [peerId, election] of this.elections) if (election.surroundingsChanged(at(this.now)) === "changed") this.#tell(peerId);
  }

  die(peerId: PeerId): void {
    this.elections.delete(peerId);
    for (const [other, election] of this.elections) {
      this.#cables.delete([peerId, other].sort().join());
      if (election.surroundingsChanged(at(this.now)) === "changed") this.#tell(other);
    }
    for (const [other, election] of this.elections) if (election.surroundingsChanged(at(this.now)) === "changed") this.#tell(other);
  }

  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += 100;
      for (const [peerId, election] of this.elections) {
        const { beat, changed } = election.wake(at(this.now));
        if (beat || changed) this.#tell(peerId);
      }
    }
  }

  /** It claims this reign if that wins, as only a liar does: as if others believed in it already. */
  claimAs(hostId: PeerId, term: number, hostSeq: number): void {
    const teller = [...this.elections.keys()].find((other) => this.areLinked(hostId, other));
    if (teller !== undefined && this.elections.get(hostId)?.heartbeat(teller, claimOf(hostId, term, hostSeq), at(this.now)))
      this.#tell(hostId);
  }

  #tell(from: PeerId): void {
    const election = this.elections.get(from);
    if (election === undefined) return;
    for (const [to, other] of this.elections) {
      if (this.areLinked(from, to) && other.heartbeat(from, election.view, at(this.now))) this.#tell(to);
    }
  }

  hosts(): Set<string> {
    return new Set([...this.elections.values()].map((election) => `${election.view.term} ${election.view.hostId[0]}`));
  }
}

function tableOf(letters: string): Table {
  const table = new Table();
  for (const letter of letters) table.sit(id(letter));
  for (const a of letters) for (const b of letters) if (a < b) table.link(id(a), id(b));
  return table;
}

const claimOf = (hostId: PeerId, term: number, hostSeq: number): Claim => ({
  ...{ hostId, term, hostSeq, successors: [] },
  ...{ signedSeq: hostSeq, signature: new Uint8Array(64) },
});

describe("election", () => {
  it("two newcomers: the smaller id becomes host after listening for a group", () => {
    const table = tableOf("ab");
    expect(table.elections.get(id("a"))?.view.role).toBe("alone");
    table.pass(claimPatienceMs + 100);
    expect(table.hosts()).toEqual(new Set(["1 a"]));
  });

  it("who was here alone for longer stays host when somebody joins, whatever their ids", () => {
    const table = new Table();
    table.sit(id("c"));
    table.pass(5_000);
    table.sit(id("a"));
    table.sit(id("b"));
    for (const [one, other] of ["ab", "ac", "bc"]) table.link(id(one!), id(other!));
    table.pass(1_500);
    expect(table.hosts()).toEqual(new Set(["1 c"]));
  });

  it("should the senior one not claim, somebody else does", () => {
    const table = new Table();
    table.sit(id("b"));
    table.pass(5_000);
    table.sit(id("a"));
    table.elections.get(id("b"))!.heartbeat = () => false;
    table.link(id("a"), id("b"));
    table.pass(3_000);
    expect(table.elections.get(id("a"))?.view).toMatchObject({ role: "host", term: 1 });
  });

  it("a newcomer never unseats a host, whatever its id", () => {
    const table = tableOf("bcd");
    table.pass(1_000);
    expect(table.hosts()).toEqual(new Set(["1 b"]));
    table.sit(id("a"));
    table.link(id("a"), id("c"));
    table.link(id("a"), id("b"));
    table.pass(3_000);
    expect(table.hosts()).toEqual(new Set(["1 b"]));
  });

  it("when the host dies the first successor claims the next term at once", () => {
    const table = tableOf("abcd");
    table.pass(3_000);
    table.die(id("a"));
    expect(table.hosts()).toEqual(new Set(["2 b"]));
  });

  it("a dead successor costs one step of patience, not the election", () => {
    const table = tableOf("abcd");
    table.pass(3_000);
    // "b" hears nothing and says nothing, but its links still stand: as a frozen process would.
    const frozen = table.elections.get(id("b"))!;
    frozen.wake = () => ({ beat: false, changed: false });
    frozen.surroundingsChanged = () => "same";
    frozen.heartbeat = () => false;
    table.die(id("a"));
    table.pass(candidateStepMs + 200);
    expect(table.elections.get(id("c"))?.view).toMatchObject({ role: "host", term: 2 });
    expect(table.elections.get(id("d"))?.view.hostId).toBe(id("c"));
  });

  it("a liar that keeps a dead host's number still, or growing, wins nothing: the host is asked itself", () => {
    const table = tableOf("abc");
    table.pass(3_000);
    // The process of "a" is gone, but its cables seem to stand.
    table.elections.delete(id("a"));
    table.unanswered.delete(id("a"));
    for (const letter of "bc") expect(table.elections.get(id(letter))?.view.hostId).toBe(id("a"));
    table.pass(2 * hostSilenceMaxMs);
    expect(table.hosts()).toEqual(new Set(["2 b"]));
  });

  it("losing one's own link to the host changes nothing while a neighbour has one", () => {
    const table = tableOf("abc");
    table.pass(3_000);
    table.cut(id("a"), id("b"));
    table.pass(10_000);
    expect(table.hosts()).toEqual(new Set(["1 a"]));
  });

  it("cut in two there are two hosts; healed, the higher term wins", () => {
    const table = tableOf("abcd");
    table.pass(3_000);
    for (const [left, right] of ["ac", "ad", "bc", "bd"]) table.cut(id(left!), id(right!));
    table.pass(3_000);
    expect(table.hosts()).toEqual(new Set(["1 a", "2 c"]));
    for (const [left, right] of ["ac", "ad", "bc", "bd"]) table.link(id(left!), id(right!));
    table.pass(heartbeatIntervalMs);
    expect(table.hosts()).toEqual(new Set(["2 c"]));
  });

  it("a peer that was cut off alone adopts the group's host when it returns", () => {
    const table = tableOf("abc");
    table.pass(3_000);
    table.cut(id("a"), id("b"));
    table.cut(id("a"), id("c"));
    expect(table.elections.get(id("a"))?.view.role).toBe("alone");
    table.pass(1_000);
    table.link(id("a"), id("b"));
    table.link(id("a"), id("c"));
    table.pass(2_000);
    expect(table.hosts()).toEqual(new Set(["2 b"]));
  });

  it("two reigns of one term, and the winner has followed the other while it was cut off: it takes its own up again", () => {
    const table = tableOf("ab");
    table.pass(2_000);
    const winner = table.elections.get(id("a"))!;
    expect(winner.view).toMatchObject({ role: "host", term: 1 });
    table.cut(id("a"), id("b"));
    expect(winner.view.role).toBe("alone");
    table.sit(id("c"));
    table.link(id("a"), id("c"));

    const claim = { term: 1, hostSeq: 5, successors: [], signedSeq: 1, signature: new Uint8Array(64) };
    winner.heartbeat(id("c"), { ...claim, hostId: id("b") }, at(table.now));
    expect(winner.view).toMatchObject({ role: "follower", hostId: id("b") });
    winner.heartbeat(id("c"), { ...claim, hostId: id("a") }, at(table.now));
    expect(winner.view).toMatchObject({ role: "host", term: 2 });
  });

  it("hand-off: only of the reign that both know, and to a term of its own", () => {
    const table = tableOf("abc");
    table.pass(3_000);
    const chosen = table.elections.get(id("c"))!;
    expect(chosen.acceptHandOff(id("b"), 1, at(table.now))).toBe(false);
    expect(chosen.acceptHandOff(id("a"), 7, at(table.now))).toBe(false);
    expect(chosen.acceptHandOff(id("a"), 1, at(table.now))).toBe(true);
    table.pass(2_000);
    expect(table.hosts()).toEqual(new Set(["2 c"]));
  });

  describe("at the last term", () => {
    /** All follow "z", who is linked to all. */
    const reignOfLiar = (letters: string): Table => {
      const table = tableOf(`${letters}z`);
      table.pass(3_000);
      table.claimAs(id("z"), termMax, 1);
      expect(table.hosts()).toEqual(new Set([`${termMax} z`]));
      return table;
    };

    it("a newcomer agrees with the group", () => {
      const table = reignOfLiar("bc");
      table.sit(id("a"));
      table.link(id("a"), id("b"));
      table.pass(3_000);
      expect(table.hosts()).toEqual(new Set([`${termMax} z`]));
    });

    it("when the host has gone terms begin anew", () => {
      const table = reignOfLiar("abcd");
      table.die(id("z"));
      table.pass(claimFallbackMs + 1_000);
      expect(table.hosts()).toEqual(new Set(["1 a"]));
      table.die(id("a"));
      table.pass(1_000);
      expect(table.hosts()).toEqual(new Set(["2 b"]));
    });

    it("whoever has not noticed that the host has gone does not bring it back, and the host itself does", () => {
      const table = reignOfLiar("ab");
      const claim = { ...table.elections.get(id("a"))!.view };
      table.die(id("z"));
      table.pass(claimFallbackMs + 1_000);
      const [one, other] = [table.elections.get(id("a"))!, table.elections.get(id("b"))!];
      expect(one.heartbeat(id("b"), claim, at(table.now))).toBe(false);
      expect(other.view.hostId).toBe(id("a"));
      expect(one.heartbeat(id("b"), { ...claim, hostSeq: claim.hostSeq + 1 }, at(table.now))).toBe(true);
      table.pass(hostSilenceMaxMs + claimFallbackMs + 1_000);
      expect(table.hosts()).toEqual(new Set(["1 a"]));
      // One that begins again with a low sequence is believed in the end.
      table.pass(endedReignMs);
      expect(one.heartbeat(id("b"), { ...claim, hostSeq: 0 }, at(table.now))).toBe(true);
    });

    it("two claim it: the smaller id wins, and where that one goes the other one does not stay behind", () => {
      const table = reignOfLiar("bc");
      table.sit(id("y"));
      for (const letter of "bcz") table.link(id("y"), id(letter));
      table.claimAs(id("y"), termMax, 1);
      expect(table.hosts()).toEqual(new Set([`${termMax} y`]));
      table.die(id("y"));
      table.pass(claimFallbackMs + 1_000);
      expect(table.hosts().size).toBe(1);
    });

    it("nobody takes over, since nothing is above it", () => {
      const table = reignOfLiar("bc");
      expect(table.elections.get(id("b"))!.acceptHandOff(id("z"), termMax, at(table.now))).toBe(false);
    });

    it("a host of it that was cut off takes its reign up again where others still believe in it", () => {
      const table = reignOfLiar("abc");
      for (const letter of "abc") table.cut(id("z"), id(letter));
      const host = table.elections.get(id("z"))!;
      expect(host.view.role).toBe("alone");
      table.sit(id("d"));
      table.link(id("z"), id("d"));
      expect(host.heartbeat(id("d"), claimOf(id("z"), termMax, 9), at(table.now))).toBe(true);
      expect(host.view).toMatchObject({ role: "host", term: termMax, hostSeq: 10 });
    });
  });

  it("the same, where one claims the last term now and then, and dies in the end", () => {
    const letters = "abcdz";
    const pairs = [...letters].flatMap((a) => [...letters].filter((b) => a < b).map((b) => [a, b] as const));
    const act = fc.record({
      pair: fc.constantFrom(...pairs),
      kind: fc.constantFrom("cut", "link", "claim"),
      pause: fc.nat({ max: 4_000 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...letters), fc.array(act, { maxLength: 25 }), (liar, acts) => {
        const table = tableOf(letters);
        for (const { pair, kind, pause } of acts) {
          if (kind === "cut") table.cut(id(pair[0]), id(pair[1]));
          else if (kind === "link") table.link(id(pair[0]), id(pair[1]));
          else table.claimAs(id(liar), termMax - (pause % 2), table.now);
          table.pass(pause);
        }
        for (const [a, b] of pairs) if (!table.areLinked(id(a), id(b))) table.link(id(a), id(b));
        table.pass(8_000);
        expect(table.hosts().size).toBe(1);
        table.die(id(liar));
        table.pass(hostSilenceMaxMs + claimFallbackMs + 8_000);
        expect(table.hosts().size).toBe(1);
        expect([...table.elections.values()].filter((election) => election.view.role === "host")).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it("from any start, any cuts and any heals, a connected group ends with one host", () => {
    const letters = "abcdef";
    const pairs = [...letters].flatMap((a) => [...letters].filter((b) => a < b).map((b) => [a, b] as const));
    const act = fc.record({ pair: fc.constantFrom(...pairs), isCut: fc.boolean(), pause: fc.integer({ min: 0, max: 2_000 }) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        const table = new Table();
        for (const letter of letters) table.sit(id(letter));
        for (const { pair, isCut, pause } of acts) {
          if (isCut) table.cut(id(pair[0]), id(pair[1]));
          else table.link(id(pair[0]), id(pair[1]));
          table.pass(pause);
        }
        for (const [a, b] of pairs) if (!table.areLinked(id(a), id(b))) table.link(id(a), id(b));
        table.pass(8_000);
        expect(table.hosts().size).toBe(1);
        expect([...table.elections.values()].filter((election) => election.view.role === "host")).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });
});
