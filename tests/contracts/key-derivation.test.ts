/** One suite for every adapter of the KeyDerivation port; then both side by side and beside the library's own HMAC and HKDF. */
import { createHmac, hkdfSync } from "node:crypto";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNodeKeyDerivation } from "../../src/crypto/key-derivation.node.ts";
import { createNobleKeyDerivation } from "../../src/crypto/key-derivation.ts";
import type { KeyDerivation } from "../../src/crypto/ports.ts";

const repeated = (byte: number, times: number): Uint8Array => new Uint8Array(times).fill(byte);
const counted = (from: number, to: number): Uint8Array => Uint8Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** RFC 4231, sections 4.2 to 4.8, SHA-512. Case 5 prints the first 128 bits only. */
const macs = [
  {
    section: "4.2",
    key: repeated(0x0b, 20),
    message: utf8ToBytes("Hi There"),
    tag: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
  },
  {
    section: "4.3",
    key: utf8ToBytes("Jefe"),
    message: utf8ToBytes("what do ya want for nothing?"),
    tag: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  },
  {
    section: "4.4",
    key: repeated(0xaa, 20),
    message: repeated(0xdd, 50),
    tag: "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
  },
  {
    section: "4.5",
    key: counted(1, 25),
    message: repeated(0xcd, 50),
    tag: "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
  },
  { section: "4.6", key: repeated(0x0c, 20), message: utf8ToBytes("Test With Truncation"), tag: "415fad6271580a531d4179bc891d87a6" },
  {
    section: "4.7",
    key: repeated(0xaa, 131),
    message: utf8ToBytes("Test Using Larger Than Block-Size Key - Hash Key First"),
    tag: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
  },
  {
    section: "4.8",
    key: repeated(0xaa, 131),
    message: utf8ToBytes(
      "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
    ),
    tag: "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
  },
];

const bytes = fc.uint8Array({ maxLength: 300 });
const lengths = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(63, 64, 65, 128, 255 * 64));

function derivationContract(name: string, derivation: KeyDerivation): void {
  describe(`key derivation by ${name}`, () => {
    it.each(macs)("authenticates as in RFC 4231, section $section", ({ key, message, tag }) => {
      expect(bytesToHex(derivation.mac(key, message)).slice(0, tag.length)).toBe(tag);
      expect(derivation.mac(key, message)).toHaveLength(64);
    });

    // RFC 5869 prints no output for SHA-512: its inputs, and what an independent implementation makes of them.
    it.each([
      { section: "A.1", material: repeated(0x0b, 22), salt: counted(0, 0x0c), info: counted(0xf0, 0xf9), length: 42 },
      { section: "A.2", material: counted(0, 0x4f), salt: counted(0x60, 0xaf), info: counted(0xb0, 0xff), length: 82 },
      { section: "A.3", material: repeated(0x0b, 22), salt: new Uint8Array(0), info: new Uint8Array(0), length: 42 },
    ])("derives from the inputs of RFC 5869, section $section, what OpenSSL derives", ({ material, salt, info, length }) => {
      const expected = new Uint8Array(hkdfSync("sha512", material, salt, info, length));
      expect(derivation.derive(material, salt, info, length)).toEqual(expected);
    });

    it("derives the published value of the first of them", () => {
      // Wycheproof and others publish A.1 over SHA-512.
      expect(bytesToHex(derivation.derive(repeated(0x0b, 22), counted(0, 0x0c), counted(0xf0, 0xf9), 42))).toBe(
        "832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c1481579338da362cb8d9f925d7cb",
      );
    });

    it("takes an empty salt as 64 zeros, and refuses more than 255 hashes (RFC 5869, sections 2.2 and 2.3)", () => {
      const none = new Uint8Array(0);
      expect(derivation.derive(repeated(1, 32), none, none, 64)).toEqual(derivation.derive(repeated(1, 32), new Uint8Array(64), none, 64));
      expect(derivation.derive(none, none, none, 255 * 64)).toHaveLength(255 * 64);
      expect(() => derivation.derive(none, none, none, 255 * 64 + 1)).toThrow();
    });

    it("leaves what it is given as it was, and keeps nothing of what it gives", () => {
      const [key, message] = [repeated(3, 32), repeated(4, 300)];
      const first = derivation.mac(key, message);
      const copy = first.slice();
      first.fill(0);
      const derived = derivation.derive(key, key, message, 96);
      const derivedCopy = derived.slice();
      derived.fill(0);
      expect(key).toEqual(repeated(3, 32));
      expect(message).toEqual(repeated(4, 300));
      expect(derivation.mac(key, message)).toEqual(copy);
      expect(derivation.derive(key, key, message, 96)).toEqual(derivedCopy);
    });
  });
}

const node = createNodeKeyDerivation();
const noble = createNobleKeyDerivation();
derivationContract("node:crypto", node);
derivationContract("@noble/hashes", noble);

describe("both adapters", () => {
  it("give the same bytes, which are OpenSSL's", () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, lengths, (material, salt, info, length) => {
        const tag = new Uint8Array(createHmac("sha512", material).update(salt).digest());
        expect(node.mac(material, salt)).toEqual(tag);
        expect(noble.mac(material, salt)).toEqual(tag);
        const derived = new Uint8Array(hkdfSync("sha512", material, salt, info, length));
        expect(node.derive(material, salt, info, length)).toEqual(derived);
        expect(noble.derive(material, salt, info, length)).toEqual(derived);
      }),
      { numRuns: 100 },
    );
  });
});
