/**
 * One author's log of one room, as far as it is known here: entries `floor + 1 … seq` without a gap, each carrying the
 * digest of the one before. Those up to `base` are in the archive, the rest in memory:
 *
 *   1 … floor: let go, or never come │ … base: in the archive │ … seq: in memory, the last one always
 *
 * What arrives early is held, bounded. A log whose author contradicted itself is frozen: it is kept as it was and asks for
 * no more.
 */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { LogId, Millis, PeerId } from "../ids.ts";
import { shownTime } from "./clock.ts";
import { type LogKey, logKey, type RoomEvent } from "./event.ts";
import { heldEventsMax, pagedEntryBytes, pinnedInvitesMax, seqMax } from "./limits.ts";
import { sameBytes } from "./shape.ts";
import { type Secret, secretOf } from "./timed.ts";

export interface LogEntry {
  readonly event: RoomEvent;
  /** Bytes of this log up to and with this entry: what lies between two of them is a subtraction. */
  readonly end: number;
  /** Wall time. */
  readonly arrivedAt: Millis;
  /** Wall time to show. */
  readonly shownAt: Millis;
  /** By somebody who was a member when they wrote it. */
  readonly isSpoken: boolean;
  /** A message, or a word about messages, that people see. */
  shown: boolean;
  /** It stands in the archive, not in the room's timeline. */
  isPaged: boolean;
  /** Of a message that disappears, until it does. */
  secret: Secret | undefined;
  /** For whom a message of one's own was meant, where membership is not written down (the lobby). */
  readonly sentTo: readonly PeerId[] | undefined;
}

/** What one event brought with it: itself, and what had waited for it. */
export interface Accepted {
  readonly entries: LogEntry[];
  /** Its predecessors are missing. */
  readonly hasGap: boolean;
}

/** An entry that came before those it follows, with its key. */
interface Held {
  readonly event: RoomEvent;
  readonly key: Uint8Array | undefined;
}

export type Offer = "next" | "known" | "early" | "full" | "broken";

export class AuthorLog {
  readonly key: LogKey;
  readonly author: PublicIdentity;
  readonly logId: LogId;
  /** Of the part that memory does not hold: the newest coming or going, invitations, and the newest timer. */
  readonly pinned: RoomEvent[] = [];
  /** Of a log of one's own: who has acknowledged up to where. */
  readonly confirmed = new Map<PeerId, number>();
  /** And from where on, where the rest has not come to them yet. */
  readonly lacking = new Map<PeerId, number>();
  /** The same: who has seen it up to where. */
  readonly readBy = new Map<PeerId, number>();
  /** Of somebody else's: up to where this person has seen it. */
  seen = 0;
  #entries: LogEntry[] = [];
  #floor = 0;
  #floorEnd = 0;
  #cut = 0;
  #base = 0;
  #baseEnd = 0;
  #seq = 0;
  #end = 0;
  #last: RoomEvent | undefined;
  /** What the first entry in memory has to follow. */
  #before = new Uint8Array(0);
  #clock = 0;
  #speaking = false;
  #frozen = false;
  readonly #held = new Map<number, Held>();

  constructor(author: PublicIdentity, logId: LogId) {
    this.author = author;
    this.logId = logId;
    this.key = logKey(author.peerId, logId);
  }

  get floor(): number {
    return this.#floor;
  }
  /** Up to here it was let go on purpose. */
  get cut(): number {
    return this.#cut;
  }
  /** Older entries would be welcome. */
  get isShallow(): boolean {
    return this.#floor > this.#cut && !this.#frozen && this.#seq > this.#floor;
  }
  get base(): number {
    return this.#base;
  }
  get seq(): number {
    return this.#seq;
  }
  get head(): Uint8Array {
    return this.#last?.digest ?? this.#before;
  }
  /** Whether the author was a member at the end of what is known. */
  get speaking(): boolean {
    return this.#speaking;
  }
  /** Of its last entry. */
  get clock(): number {
    return this.#clock;
  }
  get isFrozen(): boolean {
    return this.#frozen;
  }
  /** What a vector says of this log: a frozen one wants nothing more. */
  get stated(): number {
    return this.#frozen ? seqMax : this.#seq;
  }

  /** Entries have come whose predecessors are missing. */
  get isWaiting(): boolean {
    return this.#held.size > 0;
  }

  /** Those in memory, in order. */
  entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** Of those in memory. */
  entry(seq: number): LogEntry | undefined {
    return this.#entries[seq - this.#base - 1];
  }

  /** Whether somebody has acknowledged that entry of a log of one's own. */
  isConfirmed(by: PeerId, seq: number): boolean {
    return seq <= (this.confirmed.get(by) ?? 0) && seq > (this.lacking.get(by) ?? 0);
  }

