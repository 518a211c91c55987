/** Filling payloads: which of several logs' entries go next, and how many fit. */

import type { PeerId, RoomId } from "../ids.ts";
import { compareEvents, type LogKey, type RoomEvent } from "./event.ts";
import { archivePageMax, authorBytes, eventsPerPayloadMax, floorBytes, payloadBytesMax, timedKeyCostBytes } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import { type AuthorKeys, encodePayload, type TimedKey, type VectorEntry } from "./payload.ts";
import { pinsAt } from "./pins.ts";
import type { Room } from "./room.ts";

/** Entries of one log that a peer is to get: those after `sent`. */
export interface Queue {
  readonly log: AuthorLog;
  sent: number;
  readonly target: number;
  /** Where it begins for that peer, who asks for the rest. */
  readonly above: number;
}

export interface Batch {
  readonly events: RoomEvent[];
  readonly logs: AuthorLog[];
  readonly floors: VectorEntry[];
  readonly keys: TimedKey[];
}

/**
 * Takes the next payload's worth off the queues: the receiver's own logs first, since they tell a restarted peer that it is
 * a member; then in the order of all screens, so that causes arrive before effects. Undefined when all is sent.
 */
export function takeBatch(
  queues: readonly Queue[],
  receiver: PeerId,
  entries: Entries,
  mayRead: (entry: LogEntry) => boolean,
): Batch | undefined {
  const batch: Batch = { events: [], logs: [], floors: [], keys: [] };
  let bytes = 256;
  while (batch.events.length < eventsPerPayloadMax) {
    const next = nextQueue(queues, receiver, entries);
    if (next === undefined) break;
    const { queue, entry } = next;
    const { log } = queue;
    const floor = floorOf(queue);
    const pinned = queue.sent < floor ? entries.pinsAt(log, floor) : [];
    let cost = entry.event.bytes.length + 3 + (entry.secret === undefined ? 0 : timedKeyCostBytes);
    for (const event of pinned) cost += event.bytes.length + 3;
    if (!batch.logs.includes(log)) cost += authorBytes + floorBytes;
    if (bytes + cost > payloadBytesMax || batch.events.length + pinned.length >= eventsPerPayloadMax) break;
    bytes += cost;
    if (queue.sent < floor) batch.floors.push([log.author.peerId, log.logId, floor]);
    batch.events.push(...pinned, entry.event);
    if (entry.secret !== undefined && mayRead(entry)) batch.keys.push([batch.events.length - 1, entry.secret.key]);
    if (!batch.logs.includes(log)) batch.logs.push(log);
    queue.sent = entry.event.seq;
  }
  return batch.events.length === 0 ? undefined : batch;
}

function nextQueue(queues: readonly Queue[], receiver: PeerId, entries: Entries): { queue: Queue; entry: LogEntry } | undefined {
  let best: { queue: Queue; entry: LogEntry } | undefined;
  for (const queue of queues) {
    if (queue.sent >= queue.target) continue;
    const entry = entries.at(queue.log, Math.max(queue.sent, floorOf(queue)) + 1);
    if (entry === undefined) continue;
    if (best === undefined || precedes(queue.log, entry, best, receiver)) best = { queue, entry };
  }
  return best;
}

const floorOf = ({ log, above }: Queue): number => Math.max(log.floor, above);

export interface Entries {
  at(log: AuthorLog, seq: number): LogEntry | undefined;
  /** What a log's entries up to `floor` pin. */
  pinsAt(log: AuthorLog, floor: number): readonly RoomEvent[];
}

/** Reads logs in order, wherever their entries are. */
export class EntryReader implements Entries {
  readonly #room: Room;
  readonly #pages = new Map<LogKey, readonly LogEntry[]>();

  constructor(room: Room) {
    this.#room = room;
  }

  at(log: AuthorLog, seq: number): LogEntry | undefined {
    if (seq > log.base) return log.entry(seq);
    const page = this.#pages.get(log.key);
    const entry = page?.[seq - (page[0]?.event.seq ?? 0)];
    if (entry !== undefined) return entry;
    const read = this.#room.entriesFrom(log, seq, archivePageMax);
    this.#pages.set(log.key, read);
    return read[0];
  }

  pinsAt(log: AuthorLog, floor: number): readonly RoomEvent[] {
    return pinsAt(this.#room, log, floor);
  }
}

function precedes(log: AuthorLog, entry: LogEntry, best: { queue: Queue; entry: LogEntry }, receiver: PeerId): boolean {
  const isReceivers = log.author.peerId === receiver;
  if (isReceivers !== (best.queue.log.author.peerId === receiver)) return isReceivers;
  return compareEvents(entry.event, best.entry.event) < 0;
}

/** One entry that goes without being asked for, and that nobody has to acknowledge: `quiet`, or as a broadcast with its author's keys. */
export function encodeSingle(roomId: RoomId, { author }: AuthorLog, { event, secret }: LogEntry, form: "quiet" | "broadcast"): Uint8Array {
  const { signKey, agreeKey, binding } = author;
  const authors = form === "broadcast" ? [{ signKey, agreeKey, binding }] : [];
  const keys = secret && { keys: [[0, secret.key] as const] };
  return encodePayload({
    k: "events",
    roomId,
    authors,
    events: [event.bytes],
    floors: [],
    ...keys,
    ...(form === "quiet" && { quiet: true }),
  });
}

/** Encodes batches; one event that goes to many at once is encoded once. */
export class BatchEncoder {
  #single: RoomEvent | undefined;
  #hasKey = false;
  #payload = new Uint8Array(0);

  /** It may hold the key of a message that has disappeared. */
  forget(): void {
    this.#single = undefined;
    this.#payload = new Uint8Array(0);
  }

  encode(roomId: RoomId, self: PeerId, batch: Batch): Uint8Array {
    const single = batch.events.length === 1 && batch.floors.length === 0 ? batch.events[0] : undefined;
    if (single !== undefined && single === this.#single && this.#hasKey === batch.keys.length > 0) return this.#payload;
    const authors: AuthorKeys[] = [];
    for (const { author } of batch.logs) {
      const { peerId, signKey, agreeKey, binding } = author;
      // Whoever opens what we sealed knows our keys.
      if (peerId !== self && !authors.some((known) => known.signKey === signKey)) authors.push({ signKey, agreeKey, binding });
    }
    const events = batch.events.map((event) => event.bytes);
    const keys = batch.keys.length === 0 ? {} : { keys: batch.keys };
    const payload = encodePayload({ k: "events", roomId, authors, events, floors: batch.floors, ...keys });
    if (single !== undefined) {
      this.#single = single;
      this.#hasKey = batch.keys.length > 0;
      this.#payload = payload as Uint8Array<ArrayBuffer>;
    }
    return payload;
  }
}
