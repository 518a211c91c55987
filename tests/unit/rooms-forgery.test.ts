import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogId, Millis, PeerId, RoomId } from "../../src/ids.ts";
import { encodeCbor } from "../../src/rooms/cbor.ts";
import { decodeEvent, type EventBody, type RoomEvent, signEvent } from "../../src/rooms/event.ts";
import { directRoomId } from "../../src/rooms/index.ts";
import { encodePayload, type RoomsPayload, type VectorEntry } from "../../src/rooms/payload.ts";
import { createRecord } from "../../src/rooms/record.ts";
import { type Citizen, identityFromKeys, numbered, person, signatures, Town } from "./rooms.town.ts";

const lobby = "lobby" as RoomId;
const logId = "00112233aabbccdd" as LogId;
const mal = person("mal");

/** The next entries of a log, properly made. */
function entries(
  author: ReturnType<typeof person>,
  roomId: RoomId,
  bodies: readonly EventBody[],
  clock = 1_790_000_100_000,
  log = logId,
): RoomEvent[] {
  const events: RoomEvent[] = [];
  for (const [i, body] of bodies.entries()) {
    const prev = events.at(-1)?.digest ?? new Uint8Array(0);
    const content = { roomId, author: author.self.peerId, logId: log, seq: i + 1, prev, clock: clock + i, at: clock as Millis, body };
    events.push(signEvent(signatures, author.signSeed, content));
  }
  return events;
}
const said = (text: string): EventBody => ({ kind: "message", text });
const eventsOf = (
  roomId: RoomId,
  events: readonly (RoomEvent | Uint8Array)[],
  authors = [mal.self],
  floors: VectorEntry[] = [],
): RoomsPayload => ({
  k: "events",
  roomId,
  authors: authors.map(({ signKey, agreeKey, binding }) => ({ signKey, agreeKey, binding })),
  events: events.map((event) => (event instanceof Uint8Array ? event : event.bytes)),
  floors,
});

function pair(): { t: Town; ann: Citizen; eve: Citizen } {
  const t = new Town();
  const ann = t.add("ann");
  const eve = t.add("mal");
  t.linkAll();
  t.elect(ann);
  t.settle();
  return { t, ann, eve };
}
const give = (t: Town, to: Citizen, from: PeerId, payload: RoomsPayload) => to.rooms.receive(from, encodePayload(payload), t.millis);

