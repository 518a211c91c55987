/**
 * What was said in a room before the part that a newcomer was given at once: asked for from several members, newest first,
 * and proven from above. An entry carries the digest of the one before it, so the signed entry at the head of a log proves
 * all below it, whoever passes them on.
 *
 *   wanted ranges of each log ──past──► a member ──older──► held until what stands above it is here ──► the archive
 *        ▲        not answered in time, cut short, false        │
 *        └───────────────────────────────────────────────────────┘
 *
 * 1. Nothing is taken in that is not proven; whoever sends something else is not asked about that log again.
 * 2. The entry with the highest clock that is missing is asked for first.
 * 3. What was let go on purpose is not asked for.
 */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { earliest, later } from "./backoff.ts";
import { decodeEvent, type LogKey, logKey, type RoomEvent } from "./event.ts";
import { asksMax, asksPerPartnerMax, fillPartnersMax, fillPatienceMs, fillRestMs, pastEntriesMax } from "./limits.ts";
import type { AuthorLog } from "./log.ts";
import type { Older, PastAsk } from "./payload.ts";
import type { Room } from "./room.ts";
import { sameBytes } from "./shape.ts";

/** Entries `low … high` that nobody has been asked for. */
interface Range {
  readonly low: number;
  readonly high: number;
}

interface Ask extends Range {
  readonly log: AuthorLog;
  readonly partner: PeerId;
  readonly at: Millis;
}

interface Page {
  readonly from: PeerId;
  /** Newest first. */
  readonly events: readonly RoomEvent[];
  readonly keys: ReadonlyMap<RoomEvent, Uint8Array>;
  readonly words: readonly RoomEvent[];
}

/** One log on its way down. */
interface Filling {
  /** Highest first. */
  wanted: Range[];
  /** By their highest entry. */
  readonly held: Map<number, Page>;
  /** The lowest entry that is here: what comes next has to stand right below it. */
  lowest: RoomEvent;
}

export interface Taken {
  readonly log: AuthorLog;
  readonly page: Page;
}

export class Backfill {
  readonly #room: Room;
  readonly #fillings = new Map<LogKey, Filling>();
  #asks: Ask[] = [];
  /** Up to where somebody has nothing of a log. */
  readonly #lacking = new Map<PeerId, Map<LogKey, number>>();
  readonly #resting = new Map<PeerId, Millis>();

  constructor(room: Room) {
    this.#room = room;
  }

