import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogId, Millis, PeerId, RoomId } from "../../src/ids.ts";
import { Alarms } from "../../src/rooms/alarms.ts";
import { Backoff } from "../../src/rooms/backoff.ts";
import { takeBatch } from "../../src/rooms/batch.ts";
import { HybridClock, shownTime } from "../../src/rooms/clock.ts";
import { logIdIn, roomIdOf } from "../../src/rooms/digest.ts";
import { compareEvents, type EventBody, signEvent } from "../../src/rooms/event.ts";
import { clockMax, payloadBytesMax, tailEventsMax, tailSlackEvents } from "../../src/rooms/limits.ts";
import { AuthorLog } from "../../src/rooms/log.ts";
import { Membership } from "../../src/rooms/membership.ts";
import { directRoomId, normalRoomName, otherOf, pairOf } from "../../src/rooms/names.ts";
import { cutList, ListCollector } from "../../src/rooms/parts.ts";
import { decodePayload, encodePayload, type RoomsPayload } from "../../src/rooms/payload.ts";
import { createRecord, decodeRecord, idOf } from "../../src/rooms/record.ts";
import { isRoomId, utf8Length } from "../../src/rooms/shape.ts";
import { Timeline } from "../../src/rooms/timeline.ts";
import { identityFromKeys, numbered, type Person, person, signatures, Town } from "./rooms.town.ts";

const at = (ms: number): Millis => ms as Millis;
const logId = "00112233aabbccdd" as LogId;
const ann = person("ann");
const ben = person("ben");
const cid = person("cid");

/** Appends what an author writes, as one that is believed. */
function write(log: AuthorLog, by: Person, body: EventBody, clock: number, roomId = "lobby" as RoomId) {
  const content = { roomId, author: by.self.peerId, logId: log.logId, seq: log.seq + 1, prev: log.head, clock, at: at(clock), body };
  return log.append(signEvent(signatures, by.signSeed, content), at(clock), true, undefined);
}

it("the clock is above everything seen, at least the wall, and stands still only at its end", () => {
  const clock = new HybridClock();
  expect(clock.next(at(100))).toBe(100);
  expect(clock.next(at(100))).toBe(101);
  clock.observe(500);
  clock.observe(300);
  expect(clock.next(at(200))).toBe(501);
  clock.observe(clockMax);
  expect(clock.next(at(200))).toBe(clockMax);
  expect(shownTime(at(1_000), at(1_000_000))).toBe(1_000);
  expect(shownTime(at(1_059_000), at(1_000_000))).toBe(1_059_000);
  expect(shownTime(at(1_061_000), at(1_000_000))).toBe(1_000_000);
});

it("pauses double to their maximum and begin anew when something moved", () => {
  const backoff = new Backoff();
  backoff.begin(at(0));
  backoff.begin(at(500));
  expect(backoff.at).toBe(1_000);
  expect(backoff.take(at(999))).toBe(false);
  const pauses: number[] = [];
  for (let i = 0; i < 7; i++) {
    const due = backoff.at as Millis;
    expect(backoff.take(due)).toBe(true);
    pauses.push((backoff.at as number) - due);
  }
  expect(pauses).toEqual([2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
  backoff.renew(at(90_000));
  expect(backoff.at).toBe(91_000);
  backoff.end();
  expect(backoff.at).toBeUndefined();
});

it("alarms know the first, as a naive search does", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 5 }), fc.option(fc.nat({ max: 20 }), { nil: undefined }), fc.boolean())), (steps) => {
      const alarms = new Alarms<number>();
      const naive = new Map<number, number>();
      for (const [owner, when, look] of steps) {
        alarms.set(owner, when === undefined ? undefined : at(when));
        if (when === undefined) naive.delete(owner);
        else naive.set(owner, when);
        const first = naive.size === 0 ? undefined : Math.min(...naive.values());
        if (look) expect(alarms.next()).toBe(first);
        expect(alarms.due(at(10)).sort()).toEqual(
          [...naive]
            .filter(([, due]) => due <= 10)
            .map(([key]) => key)
            .sort(),
        );
      }
    }),
  );
});

