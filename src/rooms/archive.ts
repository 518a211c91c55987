/**
 * What a room's entries are beyond those in memory, read a page at a time from where keeping.ts had them written.
 *
 *   memory: the newest of the room, and the last entry of each log     archive: all entries above each log's floor
 *
 * 1. An entry is shown from one of the two: from memory where it stands in the timeline, else from here.
 * 2. Whether its author was a member when they wrote it is judged as in memory: by the last coming or going before it in its log.
 * 3. What was taken in during this very step is in memory, and may not be here yet.
 */
import type { LogId, PeerId, RoomId } from "../ids.ts";
import { showTakenBack } from "./acting.ts";
import { isAct } from "./acts.ts";
import { shownTime } from "./clock.ts";
import { type LogKey, logKey, type Place, type RoomEvent } from "./event.ts";
import type { KeptEvent } from "./keeping.ts";
import { decodeKeptEntry } from "./kept-room.ts";
import { archivedEventsMax, archivedWordsMax, archivePageMax, letGoAtOnce, threadRepliesMax } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import type { Room } from "./room.ts";
import type { TextIndex } from "./search.ts";
import { threadTarget } from "./threads.ts";
import { secretOf } from "./timed.ts";
import type { TailBounds } from "./timeline.ts";

/** What was written down, as the owner reads it: synchronous, and nothing changes by it. */
export interface Archive {
  /** Newest first. */
  older(roomId: RoomId, limit: number, before: Place | undefined): readonly KeptEvent[];
  /** Oldest first. */
  newer(roomId: RoomId, limit: number, after: Place): readonly KeptEvent[];
  /** From `seq` on, in order. */
  ofLog(roomId: RoomId, author: PeerId, logId: LogId, seq: number, limit: number): readonly KeptEvent[];
  /** Entries that were written with one of these targets. */
  about(roomId: RoomId, targets: readonly string[], limit: number): readonly KeptEvent[];
  /** Texts by their words. */
  readonly texts: TextIndex;
  /** The logs that it has entries of, and the last of each. */
  heads(roomId: RoomId): Iterable<{ readonly author: PeerId; readonly logId: LogId; readonly last: number }>;
}

/** Where a room's older entries are, and how many memory holds. */
export interface RoomStore {
  readonly archive: Archive;
  /** Fewer in tests. */
  readonly tail?: TailBounds;
  /** Entries of one room in all; `archivedEventsMax` where nothing is said. */
  readonly eventsMax?: number;
}

/** The lasting part of what was kept. */
export const storeOf = ({ archive, tail, eventsMax }: RoomStore): RoomStore => ({
  archive,
  ...(tail !== undefined && { tail }),
  ...(eventsMax !== undefined && { eventsMax }),
});

/** Before every entry. */
export const beginning: Place = { clock: -1, author: "" as PeerId, logId: "" as LogId, seq: 0 };

/** The target of pins: they are looked for by their message, and all together. */
export const pinsTarget = "!";
/** The target of entries that tell who is in a room, and of those that the room was made by. */
export const wordsTarget = (key: LogKey): string => `~${key}`;
const wordKinds: ReadonlySet<RoomEvent["body"]["kind"]> = new Set(["created", "joined", "left", "invited", "timer"]);
export const isWord = (event: RoomEvent): boolean => wordKinds.has(event.body.kind);

export class RoomArchive {
  readonly #room: Room;
  readonly #archive: Archive;
  readonly eventsMax: number;
  /** Something stands there that memory does not hold: else nothing has to be read. */
  #isUsed = false;
  /** All pins that stand there, by their message; read once, until something of the room changes. */
  #pins: Map<string, LogEntry[]> | undefined;

  constructor(room: Room, { archive, eventsMax = archivedEventsMax }: RoomStore) {
    this.#room = room;
    this.#archive = archive;
    this.eventsMax = eventsMax;
  }

  /** More stands there than before. */
  use(): void {
    this.#isUsed = true;
    this.changed();
  }

  /** Something of it is written down, or will be at the end of this step. */
  changed(): void {
    this.#pins = undefined;
  }

  /** Those that do not stand in the timeline, before a place; newest first. */
  *before(place: Place | undefined): Generator<LogEntry> {
    yield* this.#pages(place, (at) => this.#archive.older(this.#room.roomId, archivePageMax, at));
  }

  /** The same after a place; oldest first. */
  *after(place: Place): Generator<LogEntry> {
    yield* this.#pages(place, (at) => this.#archive.newer(this.#room.roomId, archivePageMax, at ?? place));
  }

