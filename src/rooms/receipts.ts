/** Who has acknowledged what this peer wrote, and which messages are shown anew by that. */
import type { PeerId } from "../ids.ts";
import { messageId } from "./event.ts";
import { restatedMessagesMax } from "./limits.ts";
import type { AuthorLog } from "./log.ts";
import type { Outbox } from "./outbox.ts";
import type { Room } from "./room.ts";

/** Somebody has everything of a log of our own up to `seq`. */
export function confirm(outbox: Outbox, room: Room, log: AuthorLog, by: PeerId, seq: number): void {
  const before = log.confirmed.get(by) ?? 0;
  if (seq <= before) return;
  log.confirmed.set(by, seq);
  room.confirmed();
  for (
    let entry = log.entry(Math.max(before, log.base) + 1);
    entry !== undefined && entry.event.seq <= seq;
    entry = log.entry(entry.event.seq + 1)
  ) {
    if (entry.shown) outbox.messageChanged(messageId(entry.event));
  }
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
