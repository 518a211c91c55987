/** One suite for both vaults: what is written is there, whole or not at all, in order, and for the encrypted one after reopening. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryVault, type EventPlace, type StoredEvent, type Vault } from "../../src/store/index.ts";
import {
  batchMax,
  eventBytesMax,
  eventsPerRoomMax,
  readMax,
  recordBytesMax,
  recordKeyCharsMax,
  recordsPerTableMax,
} from "../../src/store/limits.ts";
import { comparePlaces } from "../../src/store/memory-vault.ts";
import { loadSqlite } from "../../src/store/sqlcipher.node.ts";
import { openVault } from "../../src/store/vault.node.ts";

const Sqlite = await loadSqlite();
const key = new Uint8Array(32).fill(9);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const event = (seq: number, change: Partial<StoredEvent> = {}): StoredEvent => ({
  roomId: "lobby",
  author: "a",
  logId: "0f",
  seq,
  clock: seq,
  bytes: bytes(seq),
  arrivedAt: 1_700_000_000_000 + seq,
  ...change,
});

let directory: string;
let vault: Vault;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "earshot-vault-"));
});
afterEach(() => {
  vault.close();
  rmSync(directory, { recursive: true });
});

describe.each<[name: string, isKept: boolean, open: () => Vault]>([
  ["in memory", false, createMemoryVault],
  ["in SQLCipher", true, () => openVault(Sqlite, join(directory, "vault.db"), key, { makes: true })],
])("a vault %s", (_name, isKept, open) => {
  beforeEach(() => {
    vault = open();
  });

  it("says whether it is kept, and is empty at first", () => {
    expect(vault.isKept).toBe(isKept);
    expect(vault.get("profile", "name")).toBeUndefined();
    expect([...vault.entries("sessions")]).toEqual([]);
    expect(vault.rooms()).toEqual([]);
    expect(vault.readEvents("lobby", 50)).toEqual([]);
  });

  it("gives back records by table and key, in the order of the keys", () => {
    vault.write([
      { table: "sessions", key: "b", value: bytes(2) },
      { table: "sessions", key: "a", value: bytes(1, 0, 255) },
      { table: "settings", key: "a", value: bytes() },
    ]);
    expect([...vault.entries("sessions")]).toEqual([
      ["a", bytes(1, 0, 255)],
      ["b", bytes(2)],
    ]);
    expect(vault.get("settings", "a")).toEqual(bytes());
    expect(vault.get("contacts", "a")).toBeUndefined();
  });

  it("applies the changes of one write in order: the last counts", () => {
    vault.write([
      { table: "settings", key: "a", value: bytes(1) },
      { table: "settings", key: "a", value: undefined },
      { table: "settings", key: "b", value: undefined },
      { table: "settings", key: "b", value: bytes(2) },
    ]);
    expect([...vault.entries("settings")]).toEqual([["b", bytes(2)]]);
    vault.write([{ table: "settings", key: "b", value: undefined }]);
    expect([...vault.entries("settings")]).toEqual([]);
  });

  it("shares no bytes with its caller, either way", () => {
    const value = bytes(1);
    vault.write([{ table: "settings", key: "a", value }]);
    const stored = event(1);
    vault.appendEvents([stored]);
    value.fill(7);
    stored.bytes.fill(7);
    vault.get("settings", "a")?.fill(8);
    for (const [, entry] of vault.entries("settings")) entry.fill(8);
    vault.readEvents("lobby", 1)[0]?.bytes.fill(8);
    expect(vault.get("settings", "a")).toEqual(bytes(1));
    expect(vault.readEvents("lobby", 1)[0]?.bytes).toEqual(bytes(1));
  });

  it("writes all or none where one change is beyond the bounds", () => {
    vault.write([{ table: "settings", key: "a", value: bytes(1) }]);
    const good = { table: "settings", key: "a", value: bytes(2) } as const;
    const bad = [
      { table: "settings", key: "x", value: new Uint8Array(recordBytesMax + 1) },
      { table: "settings", key: "", value: bytes(1) },
      { table: "settings", key: "k".repeat(recordKeyCharsMax + 1), value: undefined },
    ] as const;
    for (const change of bad) expect(() => vault.write([good, change])).toThrow(RangeError);
    expect(() => vault.write(Array.from({ length: batchMax + 1 }, () => good))).toThrow(RangeError);
    expect([...vault.entries("settings")]).toEqual([["a", bytes(1)]]);
    vault.write([{ table: "settings", key: "k".repeat(recordKeyCharsMax), value: new Uint8Array(recordBytesMax) }]);
    expect(vault.get("settings", "k".repeat(recordKeyCharsMax))).toHaveLength(recordBytesMax);
  });

  it("takes so many records in a table and no more; deleting makes room", () => {
    const records = Array.from(
      { length: recordsPerTableMax },
      (_, index) => ({ table: "sessions", key: `${index}`, value: bytes(1) }) as const,
    );
    for (let from = 0; from < records.length; from += batchMax) vault.write(records.slice(from, from + batchMax));
    const more = { table: "sessions", key: "more", value: bytes(2) } as const;
    const elsewhere = { table: "settings", key: "a", value: bytes(3) } as const;
    expect(() => vault.write([elsewhere, more])).toThrow(RangeError);
    expect(vault.get("settings", "a")).toBeUndefined();
    vault.write([{ table: "sessions", key: "0", value: bytes(4) }]);
    vault.write([{ table: "sessions", key: "0", value: undefined }, more]);
    expect(vault.get("sessions", "more")).toEqual(bytes(2));
    expect([...vault.entries("sessions")]).toHaveLength(recordsPerTableMax);
  });

  it("pages a room's events newest first, ties in one order", () => {
    const tied = [
      event(2, { clock: 5, author: "b" }),
      event(1, { clock: 5, author: "b" }),
      event(9, { clock: 5, author: "a", logId: "1" }),
    ];
    vault.appendEvents([event(4), ...tied, event(6), event(1, { roomId: "other" })]);
    const order = [event(6), ...tied, event(4)];
    expect(vault.readEvents("lobby", 50)).toEqual(order);
    const pages: StoredEvent[] = [];
    let before: EventPlace | undefined;
    do {
      const page = vault.readEvents("lobby", 2, before);
      pages.push(...page);
      before = page.at(-1);
    } while (before !== undefined);
    expect(pages).toEqual(order);
    expect(vault.readEvents("lobby", 0)).toEqual([]);
    expect(vault.rooms()).toEqual(["lobby", "other"]);
  });

  it("leaves an event that it has as it is", () => {
    vault.appendEvents([event(1)]);
    vault.appendEvents([event(1, { bytes: bytes(9), clock: 77 }), event(2)]);
    expect(vault.readEvents("lobby", 9)).toEqual([event(2), event(1)]);
  });

  it("deletes events, and a room with its last", () => {
    vault.appendEvents([event(1), event(2), event(1, { roomId: "other" })]);
    vault.deleteEvents([event(1), event(7), event(1, { roomId: "nowhere" })]);
    expect(vault.readEvents("lobby", 9)).toEqual([event(2)]);
    vault.deleteEvents([event(1, { roomId: "other" })]);
    expect(vault.rooms()).toEqual(["lobby"]);
    vault.appendEvents([event(3, { roomId: "other" })]);
    expect(vault.readEvents("other", 9)).toEqual([event(3, { roomId: "other" })]);
  });

  it("takes all events of a call or none", () => {
    const bad = [
      event(3, { bytes: new Uint8Array(eventBytesMax + 1) }),
      event(1.5),
      event(3, { clock: Number.NaN }),
      event(3, { author: "" }),
    ];
    for (const one of bad) expect(() => vault.appendEvents([event(1), one])).toThrow(RangeError);
    expect(() => vault.readEvents("lobby", readMax + 1)).toThrow(RangeError);
    expect(() => vault.deleteEvents(Array.from({ length: batchMax + 1 }, () => event(1)))).toThrow(RangeError);
    expect(vault.rooms()).toEqual([]);
    vault.appendEvents([event(Number.MAX_SAFE_INTEGER, { clock: 2 ** 52, arrivedAt: 1, bytes: new Uint8Array(eventBytesMax) })]);
    expect(vault.readEvents("lobby", 1)[0]).toMatchObject({ seq: Number.MAX_SAFE_INTEGER, clock: 2 ** 52 });
  });

  it("reads events from wherever in a room: after a place, of a log, by target, and the last of each log", () => {
    const all = [
      event(1, { target: "~a" }),
      event(2),
      event(3, { target: "~a", clock: 2 }),
      event(1, { author: "b", clock: 2, target: "~b" }),
      event(2, { author: "b", clock: 9 }),
      event(7, { author: "b", logId: "1f", clock: 5 }),
      event(1, { roomId: "other", target: "~a" }),
    ];
    vault.appendEvents(all);
    const inLobby = all.slice(0, 6).sort(comparePlaces);
    for (const limit of [0, 1, 3, 50]) {
      expect(vault.readNewer("lobby", limit, { clock: -1, author: "", logId: "", seq: 0 })).toEqual(inLobby.slice(0, limit));
      for (const [at, place] of inLobby.entries())
        expect(vault.readNewer("lobby", limit, place)).toEqual(inLobby.slice(at + 1, at + 1 + limit));
    }
    expect(vault.readLog("lobby", "a", "0f", 2, 10)).toEqual([all[1], all[2]]);
    expect(vault.readLog("lobby", "a", "0f", 1, 1)).toEqual([all[0]]);
    expect(vault.readLog("lobby", "a", "1f", 1, 1)).toEqual([]);
    const about = (...targets: string[]): unknown => vault.readAbout("lobby", targets, 10).sort(comparePlaces);
    expect(about("~a", "~b", "~c", "~a")).toEqual([all[0], all[2], all[3]].map((found) => found as StoredEvent).sort(comparePlaces));
    expect(vault.readAbout("lobby", ["~a"], 1)).toHaveLength(1);
    expect(vault.readAbout("nowhere", ["~a"], 1)).toEqual([]);
    const heads = [...vault.heads("lobby")].map(({ author, logId, last }) => `${author}/${logId}/${last}`);
    expect(heads.sort()).toEqual(["a/0f/3", "b/0f/2", "b/1f/7"]);
    vault.deleteEvents([all[2] as StoredEvent]);
    expect(about("~a")).toEqual([all[0]]);
    expect([...vault.heads("lobby")].find(({ author }) => author === "a")?.last).toBe(2);
    expect(() => vault.readAbout("lobby", [""], 1)).toThrow(RangeError);
  });

  it("stores events again that are there, and no others", () => {
    vault.appendEvents([event(1), event(2, { target: "~a" })]);
    vault.rewriteEvents([event(1, { bytes: bytes(9), target: "~b" }), event(2), event(3)]);
    expect(vault.readEvents("lobby", 10)).toEqual([event(2), event(1, { bytes: bytes(9), target: "~b" })]);
    expect(vault.readAbout("lobby", ["~a"], 10)).toEqual([]);
    expect(vault.readAbout("lobby", ["~b"], 10)).toHaveLength(1);
  });

  it("keeps so many events of a room, and lets the oldest go for newer ones", () => {
    for (let from = 0; from < eventsPerRoomMax; from += batchMax) {
      vault.appendEvents(Array.from({ length: batchMax }, (_, index) => event(from + index, { bytes: bytes(1) })));
    }
    vault.appendEvents([event(0, { roomId: "other" })]);
    const oldest = (): number[] => vault.readEvents("lobby", 9, { ...event(0), clock: 5 }).map(({ seq }) => seq);
    expect(oldest()).toEqual([4, 3, 2, 1, 0]);
    vault.appendEvents([0, 1, 2].map((more) => event(eventsPerRoomMax + more)));
    expect(oldest()).toEqual([4, 3]);
    expect(vault.readEvents("lobby", 1)[0]?.seq).toBe(eventsPerRoomMax + 2);
    expect(vault.readEvents("other", 9)).toHaveLength(1);
  }, 60_000);

  it("answers nothing once closed, and may be closed twice", () => {
    vault.close();
    vault.close();
    expect(() => vault.get("settings", "a")).toThrow("closed");
    expect(() => vault.write([])).toThrow("closed");
    expect(() => vault.rooms()).toThrow("closed");
  });

  it("agrees with a list that is sorted, whatever comes in whatever order", () => {
    const anEvent = fc.record({
      roomId: fc.constantFrom("r", "s"),
      author: fc.constantFrom("a", "b"),
      logId: fc.constantFrom("0", "1"),
      seq: fc.nat(9),
      clock: fc.nat(5),
    });
    const act = fc.oneof(
      { weight: 3, arbitrary: fc.record({ append: fc.array(anEvent, { maxLength: 8 }) }) },
      { weight: 1, arbitrary: fc.record({ remove: fc.array(anEvent, { maxLength: 4 }) }) },
    );
    const same = (a: Pick<StoredEvent, "roomId" | "author" | "logId" | "seq">) => (b: typeof a) =>
      a.roomId === b.roomId && a.author === b.author && a.logId === b.logId && a.seq === b.seq;
    let round = 0;
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), fc.nat(6), anEvent, (acts, limit, before) => {
        round += 1;
        const own = (event: { roomId: string }): string => `${round}-${event.roomId}`;
        let model: StoredEvent[] = [];
        for (const each of acts) {
          if ("append" in each) {
            const events = each.append.map((one) => ({ ...one, roomId: own(one), bytes: bytes(one.seq), arrivedAt: 1 }));
            vault.appendEvents(events);
            for (const one of events) if (!model.some(same(one))) model.push(one);
          } else {
            const keys = each.remove.map((one) => ({ ...one, roomId: own(one) }));
            vault.deleteEvents(keys);
            model = model.filter((one) => !keys.some(same(one)));
          }
        }
        for (const roomId of [`${round}-r`, `${round}-s`]) {
          const sorted = model.filter((one) => one.roomId === roomId).sort((a, b) => comparePlaces(b, a));
          expect(vault.readEvents(roomId, 100)).toEqual(sorted);
          expect(vault.readEvents(roomId, limit, before)).toEqual(sorted.filter((one) => comparePlaces(one, before) < 0).slice(0, limit));
          expect(vault.rooms().includes(roomId)).toBe(sorted.length > 0);
        }
      }),
      { numRuns: 60 },
    );
  });
});
