/** A vault that an earlier version wrote opens in this one, and nothing of it is lost: not when the upgrade is cut short either. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keptRooms, upgradedRooms } from "../../src/cli/kept-rooms.ts";
import { identityFromSecrets } from "../../src/crypto/index.ts";
import type { LogId, Millis } from "../../src/ids.ts";
import { Rooms, upgradesOf } from "../../src/rooms/index.ts";
import type { OpenKeptProfile } from "../../src/store/index.ts";
import { unlockProfile } from "../../src/store/kept-profile.node.ts";
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

async function texts(): Promise<Record<string, string[]>> {
  const { identity } = await profile.store.load();
  if (identity === undefined) throw new Error("whose is it");
  const self = identityFromSecrets(signatures, identity.signSeed, identity.agreeSecret);
  const rooms = new Rooms(
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
  return Object.fromEntries(
    rooms.listRooms().map(({ roomId, name }) => [name, rooms.listMessages(roomId, undefined, 100).messages.map(({ text }) => text)]),
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
