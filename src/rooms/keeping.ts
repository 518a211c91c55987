/**
 * What of its rooms a kept profile needs after a restart, as changes to be written down. A guest has none of this.
 *
 *   an entry comes in ──► one row; its author's keys before the first
 *   anything else of a room changes ──► its record, where it is not what was written last
 *   others acknowledge ──► written together, some seconds later: what is lost of it they say again
 *
 * 1. What `take` answers is whole: with all of it written, a restart shows what was shown, and owes what was owed.
 * 2. Of a room that this peer has left only its own entries stay, for those who have not heard of it; of a forgotten one nothing.
 */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import { isAct } from "./acts.ts";
import { isWord, pinsTarget, wordsTarget } from "./archive.ts";
import { later } from "./backoff.ts";
import { logKey, type RoomEvent } from "./event.ts";
import {
  encodeKeptAuthor,
  encodeKeptEntry,
  encodeKeptReceipts,
  encodeKeptRoom,
  type KeptEntry,
  type KeptLog,
  type KeptReceipts,
} from "./kept-room.ts";
import { keptAuthorsMax, keptPeopleMax, keptReceiptsMs, keptReceiptsPeopleMax, letGoAtOnce } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import { encodeKeptReads, readsKey, readsOf } from "./reads.ts";
import type { Room } from "./room.ts";
import { sameBytes } from "./shape.ts";
import { threadOf, threadTarget } from "./threads.ts";
import type { Said } from "./timed.ts";
import { trim } from "./trimming.ts";

/** By the room, its author, that author's log and the place in it. */
export interface KeptEventKey {
  readonly roomId: RoomId;
  readonly author: PeerId;
  readonly logId: LogId;
  readonly seq: number;
}

export interface KeptEvent extends KeptEventKey {
  readonly clock: number;
  readonly bytes: Uint8Array;
  /** Wall time. */
  readonly arrivedAt: Millis;
  /** By what it is found again without reading all: the log, of a word about its room. */
  readonly target?: string | undefined;
  /** What it says, to be searched. */
  readonly text?: string | undefined;
}

/** To be written in this order. `value` undefined forgets. */
export interface KeptChanges {
  readonly records: readonly { readonly key: string; readonly value: Uint8Array | undefined }[];
  readonly gone: readonly KeptEventKey[];
  readonly events: readonly KeptEvent[];
  /** Those there are, as they are now: nothing may be left of what they were. */
  readonly rewritten: readonly KeptEvent[];
}

/** What is written down of an entry. */
export type Written = Pick<LogEntry, "event" | "arrivedAt" | "sentTo" | "secret">;

/** What a room tells of itself. */
export interface RoomKeeper {
  entered(room: Room, log: AuthorLog, entry: Written): void;
  pinned(room: Room, log: AuthorLog, event: RoomEvent): void;
  /** Somebody's `invited` entry, without those before it. */
  learnt(room: Room, event: RoomEvent, author: PublicIdentity): void;
  letGo(room: Room, events: readonly RoomEvent[]): void;
  /** Its key came, or is destroyed; `isGone`: what it says is not to be found any more. */
  rewritten(room: Room, entry: LogEntry, isGone?: boolean): void;
  changed(room: Room): void;
  confirmed(room: Room): void;
}

/** A guest's. */
export const noKeeper: RoomKeeper = {
  entered: () => undefined,
  pinned: () => undefined,
  learnt: () => undefined,
  letGo: () => undefined,
  rewritten: () => undefined,
  changed: () => undefined,
  confirmed: () => undefined,
};

export const roomKey = (roomId: RoomId): string => `room/${roomId}`;
export const receiptsKey = (roomId: RoomId): string => `receipts/${roomId}`;
export const authorKey = (peerId: PeerId): string => `author/${peerId}`;

/** There while all that was said is written down: from the end of one start to the beginning of the next. */
export const wholeKey = "whole";

export class Keeping implements RoomKeeper {
  readonly #self: PeerId;
  readonly #changed = new Set<Room>();
  readonly #confirmed = new Set<Room>();
  #receiptsDueAt: Millis | undefined;
  readonly #authors = new Set<PeerId>();
  /** What each room's record is on disk. */
  readonly #written = new Map<RoomId, Uint8Array>();
  #records: { readonly key: string; readonly value: Uint8Array | undefined }[] = [];
  #gone: KeptEventKey[] = [];
  #events: KeptEvent[] = [];
  #rewritten: KeptEvent[] = [];

  constructor(self: PeerId) {
    this.#self = self;
  }

