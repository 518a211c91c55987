/**
 * The vault on disk: one SQLCipher database under one key. Tables have rows, not keys, as their order, so that what is left
 * of a damaged file can be read page by page (salvage.node.ts).
 */
import { closeSync, openSync, writeFileSync } from "node:fs";
import type { Database } from "better-sqlite3-multiple-ciphers";
import { eventsPerRoomMax, recordsPerTableMax, writesUntilCleared } from "./limits.ts";
import { ProfileError } from "./port.ts";
import { connect, isDamage, type Sqlite, vaultError } from "./sqlcipher.node.ts";
import { type IndexedText, TextIndex } from "./text-index.node.ts";
import {
  checkChanges,
  checkEventKeys,
  checkEvents,
  checkLimit,
  checkQuery,
  checkRoom,
  checkSearchable,
  checkTargets,
} from "./vault-bounds.ts";
import type { EventKey, EventPlace, StoredEvent, Table, Vault } from "./vault-port.ts";
import { schema, schemaVersion, upgrades } from "./vault-schema.node.ts";

/** Beside a vault in which damage was met while it was open: the next start reads every page of it. */
export const suspectSuffix = ".suspect";

type EventRow = [
  author: string,
  logId: string,
  seq: number,
  clock: number,
  arrivedAt: number,
  bytes: Buffer,
  target: string | null,
  text: string | null,
];
const columns = "author, logId, seq, clock, arrivedAt, bytes, target, text";
interface TextRow extends IndexedText {
  readonly id: number;
  readonly clock: number;
}
const textColumns = "id, roomId, author, clock, text, place";

/** `key`: undefined for none, as a measure. `makes`: an empty one, where there is none. Throws `ProfileError` "damaged" or "unusable". */
export function openVault(Sqlite: Sqlite, path: string, key: Uint8Array | undefined, { makes }: { readonly makes: boolean }): Vault {
  let database: Database | undefined;
  try {
    // SQLite makes its log readable by whoever may read the database.
    closeSync(openSync(path, "a", 0o600));
    database = connect(Sqlite, path, key);
    const version = database.pragma("user_version", { simple: true });
    if (version === 0 && makes) database.exec(schema);
    else if (version === 0) throw damaged(path);
    else if (typeof version !== "number" || version > schemaVersion) throw newer(path);
    else for (const upgrade of upgrades.slice(version - 1)) database.exec(upgrade);
    return vaultOn(database, path);
  } catch (error) {
    database?.close();
    throw vaultError(path, error);
  }
}