describe("names", () => {
  it("of rooms are compared composed, in lower case, without #", () => {
    expect(normalRoomName(" #Tea-Room_2 ")).toBe("tea-room_2");
    expect(normalRoomName("U\u0308ber")).toBe("über");
    expect(normalRoomName("部屋")).toBe("部屋");
    for (const bad of ["", "#", "##a", "a b", "a.b", "😀", "_", "x".repeat(33), "a\u0000"]) expect(normalRoomName(bad)).toBeUndefined();
  });

  it("of rooms are stable under normalizing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (typed) => {
        const name = normalRoomName(typed);
        if (name !== undefined) expect(normalRoomName(name)).toBe(name);
      }),
    );
  });

  it("of direct conversations are the same from both sides", () => {
    const roomId = directRoomId(ann.self.peerId, ben.self.peerId);
    expect(directRoomId(ben.self.peerId, ann.self.peerId)).toBe(roomId);
    expect(isRoomId(roomId)).toBe(true);
    expect(otherOf(roomId, ann.self.peerId)).toBe(ben.self.peerId);
    expect(otherOf(roomId, ben.self.peerId)).toBe(ann.self.peerId);
    expect(otherOf(roomId, cid.self.peerId)).toBeUndefined();
    expect(pairOf("lobby" as RoomId)).toBeUndefined();
  });

  it("of logs differ between rooms and starts", () => {
    const ids = [
      logIdIn(logId, "lobby" as RoomId),
      logIdIn(logId, "a".repeat(26) as RoomId),
      logIdIn("ffffffffffffffff" as LogId, "lobby" as RoomId),
    ];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
  });

  it("made from digests are base32 (RFC 4648)", () => {
    expect(roomIdOf(new Uint8Array(16))).toBe("a".repeat(26));
    expect(roomIdOf(new Uint8Array(16).fill(255))).toBe(`${"7".repeat(25)}4`);
  });
});

it("UTF-8 lengths are those of an encoder", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void expect(utf8Length(text)).toBe(Buffer.byteLength(text))));
});

it("a record is its own proof", () => {
  const ports = {
    self: ann.self,
    signSeed: ann.signSeed,
    signatures,
    randomBytes: (n: number) => numbered("salt", n),
    wallNow: () => at(1),
    identityFromKeys,
  };
  const record = createRecord(ports, "tea", "public", "kettles");
  expect(decodeRecord(ports, record.bytes)).toEqual(record);
  expect(idOf(record.bytes)).toBe(record.roomId);
  expect(createRecord(ports, "tea", "private", "kettles").roomId).not.toBe(record.roomId);
  for (let i = 0; i < record.bytes.length; i += 3) {
    const spoilt = record.bytes.slice();
    spoilt[i] = (spoilt[i] ?? 0) ^ 0x10;
    expect(decodeRecord(ports, spoilt)).toBeUndefined();
  }
});

it("payloads come out as they went in, and nothing else does", () => {
  const author = ann.self.peerId;
  const { signKey, agreeKey, binding } = ann.self;
  const record = new Uint8Array(300);
  const payloads: RoomsPayload[] = [
    {
      k: "events",
      roomId: "lobby" as RoomId,
      authors: [{ signKey, agreeKey, binding }],
      events: [new Uint8Array(9)],
      floors: [[author, logId, 3]],
    },
    { k: "have", roomId: "lobby" as RoomId, vector: [[author, logId, 0]], whole: true, reply: false },
    { k: "have", roomId: "lobby" as RoomId, vector: [], whole: false, reply: true, record },
    { k: "compare", roomId: "lobby" as RoomId, digests: new Uint8Array(64) },
    { k: "invite", record, authors: [], events: [] },
    { k: "announceRooms", revision: 3, part: 1, parts: 2, rooms: [{ record, joined: true }] },
    { k: "directory", revision: 3, heard: 2, part: 0, parts: 1, rooms: [{ record, members: [author] }] },
    { k: "directorySeen", revision: 3 },
    { k: "directoryAt", revision: 3, heard: 2 },
    { k: "signedDirectory", list: record, signature: new Uint8Array(64) },
  ];
  const optional: RoomsPayload[] = [
    { k: "events", roomId: "lobby" as RoomId, authors: [], events: [], floors: [], quiet: true },
    { k: "have", roomId: "lobby" as RoomId, vector: [], whole: true, reply: true, slices: 5, record },
    { k: "compare", roomId: "lobby" as RoomId, digests: new Uint8Array(64), record },
    { k: "announceRooms", revision: 3, part: 0, parts: 1, rooms: [], seen: 7 },
    { k: "directory", revision: 3, heard: 2, part: 0, parts: 1, rooms: [{ record, members: [], count: 70 }] },
  ];
  for (const payload of optional) {
    expect(decodePayload(encodePayload(payload))).toEqual(payload);
    for (const key of ["quiet", "slices", "record", "seen"]) {
      if (key in payload) expect(decodePayload(encodePayload({ ...payload, [key]: -1 } as never))).toBeUndefined();
    }
  }
  for (const payload of payloads) {
    expect(decodePayload(encodePayload(payload))).toEqual(payload);
    for (const key of Object.keys(payload)) {
      if (key === "record" && payload.k === "have") continue;
      const { [key]: _, ...rest } = payload as unknown as Record<string, unknown>;
      expect(decodePayload(encodePayload(rest as never))).toBeUndefined();
      expect(decodePayload(encodePayload({ ...rest, [key]: -1 } as never))).toBeUndefined();
    }
  }
  expect(decodePayload(encodePayload({ k: "directory", revision: 3, heard: 2, part: 1, parts: 1, rooms: [] }))).toBeUndefined();
  expect(decodePayload(new Uint8Array(payloadBytesMax + 1))).toBeUndefined();
});