describe("an entry", () => {
  it("by somebody else's key has no effect, nor has what comes with it", () => {
    const { t, ann } = pair();
    const good = entries(mal, lobby, [said("good")])[0] as RoomEvent;
    const ben = person("ben");
    const forged = signEvent(signatures, mal.signSeed, { ...(entries(ben, lobby, [said("as ben")])[0] as RoomEvent) });
    expect(give(t, ann, mal.self.peerId, eventsOf(lobby, [good, forged], [mal.self, ben.self]))).toEqual({
      ok: false,
      failure: "unauthentic",
    });
    expect(ann.texts(lobby)).toEqual([]);
    expect(give(t, ann, mal.self.peerId, eventsOf(lobby, [good])).ok).toBe(true);
    expect(ann.texts(lobby)).toEqual(["good"]);
  });

  it("changed in any byte is refused", () => {
    const { t, ann } = pair();
    const { bytes } = entries(mal, lobby, [said("exactly this")])[0] as RoomEvent;
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const spoilt = bytes.slice();
        spoilt[at] = (spoilt[at] ?? 0) ^ change;
        give(t, ann, mal.self.peerId, eventsOf(lobby, [spoilt]));
        expect(ann.texts(lobby)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("whose author's keys nobody has shown waits without effect", () => {
    const { t, ann } = pair();
    const ben = person("ben");
    const events = entries(ben, lobby, [said("who am I?")]);
    expect(give(t, ann, mal.self.peerId, eventsOf(lobby, events)).ok).toBe(true);
    expect(ann.texts(lobby)).toEqual([]);
    expect(give(t, ann, mal.self.peerId, eventsOf(lobby, events, [ben.self])).ok).toBe(true);
    expect(ann.texts(lobby)).toEqual(["who am I?"]);
  });

  it("of another room, or written in another way, is malformed", () => {
    const { t, ann } = pair();
    const elsewhere = entries(mal, directRoomId(mal.self.peerId, ann.peerId), [said("x")]);
    expect(give(t, ann, mal.self.peerId, eventsOf(lobby, elsewhere))).toEqual({ ok: false, failure: "malformed" });
    const { roomId, author, seq, prev, clock, at } = entries(mal, lobby, [said("x")])[0] as RoomEvent;
    const odd = (kind: unknown, body: unknown): Uint8Array =>
      encodeCbor([roomId, author, logId, seq, prev, clock, at, kind, body, new Uint8Array(64)]);
    expect(decodeEvent(odd("message", { text: "x" }))).toBeDefined();
    for (const [kind, body] of [
      ["message", {}],
      ["message", { text: 1 }],
      ["message", { text: "x", more: 1 }],
      ["order", {}],
      ["left", { x: 1 }],
      ["joined", {}],
      ["invited", { peerId: "me" }],
      ["message", null],
    ]) {
      expect(decodeEvent(odd(kind, body))).toBeUndefined();
    }
  });

  it("that comes twice, or again later, is shown once", () => {
    const { t, ann } = pair();
    const events = entries(mal, lobby, [said("a"), said("b")]);
    for (let i = 0; i < 3; i++) expect(give(t, ann, mal.self.peerId, eventsOf(lobby, [...events, ...events])).ok).toBe(true);
    expect(ann.texts(lobby)).toEqual(["a", "b"]);
    expect(ann.rooms.unread(lobby)).toBe(2);
  });

  it("waits for those before it", () => {
    const { t, ann } = pair();
    const events = entries(mal, lobby, [said("a"), said("b"), said("c")]);
    give(t, ann, mal.self.peerId, eventsOf(lobby, events.slice(1)));
    expect(ann.texts(lobby)).toEqual([]);
    give(t, ann, mal.self.peerId, eventsOf(lobby, events.slice(0, 1)));
    expect(ann.texts(lobby)).toEqual(["a", "b", "c"]);
  });

  it("that contradicts its log ends the log, and nothing else", () => {
    const { t, ann } = pair();
    const one = entries(mal, lobby, [said("a"), said("b")]);
    const other = entries(mal, lobby, [said("x"), said("y"), said("z")]);
    give(t, ann, mal.self.peerId, eventsOf(lobby, one));
    expect(ann.rooms.hasForked(mal.self.peerId)).toBe(false);
    const received = give(t, ann, mal.self.peerId, eventsOf(lobby, other));
    expect(ann.rooms.hasForked(mal.self.peerId)).toBe(true);
    expect(received.ok && received.outcome.changes).toContainEqual({ type: "forked", peerId: mal.self.peerId });
    give(t, ann, mal.self.peerId, eventsOf(lobby, entries(mal, lobby, [said("a"), said("b"), said("c")])));
    expect(ann.texts(lobby)).toEqual(["a", "b"]);
    give(t, ann, mal.self.peerId, eventsOf(lobby, entries(mal, lobby, [said("anew")], undefined, "ffffffffffffffff" as LogId)));
    expect(ann.texts(lobby)).toEqual(expect.arrayContaining(["a", "b", "anew"]));
  });

  it("held early is bounded", () => {
    const { t, ann } = pair();
    const bodies = Array.from({ length: 700 }, (_, i) => said(`${i}`));
    const events = entries(mal, lobby, bodies);
    for (let i = 1; i < 700; i += 100) give(t, ann, mal.self.peerId, eventsOf(lobby, events.slice(i, i + 100)));
    give(t, ann, mal.self.peerId, eventsOf(lobby, events.slice(0, 1)));
    expect(ann.rooms.listMessages(lobby, undefined, 500)?.messages).toHaveLength(257);
  });
});

describe("a claim", () => {
  it("of having more than there is makes nothing delivered to others, and nothing of ours lost", () => {
    const { t, ann } = pair();
    const ben = t.add("ben");
    t.linkAll();
    t.elect(ann);
    t.settle();
    t.unlink(ann, ben);
    const id = t.say(ann, lobby, "hello");
    const [author, log] = id.split("/");
    const vector: VectorEntry[] = [[author as PeerId, log as LogId, 2 ** 40]];
    expect(give(t, ann, mal.self.peerId, { k: "have", roomId: lobby, vector, whole: false, reply: false }).ok).toBe(true);
    expect(ann.rooms.message(id)?.receivedBy).toEqual([mal.self.peerId]);
    t.link(ann, ben);
    t.settle();
    expect(ben.texts(lobby)).toEqual(["hello"]);
  });

  it("that older entries are gone skips no further than an authentic entry, and never in what is whole", () => {
    const { t, ann } = pair();
    const ben = person("ben");
    const events = entries(ben, lobby, [said("1"), said("2"), said("3"), said("4")]);
    give(t, ann, mal.self.peerId, eventsOf(lobby, events.slice(0, 2), [ben.self]));
    give(t, ann, mal.self.peerId, eventsOf(lobby, [], [ben.self], [[ben.self.peerId, logId, 2 ** 40]]));
    give(t, ann, mal.self.peerId, eventsOf(lobby, events.slice(2, 3), [ben.self], [[ben.self.peerId, logId, 1]]));
    expect(ann.texts(lobby)).toEqual(["1", "2", "3"]);
    give(t, ann, mal.self.peerId, eventsOf(lobby, events.slice(3), [ben.self], [[ben.self.peerId, logId, 3]]));
    expect(ann.texts(lobby)).toEqual(["1", "2", "3", "4"]);
  });
});

describe("a private room", () => {
  it("does not exist for others: every word about it is answered alike, and with silence", () => {
    const { t, ann } = pair();
    const { roomId } = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis));
    t.say(ann, roomId, "secret");
    const unknown = "a".repeat(26) as RoomId;
    for (const about of [roomId, unknown]) {
      for (const payload of [
        { k: "have", roomId: about, vector: [], whole: true, reply: true },
        eventsOf(about, entries(mal, about, [{ kind: "joined", name: "mal" }, said("me too")])),
      ] as RoomsPayload[]) {
        expect(give(t, ann, mal.self.peerId, payload)).toEqual({ ok: false, failure: "notAllowed" });
      }
    }
    t.settle();
    expect(ann.rooms.members(roomId)).toEqual([ann.peerId]);
    expect(ann.texts(roomId)).toEqual(["secret"]);
  });

  it("takes nobody on whom no member invited, even from a member", () => {
    const { t, ann, eve } = pair();
    const { roomId } = t.act(ann, ann.rooms.createRoom("plot", "private", "", t.millis));
    t.act(ann, ann.rooms.invite(roomId, eve.peerId, t.millis));
    t.settle();
    t.act(eve, eve.rooms.joinRoom(roomId, t.millis));
    t.settle();
    const ben = person("ben");
    const intruder = entries(ben, roomId, [{ kind: "invited", peerId: ben.self.peerId }, { kind: "joined", name: "ben" }, said("ha")]);
    expect(give(t, ann, eve.peerId, eventsOf(roomId, intruder, [ben.self])).ok).toBe(true);
    expect(ann.rooms.members(roomId)).toHaveLength(2);
    expect(ann.texts(roomId)).toEqual([]);
  });

  it("believes no invitation whose way does not lead from its creator, link by link, each signed", () => {
    const { t, ann, eve } = pair();
    const [ben, cid] = [person("ben"), person("cid")];
    const record = createRecord(
      {
        self: ben.self,
        signSeed: ben.signSeed,
        signatures,
        randomBytes: (n) => numbered("salt", n),
        wallNow: () => 1 as Millis,
        identityFromKeys,
      },
      "den",
      "private",
      "",
    );
    const { roomId } = record;
    const invites = (author: ReturnType<typeof person>, peerId: PeerId): RoomEvent =>
      entries(author, roomId, [{ kind: "invited", peerId }])[0]!;
    const offer = (...events: (RoomEvent | Uint8Array)[]): unknown => {
      const { authors, events: bytes } = eventsOf(roomId, events, [mal.self, ben.self, cid.self]) as Extract<RoomsPayload, { k: "events" }>;
      return give(t, ann, eve.peerId, { k: "invite", record: record.bytes, authors, events: bytes });
    };
    expect(offer(invites(mal, ann.peerId))).toEqual({ ok: false, failure: "notAllowed" });
    expect(offer(invites(cid, eve.peerId), invites(ben, cid.self.peerId))).toEqual({ ok: false, failure: "notAllowed" });
    const spoilt = invites(ben, eve.peerId).bytes.slice();
    spoilt[spoilt.length - 1] = (spoilt[spoilt.length - 1] ?? 0) ^ 1;
    expect(offer(spoilt, invites(mal, ann.peerId))).toEqual({ ok: false, failure: "unauthentic" });
    expect(offer(entries(ben, roomId, [said("no invitation")])[0]!)).toEqual({ ok: false, failure: "malformed" });
    expect(ann.rooms.members(roomId)).toEqual([]);
    expect(offer(invites(ben, cid.self.peerId), invites(cid, eve.peerId), invites(mal, ann.peerId))).toMatchObject({ ok: true });
  });

  it("cannot be made public by another record, and a spoilt record is none", () => {
    const { t, ann } = pair();
    const record = createRecord(
      {
        self: mal.self,
        signSeed: mal.signSeed,
        signatures,
        randomBytes: (n) => numbered("salt", n),
        wallNow: () => 1 as Millis,
        identityFromKeys,
      },
      "den",
      "private",
      "",
    );
    const spoilt = record.bytes.slice();
    spoilt[spoilt.length - 1] = (spoilt[spoilt.length - 1] ?? 0) ^ 1;
    expect(give(t, ann, mal.self.peerId, { k: "invite", record: spoilt, authors: [], events: [] })).toEqual({
      ok: false,
      failure: "unauthentic",
    });
    expect(
      give(t, ann, mal.self.peerId, { k: "announceRooms", revision: 1, part: 0, parts: 1, rooms: [{ record: record.bytes, joined: true }] })
        .ok,
    ).toBe(true);
    t.settle();
    expect(ann.rooms.listRooms()).toHaveLength(1);
  });

  it("of two is nobody else's", () => {
    const { t, ann } = pair();
    const ben = person("ben").self.peerId;
    const theirs = directRoomId(ann.peerId, ben);
    expect(give(t, ann, mal.self.peerId, eventsOf(theirs, entries(mal, theirs, [said("hi")])))).toEqual({
      ok: false,
      failure: "notAllowed",
    });
    const foreign = directRoomId(ben, mal.self.peerId);
    expect(give(t, ann, mal.self.peerId, eventsOf(foreign, entries(mal, foreign, [said("hi")])))).toEqual({
      ok: false,
      failure: "notAllowed",
    });
  });
});

describe("the directory", () => {
  it("is taken from the host alone", () => {
    const { t, ann, eve } = pair();
    t.act(ann, ann.rooms.createRoom("tea", "public", "", t.millis));
    t.settle();
    expect(eve.rooms.listRooms()).toHaveLength(2);
    const ben = t.add("ben");
    t.linkAll();
    t.elect(ann);
    t.settle();
    give(t, eve, ben.peerId, { k: "directory", revision: 2 ** 47, heard: 0, part: 0, parts: 1, rooms: [] });
    expect(eve.rooms.listRooms()).toHaveLength(2);
  });
});

it("never throws, whatever comes", () => {
  const { t, ann } = pair();
  const value = fc.object({ maxDepth: 3, values: [fc.string(), fc.integer(), fc.uint8Array(), fc.boolean(), fc.constant(null)] });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), value.map(encodeCbor)), (bytes) => {
      expect(ann.rooms.receive(mal.self.peerId, bytes, t.millis).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
  const deep = new Uint8Array(40_000).fill(0x81);
  expect(ann.rooms.receive(mal.self.peerId, deep, t.millis)).toEqual({ ok: false, failure: "malformed" });
  const huge = Uint8Array.from([0xa1, 0x61, 0x6b, 0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff]);
  expect(ann.rooms.receive(mal.self.peerId, huge, t.millis)).toEqual({ ok: false, failure: "malformed" });
});