  *#pages(place: Place | undefined, read: (at: Place | undefined) => readonly KeptEvent[]): Generator<LogEntry> {
    for (let at = place; this.#isUsed; ) {
      const rows = read(at);
      yield* this.#entries(rows);
      at = rows.at(-1);
      if (at === undefined || rows.length < archivePageMax) return;
    }
  }

  /** One that memory does not hold. */
  entry(log: AuthorLog, seq: number): LogEntry | undefined {
    return this.ofLog(log, seq, 1)[0];
  }

  /** Those of one log from `seq` on that memory does not hold, without a gap; at most `limit`. */
  ofLog(log: AuthorLog, seq: number, limit: number): LogEntry[] {
    if (seq <= log.floor || seq > log.base) return [];
    const rows = this.#archive.ofLog(this.#room.roomId, log.author.peerId, log.logId, seq, Math.min(limit, log.base - seq + 1));
    const entries: LogEntry[] = [];
    // After a hole nothing can be proven by its chain.
    for (const entry of this.#entries(rows)) if (entry.event.seq === seq + entries.length) entries.push(entry);
    return entries;
  }

  /** Acts about these messages that memory does not hold. */
  about(messageIds: readonly string[]): LogEntry[] {
    if (!this.#isUsed) return [];
    const ids = new Set(messageIds);
    const found = this.#entries(this.#archive.about(this.#room.roomId, [...ids], archivedWordsMax));
    return [...found.filter(({ event }) => isAct(event.body)), ...[...ids].flatMap((id) => this.#allPins().get(id) ?? [])];
  }

  /** Answers in the thread of a message that memory does not hold. */
  answersTo(root: string): LogEntry[] {
    const found = this.#isUsed ? this.#archive.about(this.#room.roomId, [threadTarget(root)], 2 * threadRepliesMax) : [];
    return this.#entries(found);
  }

  /** The messages that pins are about which memory does not hold. */
  pinnedOnce(): string[] {
    return this.#isUsed ? [...this.#allPins().keys()] : [];
  }

  #allPins(): ReadonlyMap<string, LogEntry[]> {
    if (this.#pins !== undefined) return this.#pins;
    this.#pins = new Map();
    for (const entry of this.#entries(this.#archive.about(this.#room.roomId, [pinsTarget], archivedWordsMax))) {
      const { body } = entry.event;
      if (body.kind === "pin") this.#pins.set(body.of, [...(this.#pins.get(body.of) ?? []), entry]);
    }
    return this.#pins;
  }

  /** Comings, goings and invitations of a log, in order. */
  words(log: Pick<AuthorLog, "key">): RoomEvent[] {
    const { roomId } = this.#room;
    return this.#archive
      .about(roomId, [wordsTarget(log.key)], archivedWordsMax)
      .flatMap(({ bytes }) => decodeKeptEntry(roomId, bytes)?.event ?? [])
      .sort((a, b) => a.seq - b.seq);
  }

  /**
   * The oldest, while `isTooMuch` says so of what is left: how many there are, and the next one. Their logs are cut there.
   * Answers what is to be deleted: all of these but what their logs pin. `atOnce`: once there are so many, no further page is read.
   */
  letGo(isTooMuch: (left: number, oldest: KeptEvent) => boolean, atOnce = 1): RoomEvent[] {
    const { roomId, logs } = this.#room;
    let left = 0;
    for (const log of logs.values()) left += log.seq - log.floor;
    let count = 0;
    const cut = new Map<AuthorLog, RoomEvent[]>();
    for (let at: Place | undefined = beginning, isOver = false; at !== undefined && !isOver; ) {
      const rows: readonly KeptEvent[] = this.#archive.newer(roomId, letGoAtOnce, at);
      for (const row of rows) {
        const log = logs.get(logKey(row.author, row.logId));
        // The last of each log stays.
        if (log === undefined || row.seq <= log.floor || row.seq > log.base) continue;
        isOver = !isTooMuch(left, row);
        const event = isOver ? undefined : decodeKeptEntry(roomId, row.bytes)?.event;
        if (event === undefined) break;
        cut.set(log, [...(cut.get(log) ?? []), event]);
        left--;
        count++;
      }
      at = rows.length < letGoAtOnce || count >= atOnce ? undefined : rows.at(-1);
    }
    this.changed();
    return [...cut].flatMap(([log, events]) => {
      log.letGo(events.at(-1)?.seq ?? 0);
      return events.filter((event) => !log.pinned.some(({ seq }) => seq === event.seq));
    });
  }

  #entries(rows: readonly KeptEvent[]): LogEntry[] {
    const words = new Map<LogKey, RoomEvent[]>();
    const entries = rows.flatMap((row) => this.#entryOf(row, words) ?? []);
    for (const entry of entries) showTakenBack(this.#room, entry);
    return entries;
  }

  #entryOf({ bytes, arrivedAt }: KeptEvent, words: Map<LogKey, RoomEvent[]>): LogEntry | undefined {
    const kept = decodeKeptEntry(this.#room.roomId, bytes);
    const log = kept && this.#room.logs.get(logKey(kept.event.author, kept.event.logId));
    if (kept === undefined || log === undefined || kept.event.seq <= log.floor) return undefined;
    const { event, sentTo, key } = kept;
    if (event.seq > log.base) {
      const entry = log.entry(event.seq);
      return entry?.isPaged === true ? entry : undefined;
    }
    const isSpoken = !this.#room.membership.isWritten || this.#spokeAt(log, event.seq, words);
    const secret = secretOf(event, key, arrivedAt);
    const shown = isSpoken && (event.body.kind === "message" || event.body.kind === "timer" || secret !== undefined);
    return { event, end: 0, arrivedAt, shownAt: shownTime(event.at, arrivedAt), isSpoken, shown, isPaged: true, secret, sentTo };
  }

  #spokeAt(log: AuthorLog, seq: number, read: Map<LogKey, RoomEvent[]>): boolean {
    const words = read.get(log.key) ?? this.words(log);
    read.set(log.key, words);
    // Of what was let go the newest word is pinned; where there is none, its author had come in before.
    let spoke = log.floor > 0;
    for (const { seq: at, body } of words) {
      if (at > seq) break;
      if (body.kind === "joined") spoke = true;
      if (body.kind === "left") spoke = false;
    }
    return spoke;
  }
}