it("a list is cut and put together again, in whatever order its parts come", () => {
  const rooms = Array.from({ length: 500 }, (_, i) => ({ i, bytes: 100 + (i % 700) }));
  const parts = cutList(rooms, (room) => room.bytes);
  expect(parts.flat()).toEqual(rooms);
  expect(cutList([], () => 1)).toEqual([[]]);
  const collector = new ListCollector<(typeof rooms)[number]>();
  const order = parts.map((_, part) => part).reverse();
  const last = order.pop() as number;
  for (const part of order) expect(collector.add({ revision: 2, part, parts: parts.length, rooms: parts[part] ?? [] })).toBeUndefined();
  expect(collector.add({ revision: 1, part: 0, parts: 1, rooms: [] })).toBeUndefined();
  expect(collector.add({ revision: 2, part: last, parts: parts.length, rooms: parts[last] ?? [] })).toEqual(rooms);
});

describe("a log", () => {
  it("lets go of its beginning, but not of who came, whom it invited, and its last entry", () => {
    const log = new AuthorLog(ann.self, logId);
    write(log, ann, { kind: "joined", name: "ann" }, 1);
    write(log, ann, { kind: "invited", peerId: ben.self.peerId }, 2);
    for (let i = 0; i < 8; i++) write(log, ann, { kind: "message", text: `${i}` }, 3 + i);
    const whole = log.endAt(10);
    log.page(4);
    log.letGo(4);
    expect([log.floor, log.seq, log.entry(4), log.entry(5)?.event.seq]).toEqual([4, 10, undefined, 5]);
    expect(log.pinned.map((event) => event.body.kind)).toEqual(["joined", "invited"]);
    expect(log.endAt(10)).toBe(whole);
    expect(log.endAt(2)).toBe(log.endAt(4));
    log.page(10);
    log.letGo(10);
    expect([log.floor, log.entry(10)?.event.seq]).toEqual([9, 10]);
  });

  it("begins above a floor with what is pinned", () => {
    const log = new AuthorLog(ann.self, logId);
    for (let i = 0; i < 5; i++) write(log, ann, { kind: "message", text: `${i}` }, i);
    const next = log.entry(5)?.event;
    const copy = new AuthorLog(ann.self, logId);
    if (next === undefined) throw new Error("no entry");
    copy.startAbove(4, next);
    expect(copy.place(next)).toBe("next");
    copy.append(next, at(0), false, undefined);
    expect([copy.floor, copy.seq, copy.speaking]).toEqual([4, 5, true]);
  });
});

it("batches go in the order of screens, the receiver's own first, and below the bound", () => {
  const logs = [ann, ben, cid].map((by) => ({ by, log: new AuthorLog(by.self, logId) }));
  for (let i = 0; i < 90; i++) {
    const { by, log } = logs[i % 3] as (typeof logs)[number];
    write(log, by, { kind: "message", text: "x".repeat(1_000) }, 100 + i);
  }
  const queues = logs.map(({ log }) => ({ log, sent: 0, target: log.seq, above: 0 }));
  const sent: { author: PeerId; clock: number }[] = [];
  const inMemory = { at: (log: AuthorLog, seq: number) => log.entry(seq), pinsAt: (log: AuthorLog) => log.pinned };
  for (
    let batch = takeBatch(queues, ben.self.peerId, inMemory, () => true);
    batch !== undefined;
    batch = takeBatch(queues, ben.self.peerId, inMemory, () => true)
  ) {
    const authors = batch.logs.map(({ author }) => author);
    const payload = encodePayload({
      k: "events",
      roomId: "lobby" as RoomId,
      authors,
      events: batch.events.map((event) => event.bytes),
      floors: batch.floors,
    });
    expect(payload.length).toBeLessThanOrEqual(payloadBytesMax);
    sent.push(...batch.events);
  }
  expect(sent).toHaveLength(90);
  expect(sent.slice(0, 30).every(({ author }) => author === ben.self.peerId)).toBe(true);
  for (const part of [sent.slice(0, 30), sent.slice(30)])
    expect(part.map(({ clock }) => clock)).toEqual(part.map(({ clock }) => clock).sort((a, b) => a - b));
});

