/**
 * One author's chain and its readers through loss, disorder, repetition, alteration and restarts, against a naive model: whoever was
 * handed the key at some number reads each message from there on, once; all else opens to nothing and changes nothing.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIdentity } from "../../src/crypto/index.ts";
import { type ForeignChain, followChain, handedOut, openInChain, sealInChain, startChain } from "../../src/crypto/sender-key.ts";
import { SenderKeys } from "../../src/crypto/sender-keys.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Millis } from "../../src/ids.ts";
import { bytesFrom, createRandom } from "../support/random.ts";
import { nodePrimitives } from "../support/sealing.ts";

const signatures = createNodeSignatures();
const randomBytes = bytesFrom(createRandom(21));
const tools = { primitives: nodePrimitives, signatures, randomBytes };
const mara = createIdentity(randomBytes, signatures);
const ines = createIdentity(randomBytes, signatures);
const tomas = createIdentity(randomBytes, signatures);
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);

type Act =
  | { readonly act: "say" }
  | { readonly act: "join" }
  /** Any frame, whether it came before or not, to any reader. */
  | { readonly act: "deliver"; readonly reader: number; readonly which: number }
  | { readonly act: "alter"; readonly reader: number; readonly which: number; readonly byte: number; readonly bit: number };

const index = fc.nat(1_000);
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<Act>({ act: "say" }) },
    { weight: 1, arbitrary: fc.constant<Act>({ act: "join" }) },
    { weight: 8, arbitrary: fc.record({ act: fc.constant("deliver" as const), reader: index, which: index }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant("alter" as const), reader: index, which: index, byte: index, bit: fc.nat(7) }) },
  ),
  { maxLength: 80, size: "max" },
);

interface Reader {
  readonly chain: ForeignChain;
  readonly from: number;
  readonly opened: Set<number>;
}

describe("a chain and its readers", () => {
  it("each reads every message from where it was let in, once, and nothing else", () => {
    let most = 0;
    fc.assert(
      fc.property(acts, (script) => {
        const own = startChain(tools, "room");
        const frames: Uint8Array[] = [];
        const readers: Reader[] = [];
        const refused = ({ chain }: Reader, frame: Uint8Array): void => {
          const before = structuredClone(chain);
          expect(openInChain(tools, mara, chain, frame)).toBeUndefined();
          expect(chain).toEqual(before);
        };
        const deliver = (reader: Reader, place: number): void => {
          const frame = frames[place];
          if (frame === undefined) return;
          if (place < reader.from || reader.opened.has(place)) refused(reader, frame);
          else {
            expect(openInChain(tools, mara, reader.chain, frame)).toEqual(bytesOf(`word ${place}`));
            reader.opened.add(place);
          }
        };
        for (const step of script) {
          if (step.act === "say") frames.push(sealInChain(tools, mara, own, bytesOf(`word ${frames.length}`)));
          else if (step.act === "join") readers.push({ chain: followChain(handedOut(own)), from: frames.length, opened: new Set() });
          else {
            const reader = readers[step.reader % Math.max(readers.length, 1)];
            const place = step.which % Math.max(frames.length, 1);
            const frame = frames[place];
            if (reader === undefined || frame === undefined) continue;
            if (step.act === "deliver") deliver(reader, place);
            else refused(reader, flipped(frame, step.byte % frame.length, step.bit));
          }
        }
        for (const reader of readers) {
          for (let place = frames.length - 1; place >= 0; place -= 1) deliver(reader, place);
          expect(reader.opened.size).toBe(frames.length - reader.from);
          expect(reader.chain.skipped.size).toBe(0);
          most = Math.max(most, reader.opened.size);
        }
      }),
      { numRuns: 80 },
    );
    expect(most).toBeGreaterThan(10);
  });

  it("a frame is refused with any byte changed, cut or longer, and the true one opens afterwards", () => {
    const own = startChain(tools, "room");
    const chain = followChain(handedOut(own));
    const frame = sealInChain(tools, mara, own, bytesOf("pay ten"));
    const before = structuredClone(chain);
    for (let place = 0; place < frame.length; place += 1) {
      for (const bit of [0, 7]) expect(openInChain(tools, mara, chain, flipped(frame, place, bit))).toBeUndefined();
    }
    for (let length = 64; length < frame.length; length += 1)
      expect(openInChain(tools, mara, chain, frame.subarray(0, length))).toBeUndefined();
    expect(openInChain(tools, mara, chain, Uint8Array.from([...frame, 0]))).toBeUndefined();
    expect(chain).toEqual(before);
    expect(openInChain(tools, ines, chain, frame)).toBeUndefined();
    expect(openInChain(tools, mara, { ...chain, roomId: "another room" }, frame)).toBeUndefined();
    expect(openInChain(tools, mara, chain, frame)).toEqual(bytesOf("pay ten"));
  });

  it("a reader, who has the chain, cannot write in it", () => {
    const own = startChain(tools, "room");
    const key = handedOut(own);
    const chain = followChain(key);
    const seedOfInes = randomBytes(32);
    const forged = sealInChain(
      tools,
      mara,
      { ...own, chain: { key: key.chainKey.slice(), number: 0 }, signSeed: seedOfInes },
      bytesOf("forged"),
    );
    expect(openInChain(tools, mara, chain, forged)).toBeUndefined();
    // Not for want of the right box: with the key of the forger's own seed it would open.
    const fooled = followChain({ ...key, signKey: signatures.publicKey(seedOfInes) });
    expect(openInChain(tools, mara, fooled, forged)).toEqual(bytesOf("forged"));
  });
});

