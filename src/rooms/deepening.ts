/** Entries from below a log's floor come into the archive. */

import { takeBack, takenBack } from "./acting.ts";
import { isAct } from "./acts.ts";
import { isWord } from "./archive.ts";
import type { RoomEvent } from "./event.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import type { Room } from "./room.ts";
import { secretOf } from "./timed.ts";

/** @param events proven, newest first @param words proven by themselves: the last before these. Answers what had waited for them. */
export function deepen(
  room: Room,
  log: AuthorLog,
  events: readonly RoomEvent[],
  keys: ReadonlyMap<RoomEvent, Uint8Array>,
  words: readonly RoomEvent[],
): LogEntry[] {
  const entries: LogEntry[] = [];
  const arrivedAt = room.ports.wallNow();
  for (const event of words) if (log.pin(event)) room.keeper.pinned(room, log, event);
  const gone = takenBack(room, log, events);
  for (const event of events) {
    // Of those that disappear the time is over in the archive.
    const isOver = event.body.kind === "timed" && event.body.afterMs !== null;
    const key = isOver || gone.has(event) ? undefined : keys.get(event);
    room.keeper.entered(room, log, { event, arrivedAt, sentTo: undefined, secret: secretOf(event, key, arrivedAt) });
  }
  for (const { body } of events) if (isAct(body)) takeBack(room, body.of);
  for (const event of [...words, ...events].filter(isWord)) {
    log.pin(event);
    room.expiry.noteTimer(event);
    room.drainPermitted(room.membership.apply(event), entries);
  }
  room.archive?.use();
  return entries;
}
