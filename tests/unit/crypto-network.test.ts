import { hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deriveNetwork } from "../../src/crypto/network.ts";

const key = new Uint8Array(32).fill(5);

describe("a network", () => {
  it("has the secret and tag that another HKDF gives", () => {
    const material = Buffer.concat([Buffer.from([0, 7]), Buffer.from("earshot"), key]);
    const derive = (info: string, length: number): Buffer => Buffer.from(hkdfSync("sha512", material, "earshot network v1", info, length));
    const network = deriveNetwork({ name: "earshot", stretchedKey: key });
    expect(Buffer.from(network.secret)).toEqual(derive("secret", 32));
    expect(network.tag).toBe(derive("tag", 8).toString("hex"));
  });

  it("is another for another name, another key, or none", () => {
    const networks = [
      deriveNetwork({ name: "earshot" }),
      deriveNetwork({ name: "earshot " }),
      deriveNetwork({ name: "earshot", stretchedKey: key }),
      deriveNetwork({ name: "earshot", stretchedKey: key.map((byte) => byte + 1) }),
      // A name that goes on where a key would stand.
      deriveNetwork({ name: `earshot${"\u0005".repeat(32)}` }),
    ];
    expect(new Set(networks.map((network) => network.tag)).size).toBe(networks.length);
    expect(new Set(networks.map((network) => Buffer.from(network.secret).toString("hex"))).size).toBe(networks.length);
    expect(networks.every((network) => /^[0-9a-f]{16}$/.test(network.tag) && network.secret.length === 32)).toBe(true);
  });

  it("is one however its name is typed", () => {
    expect(deriveNetwork({ name: "cafe\u0301" })).toEqual(deriveNetwork({ name: "caf\u00e9" }));
  });

  it("takes a name beyond the bound, or a key that was not stretched, as the programmer's error", () => {
    expect(() => deriveNetwork({ name: "n".repeat(257) })).toThrow();
    expect(() => deriveNetwork({ name: "earshot", stretchedKey: new Uint8Array(8) })).toThrow();
  });
});
