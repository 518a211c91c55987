/** When a room's messages disappear: the word that counts, and those that are still to go. */
import type { Millis, PeerId } from "../ids.ts";
import { compareEvents, type RoomEvent } from "./event.ts";
import type { LogEntry } from "./log.ts";
import { forget, isSealed } from "./timed.ts";

export class Expiry {
  /** The newest in the order of every screen, so everybody ends with the same. */
  #timer: RoomEvent | undefined;
  /** Those that can be read, by `expiresAt`; bounded by the room's history. */
  #entries: LogEntry[] = [];
  /** Those that came without their key, and who has been asked for it; bounded by the room's history, and by its members. */
  readonly keyless = new Map<LogEntry, Set<PeerId>>();

  /** After how long messages written now disappear; undefined: never. */
  get timerMs(): number | undefined {
    return this.#timer?.body.kind === "timer" ? (this.#timer.body.afterMs ?? undefined) : undefined;
  }

  noteTimer(event: RoomEvent): void {
    if (event.body.kind !== "timer") return;
    if (this.#timer === undefined || compareEvents(this.#timer, event) < 0) this.#timer = event;
  }

  add(entry: LogEntry): void {
    if (entry.secret !== undefined) this.keyless.delete(entry);
    else if (isSealed(entry.event.body) && entry.isSpoken) this.keyless.set(entry, new Set());
    const own = entry.secret?.expiresAt;
    if (own === undefined) return;
    let at = this.#entries.length;
    while (at > 0 && expiresAt(this.#entries[at - 1]) > own) at--;
    this.#entries.splice(at, 0, entry);
  }

  /** Wall time. */
  nextAt(): Millis | undefined {
    return this.#entries[0]?.secret?.expiresAt;
  }

  /** Destroys the keys of those whose time is over; returns them. */
  expire(wall: Millis): LogEntry[] {
    let count = 0;
    while (count < this.#entries.length && expiresAt(this.#entries[count]) <= wall) count++;
    const gone = this.#entries.splice(0, count);
    for (const entry of gone) forget(entry);
    return gone;
  }

  /** They leave memory: for good, or (`isKept`) for the archive. There, too, those that disappear do so now; returns these. */
  letGo(entries: readonly LogEntry[], isKept: boolean): LogEntry[] {
    for (const entry of entries) this.keyless.delete(entry);
    const over = new Set(entries.filter(({ secret }) => secret !== undefined && (!isKept || secret.expiresAt !== undefined)));
    if (over.size === 0) return [];
    this.#entries = this.#entries.filter((entry) => !over.has(entry));
    for (const entry of over) forget(entry);
    return [...over];
  }
}

const expiresAt = (entry: LogEntry | undefined): number => entry?.secret?.expiresAt ?? Number.NEGATIVE_INFINITY;
