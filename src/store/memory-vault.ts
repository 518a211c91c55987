/** A guest's vault: gone when the process is. */
import { eventsPerRoomMax, recordsPerTableMax } from "./limits.ts";
import { checkChanges, checkEventKeys, checkEvents, checkLimit, checkRoom } from "./vault-bounds.ts";
import type { EventKey, EventPlace, StoredEvent, Table, Vault } from "./vault-port.ts";

export function createMemoryVault(): Vault {
  const tables = new Map<Table, Map<string, Uint8Array>>();
  const rooms = new Map<string, RoomEvents>();
  let isClosed = false;

  const table = (name: Table): Map<string, Uint8Array> => found(tables, name, () => new Map());
  const mustBeOpen = (): void => {
    if (isClosed) throw new Error("the vault is closed");
  };

  return {
    isKept: false,
    get(name, key) {
      mustBeOpen();
      return table(name).get(key)?.slice();
    },
    entries(name) {
      mustBeOpen();
      const sorted = [...table(name)].sort(([a], [b]) => compare(a, b));
      return sorted.map(([key, value]) => [key, value.slice()] as const);
    },
    write(changes) {
      mustBeOpen();
      checkChanges(changes);
      const final = new Map<Table, Map<string, Uint8Array | undefined>>();
      for (const { table: name, key, value } of changes) found(final, name, () => new Map()).set(key, value);
      for (const [name, records] of final) {
        let count = table(name).size;
        for (const [key, value] of records) count += Number(value !== undefined) - Number(table(name).has(key));
        checkRoom(count, recordsPerTableMax, name);
      }
      for (const [name, records] of final) {
        for (const [key, value] of records) {
          if (value === undefined) table(name).delete(key);
          else table(name).set(key, value.slice());
        }
      }
    },
    appendEvents(events) {
      mustBeOpen();
      checkEvents(events);
      for (const event of events) found(rooms, event.roomId, createRoomEvents).add(event);
      for (const roomId of new Set(events.map((event) => event.roomId))) rooms.get(roomId)?.trim(eventsPerRoomMax);
    },
    deleteEvents(keys) {
      mustBeOpen();
      checkEventKeys(keys);
      for (const key of keys) {
        const room = rooms.get(key.roomId);
        room?.remove(key);
        if (room?.size() === 0) rooms.delete(key.roomId);
      }
    },
    readEvents(roomId, limit, before) {
      mustBeOpen();
      checkLimit(limit);
      return rooms.get(roomId)?.newest(limit, before) ?? [];
    },
    rooms() {
      mustBeOpen();
      return [...rooms.keys()].sort(compare);
    },
    close() {
      isClosed = true;
      tables.clear();
      rooms.clear();
    },
  };
}

interface RoomEvents {
  add(event: StoredEvent): void;
  remove(key: EventKey): void;
  trim(max: number): void;
  newest(limit: number, before: EventPlace | undefined): StoredEvent[];
  size(): number;
}

function createRoomEvents(): RoomEvents {
  const byKey = new Map<string, StoredEvent>();
  /** Oldest first; undefined after a change, until somebody asks. */
  let sorted: StoredEvent[] | undefined;
  const inOrder = (): StoredEvent[] => {
    sorted ??= [...byKey.values()].sort(comparePlaces);
    return sorted;
  };
  return {
    add(event) {
      const name = nameOf(event);
      if (byKey.has(name)) return;
      byKey.set(name, { ...event, bytes: event.bytes.slice() });
      sorted = undefined;
    },
    remove(key) {
      if (byKey.delete(nameOf(key))) sorted = undefined;
    },
    trim(max) {
      if (byKey.size <= max) return;
      for (const event of inOrder().slice(0, byKey.size - max)) byKey.delete(nameOf(event));
      sorted = undefined;
    },
    newest(limit, before) {
      const all = inOrder();
      const older = before === undefined ? all : all.filter((event) => comparePlaces(event, before) < 0);
      return older
        .slice(Math.max(0, older.length - limit))
        .reverse()
        .map((event) => ({ ...event, bytes: event.bytes.slice() }));
    },
    size: () => byKey.size,
  };
}

const nameOf = ({ author, logId, seq }: EventKey): string => JSON.stringify([author, logId, seq]);

export function comparePlaces(a: EventPlace, b: EventPlace): number {
  return a.clock - b.clock || compare(a.author, b.author) || compare(a.logId, b.logId) || a.seq - b.seq;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function found<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
