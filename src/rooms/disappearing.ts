/** What a peer does about messages that disappear, over all its rooms. */
import type { Millis, RoomId } from "../ids.ts";
import { messageId } from "./event.ts";
import { expiryCheckMsMax } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Room } from "./room.ts";
import { expire } from "./room-keys.ts";

/** When to look again, on the clock of `now`; wall clocks are set, so in time. */
export function nextExpiryAt(rooms: Iterable<Room>, wall: Millis, now: Millis): Millis | undefined {
  let first: number | undefined;
  for (const { expiry } of rooms) {
    const at = expiry.nextAt();
    if (at !== undefined && (first === undefined || at < first)) first = at;
  }
  return first === undefined ? undefined : ((now + Math.min(expiryCheckMsMax, Math.max(0, first - wall))) as Millis);
}

/** True where something has disappeared. */
export function expireDue(rooms: Iterable<Room>, outbox: Outbox): boolean {
  const emptied = new Set<RoomId>();
  for (const room of rooms) {
    for (const { event } of expire(room)) {
      outbox.messageRemoved(messageId(event), room.roomId);
      emptied.add(room.roomId);
    }
  }
  for (const roomId of emptied) outbox.roomChanged(roomId);
  return emptied.size > 0;
}
