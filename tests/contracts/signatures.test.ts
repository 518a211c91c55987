/** One suite for every adapter of the Signatures port; then both side by side, because peers of both kinds share rooms. */
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Signatures } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import { createTweetnaclSignatures } from "../../src/crypto/signatures.ts";

/** RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc). */
const vectors = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  {
    seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    message:
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    signature:
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  },
];

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
    it.each(vectors)("agrees with RFC 8032 on the key $publicKey", ({ seed, publicKey, message, signature }) => {
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
