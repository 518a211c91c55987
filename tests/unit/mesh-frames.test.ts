import { encode } from "cborg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import { decodeFrame, encodeFrame, type Frame } from "../../src/mesh/frames.ts";
import {
  addressesMax,
  broadcastHopsMax,
  cardBytesMax,
  censusPartsMax,
  frameBytesMax,
  helloCardsMax,
  hopsMax,
  nameCharsMax,
  neighboursMax,
  sealedBytesMax,
  successorsMax,
  termMax,
  treeDepthMax,
} from "../../src/mesh/limits.ts";
import { cardOf } from "./mesh-fixture.ts";

const peerId = fc.string({
  unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz234567"),
  minLength: 32,
  maxLength: 32,
}) as fc.Arbitrary<PeerId>;
const card = fc.integer({ min: 0, max: 39 }).map((number) => cardOf(number));
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ t: fc.constant("hello" as const), card, neighbours: fc.array(card, { maxLength: 5 }) }),
  fc.record({ t: fc.constant("neighbourUp" as const), card }),
  fc.record({ t: fc.constant("neighbourDown" as const), peerId }),
  fc.record({
    t: fc.constant("heartbeat" as const),
    depth: fc.nat({ max: treeDepthMax }),
    term: fc.integer({ min: 0, max: termMax }),
    hostId: peerId,
    hostSeq: fc.maxSafeNat(),
    successors: fc.array(peerId, { maxLength: successorsMax }),
    signedSeq: fc.maxSafeNat(),
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  }),
  fc.record({
    t: fc.constant("envelope" as const),
    from: peerId,
    to: peerId,
    hops: fc.integer({ min: 0, max: hopsMax }),
    sealed: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  }),
  fc.constant({ t: "goodbye" as const }),
  fc.constant({ t: "unlink" as const }),
  fc.constant({ t: "prune" as const }),
  fc.record({ t: fc.constant("beat" as const), hostSeq: fc.maxSafeNat(), depth: fc.nat({ max: treeDepthMax }) }),
  fc.record({ t: fc.constant("neighbours" as const), up: fc.array(peerId, { maxLength: 5 }), down: fc.array(peerId, { maxLength: 5 }) }),
  fc.record({ t: fc.constant("gossip" as const), hops: fc.nat({ max: broadcastHopsMax }), body: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ t: fc.constantFrom("ihave" as const, "graft" as const), ids: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ t: fc.constant("census" as const), digest: fc.array(fc.nat({ max: 0xffffffff }), { minLength: 2, maxLength: 2 }) }),
  fc.record({
    t: fc.constant("members" as const),
    part: fc.nat({ max: censusPartsMax - 1 }),
    parts: fc.integer({ min: 1, max: censusPartsMax }),
    isWhole: fc.boolean(),
    members: fc.array(fc.tuple(peerId, fc.constant("0123456789abcdef"), fc.nat(), fc.nat()), { maxLength: 5 }),
  }),
  fc.record({ t: fc.constant("want" as const), peerIds: fc.array(peerId, { maxLength: 5 }) }),
  fc.record({
    t: fc.constant("cards" as const),
    cards: fc.array(card, { maxLength: 5 }),
    statements: fc.constant<Extract<Frame, { t: "cards" }>["statements"]>([]),
  }),
);

describe("frames", () => {
  it("say the same after the wire", () => {
    fc.assert(
      fc.property(frame, (sent) => {
        expect(decodeFrame(encodeFrame(sent))).toEqual(sent);
      }),
    );
  });

  it("no bytes whatever make decoding throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => void decodeFrame(bytes)),
      { numRuns: 2_000 },
    );
    fc.assert(fc.property(fc.anything(), (value) => void decodeFrame(encodable(value))));
  });

  it("nor does any frame with bytes turned, cut off or added", () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.nat({ max: 255 }), (sent, place, byte) => {
        const bytes = encodeFrame(sent);
        const turned = bytes.slice();
        turned[place % bytes.length] = byte;
        decodeFrame(turned);
        expect(decodeFrame(bytes.subarray(0, place % bytes.length))).toBeUndefined();
        expect(decodeFrame(Uint8Array.from([...bytes, byte]))).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it("a heap of nested arrays is refused like anything else", () => {
    expect(decodeFrame(new Uint8Array(frameBytesMax).fill(0x81))).toBeUndefined();
    expect(decodeFrame(new Uint8Array(frameBytesMax).fill(0xa1))).toBeUndefined();
  });

  const id = "a".repeat(32) as PeerId;
  const sealed = (length: number): Uint8Array => new Uint8Array(length).fill(1);
  it.each([
    ["hops beyond the last", { t: "envelope", from: id, to: id, hops: hopsMax + 1, sealed: sealed(1) }],
    ["nothing sealed", { t: "envelope", from: id, to: id, hops: 0, sealed: sealed(0) }],
    ["too much sealed", { t: "envelope", from: id, to: id, hops: 0, sealed: sealed(sealedBytesMax + 1) }],
    [
      "a term beyond the last",
      { t: "heartbeat", term: termMax + 1, hostId: id, hostSeq: 0, successors: [], signedSeq: 0, signature: new Uint8Array(0), depth: 0 },
    ],
    [
      "too many successors",
      {
        t: "heartbeat",
        term: 1,
        hostId: id,
        hostSeq: 0,
        successors: Array(successorsMax + 1).fill(id),
        signedSeq: 0,
        signature: new Uint8Array(0),
        depth: 0,
      },
    ],
    ["an id in capitals", { t: "neighbourDown", peerId: "A".repeat(32) }],
    ["too many neighbours", { t: "hello", card: cardOf(1), neighbours: Array(neighboursMax + 1).fill(cardOf(1)) }],
    ["a field too many", { t: "goodbye", because: 1 }],
    ["an unknown kind", { t: "shutdown" }],
  ])("%s is refused", (_, value) => {
    expect(decodeFrame(encode(value) as Uint8Array)).toBeUndefined();
  });

  it("the largest envelope and the fullest hello fit", () => {
    expect(decodeFrame(encodeFrame({ t: "envelope", from: id, to: id, hops: 0, sealed: sealed(sealedBytesMax) }))).toBeDefined();
    const addresses = Array.from({ length: addressesMax }, (_, index) => ({ host: `${"f".repeat(57)}${index}`, port: 65_535 }));
    const fattest = cardOf(1, { name: "\uffdc".repeat(nameCharsMax), revision: Number.MAX_SAFE_INTEGER, addresses });
    expect(encode(fattest).length).toBeLessThanOrEqual(cardBytesMax);
    const bytes = encodeFrame({ t: "hello", card: fattest, neighbours: Array(helloCardsMax).fill(fattest) });
    expect(bytes.length).toBeLessThanOrEqual(frameBytesMax);
    expect(decodeFrame(bytes)).toBeDefined();
  });
});

function encodable(value: unknown): Uint8Array {
  try {
    return encode(value) as Uint8Array;
  } catch {
    return new Uint8Array();
  }
}
