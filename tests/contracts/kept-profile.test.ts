/** Profiles on disk: made, opened by passphrase and keychain, refused, changed, taken over from an older Earshot. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import { exportProfile, type Keychain, type OpenKeptProfile, readExport, readExported } from "../../src/store/index.ts";
import { createProfile, inspectProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";
import { formatKeys, type Keys, wrapWithPassphrase } from "../../src/store/key-slots.ts";
import { deriveFromPassphrase } from "../../src/store/passphrase-key.node.ts";
import { loadSqlite } from "../../src/store/sqlcipher.node.ts";
import { writeOldProfile } from "../support/old-profile.ts";

const identity = { signSeed: new Uint8Array(32).fill(1), agreeSecret: new Uint8Array(32).fill(2) };
const places = [{ peerId: "b".repeat(32) as PeerId, addresses: [{ host: "10.0.0.2", port: 47_474 }] }];

let parent: string;
let directory: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "earshot-kept-"));
  directory = join(parent, "ada");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(parent, { recursive: true });
});

const path = (name: string): string => join(directory, name);
const closed = async (profile: Promise<OpenKeptProfile>): Promise<void> => (await profile).close();

/** A keychain of one login: what it wrapped it knows again. */
function keychain(pad = 0x5a): Keychain {
  return {
    wrap: async (secret) => Uint8Array.of(7, ...secret.map((byte) => byte ^ pad)),
    async unwrap([first, ...wrapped]) {
      if (first !== 7 || pad === 0) throw new Error("unknown");
      return Uint8Array.from(wrapped, (byte) => byte ^ pad);
    },
  };
}
const brokenKeychain: Keychain = {
  wrap: () => Promise.reject(new Error("no keyring")),
  unwrap: () => Promise.reject(new Error("no keyring")),
};

