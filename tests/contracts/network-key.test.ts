/** The network key that people type: scrypt of node:crypto, beside a pure one. Two peers whose libraries differ would be on two networks. */
import { scryptSync } from "node:crypto";
import { scrypt } from "@noble/hashes/scrypt.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { scryptCost } from "../../src/crypto/limits.ts";
import { stretchNetworkKey } from "../../src/crypto/network-key.node.ts";

/** RFC 7914, section 12, but for the one that needs a gigabyte. */
const vectors = [
  {
    password: "",
    salt: "",
    cost: { N: 16, r: 1, p: 1 },
    derived:
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906",
  },
  {
    password: "password",
    salt: "NaCl",
    cost: { N: 1024, r: 8, p: 16 },
    derived:
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
  },
  {
    password: "pleaseletmein",
    salt: "SodiumChloride",
    cost: { N: 16384, r: 8, p: 1 },
    derived:
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
  },
];

describe("both adapters", () => {
  it.each(vectors)("derive as in RFC 7914, section 12: $password", ({ password, salt, cost, derived }) => {
    expect(scryptSync(utf8ToBytes(password), utf8ToBytes(salt), 64, cost).toString("hex")).toBe(derived);
    expect(bytesToHex(scrypt(utf8ToBytes(password), utf8ToBytes(salt), { ...cost, dkLen: 64 }))).toBe(derived);
  });

  it("stretch a network key alike, however it is typed, and another for another network", async () => {
    const stretched = await stretchNetworkKey("caf\u00e9 au lait", "office");
    expect(stretched).toEqual(scrypt(utf8ToBytes("caf\u00e9 au lait"), utf8ToBytes("office"), { ...scryptCost, dkLen: 32 }));
    expect(await stretchNetworkKey("cafe\u0301 au lait", "office")).toEqual(stretched);
    expect(bytesToHex(await stretchNetworkKey("caf\u00e9 au lait", "home")) === bytesToHex(stretched)).toBe(false);
    // Of this version of the protocol: a change parts the networks.
    expect(bytesToHex(stretched)).toBe("a1f0263f15eaff4f0f2d24fe30f29e62c4918d1af1bf39e07a2577c025351b06");
  });
});
