/** One suite for every adapter of the Signatures port; then both side by side, because peers of both kinds share rooms. */
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Signatures } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import { createTweetnaclSignatures } from "../../src/crypto/signatures.ts";
import { vectors } from "./ed25519-vectors.ts";

/** The order of the group, little endian. */
const groupOrder = hexToBytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/** y = 1, -1, 0, both of order 8, with either sign; then 0, 1, 2 and the largest number plus p, of which the last two are no low order. */
const oddKeys: readonly Uint8Array[] = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
].map((hex) => hexToBytes(hex));

function withOrderAdded(signature: Uint8Array): Uint8Array {
  const result = signature.slice();
  let carry = 0;
  for (let index = 0; index < 32; index += 1) {
    carry += (signature[32 + index] ?? 0) + (groupOrder[index] ?? 0);
    result[32 + index] = carry & 0xff;
    carry >>= 8;
  }
  return result;
}

function withBitFlipped(bytes: Uint8Array, bit: number): Uint8Array {
  const result = bytes.slice();
  const index = (bit >> 3) % bytes.length;
  result[index] = (result[index] ?? 0) ^ (1 << (bit & 7));
  return result;
}

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const messages = fc.uint8Array({ maxLength: 300 });

function signaturesContract(name: string, signatures: Signatures): void {
  describe(`signatures by ${name}`, () => {
    it.each(vectors)("agrees with RFC 8032, section 7.1, $test", ({ seed, publicKey, message, signature }) => {
      expect(bytesToHex(signatures.publicKey(hexToBytes(seed)))).toBe(publicKey);
      expect(bytesToHex(signatures.sign(hexToBytes(seed), hexToBytes(message)))).toBe(signature);
      expect(signatures.verify(hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature))).toBe(true);
    });

    it("refuses a signature when any bit of it, of the message or of the key has changed", () => {
      const seed = hexToBytes(vectors[2]?.seed ?? "");
      const message = utf8ToBytes("what was said");
      const publicKey = signatures.publicKey(seed);
      const signature = signatures.sign(seed, message);
      expect(signatures.verify(publicKey, message, signature)).toBe(true);
      fc.assert(
        fc.property(fc.constantFrom("signature", "message", "key"), fc.nat(511), (what, bit) => {
          const verdict = signatures.verify(
            what === "key" ? withBitFlipped(publicKey, bit) : publicKey,
            what === "message" ? withBitFlipped(message, bit) : message,
            what === "signature" ? withBitFlipped(signature, bit) : signature,
          );
          expect(verdict).toBe(false);
        }),
        { numRuns: 60 },
      );
    });

    it("refuses the second form of a valid signature, S plus the order of the group", () => {
      for (const { publicKey, message, signature } of vectors) {
        const second = withOrderAdded(hexToBytes(signature));
        expect(signatures.verify(hexToBytes(publicKey), hexToBytes(message), second)).toBe(false);
      }
    });

    it("never throws on keys, messages and signatures of any length", () => {
      const bytes = fc.uint8Array({ maxLength: 80 });
      const lengths = fc.oneof(bytes, seeds, fc.uint8Array({ minLength: 64, maxLength: 64 }));
      fc.assert(
        fc.property(lengths, messages, lengths, (publicKey, message, signature) => {
          expect(signatures.verify(publicKey, message, signature)).toBe(false);
        }),
        { numRuns: 60 },
      );
    });

    it("refuses keys of low order and keys not in their one form, on which libraries differ", () => {
      // With S = 0 and the neutral element as first half, a key of low order signs every text whose hash is a multiple of its order.
      for (const key of oddKeys) {
        for (const firstHalf of oddKeys) {
          const signature = concatBytes(firstHalf, new Uint8Array(32));
          for (const message of ["", "a", "b", "c", "d"]) expect(signatures.verify(key, utf8ToBytes(message), signature)).toBe(false);
        }
      }
    });

    it("takes a seed of another length as the programmer's error", () => {
      expect(() => signatures.publicKey(new Uint8Array(31))).toThrow();
      expect(() => signatures.sign(new Uint8Array(33), new Uint8Array(0))).toThrow();
    });

    it("keeps nothing of what it was given: bytes changed afterwards change no result", () => {
      const seed = hexToBytes(vectors[1]?.seed ?? "");
      const publicKey = signatures.publicKey(seed);
      signatures.publicKey(seed).fill(0);
      seed.fill(0);
      expect(bytesToHex(publicKey)).toBe(vectors[1]?.publicKey);
      expect(bytesToHex(signatures.publicKey(hexToBytes(vectors[1]?.seed ?? "")))).toBe(vectors[1]?.publicKey);
    });
  });
}

const node = createNodeSignatures();
const tweetnacl = createTweetnaclSignatures();
signaturesContract("node:crypto", node);
signaturesContract("tweetnacl", tweetnacl);

describe("both adapters", () => {
  it("give the same keys and signatures, and accept each other's", () => {
    fc.assert(
      fc.property(seeds, messages, (seed, message) => {
        const signature = node.sign(seed, message);
        expect(node.publicKey(seed)).toEqual(tweetnacl.publicKey(seed));
        expect(signature).toEqual(tweetnacl.sign(seed, message));
        expect(node.verify(tweetnacl.publicKey(seed), message, signature)).toBe(true);
        expect(tweetnacl.verify(node.publicKey(seed), message, signature)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});
