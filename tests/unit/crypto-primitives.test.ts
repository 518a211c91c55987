/**
 * Published answers of the primitives that have no port of their own, as this project calls them: a library update that changes
 * one must fail here, not in the field. X25519, HMAC and HKDF-SHA-512 and Ed25519 have theirs in tests/contracts, Noise in
 * crypto-noise-vectors.test.ts, what passphrases and recovery phrases need in passphrase-vectors.test.ts.
 */
import { poly1305 } from "@noble/ciphers/_poly1305.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { expand, extract, hkdf } from "@noble/hashes/hkdf.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";
import { agree, isSafePublicKey } from "../../src/crypto/x25519.ts";
import { aliceAndBob, lowOrderKeys, oddKeys } from "../contracts/x25519-vectors.ts";

const aliceSecret = hexToBytes(aliceAndBob.aliceSecret);
const repeated = (byte: number, times: number): Uint8Array => new Uint8Array(times).fill(byte);
const counted = (from: number, to: number): Uint8Array => Uint8Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("X25519", () => {
  it("calls a key unsafe exactly where the shared secret would be all zero", () => {
    expect(lowOrderKeys).toHaveLength(14);
    for (const key of lowOrderKeys.map((hex) => hexToBytes(hex))) {
      expect(isSafePublicKey(key)).toBe(false);
      expect(nacl.scalarMult(aliceSecret, key)).toEqual(new Uint8Array(32));
      expect(() => agree(aliceSecret, key)).toThrow();
    }
    const anyKey = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.constantFrom(...lowOrderKeys, ...oddKeys).map((hex) => hexToBytes(hex)),
    );
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(isSafePublicKey(key)).toBe(nacl.scalarMult(aliceSecret, key).some((byte) => byte !== 0));
      }),
      { numRuns: 50 },
    );
    for (const length of [0, 31, 33, 64]) expect(isSafePublicKey(new Uint8Array(length).fill(9))).toBe(false);
  });
});

describe("SHA-512", () => {
  it("hashes as in RFC 6234, section 8.5 (FIPS 180), and in tests/hash.c of NaCl", () => {
    expect(bytesToHex(sha512(utf8ToBytes("abc")))).toBe(
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    );
    expect(bytesToHex(sha512(utf8ToBytes("testing\n")))).toBe(
      "24f950aac7b9ea9b3cb728228a0c82b67c39e96b4b344798870d5daee93e3ae5931baae8c7cacfea4b629452c38026a81d138bc7aad1af3ef7bfd5ec646d6c28",
    );
  });
});

describe("HKDF as it is called here, over the SHA-256 that RFC 5869 prints values for", () => {
  it.each([
    {
      section: "A.1",
      material: repeated(0x0b, 22),
      salt: counted(0, 0x0c),
      info: counted(0xf0, 0xf9),
      extracted: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
      derived: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    },
    {
      section: "A.2",
      material: counted(0, 0x4f),
      salt: counted(0x60, 0xaf),
      info: counted(0xb0, 0xff),
      extracted: "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
      derived:
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    },
    {
      section: "A.3",
      material: repeated(0x0b, 22),
      salt: new Uint8Array(0),
      info: new Uint8Array(0),
      extracted: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
      derived: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    },
  ])("derives as in section $section", ({ material, salt, info, extracted, derived }) => {
    const length = derived.length / 2;
    expect(bytesToHex(extract(sha256, material, salt))).toBe(extracted);
    expect(bytesToHex(expand(sha256, hexToBytes(extracted), info, length))).toBe(derived);
    expect(bytesToHex(hkdf(sha256, material, salt, info, length))).toBe(derived);
  });
});

