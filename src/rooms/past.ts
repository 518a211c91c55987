/** What a member gives of a log to somebody who asks for the part before what they have. */
import type { PeerId } from "../ids.ts";
import { logKey } from "./event.ts";
import { authorBytes, payloadBytesMax, timedKeyCostBytes } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import type { Older, PastAsk, TimedKey } from "./payload.ts";
import { pinsAt } from "./pins.ts";
import { mayRead } from "./reading.ts";
import type { Room } from "./room.ts";

export function olderOf(room: Room, to: PeerId, [author, logId, high, count]: PastAsk): Older {
  const log = room.logs.get(logKey(author, logId));
  const answer = { roomId: room.roomId, author, logId, to: high };
  if (log === undefined || high > log.seq || high <= log.floor)
    return { ...answer, events: [], words: [], keys: [], floor: log === undefined || high > log.seq ? high : log.floor };
  const entries: LogEntry[] = [];
  for (let seq = Math.max(log.floor, high - count) + 1; seq <= high; ) {
    const read = room.entriesFrom(log, seq, high - seq + 1);
    entries.push(...read);
    if (read.length === 0) break;
    seq += read.length;
  }
  // A hole: nothing up to it can be proven by what stands above.
  if (entries.at(-1)?.event.seq !== high) return { ...answer, events: [], words: [], keys: [], floor: high };
  const events: Uint8Array[] = [];
  const keys: TimedKey[] = [];
  let bytes = 2 * authorBytes + 4 * wordBytesMax;
  for (const entry of entries.reverse()) {
    bytes += entry.event.bytes.length + 3 + timedKeyCostBytes;
    if (bytes > payloadBytesMax && events.length > 0) break;
    if (entry.secret !== undefined && mayRead(room, to, entry)) keys.push([events.length, entry.secret.key]);
    events.push(entry.event.bytes);
  }
  const lowest = high - events.length;
  const words = pinsAt(room, log, lowest).filter(({ body }) => body.kind === "joined" || body.kind === "left");
  return { ...answer, events, words: words.slice(-1).map((word) => word.bytes), keys, floor: log.floor };
}

/** A coming with the longest name. */
const wordBytesMax = 640;