  nextAt(): Millis | undefined {
    return earliest(...this.#asks.map(({ at }) => later(at, fillPatienceMs)), ...this.#resting.values());
  }

  wake(now: Millis): void {
    for (const [partner, until] of this.#resting) if (until <= now) this.#resting.delete(partner);
    const late = this.#asks.filter(({ at }) => later(at, fillPatienceMs) <= now);
    for (const ask of late) {
      this.#drop(ask);
      this.#resting.set(ask.partner, later(now, fillRestMs));
    }
  }

  /** Nobody answers any more from there; it may have more when it is back. */
  went(partner: PeerId): void {
    for (const ask of this.#asks.filter((one) => one.partner === partner)) this.#drop(ask);
    this.#lacking.delete(partner);
    this.#resting.delete(partner);
  }

  /** What to ask whom now. */
  asks(partners: readonly PeerId[], now: Millis): Map<PeerId, PastAsk[]> {
    const asks = new Map<PeerId, PastAsk[]>();
    this.#begin();
    for (let isMore = true; isMore && this.#asks.length < asksMax; ) {
      isMore = false;
      for (const partner of partners) {
        const under = this.#asks.filter((ask) => ask.partner === partner).length;
        const isBusy = under === 0 && new Set(this.#asks.map((ask) => ask.partner)).size >= fillPartnersMax;
        if (isBusy || under >= asksPerPartnerMax || this.#asks.length >= asksMax || this.#resting.has(partner)) continue;
        const ask = this.#next(partner, now);
        if (ask === undefined) continue;
        isMore = true;
        this.#asks.push(ask);
        const { author, logId } = ask.log;
        asks.set(partner, [...(asks.get(partner) ?? []), [author.peerId, logId, ask.high, ask.high - ask.low + 1]]);
      }
    }
    return asks;
  }

  /** False where it is no answer to what was asked, or a false one. `taken`: pages in order, each proven. */
  answered(from: PeerId, older: Older): { readonly isTrue: boolean; readonly taken: Taken[] } {
    const key = logKey(older.author, older.logId);
    const ask = this.#asks.find(({ log, high, partner }) => log.key === key && high === older.to && partner === from);
    const filling = this.#fillings.get(key);
    // Late, or twice: somebody else has answered.
    if (ask === undefined || filling === undefined) return { isTrue: true, taken: [] };
    this.#asks = this.#asks.filter((one) => one !== ask);
    const page = pageOf(this.#room.roomId, from, ask, older);
    if (page === undefined) return this.#lied(ask);
    const low = ask.high - page.events.length + 1;
    if (older.floor >= ask.low) this.#lacks(from, key, older.floor);
    if (page.events.length === 0 && older.floor < ask.low) return this.#lied(ask);
    if (low > ask.low) this.#want(filling, { low: ask.low, high: low - 1 });
    if (page.events.length > 0) filling.held.set(ask.high, page);
    return this.#take(from, ask.log, filling);
  }

  #take(from: PeerId, log: AuthorLog, filling: Filling): { readonly isTrue: boolean; readonly taken: Taken[] } {
    const taken: Taken[] = [];
    for (let floor = log.floor, page = filling.held.get(floor); page !== undefined; page = filling.held.get(floor)) {
      filling.held.delete(floor);
      const lowest = page.events.at(-1);
      if (lowest === undefined || !continues(filling.lowest, page.events)) {
        this.#want(filling, { low: floor - page.events.length + 1, high: floor });
        this.#lacks(page.from, log.key, Number.POSITIVE_INFINITY);
        // It may have been held since another answered.
        return { isTrue: page.from !== from, taken };
      }
      taken.push({ log, page });
      filling.lowest = lowest;
      floor = lowest.seq - 1;
      log.deepen(floor);
    }
    return { isTrue: true, taken };
  }

  #begin(): void {
    for (const log of this.#room.logs.shallow) {
      if (this.#fillings.get(log.key)?.lowest.seq === log.floor + 1) continue;
      // It began anew above where it was: what was asked for is of no use.
      this.#asks = this.#asks.filter((ask) => ask.log !== log);
      const lowest = this.#room.entry(log.key, log.floor + 1)?.event;
      if (lowest === undefined) continue;
      this.#fillings.set(log.key, { wanted: [{ low: log.cut + 1, high: log.floor }], held: new Map(), lowest });
    }
    for (const key of [...this.#fillings.keys()]) if (this.#room.logs.get(key)?.isShallow !== true) this.#fillings.delete(key);
  }

  #next(partner: PeerId, now: Millis): Ask | undefined {
    let best: { readonly filling: Filling; readonly log: AuthorLog; readonly range: Range } | undefined;
    for (const log of this.#room.logs.shallow) {
      const filling = this.#fillings.get(log.key);
      if (filling === undefined || filling.held.size >= asksMax) continue;
      if (best !== undefined && best.filling.lowest.clock >= filling.lowest.clock) continue;
      const lacks = this.#lacking.get(partner)?.get(log.key) ?? 0;
      const range = filling.wanted.find(({ high }) => high > lacks);
      if (range !== undefined) best = { filling, log, range: { low: Math.max(range.low, lacks + 1), high: range.high } };
    }
    if (best === undefined) return undefined;
    const { filling, log, range } = best;
    const low = Math.max(range.low, range.high - pastEntriesMax + 1);
    filling.wanted = filling.wanted.flatMap((one) => {
      if (one.high !== range.high) return [one];
      return one.low < low ? [{ low: one.low, high: low - 1 }] : [];
    });
    return { log, partner, low, high: range.high, at: now };
  }

  #lied(ask: Ask): { readonly isTrue: false; readonly taken: Taken[] } {
    this.#lacks(ask.partner, ask.log.key, Number.POSITIVE_INFINITY);
    const filling = this.#fillings.get(ask.log.key);
    if (filling !== undefined) this.#want(filling, ask);
    return { isTrue: false, taken: [] };
  }

  #drop(ask: Ask): void {
    this.#asks = this.#asks.filter((one) => one !== ask);
    const filling = this.#fillings.get(ask.log.key);
    if (filling !== undefined) this.#want(filling, ask);
  }

  #want(filling: Filling, { low, high }: Range): void {
    filling.wanted = [...filling.wanted, { low, high }].sort((a, b) => b.high - a.high);
  }

  #lacks(partner: PeerId, key: LogKey, upTo: number): void {
    const lacking = this.#lacking.get(partner) ?? new Map<LogKey, number>();
    this.#lacking.set(partner, lacking.set(key, upTo));
  }
}

/** Undefined where it is not what was asked for. Says nothing yet of whether it is true. */
function pageOf(roomId: RoomId, from: PeerId, ask: Ask, older: Older): Page | undefined {
  if (older.events.length > ask.high - ask.low + 1) return undefined;
  const events: RoomEvent[] = [];
  for (const bytes of older.events) {
    const event = decodeEvent(bytes);
    if (event?.roomId !== roomId || event.author !== older.author || event.logId !== older.logId) return undefined;
    if (event.seq !== ask.high - events.length) return undefined;
    events.push(event);
  }
  const words = older.words.flatMap((bytes) => decodeEvent(bytes) ?? []);
  const isWord = (event: RoomEvent): boolean => event.roomId === roomId && event.author === older.author && event.logId === older.logId;
  if (words.length < older.words.length || !words.every(isWord)) return undefined;
  const keys = new Map(older.keys.flatMap(([at, key]) => (events[at] === undefined ? [] : [[events[at], key] as const])));
  return { from, events, keys, words };
}

/** Whether each is the one before the last. */
function continues(above: RoomEvent, events: readonly RoomEvent[]): boolean {
  let next = above;
  for (const event of events) {
    if (event.seq !== next.seq - 1 || event.clock > next.clock || !sameBytes(event.digest, next.prev)) return false;
    next = event;
  }
  return true;
}
