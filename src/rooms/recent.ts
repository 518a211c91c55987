/** Where each log begins for somebody who is new in a room: with what was said there lately. The rest they ask for (backfill.ts). */
import type { AuthorLog } from "./log.ts";
import type { Room } from "./room.ts";

/** The entry above which a log begins; 0: with its first. */
export function recentStart(room: Room, log: AuthorLog): number {
  const { recent, recentRoomMin } = room.timeline.bounds;
  if (log.seq - log.floor <= recent / 10) return 0;
  const since = room.timeline.clockOfNewest(recent);
  if (since === undefined || sizeOf(room) < recentRoomMin) return 0;
  const first = log.entries().find(({ event }) => event.clock >= since);
  return (first?.event.seq ?? log.seq) - 1;
}

function sizeOf(room: Room): number {
  let size = 0;
  for (const { seq, floor } of room.logs.values()) size += seq - floor;
  return size;
}
