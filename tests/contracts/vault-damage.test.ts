/** A vault in which bytes are wrong or missing: what can be read is read, nothing is overwritten, and it is said what is lost. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenKeptProfile, StoredEvent, Vault } from "../../src/store/index.ts";
import { createProfile, inspectProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";
import { vaultPageBytes, writesUntilCleared } from "../../src/store/limits.ts";
import { connect, loadSqlite, vaultSalt } from "../../src/store/sqlcipher.node.ts";
import { readPages } from "../../src/store/sqlcipher-pages.node.ts";
import { rowsOfLeaf } from "../../src/store/sqlite-rows.ts";
import { openVault } from "../../src/store/vault.node.ts";
import { schemaVersion } from "../../src/store/vault-schema.node.ts";

const Sqlite = await loadSqlite();
const identity = { signSeed: new Uint8Array(32).fill(1), agreeSecret: new Uint8Array(32).fill(2) };
const eventCount = 3_000;
/** Some longer than a page, so that they run over. */
const bytesOf = (seq: number): Uint8Array => new Uint8Array(seq % 500 === 0 ? 10_000 : 100 + (seq % 50)).fill(seq % 251);
const events: StoredEvent[] = Array.from({ length: eventCount }, (_, seq) => ({
  roomId: seq % 3 === 0 ? "lobby" : "b".repeat(26),
  author: "a".repeat(32),
  logId: "0123456789abcdef",
  seq,
  clock: 1_700_000_000_000 + seq,
  arrivedAt: 1_700_000_000_000 - seq,
  bytes: bytesOf(seq),
  ...(seq % 2 === 0 && { text: `said as number${seq}` }),
}));

let parent: string;
let directory: string;
beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), "earshot-damage-"));
  directory = join(parent, "ada");
  const { vault, close } = await createProfile(directory, { identity, name: "Ada" });
  vault.appendEvents(events);
  vault.write(
    Array.from({ length: 200 }, (_, index) => ({ table: "contacts", key: `c${index}`, value: new Uint8Array(60).fill(index) }) as const),
  );
  await close();
});
afterEach(() => rmSync(parent, { recursive: true }));

const path = (name = "vault.db"): string => join(directory, name);
const pageCount = (): number => statSync(path()).size / vaultPageBytes;
const key = (): Uint8Array =>
  Uint8Array.from(Buffer.from(/"key": "([0-9a-f]+)"/.exec(readFileSync(path("keys.json"), "utf8"))?.[1] ?? "", "hex"));

function damagePage(number: number): void {
  const file = readFileSync(path());
  const at = (number - 1) * vaultPageBytes + 100;
  file[at] = (file[at] ?? 0) ^ 1;
  writeFileSync(path(), file);
}

function stored({ vault }: OpenKeptProfile): StoredEvent[] {
  return vault.rooms().flatMap((roomId) => vault.readEvents(roomId, 10_000));
}

/** Whatever was read is what was written; how many is for the caller. */
function expectTrue(found: readonly StoredEvent[]): void {
  for (const event of found) expect(event).toEqual(events[event.seq]);
  expect(new Set(found.map(({ seq }) => seq)).size).toBe(found.length);
}

