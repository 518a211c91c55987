/** Who has acknowledged what this peer wrote, and which messages are shown anew by that. */
import type { PeerId } from "../ids.ts";
import { messageId, type RoomEvent } from "./event.ts";
import { restatedMessagesMax } from "./limits.ts";
import type { AuthorLog } from "./log.ts";
import type { Outbox } from "./outbox.ts";
import type { Room } from "./room.ts";

/** Somebody has what stands in a log of our own between `floor` and `seq`. @param floor undefined: as before */
export function confirm(outbox: Outbox, room: Room, log: AuthorLog, by: PeerId, seq: number, floor?: number): void {
  const before = { seq: log.confirmed.get(by) ?? 0, floor: log.lacking.get(by) ?? 0 };
  const after = { seq: Math.max(seq, before.seq), floor: floor ?? before.floor };
  if (after.seq === before.seq && after.floor === before.floor) return;
  log.confirmed.set(by, after.seq);
  if (after.floor > 0) log.lacking.set(by, after.floor);
  else log.lacking.delete(by);
  room.confirmed();
  const had = ({ seq: place }: RoomEvent): boolean => place <= before.seq && place > before.floor;
  for (const entry of log.entries())
    if (entry.shown && had(entry.event) !== log.isConfirmed(by, entry.event.seq)) outbox.messageChanged(messageId(entry.event));
}

/** Members came or went: whether the newest of our own messages are delivered may be different now. */
export function restate(outbox: Outbox, room: Room, self: PeerId): void {
  const { messages } = room.timeline;
  let told = 0;
  for (let i = messages.length - 1; i >= 0 && told < restatedMessagesMax; i--) {
    const entry = messages[i];
    if (entry?.event.author !== self) continue;
    outbox.messageChanged(messageId(entry.event));
    told++;
  }
}