describe("a kept profile", () => {
  it("is there again with its passphrase, and encrypted but for its keys' file", async () => {
    const made = await createProfile(directory, { passphrase: "correct horse", identity, name: "Ada Lovelace" });
    made.vault.write([{ table: "settings", key: "a setting", value: Buffer.from("what was set") }]);
    made.vault.appendEvents([
      { roomId: "lobby", author: "ada", logId: "0f", seq: 1, clock: 1, arrivedAt: 1, bytes: Buffer.from("what was said") },
    ]);
    expect(made.summary()).toEqual({ protection: "passphrase", hasPassphrase: true, wipeOnQuit: false, damaged: false });
    expect(made.salvage).toBeUndefined();
    // With its log, as a crash would leave it.
    const words = ["Ada Lovelace", "a setting", "what was", "lobby", "correct", "SQLite", Buffer.from(identity.signSeed)];
    for (const name of readdirSync(directory)) for (const word of words) expect(readFileSync(path(name)).includes(word), name).toBe(false);
    await made.close();
    await made.close();
    expect(readdirSync(directory)).toEqual(["keys.json", "vault.db"]);
    for (const name of readdirSync(directory)) expect(statSync(path(name)).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);

    expect(await inspectProfile(directory)).toEqual(made.summary());
    const again = await unlockProfile(directory, { passphrase: "correct horse" });
    expect(await again.store.load()).toEqual({ identity, name: "Ada Lovelace", remembered: [] });
    expect(Buffer.from(again.vault.readEvents("lobby", 1)[0]?.bytes ?? []).toString()).toBe("what was said");
    await again.close();
  });

  it("without a passphrase opens by itself, and says so", async () => {
    await closed(createProfile(directory, { identity }));
    expect(await inspectProfile(directory)).toMatchObject({ protection: "open", hasPassphrase: false });
    const again = await unlockProfile(directory, { passphrase: "whatever" });
    expect((await again.store.load()).identity).toEqual(identity);
    await again.close();
  });

  it("opens with the keychain, or with the passphrase where there is one too", async () => {
    await closed(createProfile(directory, { passphrase: "p", keychain: keychain(), identity }));
    expect(await inspectProfile(directory)).toMatchObject({ protection: "keychain", hasPassphrase: true });
    await closed(unlockProfile(directory, { keychain: keychain() }));
    await closed(unlockProfile(directory, { passphrase: "p" }));
    await closed(unlockProfile(directory, { passphrase: "p", keychain: brokenKeychain }));
    await expect(unlockProfile(directory, { keychain: brokenKeychain })).rejects.toMatchObject({ code: "passphraseNeeded" });
    await expect(unlockProfile(directory, {})).rejects.toMatchObject({ code: "passphraseNeeded" });
  });

  it("of the keychain alone is not opened by another, nor made where it does not answer", async () => {
    await closed(createProfile(directory, { keychain: keychain(), identity }));
    await expect(unlockProfile(directory, { keychain: brokenKeychain })).rejects.toMatchObject({ code: "keychainMissing" });
    await expect(unlockProfile(directory, { passphrase: "p" })).rejects.toMatchObject({ code: "keychainMissing" });
    const elsewhere = join(parent, "eve");
    await expect(createProfile(elsewhere, { keychain: brokenKeychain })).rejects.toMatchObject({ code: "keychainMissing" });
    expect(await inspectProfile(elsewhere)).toBeUndefined();
  });

  it("is made once, opened by one at a time, and unknown where there is none", async () => {
    await expect(unlockProfile(directory, {})).rejects.toMatchObject({ code: "unknownProfile" });
    expect(readdirSync(parent)).toEqual([]);
    const made = await createProfile(directory, { identity });
    await expect(createProfile(directory, {})).rejects.toMatchObject({ code: "profileExists" });
    await expect(unlockProfile(directory, {})).rejects.toMatchObject({ code: "inUse" });
    await made.close();
    await closed(unlockProfile(directory, {}));
  });

  it("takes no passphrase that is empty or a pasted file", async () => {
    for (const passphrase of ["", "x".repeat(5_000)]) {
      await expect(createProfile(directory, { passphrase })).rejects.toMatchObject({ code: "passphraseInvalid" });
    }
    expect(readdirSync(parent)).toEqual([]);
  });

  it("keeps what was written when its process is killed", async () => {
    const child = `
      import { createProfile } from "./src/store/kept-profile.node.ts";
      const { vault } = await createProfile(process.argv[1], { name: "Ada" });
      for (let index = 0; index < 300; index++) vault.write([{ table: "sessions", key: "k" + index, value: new Uint8Array(500) }]);
      process.kill(process.pid, "SIGKILL");`;
    expect(spawnSync(process.execPath, ["--input-type=module-typescript", "-e", child, directory]).signal).toBe("SIGKILL");
    const again = await unlockProfile(directory, {});
    expect([...again.vault.entries("sessions")]).toHaveLength(300);
    expect(again.salvage).toBeUndefined();
    await again.close();
  });

  it("whose making a crash cut short is made anew, or finished where its keys are there", async () => {
    await closed(createProfile(directory, { identity, name: "Ada" }));
    const [keys, vault] = ["keys.json", "vault.db"].map((name) => readFileSync(path(name)));
    // Before the keys were written.
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    writeFileSync(path("vault.db.new"), vault ?? "");
    expect(await inspectProfile(directory)).toBeUndefined();
    await closed(createProfile(directory, { name: "Ben" }));
    expect(readdirSync(directory)).toEqual(["keys.json", "vault.db"]);
    // After it, before the vault got its name.
    rmSync(path("vault.db"));
    writeFileSync(path("keys.json"), keys ?? "");
    writeFileSync(path("vault.db.new"), vault ?? "");
    const again = await unlockProfile(directory, {});
    expect(await again.store.load()).toMatchObject({ identity, name: "Ada" });
    await again.close();
    expect(readdirSync(directory)).toEqual(["keys.json", "vault.db"]);
  });

  it("changes nothing once it is closed", async () => {
    const made = await createProfile(directory, { identity });
    await made.close();
    const keys = readFileSync(path("keys.json"), "utf8");
    await expect(made.changePassphrase(undefined, "late")).rejects.toMatchObject({ code: "unknownProfile" });
    await expect(made.setWipeOnQuit(true)).rejects.toMatchObject({ code: "unknownProfile" });
    expect(readFileSync(path("keys.json"), "utf8")).toBe(keys);
  });

  it("remembers that it is wiped when one quits", async () => {
    const made = await createProfile(directory, { identity });
    await made.setWipeOnQuit(true);
    expect(made.summary().wipeOnQuit).toBe(true);
    await made.close();
    expect(await inspectProfile(directory)).toMatchObject({ wipeOnQuit: true });
  });

  it("moves to another machine as a file, all but its messages", async () => {
    const made = await createProfile(directory, { identity, name: "Ada" });
    made.vault.write([{ table: "contacts", key: "ben", value: Uint8Array.of(1) }]);
    const exported = readExported(made.vault);
    await made.close();
    if (exported === undefined) throw new Error("nothing to export");
    const { file, phrase } = exportProfile(exported, (count) => new Uint8Array(randomBytes(count)));
    const elsewhere = await createProfile(join(parent, "laptop"), { exported: readExport(file, phrase), passphrase: "new" });
    expect(await elsewhere.store.load()).toMatchObject({ identity, name: "Ada" });
    expect([...elsewhere.vault.entries("contacts")]).toEqual([["ben", Uint8Array.of(1)]]);
    await elsewhere.close();
  });

  it("is refused in words where the database does not load", async () => {
    const loading = loadSqlite(() => Promise.reject(new Error("was compiled against a different Node.js version\nsecond line")));
    await expect(loading).rejects.toMatchObject({ code: "vaultUnavailable" });
    await expect(loading).rejects.toThrow("does not load (was compiled against a different Node.js version). Guests work.");
  });
});

