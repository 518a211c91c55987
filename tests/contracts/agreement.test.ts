/** One suite for every adapter of the Agreement port; then both side by side, because a ratchet's two ends may have different ones. */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNodeAgreement } from "../../src/crypto/agreement.node.ts";
import type { Agreement } from "../../src/crypto/ports.ts";
import { createTweetnaclAgreement, isSafePublicKey } from "../../src/crypto/x25519.ts";
import { aliceAndBob, iterated, lowOrderKeys, multiplied, oddKeys } from "./x25519-vectors.ts";

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });

function agreementContract(name: string, agreement: Agreement): void {
  describe(`agreement by ${name}`, () => {
    it.each(multiplied)("multiplies as in RFC 7748, section 5.2: $scalar", ({ scalar, point, product }) => {
      expect(bytesToHex(agreement.agree(hexToBytes(scalar), hexToBytes(point)))).toBe(product);
    });

    it("multiplies once and a thousand times as in RFC 7748, section 5.2", () => {
      let scalar: Uint8Array = hexToBytes(iterated.start);
      let point = scalar;
      for (let round = 1; round <= 1000; round += 1) {
        const next = agreement.agree(scalar, point);
        point = scalar;
        scalar = next;
        if (round === 1) expect(bytesToHex(scalar)).toBe(iterated.once);
      }
      expect(bytesToHex(scalar)).toBe(iterated.thousandTimes);
    });

    it("agrees as in RFC 7748, section 6.1, and in tests/scalarmult*.c of NaCl, which have the same keys", () => {
      const { aliceSecret, alicePublic, bobSecret, bobPublic, shared } = aliceAndBob;
      expect(bytesToHex(agreement.publicKey(hexToBytes(aliceSecret)))).toBe(alicePublic);
      expect(bytesToHex(agreement.publicKey(hexToBytes(bobSecret)))).toBe(bobPublic);
      expect(bytesToHex(agreement.agree(hexToBytes(aliceSecret), hexToBytes(bobPublic)))).toBe(shared);
      expect(bytesToHex(agreement.agree(hexToBytes(bobSecret), hexToBytes(alicePublic)))).toBe(shared);
    });

    it("refuses every point of low order, in every form (RFC 7748, sections 5 and 6.1)", () => {
      expect(lowOrderKeys).toHaveLength(14);
      for (const key of lowOrderKeys) expect(() => agreement.agree(hexToBytes(aliceAndBob.aliceSecret), hexToBytes(key))).toThrow();
    });

    it("takes keys that are no reduced number, and does not look at the highest bit (RFC 7748, section 5)", () => {
      for (const key of oddKeys) {
        const withBit = hexToBytes(key);
        withBit[31] = (withBit[31] ?? 0) | 0x80;
        const secret = hexToBytes(aliceAndBob.bobSecret);
        expect(agreement.agree(secret, withBit)).toEqual(agreement.agree(secret, hexToBytes(key)));
      }
    });

    it("takes keys of another length as the programmer's error", () => {
      for (const length of [0, 31, 33, 64]) {
        expect(() => agreement.publicKey(new Uint8Array(length).fill(9))).toThrow();
        expect(() => agreement.agree(new Uint8Array(length).fill(9), hexToBytes(aliceAndBob.bobPublic))).toThrow();
        expect(() => agreement.agree(hexToBytes(aliceAndBob.bobSecret), new Uint8Array(length).fill(9))).toThrow();
      }
    });

    it("goes by the bytes, not by the array that they are in: secrets are cleared in place", () => {
      const secret = hexToBytes(aliceAndBob.aliceSecret);
      const publicKey = hexToBytes(aliceAndBob.bobPublic);
      expect(bytesToHex(agreement.agree(secret, publicKey))).toBe(aliceAndBob.shared);
      secret.set(hexToBytes(aliceAndBob.bobSecret));
      publicKey.set(hexToBytes(aliceAndBob.alicePublic));
      expect(bytesToHex(agreement.publicKey(secret))).toBe(aliceAndBob.bobPublic);
      agreement.agree(secret, publicKey).fill(0);
      expect(bytesToHex(agreement.agree(secret, publicKey))).toBe(aliceAndBob.shared);
      expect(bytesToHex(secret)).toBe(aliceAndBob.bobSecret);
    });
  });
}

const node = createNodeAgreement();
const tweetnacl = createTweetnaclAgreement();
agreementContract("node:crypto", node);
agreementContract("tweetnacl", tweetnacl);

describe("both adapters", () => {
  it("give the same keys and secrets, and refuse the same", () => {
    const verdict = (agreement: Agreement, secret: Uint8Array, key: Uint8Array): string => {
      try {
        return bytesToHex(agreement.agree(secret, key));
      } catch {
        return "refused";
      }
    };
    const others = fc.oneof(
      keys,
      fc.constantFrom(...lowOrderKeys, ...oddKeys).map((hex) => hexToBytes(hex)),
    );
    fc.assert(
      fc.property(keys, others, (secret, other) => {
        expect(node.publicKey(secret)).toEqual(tweetnacl.publicKey(secret));
        const theirs = verdict(node, secret, other);
        expect(theirs).toBe(verdict(tweetnacl, secret, other));
        expect(theirs === "refused").toBe(!isSafePublicKey(other));
      }),
      { numRuns: 60 },
    );
  });
});
