/** Messages that disappear: agreed by order, unreadable everywhere once their time is over, and nobody else's to shorten or lengthen. */
import { describe, expect, it } from "vitest";
import type { LogId, Millis, PeerId, RoomId } from "../../src/ids.ts";
import { encodeCbor } from "../../src/rooms/cbor.ts";
import { decodeEvent, type EventBody, type RoomEvent, signEvent } from "../../src/rooms/event.ts";
import { directRoomId } from "../../src/rooms/index.ts";
import { timedBoxBytesMax, timedPadBytes, timerGraceMs, timerMsMax, timerMsMin } from "../../src/rooms/limits.ts";
import { decodePayload, encodePayload, type RoomsPayload } from "../../src/rooms/payload.ts";
import { openText, sealText } from "../../src/rooms/timed.ts";
import { findBytes, findText } from "../support/find-in.ts";
import { type Citizen, numbered, person, signatures, Town, three } from "./rooms.town.ts";

const minuteMs = 60_000;
const direct = (a: Citizen, b: Citizen): RoomId => directRoomId(a.peerId, b.peerId);
const setTimer = (t: Town, who: Citizen, where: RoomId, afterMs: number | null): void => {
  t.act(who, who.rooms.setTimer(where, afterMs, t.millis));
};

/** Ann, Ben and Cid in a private room. */
function inRoom(): ReturnType<typeof three> & { room: RoomId } {
  const all = three();
  const { t, ann, ben, cid } = all;
  const room = t.act(ann, ann.rooms.createRoom("tea", "private", "", t.millis)).roomId;
  for (const guest of [ben, cid]) {
    t.act(ann, ann.rooms.invite(room, guest.peerId, t.millis));
    t.run(5_000);
    t.act(guest, guest.rooms.joinRoom(room, t.millis));
  }
  t.run(10_000);
  return { ...all, room };
}

const keysIn = (payload: RoomsPayload | undefined): Uint8Array[] =>
  payload?.k === "events" ? (payload.keys ?? []).map(([, key]) => key) : [];

describe("a message that disappears", () => {
  it("is read until its time is over, and then stands nowhere in anybody's state: neither its text nor its key", () => {
    const { t, ann, ben, cid, room } = inRoom();
    const keys = new Set<Uint8Array>();
    t.watch = (_from, _to, payload) => {
      for (const key of keysIn(decodePayload(payload))) keys.add(key.slice());
    };
    setTimer(t, ann, room, minuteMs);
    t.run(2_000);
    const id = t.say(ann, room, "the cake is in the cellar");
    t.run(5);
    t.say(ben, room, "and the @ann spoon with it");
    t.run(3_000);
    for (const one of [ann, ben, cid]) expect(one.texts(room)).toEqual(["", "the cake is in the cellar", "and the @ann spoon with it"]);
    expect(ann.rooms.unread(room)).toBe(1);
    expect(ann.rooms.mentioned(room)).toBe(true);
    expect(cid.rooms.message(id)?.expiresAt).toBeGreaterThan(ann.ports.wallNow());
    expect(keys.size).toBeGreaterThan(0);
    for (const one of [ann, ben, cid]) {
      expect(findText(one.rooms, "cellar")).toBeDefined();
      expect([...keys].some((key) => findBytes(one.rooms, key) !== undefined)).toBe(true);
    }

    t.run(minuteMs);
    for (const one of [ann, ben, cid]) {
      expect(one.texts(room)).toEqual([""]);
      expect(one.rooms.search({ words: "cellar" }, 10)).toEqual([]);
      expect(one.rooms.message(id)).toBeUndefined();
      expect([one.rooms.unread(room), one.rooms.mentioned(room)]).toEqual([0, false]);
      expect(one.changes).toContainEqual({ type: "messageRemoved", messageId: id, roomId: room });
      for (const word of ["cellar", "spoon"]) expect(findText(one.rooms, word)).toBeUndefined();
      for (const key of keys) expect(findBytes(one.rooms, key)).toBeUndefined();
    }
    // The chain is whole: what follows is taken in.
    t.say(ann, room, "still here");
    t.run(3_000);
    expect(cid.texts(room).at(-1)).toBe("still here");
  });

  it("comes to whoever was away as an entry without a key: nothing is shown, and nothing seems lost", () => {
    const { t, ann, ben, cid, room } = inRoom();
    setTimer(t, ann, room, minuteMs);
    t.unlinkAll(cid);
    t.say(ann, room, "gone before you come");
    t.run(2 * minuteMs);
    t.say(ann, room, "this one you see");
    t.linkAll();
    t.run(20_000);
    expect(cid.texts(room)).toEqual(["", "this one you see"]);
    expect(cid.rooms.unread(room)).toBe(1);
    expect(ben.texts(room)).toEqual(["", "this one you see"]);
    expect(cid.failures).toEqual([]);
  });

  it("counts for each reader from its coming, and at most a day longer than for its author", () => {
    const { t, ann, cid, room } = inRoom();
    setTimer(t, ann, room, 10 * minuteMs);
    t.run(1_000);
    t.unlinkAll(cid);
    t.say(ann, room, "late");
    t.run(9 * minuteMs);
    t.linkAll();
    t.run(20_000);
    t.run(9 * minuteMs);
    expect(ann.texts(room)).toEqual([""]);
    expect(cid.texts(room)).toEqual(["", "late"]);
    t.run(2 * minuteMs);
    expect(cid.texts(room)).toEqual([""]);
  });

  it("keeps a page that begins before it, though it is gone", () => {
    const { t, ann, room } = inRoom();
    for (const text of ["one", "two"]) t.say(ann, room, text);
    setTimer(t, ann, room, timerMsMin);
    const id = t.say(ann, room, "three");
    t.run(2 * timerMsMin);
    expect(ann.rooms.listMessages(room, { before: id }, 10)?.messages.map(({ text }) => text)).toEqual(["one", "two", ""]);
  });
});

