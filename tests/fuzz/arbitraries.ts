/** Values as the protocol's schemas allow them, small enough to be many. */
import { encode } from "cborg";
import * as fc from "fast-check";
import type { LogId, PeerId, RoomId } from "../../src/ids.ts";
import type { Frame } from "../../src/mesh/frames.ts";
import { broadcastHopsMax, censusPartsMax, hopsMax, statementSeqMax, successorsMax, termMax, treeDepthMax } from "../../src/mesh/limits.ts";
import type { News, Statement } from "../../src/mesh/news.ts";
import { clockMax, listPartsMax, pastEntriesMax, seqMax, sliceCount, sliceDigestBytes } from "../../src/rooms/limits.ts";
import type { RoomsPayload } from "../../src/rooms/payload.ts";
import { allSlices } from "../../src/rooms/slices.ts";
import { cardOf } from "../unit/mesh-fixture.ts";

const base32 = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz234567");
const hex = fc.constantFrom(..."0123456789abcdef");
const text = (unit: fc.Arbitrary<string>, length: number) => fc.string({ unit, minLength: length, maxLength: length });
export const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

export const peerId = text(base32, 32) as fc.Arbitrary<PeerId>;
const logId = text(hex, 16) as fc.Arbitrary<LogId>;
const roomId = fc.oneof(
  fc.constant("lobby" as RoomId),
  text(base32, 26) as fc.Arbitrary<RoomId>,
  fc.tuple(peerId, peerId).map(([a, b]) => (a < b ? `@${a}${b}` : `@${b}${a}`) as RoomId),
);
const instance = text(hex, 16);
const card = fc.integer({ min: 0, max: 9 }).map((number) => cardOf(number));
const statement: fc.Arbitrary<Statement> = fc.record({
  peerId,
  instance,
  seq: fc.maxSafeNat().map((number) => number % (statementSeqMax + 1)),
  left: fc.boolean(),
  signature: bytes(64),
});

export const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ t: fc.constant("hello" as const), card, neighbours: fc.array(card, { maxLength: 3 }) }),
  fc.record({ t: fc.constant("neighbourUp" as const), card }),
  fc.record({ t: fc.constant("neighbourDown" as const), peerId }),
  fc.record({ t: fc.constant("neighbours" as const), up: fc.array(peerId, { maxLength: 3 }), down: fc.array(peerId, { maxLength: 3 }) }),
  fc.record({
    t: fc.constant("heartbeat" as const),
    term: fc.nat({ max: termMax }),
    hostId: peerId,
    hostSeq: fc.maxSafeNat(),
    successors: fc.array(peerId, { maxLength: successorsMax }),
    signedSeq: fc.maxSafeNat(),
    signature: fc.oneof(bytes(0), bytes(64)),
    depth: fc.nat({ max: treeDepthMax }),
  }),
  fc.record({ t: fc.constant("beat" as const), hostSeq: fc.maxSafeNat(), depth: fc.nat({ max: treeDepthMax }) }),
  fc.record({
    t: fc.constant("envelope" as const),
    from: peerId,
    to: peerId,
    hops: fc.nat({ max: hopsMax }),
    sealed: fc.uint8Array({ minLength: 1, maxLength: 60 }),
  }),
  fc.record({ t: fc.constant("gossip" as const), hops: fc.nat({ max: broadcastHopsMax }), body: fc.uint8Array({ maxLength: 60 }) }),
  fc.record({ t: fc.constantFrom("ihave" as const, "graft" as const), ids: fc.uint8Array({ maxLength: 48 }) }),
  fc.record({ t: fc.constant("census" as const), digest: fc.array(fc.nat({ max: 0xffffffff }), { minLength: 2, maxLength: 2 }) }),
  fc.record({
    t: fc.constant("members" as const),
    part: fc.nat({ max: censusPartsMax - 1 }),
    parts: fc.integer({ min: 1, max: censusPartsMax }),
    isWhole: fc.boolean(),
    members: fc.array(fc.tuple(peerId, instance, fc.nat(), fc.nat()), { maxLength: 3 }),
  }),
  fc.record({ t: fc.constant("want" as const), peerIds: fc.array(peerId, { maxLength: 3 }) }),
  fc.record({
    t: fc.constant("cards" as const),
    cards: fc.array(card, { maxLength: 2 }),
    statements: fc.array(statement, { maxLength: 2 }),
  }),
  fc.record({ t: fc.constantFrom("goodbye" as const, "unlink" as const, "prune" as const) }),
);

export const news: fc.Arbitrary<News> = fc.oneof(
  fc.record({ k: fc.constant("card" as const), card }),
  fc.record({ k: fc.constant("statement" as const), statement }),
  fc.record({
    k: fc.constant("suspect" as const),
    peerId,
    instance,
    seq: fc.maxSafeNat().map((number) => number % (statementSeqMax + 1)),
    round: fc.nat({ max: 0xffffffff }),
  }),
  fc.record({ k: fc.constant("post" as const), sealed: fc.uint8Array({ minLength: 1, maxLength: 60 }) }),
);

