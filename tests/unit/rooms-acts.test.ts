/** What people do with messages: alike on every screen, whatever the order of arrival, and final where something is taken back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogId, Millis, PeerId } from "../../src/ids.ts";
import { type ActBody, doneTo } from "../../src/rooms/acts.ts";
import { compareEvents, type EventBody, type RoomEvent } from "../../src/rooms/event.ts";
import type { LogEntry } from "../../src/rooms/log.ts";
import { tailBounds } from "../../src/rooms/timeline.ts";
import { findText } from "../support/find-in.ts";
import { KeptTown, kept } from "./rooms.kept-town.ts";
import type { Citizen } from "./rooms.town.ts";

const people = ["a", "b", "c"] as const;
const signs = ["👍", "🎉"] as const;

const actBy = (author: string, clock: number, body: ActBody): LogEntry =>
  ({
    event: { author: author as PeerId, logId: "0011223344556677" as LogId, seq: clock, clock, body } as RoomEvent,
    shownAt: clock as Millis,
    isSpoken: true,
    secret: body.kind === "edit" ? { key: new Uint8Array(32), said: { text: `v${clock}` }, expiresAt: undefined } : undefined,
  }) as LogEntry;

const sealed = { check: new Uint8Array(32), box: new Uint8Array(1) };
const body: fc.Arbitrary<ActBody> = fc.oneof(
  fc.constant<ActBody>({ kind: "edit", of: "m", ...sealed }),
  fc.record({ kind: fc.constant("react" as const), of: fc.constant("m"), emoji: fc.constantFrom(...signs), on: fc.boolean() }),
  fc.record({ kind: fc.constant("pin" as const), of: fc.constant("m"), on: fc.boolean() }),
  fc.constant<ActBody>({ kind: "delete", of: "m" }),
);
const message = { author: "a" as PeerId, body: { kind: "message", text: "v0" } as EventBody } as RoomEvent;

/** As one would say it: go through all in order, and remember. */
function naive(acts: readonly LogEntry[]): unknown {
  let text = "v0";
  let pinned = false;
  const reactions = new Map<string, Set<string>>();
  for (const { event } of [...acts].sort((a, b) => compareEvents(a.event, b.event))) {
    const { author } = event;
    const act = event.body as ActBody;
    if (act.kind === "delete" && author === "a") return "deleted";
    if (act.kind === "edit" && author === "a") text = `v${event.clock}`;
    if (act.kind === "pin") pinned = act.on;
    if (act.kind === "react") {
      const from = reactions.get(act.emoji) ?? new Set();
      reactions.set(act.emoji, from);
      if (act.on) from.add(author);
      else from.delete(author);
    }
  }
  return { text, pinned, reactions: signs.map((sign) => [...(reactions.get(sign) ?? [])].sort()) };
}

it("acts end in the same whatever the order in which they came, and as one would say it", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...people), body), { maxLength: 12 }), fc.infiniteStream(fc.nat()), (drawn, numbers) => {
      const acts = drawn.map(([author, act], at) => actBy(author, at + 1, act));
      const shuffled = acts.map((act) => ({ act, at: numbers.next().value as number })).sort((a, b) => a.at - b.at);
      const done = doneTo(
        message,
        shuffled.map(({ act }) => act),
      );
      expect(done).toEqual(doneTo(message, acts));
      const shown = done.isDeleted
        ? "deleted"
        : {
            text: done.edits.at(-1)?.secret?.said.text ?? "v0",
            pinned: done.pinned !== undefined,
            reactions: signs.map((sign) => done.reactions.find(({ emoji }) => emoji === sign)?.from ?? []),
          };
      expect(shown).toEqual(naive(acts));
    }),
  );
});

type Trio = { t: KeptTown; ann: Citizen; ben: Citizen; cid: Citizen };
function trio(): Trio {
  const { t, people: all } = kept("ann", "ben", "cid");
  const [ann, ben, cid] = all as [Citizen, Citizen, Citizen];
  return { t, ann, ben, cid };
}

const shownTo = (citizen: Citizen, id: string): unknown => {
  const message_ = citizen.rooms.message(id);
  return message_ && { text: message_.text, deleted: message_.isDeleted, reactions: message_.reactions, pinned: message_.pinned?.by };
};

