/**
 * One author's log of one room, as far as it is known here: entries `floor + 1 … seq` without a gap, each carrying the
 * digest of the one before. What arrives early is held, bounded. A log whose author contradicted itself is frozen: it is
 * kept as it was and asks for no more.
 */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { LogId, Millis, PeerId } from "../ids.ts";
import { shownTime } from "./clock.ts";
import { type LogKey, logKey, type RoomEvent } from "./event.ts";
import { heldEventsMax, pinnedInvitesMax, seqMax } from "./limits.ts";
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

export type Offer = "next" | "known" | "early" | "full" | "broken";

export class AuthorLog {
  readonly key: LogKey;
  readonly author: PublicIdentity;
  readonly logId: LogId;
  /** Of the part that was let go: the newest coming or going, invitations, and the newest timer. */
  readonly pinned: RoomEvent[] = [];
  /** Of a log of one's own: who has acknowledged up to where. */
  readonly confirmed = new Map<PeerId, number>();
  /** A hole where the disk was damaged: what stands after it can be read, and is passed on no further than to the hole. */
  #entries: (LogEntry | undefined)[] = [];
  #floor = 0;
  #floorEnd = 0;
  #seq = 0;
  #end = 0;
  /** The last entry; below it, what its first one has to follow. */
  #last: RoomEvent | undefined;
  #base = new Uint8Array(0);
  #clock = 0;
  #speaking = false;
  #frozen = false;
  readonly #held = new Map<number, RoomEvent>();

  constructor(author: PublicIdentity, logId: LogId) {
    this.author = author;
    this.logId = logId;
    this.key = logKey(author.peerId, logId);
  }

  get floor(): number {
    return this.#floor;
  }
  get seq(): number {
    return this.#seq;
  }
  get head(): Uint8Array {
    return this.#last?.digest ?? this.#base;
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

  /** Above the floor, in order. */
  entries(): LogEntry[] {
    return this.#entries.filter((entry) => entry !== undefined);
  }

  entry(seq: number): LogEntry | undefined {
    return this.#entries[seq - this.#floor - 1];
  }

  /** Bytes up to and with `seq`; what was let go counts as one. */
  endAt(seq: number): number {
    return seq <= this.#floor ? this.#floorEnd : (this.entry(seq)?.end ?? this.#end);
  }

  /** How an event stands to this log. Nothing changes. */
  place(event: RoomEvent): Offer {
    if (this.#frozen || event.seq <= this.#seq) return "known";
    if (event.seq > this.#seq + 1) return this.#held.size < heldEventsMax || this.#held.has(event.seq) ? "early" : "full";
    const follows = this.#seq === 0 || sameBytes(event.prev, this.head);
    return follows && event.clock >= this.#clock ? "next" : "broken";
  }

  hold(event: RoomEvent): void {
    if (this.#held.size < heldEventsMax && !this.#held.has(event.seq)) this.#held.set(event.seq, event);
  }

  /** The held event that is next, if it has come. */
  takeHeld(): RoomEvent | undefined {
    const event = this.#held.get(this.#seq + 1);
    if (event !== undefined) this.#held.delete(event.seq);
    return event;
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
    const shown = isSpoken && (event.body.kind === "message" || event.body.kind === "timer" || secret !== undefined);
    const shownAt = shownTime(event.at, arrivedAt);
    const entry: LogEntry = { event, end: this.#end, arrivedAt, shownAt, isSpoken, shown, secret, sentTo };
    this.#entries.push(entry);
    return entry;
  }

  /** After a restart, before anything else: what was let go up to `floor`, and entries that may have holes, in order. */
  restore(floor: number, pinned: readonly RoomEvent[]): void {
    for (const event of pinned) this.pin(event);
    this.#floor = floor;
    this.#seq = floor;
    this.#speaking = this.#spokeBelow;
  }

  /** The next entry that is left on disk: those between the last and this one are lost. */
  appendRestored(...appended: Parameters<AuthorLog["append"]>): LogEntry {
    while (this.#entries.length < appended[0].seq - this.#floor - 1) this.#entries.push(undefined);
    return this.append(...appended);
  }

  freeze(): void {
    this.#frozen = true;
    this.#held.clear();
  }

  /** Begins anew above `floor`, where older entries were let go; what they pinned is in already. `next` is entry `floor + 1`. */
  startAbove(floor: number, next: RoomEvent): void {
    this.#entries = [];
    this.#floor = floor;
    this.#floorEnd = this.#end;
    this.#seq = floor;
    this.#last = undefined;
    this.#base = next.prev as Uint8Array<ArrayBuffer>;
    this.#speaking = this.#spokeBelow;
    for (const seq of [...this.#held.keys()]) if (seq <= floor) this.#held.delete(seq);
  }

  /** Lets go of everything up to `seq`, but for what tells who is a member, and the last: a newcomer's log begins with it. */
  letGo(seq: number): void {
    const floor = Math.min(seq, this.#seq - 1);
    if (floor <= this.#floor) return;
    this.#floorEnd = this.endAt(floor);
    for (const entry of this.#entries.splice(0, floor - this.#floor)) if (entry !== undefined) this.pin(entry.event);
    this.#floor = floor;
  }

  /** Keeps an entry from below the floor that tells who is a member, or when messages disappear. False where it is none, or is older than what is kept. */
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

function pinnedSort({ body: { kind } }: RoomEvent): "presence" | "invited" | "timer" | undefined {
  if (kind === "joined" || kind === "left") return "presence";
  return kind === "invited" || kind === "timer" ? kind : undefined;
}