it("membership does not depend on the order in which entries come", () => {
  const roomId = "b".repeat(26) as RoomId;
  const bodies: readonly (readonly [Person, EventBody])[] = [
    [ann, { kind: "joined", name: "ann" }],
    [ann, { kind: "invited", peerId: ben.self.peerId }],
    [ben, { kind: "joined", name: "ben" }],
    [ben, { kind: "invited", peerId: cid.self.peerId }],
    [cid, { kind: "joined", name: "cid" }],
    [ben, { kind: "left" }],
    [person("dan"), { kind: "joined", name: "dan" }],
    [person("dan"), { kind: "invited", peerId: person("eve").self.peerId }],
  ];
  const logs = new Map<PeerId, AuthorLog>();
  const events = bodies.map(([by, body], i) => {
    const log = logs.get(by.self.peerId) ?? new AuthorLog(by.self, logId);
    logs.set(by.self.peerId, log);
    return write(log, by, body, i, roomId).event;
  });
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
      const membership = new Membership({ type: "private", creator: ann.self.peerId }, person("zoe").self.peerId);
      for (const event of shuffled) membership.apply(event);
      expect(membership.members()).toEqual([ann.self.peerId, cid.self.peerId].sort());
      expect(membership.permits(ben.self.peerId)).toBe(true);
      expect(membership.permits(person("eve").self.peerId)).toBe(false);
    }),
  );
});

it("a timeline is sorted however entries come", () => {
  const log = new AuthorLog(ann.self, logId);
  const entries = Array.from({ length: 40 }, (_, i) => write(log, ann, { kind: "message", text: `${i}` }, Math.floor(i / 3)));
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: 1 }), (shuffled) => {
      const timeline = new Timeline();
      for (const entry of shuffled) timeline.insert(entry);
      const sorted = [...shuffled].sort((a, b) => compareEvents(a.event, b.event));
      expect(timeline.messages).toEqual(sorted);
      for (const [i, entry] of sorted.entries()) expect([...timeline.before(entry.event)]).toEqual(sorted.slice(0, i).reverse());
      for (const [i, entry] of sorted.entries()) expect([...timeline.after(entry.event)]).toEqual(sorted.slice(i + 1));
    }),
    { numRuns: 50 },
  );
});

it("history is bounded, and a newcomer still learns who is in the room", () => {
  const t = new Town();
  const [a, b, c] = [t.add("ann"), t.add("ben"), t.add("cid")];
  t.linkAll();
  t.elect(a);
  const { roomId } = t.act(a, a.rooms.createRoom("long", "public", "", t.millis));
  t.settle();
  t.act(b, b.rooms.joinRoom(roomId, t.millis));
  t.settle();
  t.act(c, c.rooms.joinRoom(roomId, t.millis));
  t.settle();
  t.say(c, roomId, "the only word of cid");
  for (let i = 0; i < tailEventsMax + 600; i++) {
    t.say(i % 2 ? a : b, roomId, `${i}`);
    if (i % 50 === 0) t.run(40);
  }
  t.settle();
  const count = (rooms: typeof a): number => {
    let all = 0;
    for (let page = rooms.page(roomId, undefined, 500); ; page = rooms.page(roomId, { before: page.messages[0]?.messageId ?? "" }, 500)) {
      all += page.messages.length;
      if (!page.hasMore) return all;
    }
  };
  expect(count(a)).toBeLessThanOrEqual(tailEventsMax + tailSlackEvents);
  t.unlinkAll(c);
  const dan = t.add("dan");
  for (const other of [a, b]) t.link(other, dan);
  t.elect(a);
  t.settle();
  t.act(dan, dan.rooms.joinRoom(roomId, t.millis));
  t.settle();
  expect(dan.rooms.members(roomId)).toEqual([a, b, c, dan].map((citizen) => citizen.peerId).sort());
  expect(dan.texts(roomId)).toEqual(a.texts(roomId));
  t.say(dan, roomId, "made it");
  t.settle();
  expect(a.texts(roomId).at(-1)).toBe("made it");
}, 60_000);