describe("in a room", () => {
  it("corrections, signs and pins are shown to everybody, and are there after a restart", () => {
    const { t, ann, ben, cid } = trio();
    const id = t.say(ann, "lobby", "frist");
    t.settle();
    t.act(ann, ann.rooms.acts.edit(id, "first", t.millis));
    t.act(ben, ben.rooms.acts.react(id, "👍", true, t.millis));
    t.act(cid, cid.rooms.acts.react(id, "👍", true, t.millis));
    t.act(cid, cid.rooms.acts.react(id, "🎉", true, t.millis));
    t.act(ben, ben.rooms.acts.pin(id, true, t.millis));
    t.settle();
    t.act(cid, cid.rooms.acts.react(id, "🎉", false, t.millis));
    t.settle();
    const shown = {
      text: "first",
      deleted: false,
      reactions: [{ emoji: "👍", from: [ben.peerId, cid.peerId].sort() }],
      pinned: ben.peerId,
    };
    for (const one of [ann, ben, cid, t.restart(cid)]) {
      expect(shownTo(one, id)).toEqual(shown);
      expect(one.rooms.acts.versions(id)?.map(({ text }) => text)).toEqual(["frist", "first"]);
      expect(one.rooms.acts.pinned("lobby" as never).map(({ messageId }) => messageId)).toEqual([id]);
      expect(one.texts("lobby")).toEqual(["first"]);
    }
  });

  it("nobody but its author corrects a message or takes it back", () => {
    const { t, ann, ben } = trio();
    const id = t.say(ann, "lobby", "mine");
    t.settle();
    expect(ben.rooms.acts.edit(id, "yours", t.millis)).toMatchObject({ ok: false, code: "notYours" });
    expect(ben.rooms.acts.delete(id, t.millis)).toMatchObject({ ok: false, code: "notYours" });
    expect(ann.rooms.acts.edit(id, "x".repeat(20_000), t.millis)).toMatchObject({ ok: false, code: "textTooLong" });
    expect(ben.rooms.acts.react("no/such/1", "👍", true, t.millis)).toMatchObject({ ok: false, code: "unknownMessage" });
  });

  it("what is taken back is in nobody's memory and on nobody's disk, in none of its versions, whoever was away", () => {
    const { t, ann, ben, cid } = trio();
    const id = t.say(ann, "lobby", "a secret slip");
    t.say(ben, "lobby", "harmless");
    t.settle();
    t.act(ann, ann.rooms.acts.edit(id, "another slip", t.millis));
    t.settle();
    for (const one of [ann, ben, cid]) expect(findText(one.rooms, "another slip")).toBeDefined();
    t.unlinkAll(cid);
    t.act(ann, ann.rooms.acts.delete(id, t.millis));
    t.settle();
    t.stop(ann);
    const again = t.restart(cid);
    t.link(ben, again);
    t.elect(ben);
    t.settle();
    for (const one of [ben, again, t.restart(again)]) {
      expect(shownTo(one, id)).toEqual({ text: "", deleted: true, reactions: [], pinned: undefined });
      expect(one.texts("lobby").sort()).toEqual(["", "harmless"]);
      expect(one.rooms.acts.versions(id)).toEqual([]);
      for (const text of ["secret slip", "another slip"]) {
        expect(findText(one.rooms, text)).toBeUndefined();
        expect(findText(t.shelf(one), text)).toBeUndefined();
      }
      expect(one.rooms.search({ words: "slip" }, 10)).toEqual([]);
      expect(one.rooms.acts.react(id, "👍", true, t.millis)).toMatchObject({ ok: false, code: "deleted" });
    }
  });

  it("what is taken back stays so when somebody who has not heard of it sends it again, key and all", () => {
    const { t, ann, ben } = trio();
    const payloads: Uint8Array[] = [];
    t.watch = (from, to, payload) => from === ann && to === ben && payloads.push(payload);
    const id = t.say(ann, "lobby", "a secret slip");
    t.settle();
    t.act(ann, ann.rooms.acts.edit(id, "another slip", t.millis));
    t.settle();
    const said = payloads.splice(0);
    t.act(ann, ann.rooms.acts.delete(id, t.millis));
    t.settle();
    for (const payload of said) {
      const received = ben.rooms.receive(ann.peerId, payload, t.millis);
      if (received.ok) t.take(ben, received.outcome);
    }
    t.settle();
    expect(shownTo(ben, id)).toMatchObject({ text: "", deleted: true });
    for (const text of ["secret slip", "another slip"]) {
      expect(findText(ben.rooms, text)).toBeUndefined();
      expect(findText(t.shelf(ben), text)).toBeUndefined();
    }
  });

  it("acts on messages that memory does not hold any more count, before and after they left it", () => {
    const t = new KeptTown();
    t.tail = { ...tailBounds, events: 40, slack: 10, recent: 20, recentRoomMin: 50 };
    const [ann, ben] = [t.add("ann"), t.add("ben")];
    t.linkAll();
    t.elect(ann);
    t.settle();
    const ids = Array.from({ length: 120 }, (_, i) => t.say(ann, "lobby", `old ${i}.`));
    t.settle();
    t.act(ben, ben.rooms.acts.pin(ids[3] as string, true, t.millis));
    t.act(ann, ann.rooms.acts.edit(ids[5] as string, "corrected", t.millis));
    for (let i = 0; i < 120; i++) t.say(ann, "lobby", `new ${i}.`);
    t.settle();
    t.act(ann, ann.rooms.acts.delete(ids[7] as string, t.millis));
    t.act(ben, ben.rooms.acts.react(ids[9] as string, "👍", true, t.millis));
    t.settle();
    const cid = t.add("cid");
    for (const other of [ann, ben]) t.link(other, cid);
    t.elect(ann);
    t.settle(60_000, 400_000);
    for (const one of [ann, ben, cid, t.restart(ben), t.restart(cid)]) {
      const texts = one.messages("lobby").map(({ text }) => text);
      expect(texts.slice(3, 11)).toEqual(["old 3.", "old 4.", "corrected", "old 6.", "", "old 8.", "old 9.", "old 10."]);
      expect(one.rooms.message(ids[9] as string)?.reactions).toEqual([{ emoji: "👍", from: [ben.peerId] }]);
      expect(one.rooms.acts.pinned("lobby" as never).map(({ text }) => text)).toEqual(["old 3."]);
      expect(findText(t.shelf(one), "old 7.")).toBeUndefined();
    }
  });
});
