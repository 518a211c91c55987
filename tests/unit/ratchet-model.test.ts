/**
 * Two ratchets through loss, reordering, duplication, replay, alteration and restarts, against a model that a child understands:
 * a message opens once, to what was sealed, in whatever order; all else opens to nothing and changes nothing.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openMessage, type Ratchet, type RatchetTools, sealMessage, startReceiving, startSending } from "../../src/crypto/ratchet.ts";
import { decodeSessions, encodeSessions } from "../../src/crypto/ratchet-record.ts";
import { keyPair } from "../../src/crypto/x3dh.ts";
import { NaiveRatchet } from "../support/naive-ratchet.ts";
import { bytesFrom, createRandom } from "../support/random.ts";
import { nodePrimitives } from "../support/sealing.ts";

interface End {
  seal(plaintext: Uint8Array): Uint8Array | undefined;
  open(frame: Uint8Array): Uint8Array | undefined;
  /** As after a start from what was kept. */
  restart(): void;
  /** All there is to know about it; empty where the end does not say. */
  state(): Uint8Array;
  /** Keys kept for messages that have not come. */
  kept(): number;
}

function realEnd(tools: RatchetTools, first: Ratchet): End {
  let ratchet = first;
  const state = (): Uint8Array =>
    encodeSessions({ sessions: [{ baseKey: new Uint8Array(32), opening: undefined, ratchet }], baseKeys: [] });
  return {
    seal: (plaintext) => sealMessage(tools, ratchet, plaintext),
    open: (frame) => openMessage(tools, ratchet, frame),
    state,
    kept: () => ratchet.skipped.size,
    restart() {
      const [session] = decodeSessions(state())?.sessions ?? [];
      if (session === undefined) throw new Error("what was encoded is decoded");
      ratchet = session.ratchet;
    },
  };
}

const naiveEnd = (ratchet: NaiveRatchet): End => ({
  seal: (plaintext) => ratchet.seal(plaintext),
  open: (frame) => ratchet.open(frame),
  restart: () => undefined,
  state: () => new Uint8Array(0),
  kept: () => 0,
});

type Kind = "real" | "naive";

/** Initiator and responder. */
function pair(seed: number, kinds: readonly [Kind, Kind]): [End, End] {
  const randomBytes = bytesFrom(createRandom(seed));
  const tools: RatchetTools = { primitives: nodePrimitives, randomBytes };
  const [secret, associated, prekey] = [randomBytes(32), randomBytes(128), keyPair(nodePrimitives, randomBytes(32))];
  return [
    kinds[0] === "real"
      ? realEnd(tools, startSending(tools, secret, associated, prekey.publicKey))
      : naiveEnd(NaiveRatchet.initiator(randomBytes, secret.slice(), associated, prekey.publicKey)),
    kinds[1] === "real"
      ? realEnd(tools, startReceiving(secret.slice(), associated, prekey))
      : naiveEnd(NaiveRatchet.responder(randomBytes, secret.slice(), associated, prekey)),
  ];
}

type Act =
  | { readonly act: "send"; readonly side: 0 | 1 }
  | { readonly act: "restart"; readonly side: 0 | 1 }
  /** Of all that was ever sent to this side, delivered or not: what is never chosen is lost. */
  | { readonly act: "deliver"; readonly side: 0 | 1; readonly which: number }
  | { readonly act: "alter"; readonly side: 0 | 1; readonly which: number; readonly byte: number; readonly bit: number }
  | { readonly act: "cut"; readonly side: 0 | 1; readonly which: number; readonly to: number };

const side = fc.constantFrom<(0 | 1)[]>(0, 1);
const which = fc.nat(1_000);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ act: fc.constant("send" as const), side }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant("deliver" as const), side, which }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("restart" as const), side }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("alter" as const), side, which, byte: fc.nat(10_000), bit: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("cut" as const), side, which, to: fc.nat(10_000) }) },
);

interface Frame {
  readonly bytes: Uint8Array;
  readonly text: Uint8Array;
  wasOpened: boolean;
}

/** Runs the script, and then delivers what is still under way; gives how many messages opened. */
function play(ends: readonly [End, End], acts: readonly Act[]): number {
  const inboxes: [Frame[], Frame[]] = [[], []];
  const hasReceived = [true, false];
  let count = 0;
  let opened = 0;

  const refused = (to: 0 | 1, bytes: Uint8Array): void => {
    const before = ends[to].state();
    expect(ends[to].open(bytes)).toBeUndefined();
    expect(ends[to].state()).toEqual(before);
  };
  const deliver = (to: 0 | 1, frame: Frame): void => {
    if (frame.wasOpened) {
      refused(to, frame.bytes);
      return;
    }
    expect(ends[to].open(frame.bytes)).toEqual(frame.text);
    frame.wasOpened = true;
    hasReceived[to] = true;
    opened += 1;
  };

  for (const step of acts) {
    if (step.act === "restart") ends[step.side].restart();
    else if (step.act === "send") {
      count += 1;
      const text = new TextEncoder().encode(`${count}: ${"x".repeat(count % 40)}`);
      const bytes = ends[step.side].seal(text);
      // The responder cannot send before it has received anything.
      expect(bytes !== undefined).toBe(hasReceived[step.side]);
      if (bytes !== undefined) inboxes[step.side === 0 ? 1 : 0].push({ bytes, text, wasOpened: false });
    } else {
      const inbox = inboxes[step.side];
      const frame = inbox[step.which % Math.max(inbox.length, 1)];
      if (frame === undefined) continue;
      if (step.act === "deliver") deliver(step.side, frame);
      else if (step.act === "cut") refused(step.side, frame.bytes.subarray(0, step.to % frame.bytes.length));
      else {
        const altered = frame.bytes.slice();
        const place = step.byte % altered.length;
        altered[place] = (altered[place] ?? 0) ^ (1 << step.bit);
        refused(step.side, altered);
      }
    }
  }
  // Newest first: the worst order.
  for (const to of [0, 1] as const) for (const frame of inboxes[to].toReversed()) deliver(to, frame);
  expect(opened).toBe(inboxes[0].length + inboxes[1].length);
  expect(ends.map((end) => end.kept())).toEqual([0, 0]);
  return opened;
}

