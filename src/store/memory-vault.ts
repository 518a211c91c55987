/** A guest's vault: gone when the process is. */
import { eventsPerRoomMax, recordsPerTableMax } from "./limits.ts";
import { MemoryTexts } from "./memory-texts.ts";
import { Sorted, taken } from "./sorted.ts";
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

export function createMemoryVault(): Vault {
  const tables = new Map<Table, Map<string, Uint8Array>>();
  const rooms = new Map<string, RoomEvents>();
  const texts = new MemoryTexts();
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
      for (const event of events) found(rooms, event.roomId, () => new RoomEvents(texts)).add(event);
      for (const roomId of new Set(events.map((event) => event.roomId))) rooms.get(roomId)?.trim(eventsPerRoomMax);
    },
    rewriteEvents(events) {
      mustBeOpen();
      checkEvents(events);
      for (const event of events) {
        const room = rooms.get(event.roomId);
        if (room?.remove(event) !== undefined) room.add(event);
      }
    },
    setText(key, text) {
      mustBeOpen();
      checkEventKeys([key]);
      checkSearchable(text);
      const room = rooms.get(key.roomId);
      const event = room?.remove(key);
      if (event !== undefined) room?.add({ ...event, text });
    },
    searchTexts(query) {
      mustBeOpen();
      checkQuery(query);
      return texts.search(query);
    },
    deleteEvents(keys) {
      mustBeOpen();
      checkEventKeys(keys);
      for (const key of keys) {
        const room = rooms.get(key.roomId);
        room?.remove(key);
        if (room?.size === 0) rooms.delete(key.roomId);
      }
    },
    readEvents(roomId, limit, before) {
      mustBeOpen();
      checkLimit(limit);
      return rooms.get(roomId)?.older(limit, before) ?? [];
    },
    readNewer(roomId, limit, after) {
      mustBeOpen();
      checkLimit(limit);
      return rooms.get(roomId)?.newer(limit, after) ?? [];
    },
    readLog(roomId, author, logId, seq, limit) {
      mustBeOpen();
      checkLimit(limit);
      return rooms.get(roomId)?.ofLog(author, logId, seq, limit) ?? [];
    },
    readAbout(roomId, targets, limit) {
      mustBeOpen();
      checkLimit(limit);
      checkTargets(targets);
      return rooms.get(roomId)?.about(targets, limit) ?? [];
    },
    heads(roomId) {
      mustBeOpen();
      return rooms.get(roomId)?.heads() ?? [];
    },
    rooms() {
      mustBeOpen();
      return [...rooms.keys()].sort(compare);
    },
    close() {
      isClosed = true;
      tables.clear();
      rooms.clear();
      texts.clear();
    },
  };
}

interface Held extends StoredEvent {
  /** Among the texts. */
  readonly place: number | undefined;
}

/** One room's events, in their order, by their logs and by their targets. */
class RoomEvents {
  readonly #inOrder = new Sorted<Held>(comparePlaces);
  /** By number. */
  readonly #logs = new Map<string, Sorted<Held>>();
  readonly #targets = new Map<string, Set<Held>>();
  readonly #texts: MemoryTexts;

  constructor(texts: MemoryTexts) {
    this.#texts = texts;
  }

  get size(): number {
    return this.#inOrder.size;
  }

  add(event: StoredEvent): void {
    const log = found(this.#logs, logOf(event), () => new Sorted<Held>((a, b) => a.seq - b.seq));
    if (log.find((other) => other.seq - event.seq) !== undefined) return;
    const { roomId, author, logId, seq, clock, arrivedAt, target, text } = event;
    const place = text === undefined ? undefined : this.#texts.add(event, text);
    const kept = { roomId, author, logId, seq, clock, arrivedAt, bytes: event.bytes.slice(), target, text, place };
    log.insert(kept);
    this.#inOrder.insert(kept);
    if (target !== undefined) found(this.#targets, target, () => new Set()).add(kept);
  }

  /** Undefined where it is not there. */
  remove(key: EventKey): StoredEvent | undefined {
    const log = this.#logs.get(logOf(key));
    const event = log?.remove((other) => other.seq - key.seq);
    if (event === undefined) return undefined;
    if (log?.size === 0) this.#logs.delete(logOf(key));
    this.#inOrder.remove((other) => comparePlaces(other, event));
    this.#untarget(event);
    if (event.place !== undefined) this.#texts.remove(event.place);
    return event;
  }

  trim(max: number): void {
    for (const event of taken(
      this.#inOrder.from(() => 0),
      Math.max(0, this.size - max),
    ))
      this.remove(event);
  }

  older(limit: number, before: EventPlace | undefined): StoredEvent[] {
    const events = this.#inOrder.before(before && ((other) => comparePlaces(other, before)));
    return taken(events, limit).map(copied);
  }

  newer(limit: number, after: EventPlace): StoredEvent[] {
    const events = this.#inOrder.from((other) => (comparePlaces(other, after) <= 0 ? -1 : 1));
    return taken(events, limit).map(copied);
  }

  ofLog(author: string, logId: string, seq: number, limit: number): StoredEvent[] {
    const events = this.#logs.get(logOf({ author, logId }))?.from((other) => other.seq - seq) ?? [];
    return taken(events, limit).map(copied);
  }

  about(targets: readonly string[], limit: number): StoredEvent[] {
    return [...new Set(targets)]
      .flatMap((target) => [...(this.#targets.get(target) ?? [])])
      .slice(0, limit)
      .map(copied);
  }

  heads(): ReturnType<Vault["heads"]> {
    return [...this.#logs.values()].flatMap(({ last }) =>
      last === undefined ? [] : [{ author: last.author, logId: last.logId, last: last.seq }],
    );
  }

  #untarget(event: Held): void {
    if (event.target === undefined) return;
    const about = this.#targets.get(event.target);
    about?.delete(event);
    if (about?.size === 0) this.#targets.delete(event.target);
  }
}

function copied({ target, text, place: _, ...event }: Held): StoredEvent {
  return { ...event, bytes: event.bytes.slice(), ...(target !== undefined && { target }), ...(text !== undefined && { text }) };
}

const logOf = ({ author, logId }: Pick<EventKey, "author" | "logId">): string => JSON.stringify([author, logId]);

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