describe("NaCl", () => {
  // tests/box.c, box.out, secretbox.c and onetimeauth.c; "Cryptography in NaCl" explains the same values, sections 2 to 10.
  const firstKey = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
  const nonce = hexToBytes("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
  const plaintext = hexToBytes(
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705",
  );
  const tag = "f3ffc7703f9400e52a7dfb4b3d3305d9";
  const box = `${tag}8e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5`;

  it("boxes and opens as in tests/box.c", () => {
    const shared = nacl.box.before(hexToBytes(aliceAndBob.bobPublic), aliceSecret);
    expect(bytesToHex(shared)).toBe(firstKey);
    expect(shared).toEqual(nacl.box.before(hexToBytes(aliceAndBob.alicePublic), hexToBytes(aliceAndBob.bobSecret)));
    expect(bytesToHex(nacl.box.after(plaintext, nonce, shared))).toBe(box);
    expect(nacl.box.open.after(hexToBytes(box), nonce, shared)).toEqual(plaintext);
  });

  it("seals and opens secret boxes as in tests/secretbox.c", () => {
    expect(bytesToHex(nacl.secretbox(plaintext, nonce, hexToBytes(firstKey)))).toBe(box);
    expect(nacl.secretbox.open(hexToBytes(box), nonce, hexToBytes(firstKey))).toEqual(plaintext);
  });

  it("opens no secret box of which any byte has changed, or that is cut or longer", () => {
    const key = hexToBytes(firstKey);
    const sealed = hexToBytes(box);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = sealed.slice();
      changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
      expect(nacl.secretbox.open(changed, nonce, key)).toBeNull();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(nacl.secretbox.open(sealed.subarray(0, length), nonce, key)).toBeNull();
    expect(nacl.secretbox.open(concatBytes(sealed, Uint8Array.of(0)), nonce, key)).toBeNull();
  });

  it("authenticates as in tests/onetimeauth.c", () => {
    const key = hexToBytes("eea6a7251c1e72916d11c2cb214d3c252539121d8e234e652d651fa4c8cff880");
    expect(bytesToHex(oneTimeAuth(hexToBytes(box).subarray(16), key))).toBe(tag);
  });
});

/** Poly1305 where its sums wrap: RFC 8439, section A.3, vectors 7 to 11, which both libraries must get right. */
describe.each([
  { name: "tweetnacl", mac: oneTimeAuth },
  { name: "@noble/ciphers", mac: (message: Uint8Array, key: Uint8Array) => poly1305(message, key) },
])("Poly1305 by $name", ({ mac }) => {
  const zeros = "00".repeat(16);
  const ones = "ff".repeat(16);
  it.each([
    { vector: 7, r: "02", s: zeros, message: ones, tag: "03" },
    { vector: 8, r: "02", s: ones, message: `02${"00".repeat(15)}`, tag: "03" },
    { vector: 9, r: "01", s: zeros, message: `${ones}f0${"ff".repeat(15)}11${"00".repeat(15)}`, tag: "05" },
    { vector: 10, r: "01", s: zeros, message: `${ones}fb${"fe".repeat(15)}${"01".repeat(16)}`, tag: "00" },
    { vector: 11, r: "02", s: zeros, message: `fd${"ff".repeat(15)}`, tag: `fa${"ff".repeat(15)}` },
  ])("carries as in vector $vector", ({ r, s, message, tag }) => {
    expect(bytesToHex(mac(hexToBytes(message), hexToBytes(r.padEnd(32, "0") + s)))).toBe(tag.padEnd(32, "0"));
  });
});

describe("ChaCha20-Poly1305, the cipher of Noise", () => {
  // RFC 8439, section 2.8.2.
  const key = counted(0x80, 0x9f);
  const nonce = hexToBytes("070000004041424344454647");
  const associated = hexToBytes("50515253c0c1c2c3c4c5c6c7");
  const plaintext = utf8ToBytes(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed =
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691";

  it("seals and opens as in section 2.8.2, and not with a byte changed", () => {
    const cipher = () => chacha20poly1305(key, nonce, associated);
    expect(bytesToHex(cipher().encrypt(plaintext))).toBe(sealed);
    expect(cipher().decrypt(hexToBytes(sealed))).toEqual(plaintext);
    for (let index = 0; index < sealed.length / 2; index += 1) {
      const changed = hexToBytes(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => cipher().decrypt(changed)).toThrow();
    }
  });
});

/** What box and secretbox authenticate with; the library's types leave it out. */
function oneTimeAuth(message: Uint8Array, key: Uint8Array): Uint8Array {
  const { lowlevel } = nacl as unknown as {
    readonly lowlevel: {
      crypto_onetimeauth(out: Uint8Array, outAt: number, message: Uint8Array, at: number, length: number, key: Uint8Array): number;
    };
  };
  const tag = new Uint8Array(16);
  lowlevel.crypto_onetimeauth(tag, 0, message, 0, message.length, key);
  return tag;
}