describe("a timer", () => {
  it("is the newest word of a member, wherever two set it at once, and whatever comes first", () => {
    const { t, ann, ben, cid, room } = inRoom();
    t.unlinkAll(ann);
    setTimer(t, ann, room, minuteMs);
    setTimer(t, ben, room, 60 * minuteMs);
    t.linkAll();
    t.run(20_000);
    const [first] = [ann, ben, cid].map(({ rooms }) => rooms.room(room)?.timerMs);
    expect(first).toBeDefined();
    for (const { rooms } of [ann, ben, cid]) expect(rooms.room(room)?.timerMs).toBe(first);
    for (const one of [ann, ben, cid])
      expect(
        one
          .messages(room)
          .map(({ timerMs }) => timerMs)
          .sort(),
      ).toEqual([minuteMs, 60 * minuteMs].sort());
    setTimer(t, cid, room, null);
    t.run(5_000);
    for (const { rooms } of [ann, ben, cid]) expect(rooms.room(room)?.timerMs).toBeUndefined();
    t.say(ann, room, "this stays");
    t.run(3 * timerMsMax);
    expect(ben.texts(room).at(-1)).toBe("this stays");
  });

  it("stands in a conversation of two, is known to whoever comes later, and never in the lobby", () => {
    const { t, ann, ben, cid, room } = inRoom();
    setTimer(t, ben, direct(ann, ben), minuteMs);
    t.run(2_000);
    expect(ann.rooms.room(direct(ann, ben))?.timerMs).toBe(minuteMs);
    expect(ann.rooms.setTimer("lobby" as RoomId, minuteMs, t.millis)).toEqual({ ok: false, code: "lobbyPermanent" });
    setTimer(t, ben, room, 5 * minuteMs);
    const dan = t.add("dan");
    t.linkAll();
    t.act(cid, cid.rooms.invite(room, dan.peerId, t.millis));
    t.run(5_000);
    t.act(dan, dan.rooms.joinRoom(room, t.millis));
    t.run(10_000);
    expect(dan.rooms.room(room)?.timerMs).toBe(5 * minuteMs);
  });

  it("is not said twice", () => {
    const { t, ann, room } = inRoom();
    setTimer(t, ann, room, minuteMs);
    setTimer(t, ann, room, minuteMs);
    expect(ann.messages(room)).toHaveLength(1);
  });
});

