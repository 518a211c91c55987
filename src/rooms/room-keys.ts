/** Keys of a room's messages that come late, and that are destroyed. */
import { isTakenBack } from "./acting.ts";
import { logKey, type RoomEvent } from "./event.ts";
import type { LogEntry } from "./log.ts";
import { noteNews } from "./news.ts";
import { isTooOld } from "./retention.ts";
import type { Room } from "./room.ts";
import { secretOf } from "./timed.ts";

/** Destroys the keys of messages whose time is over; returns those. */
export function expire(room: Room): LogEntry[] {
  const gone = room.expiry.expire(room.ports.wallNow());
  for (const entry of gone) {
    room.timeline.hide(entry);
    room.news.forget(entry);
    room.keeper.rewritten(room, entry);
  }
  return gone;
}

/** The key of an entry that came without it, from somebody who has it. Returns what can be read by that. */
export function learnKey(room: Room, { author, logId, seq }: RoomEvent, key: Uint8Array): LogEntry[] {
  const entry = room.isJoined ? room.logs.get(logKey(author, logId))?.entry(seq) : undefined;
  if (entry === undefined || entry.secret !== undefined || !entry.isSpoken) return [];
  // From somebody who has not heard of it yet.
  if (isTakenBack(room, entry) || isTooOld(room, entry.event)) return [];
  const secret = secretOf(entry.event, key, entry.arrivedAt);
  if (secret === undefined || (secret.expiresAt ?? Number.POSITIVE_INFINITY) <= room.ports.wallNow()) return [];
  entry.secret = secret;
  entry.shown = true;
  if (!entry.isPaged) room.timeline.show(entry);
  room.expiry.add(entry);
  noteNews(room, entry);
  room.keeper.rewritten(room, entry);
  return [entry];
}