function vaultOn(database: Database, path: string): Vault {
  const sql = {
    get: database.prepare<[string, string], Buffer>("SELECT value FROM records WHERE section = ? AND key = ?").pluck(),
    entries: database.prepare<[string], [string, Buffer]>("SELECT key, value FROM records WHERE section = ? ORDER BY key").raw(),
    put: database.prepare(
      "INSERT INTO records (section, key, value) VALUES (?, ?, ?) ON CONFLICT (section, key) DO UPDATE SET value = excluded.value",
    ),
    remove: database.prepare("DELETE FROM records WHERE section = ? AND key = ?"),
    has: database.prepare<[string, string]>("SELECT 1 FROM records WHERE section = ? AND key = ?").pluck(),
    count: database.prepare<[string], { id: number; count: number }>("SELECT id, count FROM counts WHERE name = ?"),
    addCount: database.prepare<[string], { id: number; count: number }>(
      "INSERT INTO counts (name, count) VALUES (?, 0) RETURNING id, count",
    ),
    setCount: database.prepare("UPDATE counts SET count = ? WHERE id = ?"),
    removeCount: database.prepare("DELETE FROM counts WHERE id = ?"),
    counted: database.prepare<[], string>("SELECT name FROM counts WHERE count > 0 ORDER BY name").pluck(),
    append: database.prepare(
      "INSERT OR IGNORE INTO events (room, roomId, author, logId, seq, clock, arrivedAt, bytes, target, text, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    rewrite: database.prepare(
      "UPDATE events SET clock = ?, arrivedAt = ?, bytes = ?, target = ?, text = ?, place = ? WHERE room = ? AND author = ? AND logId = ? AND seq = ?",
    ),
    removeEvent: database.prepare("DELETE FROM events WHERE room = ? AND author = ? AND logId = ? AND seq = ?"),
    removeOldest: database.prepare(
      "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE room = ? ORDER BY clock, author, logId, seq LIMIT ?)",
    ),
    oldestTexts: database.prepare<[number, number], TextRow>(
      `SELECT ${textColumns} FROM (SELECT * FROM events WHERE room = ? ORDER BY clock, author, logId, seq LIMIT ?) WHERE place IS NOT NULL`,
    ),
    textOf: database.prepare<
      [number, string, string, number],
      TextRow | { readonly id: number; readonly clock: number; readonly place: null }
    >(`SELECT ${textColumns} FROM events WHERE room = ? AND author = ? AND logId = ? AND seq = ?`),
    setText: database.prepare("UPDATE events SET text = ?, place = ? WHERE id = ?"),
    newest: database
      .prepare<[number, number], EventRow>(
        `SELECT ${columns} FROM events WHERE room = ?
         ORDER BY clock DESC, author DESC, logId DESC, seq DESC LIMIT ?`,
      )
      .raw(),
    newestBefore: database
      .prepare<[number, number, string, string, number, number], EventRow>(
        `SELECT ${columns} FROM events
         WHERE room = ? AND (clock, author, logId, seq) < (?, ?, ?, ?)
         ORDER BY clock DESC, author DESC, logId DESC, seq DESC LIMIT ?`,
      )
      .raw(),
    oldestAfter: database
      .prepare<[number, number, string, string, number, number], EventRow>(
        `SELECT ${columns} FROM events
         WHERE room = ? AND (clock, author, logId, seq) > (?, ?, ?, ?)
         ORDER BY clock, author, logId, seq LIMIT ?`,
      )
      .raw(),
    ofLog: database
      .prepare<[number, string, string, number, number], EventRow>(
        `SELECT ${columns} FROM events WHERE room = ? AND author = ? AND logId = ? AND seq >= ? ORDER BY seq LIMIT ?`,
      )
      .raw(),
    about: database
      .prepare<[number, string, number], EventRow>(`SELECT ${columns} FROM events WHERE room = ? AND target = ? LIMIT ?`)
      .raw(),
    nextLog: database
      .prepare<[number, string, string], [string, string]>(
        "SELECT author, logId FROM events WHERE room = ? AND (author, logId) > (?, ?) ORDER BY author, logId LIMIT 1",
      )
      .raw(),
    lastOf: database
      .prepare<[number, string, string], number>("SELECT max(seq) FROM events WHERE room = ? AND author = ? AND logId = ?")
      .pluck(),
  };
  const texts = new TextIndex(database);
  const roomNumber = (roomId: string): number | undefined => sql.count.get(countName.room(roomId))?.id;
  let isClosed = false;
  /** Writes whose overwritten bytes may still stand in the log that SQLite writes ahead. */
  let uncleared = 0;

  function guarded<T>(act: () => T): T {
    if (isClosed) throw new Error("the vault is closed");
    try {
      return act();
    } catch (error) {
      if (isDamage(error)) markSuspect(path);
      throw vaultError(path, error);
    }
  }

  const counter = (name: string): { id: number; count: number } =>
    sql.count.get(name) ?? (sql.addCount.get(name) as { id: number; count: number });

  /** What was overwritten or deleted leaves the files: the log is copied into the database, whose free bytes are zeros, and cut. */
  function clearLog(): void {
    database.pragma("wal_checkpoint(TRUNCATE)");
    uncleared = 0;
  }

  const writeAll = database.transaction((changes: Parameters<Vault["write"]>[0]) => {
    const added = new Map<Table, number>();
    for (const { table, key, value } of changes) {
      const before = sql.has.get(table, key) === undefined ? 0 : 1;
      if (value === undefined) sql.remove.run(table, key);
      else sql.put.run(table, key, value);
      const by = Number(value !== undefined) - before;
      if (by !== 0) added.set(table, (added.get(table) ?? 0) + by);
    }
    for (const [table, by] of added) {
      const { id, count } = counter(countName.table(table));
      checkRoom(count + by, recordsPerTableMax, table);
      sql.setCount.run(count + by, id);
    }
  });

  const appendAll = database.transaction((events: readonly StoredEvent[]) => {
    const indexed: IndexedText[] = [];
    const full: [room: number, surplus: number][] = [];
    for (const [roomId, list] of byRoom(events)) {
      const { id: room, count } = counter(countName.room(roomId));
      let added = 0;
      for (const { author, logId, seq, clock, arrivedAt, bytes, target, text } of list) {
        const place = text === undefined ? null : texts.nextPlace(clock);
        const { changes } = sql.append.run(room, roomId, author, logId, seq, clock, arrivedAt, bytes, target ?? null, text ?? null, place);
        added += changes;
        if (changes > 0 && text !== undefined && place !== null) indexed.push({ roomId, author, text, place });
      }
      const surplus = count + added - eventsPerRoomMax;
      if (surplus > 0) full.push([room, surplus]);
      sql.setCount.run(Math.min(count + added, eventsPerRoomMax), room);
    }
    texts.add(indexed);
    for (const [room, surplus] of full) {
      for (const text of sql.oldestTexts.all(room, surplus)) texts.remove(text);
      sql.removeOldest.run(room, surplus);
    }
  });

  const rewriteAll = database.transaction((events: readonly StoredEvent[]) => {
    const indexed: IndexedText[] = [];
    for (const { roomId, author, logId, seq, clock, arrivedAt, bytes, target, text } of events) {
      const room = roomNumber(roomId);
      if (room === undefined) continue;
      const before = sql.textOf.get(room, author, logId, seq);
      if (before === undefined) continue;
      const isSame = before.place !== null && before.text === text && before.clock === clock;
      if (before.place !== null && !isSame) texts.remove(before);
      const place = isSame ? before.place : text === undefined ? null : texts.nextPlace(clock);
      sql.rewrite.run(clock, arrivedAt, bytes, target ?? null, text ?? null, place, room, author, logId, seq);
      if (!isSame && text !== undefined && place !== null) indexed.push({ roomId, author, text, place });
    }
    texts.add(indexed);
  });

  /** Whether there was another text before. */
  const replaceText = database.transaction(({ roomId, author, logId, seq }: EventKey, text: string | undefined): boolean => {
    const room = roomNumber(roomId);
    const before = room === undefined ? undefined : sql.textOf.get(room, author, logId, seq);
    if (before === undefined || (before.place !== null && before.text === text)) return false;
    if (before.place !== null) texts.remove(before);
    const place = text === undefined ? null : texts.nextPlace(before.clock);
    sql.setText.run(text ?? null, place, before.id);
    if (text !== undefined && place !== null) texts.add([{ roomId, author, text, place }]);
    return before.place !== null;
  });

  const deleteAll = database.transaction((keys: Parameters<Vault["deleteEvents"]>[0]) => {
    for (const [roomId, list] of byRoom(keys)) {
      const counted = sql.count.get(countName.room(roomId));
      if (counted === undefined) continue;
      let removed = 0;
      for (const { author, logId, seq } of list) {
        const text = sql.textOf.get(counted.id, author, logId, seq);
        if (text === undefined) continue;
        if (text.place !== null) texts.remove(text);
        removed += sql.removeEvent.run(counted.id, author, logId, seq).changes;
      }
      if (removed === counted.count) sql.removeCount.run(counted.id);
      else sql.setCount.run(counted.count - removed, counted.id);
    }
  });

  return {
    isKept: true,
    get: (table, key) =>
      guarded(() => {
        const value = sql.get.get(table, key);
        return value && plain(value);
      }),
    entries: (table) => guarded(() => sql.entries.all(table).map(([key, value]) => [key, plain(value)] as const)),
    write: (changes) =>
      guarded(() => {
        checkChanges(changes);
        writeAll(changes);
        uncleared += 1;
        if (uncleared >= writesUntilCleared) clearLog();
      }),
    appendEvents: (events) =>
      guarded(() => {
        checkEvents(events);
        appendAll(events);
      }),
    rewriteEvents: (events) =>
      guarded(() => {
        checkEvents(events);
        rewriteAll(events);
        clearLog();
      }),
    setText: (key, text) =>
      guarded(() => {
        checkEventKeys([key]);
        checkSearchable(text);
        if (replaceText(key, text)) clearLog();
      }),
    searchTexts: (query) =>
      guarded(() => {
        checkQuery(query);
        return texts.search(query);
      }),
    deleteEvents: (keys) =>
      guarded(() => {
        checkEventKeys(keys);
        deleteAll(keys);
        clearLog();
      }),
    readEvents: (roomId, limit, before) =>
      guarded(() => {
        checkLimit(limit);
        const room = roomNumber(roomId);
        if (room === undefined) return [];
        const rows = before === undefined ? sql.newest.all(room, limit) : sql.newestBefore.all(room, ...placed(before), limit);
        return rows.map((row) => eventOf(roomId, row));
      }),
    readNewer: (roomId, limit, after) =>
      guarded(() => {
        checkLimit(limit);
        const room = roomNumber(roomId);
        return room === undefined ? [] : sql.oldestAfter.all(room, ...placed(after), limit).map((row) => eventOf(roomId, row));
      }),
    readLog: (roomId, author, logId, seq, limit) =>
      guarded(() => {
        checkLimit(limit);
        const room = roomNumber(roomId);
        return room === undefined ? [] : sql.ofLog.all(room, author, logId, seq, limit).map((row) => eventOf(roomId, row));
      }),
    readAbout: (roomId, targets, limit) =>
      guarded(() => {
        checkLimit(limit);
        checkTargets(targets);
        const room = roomNumber(roomId);
        const found: StoredEvent[] = [];
        if (room === undefined) return found;
        for (const target of new Set(targets))
          for (const row of sql.about.all(room, target, limit - found.length)) found.push(eventOf(roomId, row));
        return found;
      }),
    heads: (roomId) =>
      guarded(() => {
        const room = roomNumber(roomId);
        const heads: { author: string; logId: string; last: number }[] = [];
        if (room === undefined) return heads;
        for (let next = sql.nextLog.get(room, "", ""); next !== undefined; next = sql.nextLog.get(room, ...next))
          heads.push({ author: next[0], logId: next[1], last: sql.lastOf.get(room, ...next) ?? 0 });
        return heads;
      }),
    rooms: () => guarded(() => sql.counted.all().flatMap((name) => countName.roomOf(name) ?? [])),
    close() {
      if (isClosed) return;
      isClosed = true;
      database.close();
    },
  };
}