describe("somebody who means ill", () => {
  const mal = person("mal");
  const malLog = "00112233aabbccdd" as LogId;
  const wall = 1_790_000_000_000;

  function signed(roomId: RoomId, bodies: readonly EventBody[], at = wall): RoomEvent[] {
    const events: RoomEvent[] = [];
    for (const [i, body] of bodies.entries()) {
      const prev = events.at(-1)?.digest ?? new Uint8Array(0);
      const content = { roomId, author: mal.self.peerId, logId: malLog, seq: i + 1, prev, clock: wall + i, at: at as Millis, body };
      events.push(signEvent(signatures, mal.signSeed, content));
    }
    return events;
  }

  function withMal(): { t: Town; ann: Citizen; eve: Citizen; room: RoomId } {
    const t = new Town();
    const ann = t.add("ann");
    const eve = t.add("mal");
    t.linkAll();
    t.elect(ann);
    t.run(10_000);
    return { t, ann, eve, room: directRoomId(ann.peerId, eve.peerId) };
  }
  const random = (length: number): Uint8Array => numbered("random", length);
  const give = (t: Town, to: Citizen, from: PeerId, events: readonly RoomEvent[], keys: readonly (readonly [number, Uint8Array])[]) =>
    to.rooms.receive(
      from,
      encodePayload({
        k: "events",
        roomId: events[0]?.roomId as RoomId,
        authors: [],
        events: events.map(({ bytes }) => bytes),
        floors: [],
        keys,
      }),
      t.millis,
    );

  it("gives a text that its entry does not vouch for to nobody", () => {
    const { t, ann, eve, room } = withMal();
    const { body, key } = sealText(random, { text: "one thing to you" }, minuteMs);
    const other = numbered("another key", 32);
    const events = signed(room, [body]);
    expect(give(t, ann, eve.peerId, events, [[0, other]]).ok).toBe(true);
    expect(ann.texts(room)).toEqual([]);
    // The right one may come later, from whoever has it.
    const learnt = give(t, ann, eve.peerId, events, [[0, key]]);
    expect(learnt.ok && learnt.outcome.changes.some(({ type }) => type === "messageAdded")).toBe(true);
    expect(ann.texts(room)).toEqual(["one thing to you"]);
    expect(openText(body, other)).toBeUndefined();
  });

  it("gets its own words read for no longer than it says, whatever its clock, and none of ours", () => {
    const { t, ann, eve, room } = withMal();
    t.say(ann, room, "mine stays");
    t.run(1_000);
    const { body, key } = sealText(random, { text: "from the far future" }, minuteMs);
    give(t, ann, eve.peerId, signed(room, [{ kind: "timer", afterMs: timerMsMin }, body], wall + 10 * timerGraceMs), [[1, key]]);
    expect(ann.texts(room).sort()).toEqual(["", "from the far future", "mine stays"].sort());
    t.run(2 * minuteMs);
    expect(ann.texts(room).sort()).toEqual(["", "mine stays"].sort());
    // Once gone it is gone, whoever brings the key again.
    give(t, ann, eve.peerId, signed(room, [{ kind: "timer", afterMs: timerMsMin }, body], wall + 10 * timerGraceMs), [[1, key]]);
    expect(ann.texts(room).sort()).toEqual(["", "mine stays"].sort());
  });

  it("is refused what no honest peer writes", () => {
    const { room } = withMal();
    const { body } = sealText(random, { text: "x" }, minuteMs);
    const bad: EventBody[] = [
      { kind: "timer", afterMs: timerMsMin - 1 },
      { kind: "timer", afterMs: timerMsMax + 1 },
      { ...body, afterMs: 0 },
      { ...body, check: new Uint8Array(31) },
      { ...body, box: new Uint8Array(timedBoxBytesMax + 1) },
    ];
    for (const one of bad) {
      const { kind, ...fields } = one;
      const bytes = encodeCbor([room, mal.self.peerId, malLog, 1, new Uint8Array(0), wall, wall, kind, fields, new Uint8Array(64)]);
      expect(decodeEvent(bytes)).toBeUndefined();
    }
  });

  it("learns only roughly how long a message was, from what is left of it", () => {
    const length = (text: string): number => sealText(random, { text }, minuteMs).body.box.length;
    expect(length("yes")).toBe(length("no, not before Thursday"));
    expect(length("x".repeat(timedPadBytes))).toBeGreaterThan(length("x"));
  });
});