describe("two ratchets", () => {
  it.each<[Kind, Kind]>([
    ["real", "real"],
    ["real", "naive"],
    ["naive", "real"],
  ])("%s and %s, open every message once and nothing else", (...kinds) => {
    let most = 0;
    fc.assert(
      fc.property(fc.nat(), fc.array(act, { maxLength: 80, size: "max" }), (seed, acts) => {
        most = Math.max(most, play(pair(seed, kinds), acts));
      }),
      { numRuns: 120 },
    );
    expect(most).toBeGreaterThan(20);
  });

  it("talk for long in turns, every third message late by a turn", () => {
    const ends = pair(5, ["real", "real"]);
    let late: { to: 0 | 1; bytes: Uint8Array; text: Uint8Array } | undefined;
    for (let turn = 0; turn < 300; turn += 1) {
      const [from, to] = turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      for (let n = 0; n < 3; n += 1) {
        const text = new TextEncoder().encode(`${turn} ${n}`);
        const bytes = ends[from].seal(text) as Uint8Array;
        if (n === 1) {
          if (late !== undefined) expect(ends[late.to].open(late.bytes)).toEqual(late.text);
          late = { to, bytes, text };
        } else expect(ends[to].open(bytes)).toEqual(text);
      }
      ends[turn % 2 === 0 ? 0 : 1].restart();
    }
  });
});

describe("a state that was put back", () => {
  it("sends no number again under a key that was used for it", () => {
    const [initiator] = pair(7, ["real", "real"]);
    const before = structuredClone(decodeSessions(initiator.state()));
    const [session] = before?.sessions ?? [];
    if (session === undefined) throw new Error("what was encoded is decoded");
    const again = realEnd({ primitives: nodePrimitives, randomBytes: bytesFrom(createRandom(70)) }, session.ratchet);
    const texts = [new Uint8Array(64).fill(1), new Uint8Array(64).fill(2)] as const;
    const frames = [initiator.seal(texts[0]), again.seal(texts[1])].map((frame) => frame as Uint8Array);
    const [one, other] = frames as [Uint8Array, Uint8Array];
    // The same ratchet key and number …
    expect(one.subarray(0, 40)).toEqual(other.subarray(0, 40));
    // … and another stream: under one stream the difference of two boxes is that of the texts, which is 3 throughout.
    const difference = one.subarray(64).map((byte, place) => byte ^ (other[64 + place] ?? 0));
    expect(difference.every((byte) => byte === 3)).toBe(false);
    expect(new Set(difference).size).toBeGreaterThan(10);
  });
});

describe("an altered frame", () => {
  it.each(["a first one", "one with a new ratchet key", "one of a chain under way", "one whose key was kept"])(
    "%s is refused with any byte changed, and the true one opens afterwards",
    (what) => {
      const [initiator, responder] = pair(9, ["real", "real"]);
      const say = (end: End, text: string): Uint8Array => end.seal(new TextEncoder().encode(text)) as Uint8Array;
      let [from, to] = [initiator, responder];
      if (what !== "a first one") {
        to.open(say(from, "hello"));
        [from, to] = [responder, initiator];
      }
      if (what === "one of a chain under way") to.open(say(from, "and"));
      const frame = say(from, "pay ten");
      if (what === "one whose key was kept") to.open(say(from, "came first"));
      const before = to.state();
      for (let place = 0; place < frame.length; place += 1) {
        for (const bit of [0, 3, 7]) {
          const altered = frame.slice();
          altered[place] = (altered[place] ?? 0) ^ (1 << bit);
          // RFC 7748: the highest bit of a key is not looked at. It is part of what is authenticated all the same.
          expect(to.open(altered)).toBeUndefined();
        }
      }
      for (let length = 0; length < frame.length; length += 1) expect(to.open(frame.subarray(0, length))).toBeUndefined();
      expect(to.open(Uint8Array.from([...frame, 0]))).toBeUndefined();
      expect(to.state()).toEqual(before);
      expect(to.open(frame)).toEqual(new TextEncoder().encode("pay ten"));
    },
  );
});
