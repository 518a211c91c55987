import { randomBytes as nodeRandomBytes } from "node:crypto";
import fc from "fast-check";
import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";
import { createIdentity } from "../../src/crypto/identity.ts";
import { boxOverheadBytes, paddedBytesMax, paddingBuckets, plaintextBytesMax, sealedBytesMax } from "../../src/crypto/limits.ts";
import { isPaddedLength, pad, unpad } from "../../src/crypto/padding.ts";
import type { Identity } from "../../src/crypto/ports.ts";
import { RecentlyUsed } from "../../src/crypto/recently-used.ts";
import { createBoxSealing } from "../../src/crypto/sealing.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";

const signatures = createNodeSignatures();
const randomBytes = (length: number): Uint8Array => Uint8Array.from(nodeRandomBytes(length));
const [mara, tomas, relay] = [1, 2, 3].map(() => createIdentity(randomBytes, signatures)) as [Identity, Identity, Identity];
const sealingOfMara = createBoxSealing(mara, randomBytes);
const sealingOfTomas = createBoxSealing(tomas, randomBytes);
const sealingOfRelay = createBoxSealing(relay, randomBytes);
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

function sealFor(reader: Identity, plaintext: Uint8Array): Uint8Array {
  const [copy] = sealingOfMara.seal({ roomId: "lobby", readers: [reader] }, plaintext);
  if (copy === undefined) throw new Error("one reader has one copy");
  return copy.sealed;
}

describe("sealing", () => {
  it("gives each reader a copy that it, and no other, opens", () => {
    const copies = sealingOfMara.seal({ roomId: "lobby", readers: [tomas, relay] }, text("see you at noon"));
    expect(copies.map((copy) => copy.to)).toEqual([tomas.peerId, relay.peerId]);
    const [forTomas, forRelay] = copies.map((copy) => copy.sealed) as [Uint8Array, Uint8Array];
    expect(sealingOfTomas.open(mara, forTomas)).toEqual({ ok: true, plaintext: text("see you at noon") });
    expect(sealingOfRelay.open(mara, forRelay)).toEqual({ ok: true, plaintext: text("see you at noon") });
    expect(sealingOfRelay.open(mara, forTomas)).toEqual({ ok: false, failure: "unauthentic" });
    expect(sealingOfMara.seal({ roomId: "lobby", readers: [] }, text("nobody"))).toEqual([]);
  });

  it("is what NaCl box makes of nonce and padded text", () => {
    const sealed = sealFor(tomas, text("hello"));
    const opened = nacl.box.open(sealed.subarray(24), sealed.subarray(0, 24), mara.agreeKey, tomas.agreeSecret);
    expect(opened).toHaveLength(64);
    expect(opened?.subarray(0, 7)).toEqual(Uint8Array.of(...text("hello"), 0x80, 0));
  });

  it("opens only as from the one who sealed it", () => {
    const sealed = sealFor(tomas, text("who said that?"));
    expect(sealingOfTomas.open(relay, sealed)).toEqual({ ok: false, failure: "unauthentic" });
    // Claims the id of Mara with the key of another.
    expect(sealingOfTomas.open({ ...relay, peerId: mara.peerId }, sealed)).toEqual({ ok: false, failure: "unauthentic" });
    expect(sealingOfTomas.open(mara, sealed).ok).toBe(true);
    expect(sealingOfTomas.open({ ...mara, agreeKey: new Uint8Array(32) }, sealed)).toEqual({ ok: false, failure: "unauthentic" });
  });

  it("carries any text up to the bound and hides its length within a size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: plaintextBytesMax }), (length) => {
        const plaintext = randomBytes(length);
        const sealed = sealFor(tomas, plaintext);
        expect(sealingOfTomas.open(mara, sealed)).toEqual({ ok: true, plaintext });
        expect(isPaddedLength(sealed.length - boxOverheadBytes)).toBe(true);
      }),
      { numRuns: 40 },
    );
    expect(sealFor(tomas, new Uint8Array(plaintextBytesMax))).toHaveLength(sealedBytesMax);
    expect(sealFor(tomas, text(""))).toHaveLength(sealFor(tomas, text("x".repeat(63))).length);
    expect(() => sealFor(tomas, new Uint8Array(plaintextBytesMax + 1))).toThrow();
  });

  it("looks different each time", () => {
    expect(sealFor(tomas, text("same"))).not.toEqual(sealFor(tomas, text("same")));
  });

  it("refuses any changed bit", () => {
    const sealed = sealFor(tomas, text("pay ten"));
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const altered = sealed.slice();
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(sealingOfTomas.open(mara, altered)).toEqual({ ok: false, failure: "unauthentic" });
      }),
      { numRuns: 100 },
    );
  });

  it("refuses garbage of any length without an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(sealingOfTomas.open(mara, bytes).ok).toBe(false);
      }),
    );
    expect(sealingOfTomas.open(mara, new Uint8Array(sealedBytesMax + 1024))).toEqual({ ok: false, failure: "malformed" });
    expect(sealingOfTomas.open(mara, new Uint8Array(boxOverheadBytes))).toEqual({ ok: false, failure: "malformed" });
    expect(sealingOfTomas.open(mara, new Uint8Array(boxOverheadBytes + 65))).toEqual({ ok: false, failure: "malformed" });
  });

  it("calls what is authentic but wrongly padded malformed", () => {
    const paddedTooFar = new Uint8Array(128);
    paddedTooFar[3] = 0x80;
    for (const padded of [new Uint8Array(64), new Uint8Array(64).fill(1), paddedTooFar]) {
      const nonce = randomBytes(24);
      const box = nacl.box(padded, nonce, tomas.agreeKey, mara.agreeSecret);
      expect(sealingOfTomas.open(mara, Uint8Array.of(...nonce, ...box))).toEqual({ ok: false, failure: "malformed" });
    }
  });
});

describe("padding", () => {
  it("comes off again, whatever the text ends with, and grows only at the sizes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2100 }), fc.constantFrom([], [0], [0x80], [0x80, 0, 0], [0, 0x80]), (start, end) => {
        const plaintext = Uint8Array.of(...start, ...end);
        const padded = pad(plaintext);
        expect(unpad(padded)).toEqual(plaintext);
        expect(padded.length > 1024 ? padded.length % 1024 : paddingBuckets.indexOf(padded.length as 64)).toBeGreaterThanOrEqual(0);
      }),
    );
    expect([0, 63, 64, 127, 128, 1023, 1024, 2047, 2048].map((length) => pad(new Uint8Array(length)).length)).toEqual([
      64, 64, 128, 128, 256, 1024, 2048, 2048, 3072,
    ]);
    expect(pad(new Uint8Array(plaintextBytesMax))).toHaveLength(paddedBytesMax);
  });

  it("has one form for each text: a longer one is not taken off", () => {
    const longer = new Uint8Array(256);
    longer[1] = 0x80;
    expect(unpad(longer)).toBeUndefined();
    expect(unpad(new Uint8Array(0))).toBeUndefined();
    expect(unpad(new Uint8Array(64))).toBeUndefined();
  });
});

describe("what was recently used", () => {
  it("is kept up to the bound, the longest unused forgotten first", () => {
    const made: string[] = [];
    const kept = new RecentlyUsed<string>(2);
    const use = (key: string): string =>
      kept.getOrMake(key, () => {
        made.push(key);
        return key.toUpperCase();
      });
    expect([use("a"), use("b"), use("a"), use("c"), use("a"), use("b")]).toEqual(["A", "B", "A", "C", "A", "B"]);
    expect(made).toEqual(["a", "b", "c", "b"]);
    expect(kept.size).toBe(2);
  });
});
