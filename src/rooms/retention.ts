/**
 * How long this machine keeps what was said in a room. It concerns nobody else: others have theirs.
 *
 * 1. What is older leaves memory and archive, with its text and its key. The last entry of each log stays, without what it
 *    says: by it the log goes on.
 * 2. It is let go where a step ends (trimming.ts), looked at hourly, and a part at a time where it is much.
 */
import type { Millis, RoomId } from "../ids.ts";
import type { RoomEvent } from "./event.ts";
import type { RoomKeeper } from "./keeping.ts";
import { letGoOldAtOnce, retentionCheckMs } from "./limits.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";

export class Retention {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The port says another time for it now, or an hour has passed; undefined: of every room. */
  look(roomId?: RoomId): void {
    for (const room of this.#registry.all()) {
      if (room.ports.keepMs?.(room.roomId) === undefined || (roomId !== undefined && room.roomId !== roomId)) continue;
      room.lookedBackAt = undefined;
      room.changed();
    }
  }

  /** There is more to let go than one step does. */
  get isUnfinished(): boolean {
    for (const room of this.#registry.all()) if (room.isLettingGo) return true;
    return false;
  }
}

/** What was said before it goes now; undefined where nothing has to. */
export function cutoffOf(room: Room): Millis | undefined {
  const keepMs = room.ports.keepMs?.(room.roomId);
  if (keepMs === undefined) return undefined;
  const wall = room.ports.wallNow();
  if (!room.isLettingGo && room.lookedBackAt !== undefined && wall - room.lookedBackAt < retentionCheckMs) return undefined;
  room.lookedBackAt = wall;
  return (wall - keepMs) as Millis;
}

/** Whether it is older than this machine keeps what is said there. */
export function isTooOld(room: Room, event: RoomEvent): boolean {
  const keepMs = room.ports.keepMs?.(room.roomId);
  return keepMs !== undefined && event.clock < room.ports.wallNow() - keepMs;
}

/** From the archive; `memory` has let go of it already. Answers what is to be deleted. */
export function letGoBefore(room: Room, keeper: RoomKeeper, cutoff: Millis): RoomEvent[] {
  const events = room.archive?.letGo((_left, oldest) => oldest.clock < cutoff, letGoOldAtOnce) ?? [];
  room.isLettingGo = events.length >= letGoOldAtOnce;
  for (const log of room.logs.values()) {
    const last = log.entries().at(-1);
    if (last === undefined || last.event.clock >= cutoff || last.secret === undefined) continue;
    room.timeline.hide(last);
    room.news.forget(last);
    room.expiry.letGo([last], false);
    keeper.rewritten(room, last, true);
  }
  return events;
}
