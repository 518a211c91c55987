/** A vault that an earlier version wrote opens in this one, and nothing of it is lost: not when the upgrade is cut short either. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keptRooms, upgradedRooms } from "../../src/cli/kept-rooms.ts";
import { identityFromSecrets } from "../../src/crypto/index.ts";
import type { LogId, Millis } from "../../src/ids.ts";
import { Rooms, upgradesOf } from "../../src/rooms/index.ts";
import type { OpenKeptProfile } from "../../src/store/index.ts";
import { unlockProfile } from "../../src/store/kept-profile.node.ts";
import { connect, loadSqlite } from "../../src/store/sqlcipher.node.ts";
import { upgrades } from "../../src/store/vault-schema.node.ts";
import { identityFromKeys, signatures } from "../unit/rooms.town.ts";

const harbour = Array.from({ length: 8 }, (_, i) => `ship ${i + 1} has come in`);
const quiet = Array.from({ length: 8 }, (_, i) => `a quiet word ${i + 1}`);

let directory: string;
let profile: OpenKeptProfile;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "earshot-version-1-"));
  cpSync(new URL("version-1", import.meta.url), directory, { recursive: true });
  profile = await unlockProfile(directory, {});
});
afterEach(async () => {
  await profile.close();
  rmSync(directory, { recursive: true });
});

async function opened(): Promise<Rooms> {
  const { identity } = await profile.store.load();
  if (identity === undefined) throw new Error("whose is it");
  const self = identityFromSecrets(signatures, identity.signSeed, identity.agreeSecret);
  return new Rooms(
    {
      self,
      signSeed: identity.signSeed,
      logId: "0123456789abcdef" as LogId,
      signatures,
      randomBytes: (length) => new Uint8Array(length),
      wallNow: () => 1_800_000_000_000 as Millis,
      nameOf: () => undefined,
      isBlocked: () => false,
      identityOf: () => undefined,
      identityFromKeys,
    },
    upgradedRooms(profile.vault),
  );
}

async function texts(): Promise<Record<string, string[]>> {
  const rooms = await opened();
  return Object.fromEntries(
    rooms.listRooms().map(({ roomId, name }) => [name, rooms.listMessages(roomId, undefined, 100)?.messages.map(({ text }) => text) ?? []]),
  );
}

it("opens with all that was said in it", async () => {
  expect(profile.salvage).toBeUndefined();
  expect(await texts()).toEqual({ lobby: ["good morning"], harbour, quiet });
  await profile.close();
  profile = await unlockProfile(directory, {});
  expect(await texts()).toEqual({ lobby: ["good morning"], harbour, quiet });
  expect([...upgradesOf(keptRooms(profile.vault))]).toEqual([]);
});

it("is searched like one of this version, and by it a version between is opened, too", async () => {
  await profile.close();
  cpSync(new URL("version-1", import.meta.url), directory, { recursive: true });
  const keys = readFileSync(join(directory, "keys.json"), "utf8");
  const key = Buffer.from(/"key": "([0-9a-f]+)"/.exec(keys)?.[1] ?? "", "hex");
  const database = connect(await loadSqlite(), join(directory, "vault.db"), key);
  expect(database.pragma("user_version", { simple: true })).toBe(1);
  database.exec(upgrades[0] ?? "");
  expect(database.pragma("user_version", { simple: true })).toBe(2);
  database.close();
  profile = await unlockProfile(directory, {});
  expect(await texts()).toEqual({ lobby: ["good morning"], harbour, quiet });
  expect(profile.vault.searchTexts({ words: "ship come", limit: 50 })).toHaveLength(8);
  expect(profile.vault.searchTexts({ words: "morning", limit: 50 })).toHaveLength(1);
});

it.each([
  ["in its first page", (file: Buffer) => file.fill(7, 200, 300)],
  ["in its very first bytes", (file: Buffer) => file.fill(0, 0, 16)],
])("that is damaged %s loses nothing either", async (_where, damage) => {
  await profile.close();
  rmSync(directory, { recursive: true });
  cpSync(new URL("version-1", import.meta.url), directory, { recursive: true });
  writeFileSync(join(directory, "vault.db"), damage(readFileSync(join(directory, "vault.db"))));
  profile = await unlockProfile(directory, {});
  expect(profile.salvage).toMatchObject({ eventsLost: 0, recordsLost: 0, identityLost: false });
  expect(await texts()).toEqual({ lobby: ["good morning"], harbour, quiet });
  expect(profile.vault.searchTexts({ words: "quiet word", limit: 50 })).toHaveLength(8);
});

it("is upgraded from where it was, however often that is cut short", async () => {
  const { length } = [...upgradesOf(keptRooms(profile.vault))];
  expect(length).toBeGreaterThan(4);
  for (let done = 0; done < length; done++) {
    const [first] = upgradesOf(keptRooms(profile.vault));
    profile.vault.rewriteEvents(first?.rewritten ?? []);
    if (done % 2 === 1) profile.vault.write((first?.records ?? []).map((record) => ({ table: "rooms", ...record })));
    await profile.close();
    profile = await unlockProfile(directory, {});
  }
  expect(await texts()).toEqual({ lobby: ["good morning"], harbour, quiet });
});

it("finds what was said before by its words, and what is corrected and deleted since", async () => {
  const rooms = await opened();
  const keep = (): void => {
    const kept = rooms.takeKept(0 as Millis);
    profile.vault.write((kept?.records ?? []).map((record) => ({ table: "rooms" as const, ...record })));
    profile.vault.rewriteEvents(kept?.rewritten ?? []);
    profile.vault.appendEvents(kept?.events ?? []);
  };
  const found = (words: string): string[] => rooms.search({ words }, 100).map(({ text }) => text);
  expect(found("SHIP come")).toEqual([...harbour].reverse());
  expect(found("qui word 3")).toEqual(["a quiet word 3"]);
  const [third] = rooms.search({ words: "quiet 3" }, 1);
  expect(rooms.acts.edit(third?.messageId ?? "", "a loud word", 0 as Millis).ok).toBe(true);
  keep();
  expect([found("quiet 3"), found("loud")]).toEqual([[], ["a loud word"]]);
  const [fourth] = rooms.search({ words: "ship 4" }, 1);
  rooms.acts.delete(fourth?.messageId ?? "", 0 as Millis);
  keep();
  expect(found("ship 4")).toEqual([]);
});
