import { createHash, randomBytes as nodeRandomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIdentity, derivePeerId, identityFromSecrets, publicIdentityFromKeys } from "../../src/crypto/identity.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import { createTweetnaclSignatures } from "../../src/crypto/signatures.ts";

const signatures = createNodeSignatures();
const randomBytes = (length: number): Uint8Array => Uint8Array.from(nodeRandomBytes(length));
const mara = createIdentity(randomBytes, signatures);
const tomas = createIdentity(randomBytes, signatures);

describe("an identity", () => {
  it("is known again by its public keys and binding", () => {
    const { signSeed: _signSeed, agreeSecret: _agreeSecret, ...shown } = mara;
    expect(publicIdentityFromKeys(signatures, mara.signKey, mara.agreeKey, mara.binding)).toEqual(shown);
    expect(publicIdentityFromKeys(createTweetnaclSignatures(), mara.signKey, mara.agreeKey, mara.binding)).toEqual(shown);
  });

  it("comes back from its secrets", () => {
    expect(identityFromSecrets(createTweetnaclSignatures(), mara.signSeed, mara.agreeSecret)).toEqual(mara);
    expect(() => identityFromSecrets(signatures, new Uint8Array(31), mara.agreeSecret)).toThrow();
  });

  it("differs from every other, and equal randomness gives equal identities", () => {
    expect(tomas.peerId).not.toBe(mara.peerId);
    const steady = (length: number): Uint8Array => new Uint8Array(length).fill(7);
    expect(createIdentity(steady, signatures)).toEqual(createIdentity(steady, createTweetnaclSignatures()));
  });

  it("has the id that docs/protocol.md, section 1, says", () => {
    const digest = createHash("sha512").update("earshot peer v1").update(mara.signKey).update(mara.agreeKey).digest();
    // Another way to base32: the 160 bits as one number, five at a time.
    let number = BigInt(`0x${digest.subarray(0, 20).toString("hex")}`);
    let expected = "";
    for (let index = 0; index < 32; index += 1) {
      expected = "abcdefghijklmnopqrstuvwxyz234567".charAt(Number(number & 31n)) + expected;
      number >>= 5n;
    }
    expect(mara.peerId).toBe(expected);
    expect(derivePeerId(mara.signKey, mara.agreeKey)).toMatch(/^[a-z2-7]{32}$/);
  });
});

describe("keys that claim to be an identity", () => {
  it("are refused where the binding is another's or any bit has changed", () => {
    expect(publicIdentityFromKeys(signatures, mara.signKey, tomas.agreeKey, mara.binding)).toBeUndefined();
    expect(publicIdentityFromKeys(signatures, tomas.signKey, mara.agreeKey, mara.binding)).toBeUndefined();
    expect(publicIdentityFromKeys(signatures, mara.signKey, mara.agreeKey, tomas.binding)).toBeUndefined();
    fc.assert(
      fc.property(fc.constantFrom("signKey", "agreeKey", "binding"), fc.nat(511), (what, bit) => {
        const shown = { signKey: mara.signKey.slice(), agreeKey: mara.agreeKey.slice(), binding: mara.binding.slice() };
        const bytes = shown[what];
        const index = (bit >> 3) % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7));
        expect(publicIdentityFromKeys(signatures, shown.signKey, shown.agreeKey, shown.binding)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it("are refused, without an exception, where a length is wrong", () => {
    const bytes = fc.uint8Array({ maxLength: 70 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (signKey, agreeKey, binding) => {
        expect(publicIdentityFromKeys(signatures, signKey, agreeKey, binding)).toBeUndefined();
      }),
    );
  });

  it("are refused where the agreement key is of low order, although it is bound", () => {
    const agreeKey = new Uint8Array(32);
    const binding = signatures.sign(mara.signSeed, new Uint8Array([...new TextEncoder().encode("earshot binding v1"), ...agreeKey]));
    expect(publicIdentityFromKeys(signatures, mara.signKey, agreeKey, binding)).toBeUndefined();
  });

  it("are copied: what the caller does to its bytes afterwards changes nothing", () => {
    const signKey = mara.signKey.slice();
    const identity = publicIdentityFromKeys(signatures, signKey, mara.agreeKey, mara.binding);
    signKey.fill(0);
    expect(identity?.signKey).toEqual(mara.signKey);
  });
});
