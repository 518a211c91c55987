/** The entries of a room that memory holds, in the order of every screen, and the messages among them. Both are kept sorted as entries come. */
import { compareEvents, type Place } from "./event.ts";
import { recentEventsMax, recentRoomMin, tailBytesMax, tailEventsMax, tailSlackEvents } from "./limits.ts";
import type { LogEntry } from "./log.ts";

/** How many entries of a room memory holds, and by how many more before the oldest leave it. */
export interface TailBounds {
  readonly events: number;
  readonly slack: number;
  /** So many of them a newcomer is given at once, where the room has `recentRoomMin`. */
  readonly recent: number;
  readonly recentRoomMin: number;
}
export const tailBounds: TailBounds = { events: tailEventsMax, slack: tailSlackEvents, recent: recentEventsMax, recentRoomMin };

export class Timeline {
  readonly #entries: LogEntry[] = [];
  readonly #messages: LogEntry[] = [];
  /** Something was said that this peer may not read, since it was said before it came. */
  hasUntold = false;
  #bytes = 0;
  readonly bounds: TailBounds;

  constructor(bounds: TailBounds = tailBounds) {
    this.bounds = bounds;
  }

  get messages(): readonly LogEntry[] {
    return this.#messages;
  }

  insert(entry: LogEntry): void {
    insertSorted(this.#entries, entry);
    if (entry.shown) insertSorted(this.#messages, entry);
    this.#noteUntold(entry);
    this.#bytes += entry.event.bytes.length;
  }

  #noteUntold({ event, secret }: LogEntry): void {
    this.hasUntold ||= event.body.kind === "timed" && event.body.afterMs === null && secret === undefined;
  }

  /** It can be read now. */
  show(entry: LogEntry): void {
    insertSorted(this.#messages, entry);
  }

  /** It has disappeared. */
  hide(entry: LogEntry): void {
    const at = position(this.#messages, entry.event);
    if (this.#messages[at] === entry) this.#messages.splice(at, 1);
  }

  /** After a restart, before anything else. */
  restore(entries: readonly LogEntry[]): void {
    for (const entry of [...entries].sort((a, b) => compareEvents(a.event, b.event))) {
      this.#entries.push(entry);
      if (entry.shown) this.#messages.push(entry);
      this.#noteUntold(entry);
      this.#bytes += entry.event.bytes.length;
    }
  }

  /** Lets the oldest go once there are too many, or they are from before `cutoff`; returns them, oldest first. They are paged from then on. */
  trim(cutoff = Number.NEGATIVE_INFINITY): LogEntry[] {
    const isOld = (this.#entries[0]?.event.clock ?? cutoff) < cutoff;
    if (!isOld && this.#entries.length <= this.bounds.events + this.bounds.slack && this.#bytes <= tailBytesMax) return [];
    const isMuch = this.#entries.length > this.bounds.events + this.bounds.slack;
    let count = isMuch ? this.#entries.length - this.bounds.events : 0;
    let bytes = 0;
    for (let i = 0; i < this.#entries.length; i++) {
      const isDue = i < count || this.#bytes - bytes > tailBytesMax || (this.#entries[i]?.event.clock ?? cutoff) < cutoff;
      if (!isDue) break;
      bytes += this.#entries[i]?.event.bytes.length ?? 0;
      count = Math.max(count, i + 1);
    }
    const gone = this.#entries.splice(0, count);
    this.#bytes -= bytes;
    const shown = gone.reduce((sum, entry) => sum + (entry.shown ? 1 : 0), 0);
    this.#messages.splice(0, shown);
    for (const entry of gone) entry.isPaged = true;
    return gone;
  }

  /** Of the oldest of so many entries; undefined where there are no more. */
  clockOfNewest(count: number): number | undefined {
    return this.#entries[this.#entries.length - count]?.event.clock;
  }

  /** They are there no longer. */
  drop(entries: readonly LogEntry[]): void {
    for (const list of [this.#entries, this.#messages]) {
      for (const entry of entries) {
        const at = position(list, entry.event);
        if (list[at] === entry) list.splice(at, 1);
      }
    }
    for (const { event } of entries) this.#bytes -= event.bytes.length;
  }

  /** Messages before a place, newest first. */
  *before(place: Place | undefined): Generator<LogEntry> {
    for (let i = (place === undefined ? this.#messages.length : position(this.#messages, place)) - 1; i >= 0; i--) {
      const entry = this.#messages[i];
      if (entry !== undefined) yield entry;
    }
  }

  /** Messages after a place, oldest first. */
  *after(place: Place): Generator<LogEntry> {
    for (let i = position(this.#messages, place); i < this.#messages.length; i++) {
      const entry = this.#messages[i];
      if (entry !== undefined && compareEvents(entry.event, place) > 0) yield entry;
    }
  }
}

/** New entries are nearly always the newest, so the search begins at the end. */
function insertSorted(entries: LogEntry[], entry: LogEntry): void {
  const last = entries.at(-1);
  if (last === undefined || compareEvents(last.event, entry.event) < 0) entries.push(entry);
  else entries.splice(position(entries, entry.event), 0, entry);
}

/** The number of entries before `place`, by halving. */
function position(entries: readonly LogEntry[], place: Place): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && compareEvents(entry.event, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