const seq = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: seqMax }));
const authorKeys = fc.record({ signKey: bytes(32), agreeKey: bytes(32), binding: bytes(64) });
const vectorEntry = fc.oneof(
  fc.tuple(peerId, logId, seq),
  fc
    .tuple(peerId, logId, fc.nat({ max: seqMax - 1 }), fc.constant(1))
    .map(([author, log, last, floor]) => [author, log, last + 1, floor] as const),
);
const someBytes = fc.uint8Array({ maxLength: 60 });
const part = fc
  .integer({ min: 1, max: listPartsMax })
  .chain((parts) => fc.record({ revision: seq, part: fc.nat({ max: parts - 1 }), parts: fc.constant(parts) }));
const maybe = <T>(field: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.oneof(
    fc.constant({}),
    value.map((drawn) => ({ [field]: drawn })),
  );
const merged = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<RoomsPayload> =>
  fc.tuple(...parts).map((drawn) => Object.assign({}, ...drawn) as RoomsPayload);

export const payload: fc.Arbitrary<RoomsPayload> = fc.oneof(
  merged(
    fc.record({
      k: fc.constant("events" as const),
      roomId,
      authors: fc.array(authorKeys, { maxLength: 2 }),
      events: fc.array(someBytes, { maxLength: 3 }),
      floors: fc.array(vectorEntry, { maxLength: 2 }),
    }),
    maybe("keys", fc.constant([])),
    maybe("quiet", fc.constant(true)),
  ),
  merged(
    fc.record({
      k: fc.constant("have" as const),
      roomId,
      vector: fc.array(vectorEntry, { maxLength: 3 }),
      whole: fc.boolean(),
      reply: fc.boolean(),
    }),
    maybe("slices", fc.nat({ max: allSlices })),
    maybe("recent", fc.constant(true)),
    maybe("record", someBytes),
  ),
  merged(
    fc.record({ k: fc.constant("compare" as const), roomId, digests: bytes(sliceCount * sliceDigestBytes) }),
    maybe("record", someBytes),
  ),
  fc.record({
    k: fc.constant("past" as const),
    roomId,
    asks: fc.array(fc.tuple(peerId, logId, seq, fc.integer({ min: 1, max: pastEntriesMax })), { maxLength: 2 }),
  }),
  fc.record({
    k: fc.constant("older" as const),
    roomId,
    author: peerId,
    logId,
    to: seq,
    events: fc.array(someBytes, { maxLength: 3 }),
    words: fc.array(someBytes, { maxLength: 1 }),
    keys: fc.constant([]),
    floor: seq,
  }),
  fc.record({
    k: fc.constant("invite" as const),
    record: someBytes,
    authors: fc.array(authorKeys, { maxLength: 2 }),
    events: fc.array(someBytes, { maxLength: 3 }),
  }),
  merged(
    part,
    fc.record({
      k: fc.constant("announceRooms" as const),
      rooms: fc.array(fc.record({ record: someBytes, joined: fc.boolean() }), { maxLength: 2 }),
    }),
    maybe("seen", seq),
  ),
  merged(
    part,
    fc.record({
      k: fc.constant("directory" as const),
      heard: seq,
      rooms: fc.array(fc.record({ record: someBytes, members: fc.array(peerId, { maxLength: 2 }) }), { maxLength: 2 }),
    }),
  ),
  fc.record({ k: fc.constant("directorySeen" as const), revision: seq }),
  fc.record({ k: fc.constant("directoryAt" as const), revision: seq, heard: seq }),
  fc.record({ k: fc.constant("signedDirectory" as const), list: someBytes, signature: bytes(64) }),
);

const unicode = fc.string({ unit: "binary", maxLength: 40 });

/** An event as it travels, but for a signature that holds. */
export const event: fc.Arbitrary<Uint8Array> = fc
  .record({
    roomId,
    author: peerId,
    logId,
    seq: fc.integer({ min: 1, max: 9 }),
    prev: bytes(16),
    clock: fc.nat({ max: clockMax }),
    at: fc.nat({ max: clockMax }),
    body: fc.oneof(
      someBytes.map((record) => ["created", { record }] as const),
      unicode.map((name) => ["joined", { name }] as const),
      fc.constant(["left", {}] as const),
      peerId.map((invited) => ["invited", { peerId: invited }] as const),
      unicode.map((said) => ["message", { text: said }] as const),
      fc.tuple(unicode, unicode).map(([said, replyTo]) => ["message", { text: said, replyTo }] as const),
    ),
    signature: bytes(64),
  })
  .map(
    (drawn) =>
      encode([
        drawn.roomId,
        drawn.author,
        drawn.logId,
        drawn.seq,
        drawn.seq === 1 ? new Uint8Array() : drawn.prev,
        drawn.clock,
        drawn.at,
        drawn.body[0],
        drawn.body[1],
        drawn.signature,
      ]) as Uint8Array,
  );
