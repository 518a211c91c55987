/** Who may be given the keys of what was said: in a room whose past is not told, whoever was there when it was. */
import type { PeerId } from "../ids.ts";
import { logKey } from "./event.ts";
import type { LogEntry } from "./log.ts";
import type { Room } from "./room.ts";

/** Up to which clock nothing can be read by this one; undefined where all can. */
export const thereSince = (room: Room, peerId: PeerId): number | undefined =>
  room.history === "all" ? undefined : room.membership.thereSince(peerId);

export function mayRead(room: Room, peerId: PeerId, { event }: LogEntry): boolean {
  if (room.history === "all" || peerId === event.author) return true;
  const since = room.membership.thereSince(peerId);
  if (since !== undefined) return event.clock > since;
  // Who told us of the room was there before us, though we do not know yet since when: they read what we say now.
  return room.introducers.has(peerId) && logKey(event.author, event.logId) === room.ownKey;
}