/** Which page holds the events' first leaf, the records' root, and so on, as SQLite itself says. */
function rootPage(name: string): number {
  const database = connect(Sqlite, path(), key());
  const root = database.prepare<[string], number>("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(name);
  database.close();
  return root ?? 0;
}

describe("the pages of a vault, read one by one", () => {
  it("say the rows that SQLite says, of database and log alike", () => {
    // A log that is not yet in the database, as a crash leaves it.
    const open = openVault(Sqlite, path(), key(), { makes: false });
    open.appendEvents(events.map((event) => ({ ...event, roomId: "in the log" })));
    open.deleteEvents([]);
    open.appendEvents([{ ...(events[0] as StoredEvent), roomId: "in the log", seq: -1 }]);
    const [file, log] = [readFileSync(path()), readFileSync(path("vault.db-wal"))];
    open.close();
    expect(log.length).toBeGreaterThan(vaultPageBytes);
    const source = { bytes: file.length, read: (offset: number, length: number) => file.subarray(offset, offset + length) };
    const pages = readPages(source, log, key(), vaultSalt(key()));
    expect(pages.unreadable).toBe(0);
    const rows = Array.from({ length: pages.count }, (_, index) => [...rowsOfLeaf(index + 1, pages.page)]).flat();
    const database = connect(Sqlite, path(), key());
    const read = (table: string): unknown[][] => database.prepare<[], unknown[]>(`SELECT * FROM ${table} ORDER BY id`).raw().all();
    for (const [table, columns] of [
      ["counts", 3],
      ["records", 4],
      ["events", 12],
    ] as const) {
      const found = rows.filter((row) => row.length === columns).map((row) => JSON.stringify(row.slice(1)));
      const expected = read(table).map(([, ...row]) =>
        JSON.stringify(row.map((value) => (Buffer.isBuffer(value) ? new Uint8Array(value) : value))),
      );
      expect(found.toSorted()).toEqual(expected.toSorted());
    }
    database.close();
  });

  /** Whether any page that stands anywhere in either file has the text, whether the page still counts or not. */
  function anyPageHolds(text: string): boolean {
    const [file, log] = [readFileSync(path()), readFileSync(path("vault.db-wal"))];
    const frameBytes = 24 + vaultPageBytes;
    const inLog = Array.from({ length: Math.floor((log.length - 32) / frameBytes) }, (_, index) => {
      const at = 32 + index * frameBytes;
      return [log.readUInt32BE(at), log.subarray(at + 24, at + frameBytes)] as const;
    });
    const inFile = Array.from(
      { length: file.length / vaultPageBytes },
      (_, index) => [index + 1, file.subarray(index * vaultPageBytes, (index + 1) * vaultPageBytes)] as const,
    );
    return [...inFile, ...inLog].some(([number, bytes]) => {
      const source = {
        bytes: vaultPageBytes,
        read: (offset: number) => (offset === (number - 1) * vaultPageBytes ? bytes : bytes.subarray(0, 0)),
      };
      return Buffer.from(readPages(source, new Uint8Array(), key(), vaultSalt(key())).page(number) ?? []).includes(text);
    });
  }

  it("hold nothing of a deleted event, nor does the log", () => {
    const open = openVault(Sqlite, path(), key(), { makes: false });
    const event = { ...(events[0] as StoredEvent), seq: eventCount, clock: 5, bytes: Buffer.from("burn after reading ".repeat(5)) };
    open.appendEvents([event]);
    expect(anyPageHolds("burn after reading")).toBe(true);
    open.deleteEvents([event]);
    expect(anyPageHolds("burn after reading")).toBe(false);
    open.close();
  });

  it.each<[how: string, forget: (vault: Vault, event: StoredEvent) => void]>([
    ["was deleted with its event", (vault, event) => vault.deleteEvents([event])],
    ["was taken back", (vault, event) => vault.setText(event, undefined)],
    ["gave way to another", (vault, event) => vault.setText(event, "said otherwise")],
    ["was stored again without", (vault, event) => vault.rewriteEvents([{ ...event, text: undefined }])],
  ])("hold nothing of a text that %s, nor does its index", (_how, forget) => {
    const open = openVault(Sqlite, path(), key(), { makes: false });
    // In a part of the index of its own, in one with others, and after SQLite has put the parts together.
    const secrets = ["zanzibar", "quagga", "xylophone"].map((word, index) => ({
      ...(events[0] as StoredEvent),
      seq: eventCount + index,
      text: `said ${word} to nobody`,
    }));
    for (const [index, event] of secrets.entries()) {
      open.appendEvents([event, ...events.slice(0, index * 100).map((more) => ({ ...more, roomId: `room ${index}` }))]);
      for (let more = 0; more < index * 20; more += 1) open.appendEvents([{ ...event, seq: 10_000 + more, text: `xylo ${more}` }]);
    }
    for (const [event, word] of secrets.map((event) => [event, event.text.split(" ")[1] ?? ""] as const)) {
      expect(anyPageHolds(word)).toBe(true);
      expect(open.searchTexts({ words: word, limit: 9 })).toHaveLength(1);
      forget(open, event);
      expect(open.searchTexts({ words: word, limit: 9 })).toEqual([]);
      // Neighbours in the index share their beginnings.
      for (const part of [word, word.slice(2)]) expect(anyPageHolds(part), part).toBe(false);
    }
    open.close();
  });

  it("hold nothing of an overwritten record a hundred writes later", () => {
    const open = openVault(Sqlite, path(), key(), { makes: false });
    const session = (text: string) => open.write([{ table: "sessions", key: "ben", value: Buffer.from(text) }]);
    session("yesterday's key");
    for (let write = 0; write < writesUntilCleared; write += 1) {
      if (write === 1) expect(anyPageHolds("yesterday's key")).toBe(true);
      session(`today's key ${write}`);
    }
    expect(anyPageHolds("yesterday's key")).toBe(false);
    open.close();
  });
});

describe("a damaged vault", () => {
  async function salvaged(): Promise<OpenKeptProfile> {
    const before = readFileSync(path());
    const profile = await unlockProfile(directory, {});
    if (profile.salvage === undefined) throw new Error("nothing was salvaged");
    expect(readFileSync(path(profile.salvage.keptAs)).equals(before)).toBe(true);
    expect(profile.salvage.message).toContain(profile.salvage.keptAs);
    return profile;
  }

  it.each<[what: string, damage: () => void, lost: number | undefined]>([
    ["in its first page", () => damagePage(1), 0],
    ["in its very first bytes", () => writeFileSync(path(), Buffer.concat([Buffer.alloc(16), readFileSync(path()).subarray(16)])), 0],
    ["in the root of its events", () => damagePage(rootPage("events")), 0],
    ["in the root of its texts' index", () => damagePage(rootPage("texts_data")), 0],
  ])("%s is read whole", async (_what, damage, lost) => {
    damage();
    const profile = await salvaged();
    expect(profile.salvage).toMatchObject({ eventsKept: eventCount, eventsLost: lost, recordsLost: 0, identityLost: false });
    expect(profile.salvage?.message).toContain(
      "3000 stored messages and notices are there, none is lost. Your key, contacts and settings are all there.",
    );
    expect(await profile.store.load()).toMatchObject({ identity, name: "Ada" });
    const found = stored(profile);
    expect(found).toHaveLength(eventCount);
    expectTrue(found);
    expect([...profile.vault.entries("contacts")]).toHaveLength(200);
    expect(profile.vault.searchTexts({ words: "said", limit: eventCount })).toHaveLength(eventCount / 2);
    expect(profile.vault.searchTexts({ words: "number2998", limit: 9 }).map((hit) => hit.key.seq)).toEqual([2_998]);
    await profile.close();
    const again = await unlockProfile(directory, {});
    expect(again.salvage).toBeUndefined();
    expect(stored(again)).toHaveLength(eventCount);
    await again.close();
  });

  it("of which half is missing gives the other half, and says how many are lost", async () => {
    truncateSync(path(), Math.floor(pageCount() / 2) * vaultPageBytes);
    const profile = await salvaged();
    const found = stored(profile);
    expectTrue(found);
    expect(found.length).toBeGreaterThan(500);
    expect(found.length).toBeLessThan(eventCount);
    expect(profile.salvage).toMatchObject({ eventsKept: found.length, eventsLost: eventCount - found.length });
    expect(profile.salvage?.message).toContain(`${eventCount - found.length} are lost`);
    await profile.close();
  });

  it("that was cut to nothing is not taken for a new one", async () => {
    truncateSync(path(), 0);
    const profile = await salvaged();
    expect(profile.salvage).toMatchObject({ eventsKept: 0, identityLost: true });
    expect(profile.salvage?.message).toContain("Your key is lost");
    await profile.close();
  });

  it("is read at the next start where the damage was met while it was open", async () => {
    const profile = await unlockProfile(directory, {});
    await profile.close();
    // A leaf of events: the opening does not touch it.
    const leaf = leafOf(1_500);
    damagePage(leaf);
    const open = await unlockProfile(directory, {});
    expect(open.salvage).toBeUndefined();
    expect(() => stored(open)).toThrow("damaged");
    await open.close();
    const again = await salvaged();
    const found = stored(again);
    expectTrue(found);
    expect(again.salvage).toMatchObject({ eventsKept: found.length, eventsLost: eventCount - found.length, identityLost: false });
    expect(eventCount - found.length).toBeGreaterThan(0);
    expect(eventCount - found.length).toBeLessThan(50);
    await again.close();
    const last = await unlockProfile(directory, {});
    expect(last.salvage).toBeUndefined();
    await last.close();
  });

  function leafOf(seq: number): number {
    const file = readFileSync(path());
    const source = { bytes: file.length, read: (offset: number, length: number) => file.subarray(offset, offset + length) };
    const pages = readPages(source, new Uint8Array(), key(), vaultSalt(key()));
    for (let number = 1; number <= pages.count; number += 1) {
      for (const row of rowsOfLeaf(number, pages.page)) if (row.length === 12 && row[5] === seq) return number;
    }
    throw new Error("no such leaf");
  }

  it("is never wrong, whichever page is damaged", async () => {
    const whole = readFileSync(path());
    const count = pageCount();
    for (let number = 1; number <= count; number += Math.ceil(count / 12)) {
      writeFileSync(path(), whole);
      damagePage(number);
      writeFileSync(path("vault.db.suspect"), "");
      const profile = await salvaged();
      const found = stored(profile);
      expectTrue(found);
      if (profile.salvage?.eventsLost !== undefined) expect(found.length + profile.salvage.eventsLost).toBe(eventCount);
      expect(found.length).toBeGreaterThan(eventCount - 60);
      await profile.close();
    }
  });

  it("whose salvage a crash cut short is salvaged again, or the finished one is taken", async () => {
    const before = await unlockProfile(directory, {});
    before.vault.deleteEvents(events.slice(0, 1_000));
    before.vault.appendEvents([{ ...(events[0] as StoredEvent), roomId: "of the old log" }]);
    const log = readFileSync(path("vault.db-wal"));
    before.vault.deleteEvents([{ ...(events[0] as StoredEvent), roomId: "of the old log" }]);
    before.vault.appendEvents(events.slice(0, 1_000));
    await before.close();
    damagePage(1);
    writeFileSync(path("vault.db.new"), "half");
    await (await salvaged()).close();
    // After the damaged one got its other name, before the new one got its own.
    copyFileSync(path(), path("vault.db.new"));
    rmSync(path());
    writeFileSync(path("vault.db-wal"), log);
    const again = await unlockProfile(directory, {});
    expect(again.salvage).toBeUndefined();
    expectTrue(stored(again));
    expect(stored(again)).toHaveLength(eventCount);
    await again.close();
  });

  it("that is missing, or whose keys are, is told, and nothing is made in its place", async () => {
    rmSync(path());
    await expect(unlockProfile(directory, {})).rejects.toMatchObject({ code: "damaged" });
    await expect(unlockProfile(directory, {})).rejects.toThrow("vault.db is missing");
    expect(readdirSync(directory)).toEqual(["keys.json"]);
    writeFileSync(path(), "x");
    rmSync(path("keys.json"));
    expect(await inspectProfile(directory)).toMatchObject({ damaged: true });
    await expect(unlockProfile(directory, {})).rejects.toThrow("keys.json, are missing");
    expect(readFileSync(path(), "utf8")).toBe("x");
  });

  it("of which only the keys are damaged keeps them as they are", async () => {
    for (const text of ["", "{", readFileSync(path("keys.json"), "utf8").replace('"version": 1', '"version": 2')]) {
      writeFileSync(path("keys.json"), text);
      expect(await inspectProfile(directory)).toMatchObject({ damaged: true });
      await expect(unlockProfile(directory, {})).rejects.toThrow("Nothing was overwritten");
      await expect(createProfile(directory, {})).rejects.toMatchObject({ code: "profileExists" });
      expect(readFileSync(path("keys.json"), "utf8")).toBe(text);
    }
  });

  it("from a newer Earshot is no damage, and stays", async () => {
    const database = connect(Sqlite, path(), key());
    database.pragma(`user_version = ${schemaVersion + 1}`);
    database.close();
    await expect(unlockProfile(directory, {})).rejects.toMatchObject({ code: "unusable" });
    expect(readdirSync(directory)).toEqual(["keys.json", "vault.db"]);
  });
});
