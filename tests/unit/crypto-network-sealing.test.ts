/** Sealing for everybody on one network. */
import { createHash, hkdfSync } from "node:crypto";
import nacl from "tweetnacl";
import { expect, it } from "vitest";
import { createNetworkSealing, deriveNetwork, plaintextBytesMax, sealedBytesMax } from "../../src/crypto/index.ts";
import { boxOverheadBytes, paddedBytesMax } from "../../src/crypto/limits.ts";

let count = 0;
const randomBytes = (length: number): Uint8Array => new Uint8Array(createHash("sha512").update(`${count++}`).digest().subarray(0, length));
const sealingOf = (name: string) => createNetworkSealing(deriveNetwork({ name }).secret, randomBytes);
const text = new TextEncoder().encode("hello all");

it("is opened by whoever is on the network, and by nobody else", () => {
  const sealed = sealingOf("office").seal(text);
  expect(sealingOf("office").open(sealed)).toEqual(text);
  expect(sealingOf("cellar").open(sealed)).toBeUndefined();
  expect(sealingOf("office").seal(text)).not.toEqual(sealed);
});

it("is what docs/protocol.md says", () => {
  const { secret } = deriveNetwork({ name: "office" });
  const key = new Uint8Array(hkdfSync("sha512", secret, "earshot network v1", "broadcast", 32));
  const sealed = sealingOf("office").seal(text);
  const padded = nacl.secretbox.open(sealed.subarray(24), sealed.subarray(0, 24), key);
  expect(padded).toHaveLength(64);
  expect(padded?.subarray(0, text.length + 2)).toEqual(Uint8Array.of(...text, 0x80, 0));
});

it("refuses whatever was altered, cut or never sealed, and carries as much as an envelope", () => {
  const sealing = sealingOf("office");
  const sealed = sealing.seal(text);
  for (let i = 0; i < sealed.length; i += 7) {
    const spoilt = sealed.slice();
    spoilt[i] = (spoilt[i] ?? 0) ^ 4;
    expect(sealing.open(spoilt)).toBeUndefined();
  }
  for (const length of [0, 1, 24, 40, 41, 103, sealed.length - 1]) expect(sealing.open(sealed.subarray(0, length))).toBeUndefined();
  const largest = sealing.seal(new Uint8Array(plaintextBytesMax));
  expect(largest.length).toBe(paddedBytesMax + boxOverheadBytes);
  expect(largest.length).toBeLessThanOrEqual(sealedBytesMax);
  expect(sealing.open(largest)).toEqual(new Uint8Array(plaintextBytesMax));
  expect(sealing.open(new Uint8Array(sealedBytesMax + 1024))).toBeUndefined();
  expect(() => sealing.seal(new Uint8Array(plaintextBytesMax + 1))).toThrow();
});
