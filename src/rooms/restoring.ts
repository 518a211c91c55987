/** Rooms as a kept profile left them, made again from what keeping.ts had written down. What cannot be read is left out, and left on disk. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { type LogKey, logKey, type RoomEvent } from "./event.ts";
import { authorKey, type Keeping, type KeptEvent, receiptsKey, roomKey, wholeKey } from "./keeping.ts";
import { decodeKeptAuthor, decodeKeptEntry, decodeKeptReceipts, decodeKeptRoom, type KeptEntry } from "./kept-room.ts";
import { lobbyId, otherOf } from "./names.ts";
import type { RoomsPorts } from "./ports.ts";
import { decodeRecord } from "./record.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";
import { isRoomId } from "./shape.ts";

/** What was written down. */
export interface KeptRooms {
  readonly records: Iterable<readonly [key: string, value: Uint8Array]>;
  /** Rooms with entries. */
  readonly roomIds: Iterable<string>;
  /** In any order. */
  events(roomId: string): Iterable<KeptEvent>;
}

export interface RestoredEntry extends KeptEntry {
  readonly arrivedAt: Millis;
}

/** One log's entries, by their places. */
export interface RestoredLog {
  readonly author: PublicIdentity;
  readonly entries: readonly RestoredEntry[];
}

export function restoreRooms(ports: RoomsPorts, registry: Registry, keeping: Keeping, kept: KeptRooms): void {
  const records = new Map(kept.records);
  const authors = new Authors(ports, records);
  const isWhole = records.has(wholeKey);
  if (isWhole) keeping.begun();
  const withRecord = [...records.keys()].flatMap((key) =>
    key.startsWith(roomKey("" as RoomId)) ? key.slice(roomKey("" as RoomId).length) : [],
  );
  for (const roomId of new Set([...withRecord, ...kept.roomIds])) if (isRoomId(roomId)) restoreRoom(roomId);
  for (const [key] of records) {
    const peerId = key.slice(authorKey("" as PeerId).length) as PeerId;
    if (!key.startsWith(authorKey("" as PeerId))) continue;
    if (authors.isNeeded(peerId)) keeping.authorRestored(peerId);
    else keeping.authorForgotten(peerId);
  }

  function restoreRoom(roomId: RoomId): void {
    const written = records.get(roomKey(roomId));
    const state = written && decodeKeptRoom(written);
    const entries = [...kept.events(roomId)].flatMap(({ bytes, arrivedAt }) => {
      const entry = decodeKeptEntry(roomId, bytes);
      return entry === undefined ? [] : { ...entry, arrivedAt };
    });
    const room = roomOf(roomId, state?.record ?? createdIn(entries));
    if (room === undefined) return;
    const receipts = records.get(receiptsKey(roomId));
    const learnt = (state?.learnt ?? []).flatMap((event): [RoomEvent, PublicIdentity][] => {
      const author = authors.get(event.author);
      return author === undefined ? [] : [[event, author]];
    });
    room.restore(state, logsOf(entries), learnt, (receipts && decodeKeptReceipts(receipts)) ?? []);
    if (isWhole) room.goOn();
    keeping.restored(room, written);
  }

  function roomOf(roomId: RoomId, recordBytes: Uint8Array | undefined): Room | undefined {
    if (roomId === lobbyId) return registry.lobby;
    if (otherOf(roomId, ports.self.peerId) !== undefined) return registry.find(roomId);
    const record = recordBytes && decodeRecord(ports, recordBytes);
    return record?.roomId === roomId ? registry.add(record) : undefined;
  }

  function logsOf(entries: readonly RestoredEntry[]): RestoredLog[] {
    const byLog = new Map<LogKey, RestoredEntry[]>();
    for (const entry of entries) {
      const key = logKey(entry.event.author, entry.event.logId);
      const ofLog = byLog.get(key);
      if (ofLog === undefined) byLog.set(key, [entry]);
      else ofLog.push(entry);
    }
    return [...byLog.values()].flatMap((ofLog) => {
      const author = ofLog[0] && authors.get(ofLog[0].event.author);
      return author === undefined ? [] : { author, entries: ofLog.sort((a, b) => a.event.seq - b.event.seq) };
    });
  }
}

/** The first entry of a room has its record. */
function createdIn(entries: readonly RestoredEntry[]): Uint8Array | undefined {
  for (const { event } of entries) if (event.body.kind === "created") return event.body.record;
  return undefined;
}

/** Keys are looked at once an author. */
class Authors {
  readonly #ports: RoomsPorts;
  readonly #records: ReadonlyMap<string, Uint8Array>;
  readonly #known = new Map<PeerId, PublicIdentity | undefined>();

  constructor(ports: RoomsPorts, records: ReadonlyMap<string, Uint8Array>) {
    this.#ports = ports;
    this.#records = records;
  }

  get(peerId: PeerId): PublicIdentity | undefined {
    if (peerId === this.#ports.self.peerId) return this.#ports.self;
    if (!this.#known.has(peerId)) this.#known.set(peerId, this.#read(peerId));
    return this.#known.get(peerId);
  }

  isNeeded(peerId: PeerId): boolean {
    return this.#known.has(peerId);
  }

  #read(peerId: PeerId): PublicIdentity | undefined {
    const bytes = this.#records.get(authorKey(peerId));
    const keys = bytes && decodeKeptAuthor(bytes);
    const identity = keys && this.#ports.identityFromKeys(keys.signKey, keys.agreeKey, keys.binding);
    return identity?.peerId === peerId ? identity : undefined;
  }
}