  /** Bytes up to and with `seq`; what was let go counts as one, and of what is in the archive each entry as much as another. */
  endAt(seq: number): number {
    if (seq > this.#base) return this.entry(seq)?.end ?? this.#end;
    const paged = this.#base - this.#floor;
    if (seq <= this.#floor || paged === 0) return this.#floorEnd;
    return this.#floorEnd + Math.round(((this.#baseEnd - this.#floorEnd) * (seq - this.#floor)) / paged);
  }

  /** How an event stands to this log. Nothing changes. */
  place(event: RoomEvent): Offer {
    if (this.#frozen || event.seq <= this.#seq) return "known";
    if (event.seq > this.#seq + 1) return this.#held.size < heldEventsMax || this.#held.has(event.seq) ? "early" : "full";
    const follows = this.#seq === 0 || sameBytes(event.prev, this.head);
    return follows && event.clock >= this.#clock ? "next" : "broken";
  }

  hold(event: RoomEvent, key?: Uint8Array): void {
    if (this.#held.size < heldEventsMax && !this.#held.has(event.seq)) this.#held.set(event.seq, { event, key: key?.slice() });
  }

  /** The held event that is next, if it has come. */
  takeHeld(): Held | undefined {
    const held = this.#held.get(this.#seq + 1);
    this.#held.delete(this.#seq + 1);
    return held;
  }

  /** `event` must be "next". */
  append(event: RoomEvent, arrivedAt: Millis, everybodySpeaks: boolean, sentTo: readonly PeerId[] | undefined, key?: Uint8Array): LogEntry {
    this.#seq = event.seq;
    this.#last = event;
    this.#clock = event.clock;
    this.#end += event.bytes.length;
    this.#noteMembership(event);
    const isSpoken = everybodySpeaks || this.#speaking;
    const secret = secretOf(event, key, arrivedAt);
    const shown = isSpoken && isShown(event, secret);
    const shownAt = shownTime(event.at, arrivedAt);
    const entry: LogEntry = { event, end: this.#end, arrivedAt, shownAt, isSpoken, shown, secret, sentTo, isPaged: false };
    this.#entries.push(entry);
    return entry;
  }

  /** After a restart, before anything else: what memory does not hold. */
  restore(floor: number, cut: number, base: number, pinned: readonly RoomEvent[]): void {
    for (const event of pinned) this.pin(event);
    this.#floor = floor;
    this.#cut = cut;
    this.#base = base;
    this.#baseEnd = (base - floor) * pagedEntryBytes;
    this.#end = this.#baseEnd;
    this.#seq = base;
    this.#speaking = this.#spokeBelow;
  }

  freeze(): void {
    this.#frozen = true;
    this.#held.clear();
  }

  /** Begins anew above `floor`, where older entries were let go; what they pinned is in already. `next` is entry `floor + 1`. */
  startAbove(floor: number, next: RoomEvent): void {
    this.#entries = [];
    this.#floor = floor;
    this.#base = floor;
    this.#floorEnd = this.#end;
    this.#baseEnd = this.#end;
    this.#seq = floor;
    this.#last = undefined;
    this.#before = next.prev as Uint8Array<ArrayBuffer>;
    this.#speaking = this.#spokeBelow;
    for (const seq of [...this.#held.keys()]) if (seq <= floor) this.#held.delete(seq);
  }

  /** Memory lets go of everything up to `seq`, but for what tells who is a member, and the last: a newcomer's log begins with it. */
  page(seq: number): void {
    const base = Math.min(seq, this.#seq - 1);
    if (base <= this.#base) return;
    this.#baseEnd = this.endAt(base);
    for (const { event } of this.#entries.splice(0, base - this.#base)) this.pin(event);
    this.#base = base;
  }

  /** What is in the archive up to `seq` is there no longer. `isOver`: and is not wanted again. */
  letGo(seq: number, isOver = true): void {
    const floor = Math.min(seq, this.#base);
    if (isOver) this.#cut = Math.max(this.#cut, floor);
    if (floor <= this.#floor) return;
    this.#floorEnd = this.endAt(floor);
    this.#floor = floor;
  }

  /** The archive has older entries now, from `floor + 1` on; they have been proven. */
  deepen(floor: number): void {
    if (floor < this.#floor) this.#floor = floor;
  }

  /** Keeps an entry that memory does not hold, and that tells who is a member, or when messages disappear. False where it is none, or is older than what is kept. */
  pin(event: RoomEvent): boolean {
    const sort = pinnedSort(event);
    if (sort === undefined || this.pinned.some((kept) => kept.seq === event.seq)) return false;
    const rivals = this.pinned.filter((kept) => pinnedSort(kept) === sort);
    const rival = rivals[0];
    if (rival !== undefined && rivals.length >= (sort === "invited" ? pinnedInvitesMax : 1)) {
      if (rival.seq > event.seq) return false;
      this.pinned.splice(this.pinned.indexOf(rival), 1);
    }
    this.pinned.push(event);
    this.pinned.sort((a, b) => a.seq - b.seq);
    return true;
  }

  get #spokeBelow(): boolean {
    return this.pinned.find((event) => pinnedSort(event) === "presence")?.body.kind !== "left";
  }

  #noteMembership(event: RoomEvent): void {
    if (event.body.kind === "joined") this.#speaking = true;
    if (event.body.kind === "left") this.#speaking = false;
  }
}

/** A message that can be read, or a word about messages that is shown among them. */
export const isShown = ({ body }: RoomEvent, secret: Secret | undefined): boolean =>
  body.kind === "message" || body.kind === "timer" || (body.kind === "timed" && secret !== undefined);

function pinnedSort({ body: { kind } }: RoomEvent): "presence" | "invited" | "timer" | undefined {
  if (kind === "joined" || kind === "left") return "presence";
  return kind === "invited" || kind === "timer" ? kind : undefined;
}
