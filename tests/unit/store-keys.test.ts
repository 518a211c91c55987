/** keys.json without a disk: its shape, its passphrase slot, and how long a guesser waits. */
import { describe, expect, it } from "vitest";
import {
  formatKeys,
  type Keys,
  normalisePassphrase,
  parseKeys,
  protectionOf,
  unwrapWithPassphrase,
  wrapWithPassphrase,
} from "../../src/store/key-slots.ts";
import { argonParameters } from "../../src/store/limits.ts";
import { inWords, waitAfter, waitLeft } from "../../src/store/tries.ts";

const key = new Uint8Array(32).fill(5);
const derived = new Uint8Array(32).fill(6);
const slot = wrapWithPassphrase(key, derived, argonParameters, { salt: new Uint8Array(16), nonce: new Uint8Array(24) });
const keys: Keys = { version: 1, wipeOnQuit: false, slots: [slot, { kind: "keychain", wrapped: "00ff" }] };
const text = formatKeys(keys);

describe("keys.json", () => {
  it("is read as it was written, parameters and all", () => {
    expect(parseKeys(text)).toEqual(keys);
    expect(slot.kdf).toEqual({ name: "argon2id", memoryKib: 131_072, passes: 3, lanes: 1, salt: "00".repeat(16) });
  });

  it.each<[string, string]>([
    ["cut off", text.slice(0, -10)],
    ["empty", ""],
    ["of a newer version", text.replace('"version": 1', '"version": 2')],
    ["without a slot", '{"version":1,"wipeOnQuit":false,"slots":[]}'],
    ["with one slot twice", JSON.stringify({ ...keys, slots: [slot, slot] })],
    ["with a slot of an unknown kind", text.replace('"keychain"', '"thumb"')],
    ["with a key too short", text.replace(slot.box, slot.box.slice(2))],
    ["that asks for a hundred gigabytes", text.replace("131072", "104857600")],
    ["with more than it should have", text.replace('"version"', '"more": 1, "version"')],
  ])("that is %s is not read", (_what, damaged) => {
    expect(damaged).not.toBe(text);
    expect(parseKeys(damaged)).toBeUndefined();
  });

  it("says what opens the profile without a word", () => {
    expect(protectionOf({ ...keys, slots: [slot] })).toBe("passphrase");
    expect(protectionOf(keys)).toBe("keychain");
    expect(protectionOf({ ...keys, slots: [{ kind: "open", key: "00".repeat(32) }] })).toBe("open");
  });
});

describe("a passphrase's slot", () => {
  it("gives the key to its passphrase alone, and to no damaged copy of itself", () => {
    expect(unwrapWithPassphrase(slot, derived)).toEqual(key);
    expect(unwrapWithPassphrase(slot, new Uint8Array(32).fill(7))).toBeUndefined();
    expect(unwrapWithPassphrase({ ...slot, box: slot.box.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) }, derived)).toBeUndefined();
    expect(slot.box).not.toContain("05050505");
  });

  it("is one passphrase in whichever form a keyboard sends it", () => {
    expect(normalisePassphrase("Zoe\u0308 \uFB01")).toBe(normalisePassphrase("Zo\u00EB fi"));
    expect(normalisePassphrase("zoë")).not.toBe(normalisePassphrase("Zoë"));
  });
});

describe("wrong passphrases", () => {
  it("cost nothing at first, then ever longer, at most five minutes", () => {
    expect([0, 1, 4, 5, 6, 7, 13, 14, 1_000_000].map(waitAfter)).toEqual([0, 0, 0, 1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  });

  it("are waited for by wall time, and a clock that was set back makes nobody wait longer", () => {
    expect(waitLeft({ count: 6, lastAt: 10_000 }, 10_500)).toBe(1_500);
    expect(waitLeft({ count: 6, lastAt: 10_000 }, 12_000)).toBe(0);
    expect(waitLeft({ count: 6, lastAt: 10_000 }, 0)).toBe(2_000);
    expect(waitLeft({ count: 4, lastAt: 10_000 }, 10_000)).toBe(0);
  });

  it("say the wait in words", () => {
    expect([1, 1_000, 1_001, 90_000, 256_000].map(inWords)).toEqual(["1 second", "1 second", "2 seconds", "90 seconds", "5 minutes"]);
  });
});