describe("a changed passphrase", () => {
  it("opens the profile, and the old one does not; then none is needed, and the keychain stays", async () => {
    const made = await createProfile(directory, { passphrase: "old", identity, keychain: keychain() });
    await expect(made.changePassphrase(undefined, "new")).rejects.toMatchObject({ code: "passphraseNeeded" });
    await expect(made.changePassphrase("wrong", "new")).rejects.toMatchObject({ code: "wrongPassphrase" });
    await expect(made.changePassphrase("old", "")).rejects.toMatchObject({ code: "passphraseInvalid" });
    await made.changePassphrase("old", "new");
    await made.close();
    await expect(unlockProfile(directory, { passphrase: "old" })).rejects.toMatchObject({ code: "wrongPassphrase" });
    const again = await unlockProfile(directory, { passphrase: "new" });
    await again.changePassphrase("new", undefined);
    await again.close();
    expect(await inspectProfile(directory)).toMatchObject({ protection: "keychain", hasPassphrase: false });
    await closed(unlockProfile(directory, { keychain: keychain() }));
  });

  it("takes the bare key off the disk, where there was none before", async () => {
    const made = await createProfile(directory, { identity });
    const [bare] = /[0-9a-f]{64}/.exec(readFileSync(path("keys.json"), "utf8")) ?? [];
    const old = openSync(path("keys.json"), "r");
    await made.changePassphrase(undefined, "now there is one");
    await made.close();
    // The old file itself, which has no name any more.
    const left = readFileSync(old, "latin1");
    closeSync(old);
    expect(left.length).toBeGreaterThan(64);
    expect(left).not.toContain(bare);
    expect(readdirSync(directory)).toEqual(["keys.json", "vault.db"]);
    expect(readFileSync(path("keys.json"), "utf8")).not.toContain(bare);
    await expect(unlockProfile(directory, {})).rejects.toMatchObject({ code: "passphraseNeeded" });
    await closed(unlockProfile(directory, { passphrase: "now there is one" }));
  });

  it("that a crash cut short leaves no copy of the keys behind", async () => {
    await closed(createProfile(directory, { identity }));
    for (const name of ["keys.json.old", "keys.json.new"]) writeFileSync(path(name), readFileSync(path("keys.json")));
    await closed(unlockProfile(directory, {}));
    expect(readdirSync(directory)).toEqual(["keys.json", "vault.db"]);
  });
});

