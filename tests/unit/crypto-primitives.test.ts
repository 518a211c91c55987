/** Known answers for the primitives as this project calls them: a library update that changes one must fail here, not in the field. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";
import { agree, agreePublicKey, isSafePublicKey } from "../../src/crypto/x25519.ts";

/** RFC 7748, section 6.1; the same keys as in NaCl's own tests. */
const aliceSecret = hexToBytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
const alicePublic = hexToBytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
const bobSecret = hexToBytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
const bobPublic = hexToBytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");

describe("X25519", () => {
  it("multiplies as in RFC 7748, section 5.2", () => {
    const scalar = hexToBytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    const point = hexToBytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    expect(bytesToHex(agree(scalar, point))).toBe("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  });

  it("multiplies a thousand times as in RFC 7748, section 5.2", () => {
    let scalar: Uint8Array = new Uint8Array(32);
    scalar[0] = 9;
    let point = scalar;
    for (let round = 0; round < 1000; round += 1) {
      const next = agree(scalar, point);
      point = scalar;
      scalar = next;
      if (round === 0) expect(bytesToHex(scalar)).toBe("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
    expect(bytesToHex(scalar)).toBe("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
  });

  it("agrees as in RFC 7748, section 6.1", () => {
    expect(agreePublicKey(aliceSecret)).toEqual(alicePublic);
    expect(agreePublicKey(bobSecret)).toEqual(bobPublic);
    const shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
    expect(bytesToHex(agree(aliceSecret, bobPublic))).toBe(shared);
    expect(bytesToHex(agree(bobSecret, alicePublic))).toBe(shared);
  });

  it("calls a key unsafe exactly where the shared secret would be all zero", () => {
    const prime = 2n ** 255n - 19n;
    const ofOrder8 = [
      325606250916557431795983626356110631294008115727848805560023387167927233504n,
      39382357235489614581723060781553021112529911719440698176882885853963445705823n,
    ];
    const lowOrder = [0n, 1n, prime - 1n, ...ofOrder8].flatMap((u) => [u, u + prime]).filter((u) => u < 2n ** 255n);
    const encoded = lowOrder.flatMap((u) => [u, u + 2n ** 255n]).map(littleEndian);
    expect(encoded).toHaveLength(14);
    for (const key of encoded) {
      expect(isSafePublicKey(key)).toBe(false);
      expect(nacl.scalarMult(aliceSecret, key)).toEqual(new Uint8Array(32));
      expect(() => agree(aliceSecret, key)).toThrow();
    }
    const nearby = lowOrder.flatMap((u) => [u + 2n, u + 3n]).filter((u) => !lowOrder.includes(u) && u < 2n ** 255n);
    for (const key of nearby.map(littleEndian))
      expect(isSafePublicKey(key)).toBe(nacl.scalarMult(aliceSecret, key).some((byte) => byte !== 0));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        expect(isSafePublicKey(key)).toBe(nacl.scalarMult(aliceSecret, key).some((byte) => byte !== 0));
      }),
      { numRuns: 50 },
    );
    for (const length of [0, 31, 33, 64]) expect(isSafePublicKey(new Uint8Array(length).fill(9))).toBe(false);
  });
});

function littleEndian(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((number >> BigInt(8 * index)) & 0xffn));
}

describe("HMAC and HKDF", () => {
  it("authenticate as in RFC 4231, cases 1 and 2, with SHA-512", () => {
    expect(bytesToHex(hmac(sha512, new Uint8Array(20).fill(0x0b), utf8ToBytes("Hi There")))).toBe(
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
    );
    expect(bytesToHex(hmac(sha512, utf8ToBytes("Jefe"), utf8ToBytes("what do ya want for nothing?")))).toBe(
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    );
  });

  it("derive as in RFC 5869, cases 1 and 3, with SHA-256", () => {
    const material = new Uint8Array(22).fill(0x0b);
    const salt = Uint8Array.from({ length: 13 }, (_, index) => index);
    const info = Uint8Array.from({ length: 10 }, (_, index) => 0xf0 + index);
    expect(bytesToHex(hkdf(sha256, material, salt, info, 42))).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
    expect(bytesToHex(hkdf(sha256, material, new Uint8Array(0), new Uint8Array(0), 42))).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });
});

describe("NaCl box", () => {
  /** tests/box.c and box.out of NaCl. */
  const nonce = hexToBytes("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
  const plaintext = hexToBytes(
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705",
  );
  const box =
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";

  it("seals and opens as NaCl's own tests do", () => {
    const shared = nacl.box.before(bobPublic, aliceSecret);
    expect(shared).toEqual(nacl.box.before(alicePublic, bobSecret));
    expect(bytesToHex(nacl.box.after(plaintext, nonce, shared))).toBe(box);
    expect(nacl.box.open.after(hexToBytes(box), nonce, shared)).toEqual(plaintext);
  });
});