  entered(room: Room, log: AuthorLog, entry: Written): void {
    this.#keep(room, log, entry);
  }

  rewritten(room: Room, entry: LogEntry, isGone = false): void {
    const log = room.logs.get(logKey(entry.event.author, entry.event.logId));
    if (log === undefined || !this.#keepAuthor(log.author)) return;
    const { text, ...silent } = rowOf(entry);
    const row: KeptEvent = isGone || text === undefined ? silent : { ...silent, text };
    const isNew = (kept: KeptEvent): boolean => placeOf(kept) === placeOf(row) && kept.roomId === row.roomId;
    // What came in this very step is not written first.
    const waiting = this.#events.findIndex(isNew);
    if (waiting >= 0) this.#events[waiting] = row;
    else this.#rewritten.push(row);
  }

  pinned(room: Room, log: AuthorLog, event: RoomEvent): void {
    this.#keep(room, log, { event, arrivedAt: event.at, sentTo: undefined, secret: undefined });
  }

  learnt(room: Room, _event: RoomEvent, author: PublicIdentity): void {
    this.#keepAuthor(author);
    this.changed(room);
  }

  letGo(room: Room, events: readonly RoomEvent[]): void {
    if (events.length === 0) return;
    const { roomId } = room;
    const gone = new Set(events.map(placeOf));
    const stays = (kept: KeptEvent): boolean => kept.roomId !== roomId || !gone.has(placeOf(kept));
    this.#events = this.#events.filter(stays);
    this.#rewritten = this.#rewritten.filter(stays);
    for (const { author, logId, seq } of events) this.#gone.push({ roomId, author, logId, seq });
  }

  changed(room: Room): void {
    this.#changed.add(room);
  }

  confirmed(room: Room): void {
    this.#confirmed.add(room);
  }

  /** This peer has left: what others said there is kept no longer. */
  left(room: Room): void {
    for (const log of room.logs.values()) {
      if (log.author.peerId === this.#self) continue;
      this.#letGoLog(room, log);
      log.letGo(log.base, false);
    }
    this.changed(room);
  }

  /** This peer is in a room, perhaps again: all that is known of it is kept. */
  joined(room: Room): void {
    for (const log of room.logs.values()) {
      for (const event of log.pinned) this.pinned(room, log, event);
      for (const entry of log.entries()) this.entered(room, log, entry);
    }
    this.changed(room);
  }

  forgotten(room: Room): void {
    this.#changed.delete(room);
    this.#confirmed.delete(room);
    this.#events = this.#events.filter(({ roomId }) => roomId !== room.roomId);
    this.#rewritten = this.#rewritten.filter(({ roomId }) => roomId !== room.roomId);
    for (const log of room.logs.values()) this.#letGoLog(room, log);
    if (!this.#written.delete(room.roomId)) return;
    this.#records.push({ key: roomKey(room.roomId), value: undefined }, { key: receiptsKey(room.roomId), value: undefined });
    this.#records.push({ key: readsKey(room.roomId), value: undefined });
  }

  #letGoLog(room: Room, log: AuthorLog): void {
    this.letGo(room, [...log.pinned, ...log.entries().map(({ event }) => event)]);
    for (let seq = log.floor + 1; seq <= log.base; ) {
      const page = room.entriesFrom(log, seq, letGoAtOnce);
      this.letGo(
        room,
        page.map(({ event }) => event),
      );
      if (page.length === 0) return;
      seq += page.length;
    }
  }

  /** As it stands on disk: what is restored is not written again. */
  restored(room: Room, record: Uint8Array | undefined): void {
    if (record !== undefined) this.#written.set(room.roomId, record);
  }

  /** From here on it is not, until the end. */
  begun(): void {
    this.#records.push({ key: wholeKey, value: undefined });
  }

  authorRestored(peerId: PeerId): void {
    this.#authors.add(peerId);
  }

  authorForgotten(peerId: PeerId): void {
    this.#records.push({ key: authorKey(peerId), value: undefined });
  }

  nextWakeAt(): Millis | undefined {
    return this.#receiptsDueAt;
  }

  /** @param isLast nothing is asked for after it */
  take(now: Millis, isLast = false): KeptChanges {
    for (const room of [...this.#changed]) trim(room, this);
    for (const room of this.#changed) this.#writeRoom(room);
    this.#changed.clear();
    if (this.#confirmed.size > 0) this.#receiptsDueAt ??= later(now, keptReceiptsMs);
    if (this.#receiptsDueAt !== undefined && (isLast || now >= this.#receiptsDueAt)) this.#writeReceipts();
    if (isLast) this.#records.push({ key: wholeKey, value: Uint8Array.of(1) });
    const changes = { records: this.#records, gone: this.#gone, events: this.#events, rewritten: this.#rewritten };
    this.#records = [];
    this.#gone = [];
    this.#events = [];
    this.#rewritten = [];
    return changes;
  }

  #keep(room: Room, log: AuthorLog, entry: Written): void {
    if (!this.#keepAuthor(log.author)) return;
    this.#events.push(rowOf(entry));
    this.#changed.add(room);
  }

  /** False where there are too many: whoever has what they wrote tells it again after a restart. */
  #keepAuthor(author: PublicIdentity): boolean {
    const { peerId } = author;
    if (peerId === this.#self || this.#authors.has(peerId)) return true;
    if (this.#authors.size >= keptAuthorsMax) return false;
    this.#authors.add(peerId);
    this.#records.push({ key: authorKey(peerId), value: encodeKeptAuthor(author) });
    return true;
  }

  #writeRoom(room: Room): void {
    const { roomId } = room;
    const value = isWorthKeeping(room) ? encodeKeptRoom(keptOf(room)) : undefined;
    const written = this.#written.get(roomId);
    if (value === undefined ? written === undefined : written !== undefined && sameBytes(value, written)) return;
    this.#records.push({ key: roomKey(roomId), value });
    if (value === undefined) this.#written.delete(roomId);
    else this.#written.set(roomId, value);
  }

  #writeReceipts(): void {
    this.#receiptsDueAt = undefined;
    for (const room of this.#confirmed) {
      this.#records.push({ key: receiptsKey(room.roomId), value: encodeKeptReceipts(receiptsOf(room)) });
      this.#records.push({ key: readsKey(room.roomId), value: encodeKeptReads(readsOf(room)) });
    }
    this.#confirmed.clear();
  }
}

const placeOf = ({ author, logId, seq }: Pick<KeptEvent, "author" | "logId" | "seq">): string => `${author}/${logId}/${seq}`;

const rowOf = ({ event, arrivedAt, sentTo, secret }: Written): KeptEvent =>
  keptEvent({ event, sentTo, key: secret?.key }, arrivedAt, secret?.said);

/** As it is written: `said` where it can be read. */
export function keptEvent(entry: KeptEntry, arrivedAt: Millis, said: Said | undefined): KeptEvent {
  const { roomId, author, logId, seq, clock, body } = entry.event;
  const text = body.kind === "message" ? body.text : said?.text;
  const thread = threadOf(body);
  return {
    roomId,
    author,
    logId,
    seq,
    clock,
    bytes: encodeKeptEntry(entry),
    arrivedAt,
    ...(isWord(entry.event) && { target: wordsTarget(logKey(author, logId)) }),
    ...(thread !== undefined && { target: threadTarget(thread) }),
    ...(isAct(body) && { target: body.kind === "pin" ? pinsTarget : body.of }),
    ...(text !== undefined && { text }),
  };
}

/** Rooms that this peer is in, was in and owes a word, or is invited to. */
const isWorthKeeping = (room: Room): boolean => room.logs.size > 0 || room.invitedBy !== undefined || (room.isJoined && room.mayCrowd);

function keptOf(room: Room): Parameters<typeof encodeKeptRoom>[0] {
  const logs: KeptLog[] = [];
  for (const { author, logId, floor, cut, isFrozen } of room.logs.values())
    if (floor > 0 || isFrozen) logs.push({ author: author.peerId, logId, floor, cut, isFrozen });
  return {
    record: room.record?.bytes,
    newsSince: room.newsSince,
    unread: room.unread,
    mentioned: room.mentioned,
    invitedBy: room.invitedBy,
    introducers: [...room.introducers].slice(0, keptPeopleMax),
    inviters: [...room.inviters].slice(0, keptPeopleMax),
    pendingInvites: [...room.pendingInvites].slice(0, keptPeopleMax),
    isClosed: room.isClosed,
    logs,
    learnt: room.learnt.beside(room.logs),
  };
}

/** The newest logs, as many as have room. */
function receiptsOf(room: Room): KeptReceipts[] {
  const receipts: KeptReceipts[] = [];
  let people = 0;
  for (const { logId, confirmed, lacking } of [...room.ownLogs].reverse()) {
    people += confirmed.size;
    if (people > keptReceiptsPeopleMax) break;
    if (confirmed.size > 0)
      receipts.push({ logId, confirmed: [...confirmed].map(([peerId, seq]) => [peerId, seq, lacking.get(peerId) ?? 0]) });
  }
  return receipts;
}
