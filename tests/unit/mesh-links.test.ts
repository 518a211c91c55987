import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConnectionId, PeerId } from "../../src/ids.ts";
import { duplicateWindowMs } from "../../src/mesh/limits.ts";
import { Links } from "../../src/mesh/links.ts";
import { at, instanceOf, person, placeOf } from "./mesh-fixture.ts";

const id = (name: string): ConnectionId => name as ConnectionId;
const remote = (number: number, instance = instanceOf(number)) => ({ identity: person(number), instance, address: placeOf(number) });

describe("which of two connections lives", () => {
  const [smaller, larger] = [1, 2];
  const cases: {
    what: string;
    self: number;
    first: boolean;
    second: boolean;
    openFor?: number;
    instance?: string;
    keeps: "first" | "second";
  }[] = [
    { what: "both dialled; the smaller id's came first, seen by it", self: smaller, first: true, second: false, keeps: "first" },
    { what: "the same, seen by the other", self: larger, first: false, second: true, keeps: "first" },
    { what: "both dialled; the smaller id's came second, seen by it", self: smaller, first: false, second: true, keeps: "second" },
    { what: "the same, seen by the other", self: larger, first: true, second: false, keeps: "second" },
    { what: "both dialled, the first open for a moment", self: smaller, first: true, second: false, openFor: 100, keeps: "first" },
    {
      what: "an old open link: the other side has lost it",
      self: smaller,
      first: true,
      second: false,
      openFor: duplicateWindowMs,
      keeps: "second",
    },
    { what: "the same, seen by the other", self: larger, first: false, second: true, openFor: duplicateWindowMs, keeps: "second" },
    { what: "one dialler twice", self: smaller, first: true, second: true, keeps: "second" },
    { what: "one dialler twice, seen by the dialled", self: smaller, first: false, second: false, keeps: "second" },
    { what: "another start of the other", self: smaller, first: true, second: false, instance: "f".repeat(16), keeps: "second" },
  ];
  it.each(cases)("$what: the $keeps", ({ self, first, second, openFor, instance, keeps }) => {
    const other = self === smaller ? larger : smaller;
    const links = new Links(person(self).peerId);
    links.authenticated(id("first"), first, remote(other), at(0));
    if (openFor !== undefined) links.opened(id("first"), at(0));
    const { added, closed } = links.authenticated(id("second"), second, remote(other, instance), at(openFor ?? 0));
    expect(closed?.connectionId).toBe(keeps === "second" ? "first" : undefined);
    expect(added?.connectionId).toBe(keeps === "second" ? "second" : undefined);
    expect(links.count).toBe(1);
  });
});

/** What each side still has to hear about, in the order in which the wire brings it: per connection, not among them. */
interface End {
  readonly links: Links;
  readonly self: PeerId;
  readonly other: number;
  readonly inbox: Map<string, { type: "authenticated" | "opened" | "closed"; dialled: boolean }[]>;
}

it("whatever the interleaving, two that dial each other end with the same single connection", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), fc.boolean(), (choices, opensEarly) => {
      const ends = [1, 2].map(
        (self): End => ({ links: new Links(person(self).peerId), self: person(self).peerId, other: 3 - self, inbox: new Map() }),
      );
      const [left, right] = ends as [End, End];
      for (const [name, dialler] of [
        ["a", left],
        ["b", right],
      ] as const) {
        for (const end of ends) {
          const facts: { type: "authenticated" | "opened"; dialled: boolean }[] = [{ type: "authenticated", dialled: end === dialler }];
          if (opensEarly) facts.push({ type: "opened", dialled: end === dialler });
          end.inbox.set(name, facts);
        }
      }
      const close = (end: End, name: string): void => {
        const facing = end === left ? right : left;
        facing.inbox.get(name)?.push({ type: "closed", dialled: false });
      };
      let now = 0;
      for (let step = 0; ; step += 1) {
        const waiting = ends.flatMap((end) => [...end.inbox].filter(([, facts]) => facts.length > 0).map(([name]) => ({ end, name })));
        const next = waiting[(choices[step % choices.length] ?? 0) % Math.max(1, waiting.length)];
        if (next === undefined) break;
        const fact = next.end.inbox.get(next.name)?.shift();
        now += 10;
        const { links, other } = next.end;
        if (fact?.type === "authenticated") {
          const { added, closed } = links.authenticated(id(next.name), fact.dialled, remote(other), at(now));
          if (closed !== undefined) close(next.end, closed.connectionId);
          if (added === undefined) close(next.end, next.name);
        } else if (fact?.type === "opened") links.opened(id(next.name), at(now));
        else links.remove(id(next.name));
      }
      const kept = ends.map(({ links }) => links.all().map(({ connectionId }) => connectionId));
      // The smaller id is the left one's, who dialled "a".
      expect(kept).toEqual([["a"], ["a"]]);
    }),
    { numRuns: 500 },
  );
});

it("counts a connection overdue when it does not open, and a link when it is silent", () => {
  const links = new Links(person(1).peerId);
  links.authenticated(id("a"), true, remote(2), at(0));
  links.authenticated(id("b"), true, remote(3), at(0));
  links.opened(id("b"), at(1_000));
  expect(links.nextDeadline(3_500)).toBe(4_500);
  expect(links.overdue(at(4_500), 3_500).map(({ connectionId }) => connectionId)).toEqual(["b"]);
  expect(links.overdue(at(8_000), 3_500).map(({ connectionId }) => connectionId)).toEqual(["a", "b"]);
});