describe("a chain that is handed out again", () => {
  it("at an earlier number opens nothing a second time; at a later one it goes on from there", () => {
    const ofMara = new SenderKeys(mara, tools, []);
    const ofTomas = new SenderKeys(tomas, tools, []);
    ofMara.lacking("room", undefined, [], 0 as Millis);
    const seal = (): Uint8Array => ofMara.seal("room", bytesOf("a word")) as Uint8Array;
    const handOut = () => {
      const key = ofMara.handOut("room", tomas.peerId);
      if (key === undefined) throw new Error("Mara has a chain");
      return key;
    };
    const [early, first, second] = [handOut(), seal(), seal()];
    const [late, third] = [handOut(), seal()];
    ofTomas.accept(mara.peerId, early);
    for (const frame of [first, second]) expect(ofTomas.open(mara, frame)).toMatchObject({ roomId: "room" });
    ofTomas.accept(mara.peerId, early);
    for (const frame of [first, second]) expect(ofTomas.open(mara, frame)).toBe("unreadable");
    ofTomas.accept(mara.peerId, late);
    expect(ofTomas.open(mara, third)).toMatchObject({ roomId: "room" });
    for (const frame of [first, second, third]) expect(ofTomas.open(mara, frame)).toBe("unreadable");
  });
});

describe("a key id is its author's alone:", () => {
  it("whoever hands out a key under somebody else's id takes nothing from that one", () => {
    const ofMara = new SenderKeys(mara, tools, []);
    const ofTomas = new SenderKeys(tomas, tools, []);
    const now = 0 as Millis;
    ofMara.lacking("room", undefined, [], now);
    const key = ofMara.handOut("room", tomas.peerId);
    const frame = ofMara.seal("room", bytesOf("from Mara"));
    if (key === undefined || frame === undefined) throw new Error("Mara has a chain");
    // A relay sees the id in the frame, which it may hold back for so long.
    ofTomas.accept(ines.peerId, { ...key, number: 1_000, chainKey: randomBytes(32), signKey: ines.signKey });
    ofTomas.accept(mara.peerId, key);
    expect(ofTomas.open(ines, frame)).toBe("unreadable");
    expect(ofTomas.open(tomas, frame)).toBe("unknownKey");
    expect(ofTomas.open(mara, frame)).toEqual({ plaintext: bytesOf("from Mara"), roomId: "room" });

    const kept = ofTomas.takeChanges().flatMap(([name, value]): [string, Uint8Array][] => (value === undefined ? [] : [[name, value]]));
    const restarted = new SenderKeys(tomas, tools, kept);
    const next = ofMara.seal("room", bytesOf("and again")) as Uint8Array;
    expect(restarted.open(mara, next)).toEqual({ plaintext: bytesOf("and again"), roomId: "room" });
  });
});

function flipped(bytes: Uint8Array, place: number, bit: number): Uint8Array {
  const changed = bytes.slice();
  changed[place] = (changed[place] ?? 0) ^ (1 << bit);
  return changed;
}
