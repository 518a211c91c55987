/** What a peer does about messages that disappear, over all its rooms. */
import type { Millis, RoomId } from "../ids.ts";
import { type EventBody, messageId } from "./event.ts";
import { expiryCheckMsMax } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { RoomsPorts } from "./ports.ts";
import type { Room } from "./room.ts";
import { expire } from "./room-keys.ts";
import { type Said, sealText } from "./timed.ts";

/** A message as it is written in this room now, with the key that must go beside it where it disappears. */
export function written(room: Room, ports: RoomsPorts, said: Said): { readonly body: EventBody; readonly key?: Uint8Array } {
  const { timerMs } = room.expiry;
  if (timerMs === undefined && room.history === "all") return { body: { kind: "message", ...said } };
  return sealText(ports.randomBytes, said, timerMs ?? null);
}

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