/** How many rows of each kind there should be, so that after damage it can be said how many are lost. */
export const countName = {
  table: (table: Table): string => `table ${table}`,
  room: (roomId: string): string => `room ${roomId}`,
  roomOf: (name: string): string | undefined => (name.startsWith("room ") ? name.slice("room ".length) : undefined),
};

const placed = ({ clock, author, logId, seq }: EventPlace): [number, string, string, number] => [clock, author, logId, seq];
/** The driver's buffers have memory of their own, which nobody else sees. */
const plain = ({ buffer, byteOffset, length }: Buffer): Uint8Array => new Uint8Array(buffer, byteOffset, length);

function eventOf(roomId: string, [author, logId, seq, clock, arrivedAt, bytes, target, text]: EventRow): StoredEvent {
  return {
    roomId,
    author,
    logId,
    seq,
    clock,
    bytes: plain(bytes),
    arrivedAt,
    ...(target !== null && { target }),
    ...(text !== null && { text }),
  };
}

function byRoom<Item extends { readonly roomId: string }>(items: readonly Item[]): Map<string, Item[]> {
  const rooms = new Map<string, Item[]>();
  for (const item of items) {
    const list = rooms.get(item.roomId) ?? [];
    list.push(item);
    rooms.set(item.roomId, list);
  }
  return rooms;
}

function markSuspect(path: string): void {
  try {
    writeFileSync(`${path}${suspectSuffix}`, "", { mode: 0o600 });
  } catch {
    // A disk that takes no file either: the next start meets the damage where this one did.
  }
}

/** A file that was cut to nothing is an empty database to SQLite. */
function damaged(path: string): ProfileError {
  return new ProfileError("damaged", `The vault ${path} is empty. Nothing was overwritten.`);
}

function newer(path: string): ProfileError {
  return new ProfileError("unusable", `The vault ${path} is from a newer Earshot. Nothing was changed. Open it with that one.`);
}