describe("wrong passphrases", () => {
  /** The same key under a passphrase that costs no time. */
  async function cheaply(passphrase: string): Promise<void> {
    await closed(createProfile(directory, { identity }));
    const keys = JSON.parse(readFileSync(path("keys.json"), "utf8")) as Keys;
    const [open] = keys.slots;
    if (open?.kind !== "open") throw new Error("not open");
    const parameters = { memoryKib: 8, passes: 1, lanes: 1 };
    const [salt, nonce] = [new Uint8Array(randomBytes(16)), new Uint8Array(randomBytes(24))];
    const key = Uint8Array.from(Buffer.from(open.key, "hex"));
    const slot = wrapWithPassphrase(key, await deriveFromPassphrase(passphrase, salt, parameters), parameters, { salt, nonce });
    writeFileSync(path("keys.json"), formatKeys({ ...keys, slots: [slot] }));
  }
  const attempt = (passphrase: string): Promise<unknown> =>
    unlockProfile(directory, { passphrase }).then(
      async (profile) => profile.close(),
      (error: unknown) => error,
    );

  it("are counted on disk and slowed, the right one too; it ends the counting", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    await cheaply("right");
    for (let count = 1; count <= 4; count += 1) {
      expect(await attempt("wrong")).toMatchObject({ code: "wrongPassphrase", tries: { wrongTries: count, waitMs: 0 } });
    }
    const fifth = await attempt("wrong");
    expect(fifth).toMatchObject({ code: "wrongPassphrase", tries: { wrongTries: 5, waitMs: 1_000 } });
    expect((fifth as Error).message).toBe(
      "That is not this profile's passphrase. This was wrong try number 5. Wait 1 second before the next.",
    );
    const early = await attempt("right");
    expect(early).toMatchObject({ code: "tooManyTries", tries: { wrongTries: 5, waitMs: 1_000 } });
    expect((early as Error).message).toBe("5 wrong passphrases in a row. Wait 1 second, then try again.");
    vi.setSystemTime(Date.now() + 1_000);
    expect(await attempt("wrong")).toMatchObject({ tries: { wrongTries: 6, waitMs: 2_000 } });
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(await attempt("right")).toMatchObject({ code: "tooManyTries", tries: { waitMs: 2_000 } });
    vi.setSystemTime(Date.now() + 3_602_000);
    expect(await attempt("right")).toBeUndefined();
    expect(await attempt("wrong")).toMatchObject({ tries: { wrongTries: 1, waitMs: 0 } });
  });

  it("count before they are looked at: who ends the process gains no try", async () => {
    await cheaply("right");
    const child = `
      import { unlockProfile } from "./src/store/kept-profile.node.ts";
      unlockProfile(process.argv[1], { passphrase: "wrong" });
      const { readFileSync } = await import("node:fs");
      const written = () => { try { return readFileSync(process.argv[1] + "/tries.json", "utf8"); } catch { return ""; } };
      const look = () => written().includes('"count":' + process.argv[2]) ? process.kill(process.pid, "SIGKILL") : setImmediate(look);
      look();`;
    for (const count of ["1", "2"]) {
      expect(spawnSync(process.execPath, ["--input-type=module-typescript", "-e", child, directory, count]).signal).toBe("SIGKILL");
    }
    expect(await attempt("wrong")).toMatchObject({ tries: { wrongTries: 3 } });
  });

  it("are one passphrase in whichever form it is typed", async () => {
    await cheaply("Zoe\u0308");
    expect(await attempt("Zo\u00EB")).toBeUndefined();
  });
});

describe("a profile of an Earshot without vaults", () => {
  function old(): void {
    writeOldProfile(directory, identity, "Ada", places);
  }

  it("is taken over into a vault once, and its bare keys are gone", async () => {
    old();
    expect(await inspectProfile(directory)).toMatchObject({ protection: "open", damaged: false });
    const taken = await unlockProfile(directory, { passphrase: "new" });
    expect(await taken.store.load()).toEqual({ identity, name: "Ada", remembered: places });
    await taken.close();
    expect(readdirSync(directory)).toEqual(["keys.json", "vault.db"]);
    await closed(unlockProfile(directory, { passphrase: "new" }));
  });

  it("that a crash kept beside its vault is destroyed at the next start, another's is not", async () => {
    old();
    const file = readFileSync(path("profile.json"));
    await closed(unlockProfile(directory, {}));
    writeFileSync(path("profile.json"), file);
    await closed(unlockProfile(directory, {}));
    expect(readdirSync(directory)).toEqual(["keys.json", "vault.db"]);
    writeFileSync(path("profile.json"), file.toString().replace("0101", "0102"));
    await closed(unlockProfile(directory, {}));
    expect(readdirSync(directory)).toContain("profile.json");
  });

  it("that is damaged stays as it is, and is told", async () => {
    old();
    writeFileSync(path("profile.json"), "half");
    expect(await inspectProfile(directory)).toMatchObject({ damaged: true });
    await expect(unlockProfile(directory, {})).rejects.toMatchObject({ code: "damaged" });
    await expect(unlockProfile(directory, {})).rejects.toThrow("Nothing was overwritten");
    await expect(createProfile(directory, {})).rejects.toMatchObject({ code: "profileExists" });
    expect(readdirSync(directory)).toEqual(["profile.json"]);
    expect(readFileSync(path("profile.json"), "utf8")).toBe("half");
  });
});
