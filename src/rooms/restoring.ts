/** Rooms as a kept profile left them, made again from what keeping.ts had written down. What cannot be read is left out, and left on disk. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import { type Archive, type RoomStore, wordsTarget } from "./archive.ts";
import { type LogKey, logKey, type RoomEvent } from "./event.ts";
import { authorKey, type Keeping, type KeptEvent, receiptsKey, roomKey, wholeKey } from "./keeping.ts";
import { decodeKeptAuthor, decodeKeptEntry, decodeKeptReceipts, decodeKeptRoom, type KeptEntry, type KeptLog } from "./kept-room.ts";
import { archivedWordsMax, archivePageMax, targetsAtOnce } from "./limits.ts";
import { lobbyId, otherOf } from "./names.ts";
import type { RoomsPorts } from "./ports.ts";
import { decodeKeptReads, readsKey, restoreReads } from "./reads.ts";
import { decodeRecord } from "./record.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";
import { isRoomId } from "./shape.ts";
import { tailBounds } from "./timeline.ts";

/** What was written down, and can be read again while the peer runs. */
export interface KeptRooms extends RoomStore {
  /** Read once. */
  readonly records: Iterable<readonly [key: string, value: Uint8Array]>;
  /** Rooms with entries. */
  readonly roomIds: Iterable<string>;
}

/** One log: words that memory needs of what it does not hold, and the entries that it holds, without a gap. */
export interface RestoredLog {
  readonly author: PublicIdentity;
  readonly logId: LogId;
  readonly floor: number;
  readonly cut: number;
  readonly base: number;
  readonly words: readonly RoomEvent[];
  readonly entries: readonly RestoredEntry[];
  readonly isFrozen: boolean;
}

interface RestoredEntry extends KeptEntry {
  readonly arrivedAt: Millis;
  /** It stands in the archive alone, but for being the last of its log. */
  readonly isPaged: boolean;
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
    const heads = [...kept.archive.heads(roomId)];
    const logs = heads.map(({ author, logId }) => logKey(author, logId));
    const words = new Map<LogKey, RoomEvent[]>();
    for (let at = 0; at < logs.length; at += targetsAtOnce)
      for (const { bytes } of kept.archive.about(
        roomId,
        logs.slice(at, at + targetsAtOnce).map(wordsTarget),
        archivedWordsMax * targetsAtOnce,
      )) {
        const event = decodeKeptEntry(roomId, bytes)?.event;
        if (event !== undefined) listed(words, logKey(event.author, event.logId)).push(event);
      }
    const room = roomOf(roomId, state?.record ?? createdIn([...words.values()].flat()));
    if (room === undefined) return;
    const receipts = records.get(receiptsKey(roomId));
    const learnt = (state?.learnt ?? []).flatMap((event): [RoomEvent, PublicIdentity][] => {
      const author = authors.get(event.author);
      return author === undefined ? [] : [[event, author]];
    });
    room.restore(state, logsOf(roomId, heads, words, state?.logs ?? []), learnt, (receipts && decodeKeptReceipts(receipts)) ?? []);
    const reads = decodeKeptReads(records.get(readsKey(roomId)) ?? new Uint8Array());
    if (reads !== undefined) restoreReads(room, ports.self.peerId, reads);
    if (isWhole) room.goOn();
    keeping.restored(room, written);
  }

  function roomOf(roomId: RoomId, recordBytes: Uint8Array | undefined): Room | undefined {
    if (roomId === lobbyId) return registry.lobby;
    if (otherOf(roomId, ports.self.peerId) !== undefined) return registry.find(roomId);
    const record = recordBytes && decodeRecord(ports, recordBytes);
    return record?.roomId === roomId ? registry.add(record) : undefined;
  }

  function logsOf(
    roomId: RoomId,
    heads: readonly Head[],
    words: ReadonlyMap<LogKey, RoomEvent[]>,
    states: readonly KeptLog[],
  ): RestoredLog[] {
    const frozenOrCut = new Map(states.map((state) => [logKey(state.author, state.logId), state]));
    const tails = new Map<LogKey, KeptEvent[]>();
    for (const row of newestOf(roomId)) listed(tails, logKey(row.author, row.logId)).push(row);
    return heads.flatMap(({ author: peerId, logId, last }): RestoredLog[] => {
      const author = authors.get(peerId);
      if (author === undefined) return [];
      const key = logKey(peerId, logId);
      const { floor = 0, cut = 0, isFrozen = false } = frozenOrCut.get(key) ?? {};
      if (last <= floor) return [];
      const tail = (tails.get(key) ?? []).filter(({ seq }) => seq > floor).sort((a, b) => b.seq - a.seq);
      const isPaged = tail[0]?.seq !== last;
      const rows = isPaged ? kept.archive.ofLog(roomId, peerId, logId, last, 1) : tail;
      const entries: RestoredEntry[] = [];
      for (const { seq, bytes, arrivedAt } of rows) {
        const entry = seq === last - entries.length ? decodeKeptEntry(roomId, bytes) : undefined;
        if (entry === undefined) break;
        entries.push({ ...entry, arrivedAt, isPaged });
      }
      if (entries.length === 0) return [];
      const base = last - entries.length;
      const below = (words.get(key) ?? []).filter(({ seq }) => seq <= base);
      return [{ author, logId, floor, cut, base, words: below.sort((a, b) => a.seq - b.seq), entries: entries.reverse(), isFrozen }];
    });
  }

  /** As many as memory holds. */
  function newestOf(roomId: RoomId): KeptEvent[] {
    const { events, slack } = kept.tail ?? tailBounds;
    const rows: KeptEvent[] = [];
    for (let at: KeptEvent | undefined; rows.length < events + slack; ) {
      const page = kept.archive.older(roomId, archivePageMax, at);
      rows.push(...page);
      at = page.at(-1);
      if (at === undefined || page.length < archivePageMax) break;
    }
    return rows.slice(0, events);
  }
}

type Head = ReturnType<Archive["heads"]> extends Iterable<infer One> ? One : never;

function listed<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** The first entry of a room has its record. */
function createdIn(words: readonly RoomEvent[]): Uint8Array | undefined {
  for (const { body } of words) if (body.kind === "created") return body.record;
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
