/** Messages as people read them. */
import type { MessageId, Millis, PeerId, RoomId } from "../ids.ts";
import { compareEvents, type LogKey, messageId } from "./event.ts";
import { listMessagesMax, searchedMessagesMax } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import { shownBefore } from "./pages.ts";
import type { Room } from "./room.ts";
import { saidIn } from "./timed.ts";

/**
 * queued: nobody else has it. held: somebody has it, somebody does not yet. delivered: everybody for whom it is meant has it,
 * and that is at least one.
 */
export type MessageState = "queued" | "held" | "delivered";

export interface RoomMessage {
  readonly messageId: MessageId;
  readonly roomId: RoomId;
  readonly author: PeerId;
  readonly text: string;
  readonly sentAt: Millis;
  readonly replyTo: string | undefined;
  /** Of one's own: who has acknowledged it. */
  readonly receivedBy: readonly PeerId[];
  /** For how many others it is meant. */
  readonly readers: number;
  /** Of one's own; others' are delivered, since they are here. */
  readonly state: MessageState;
  readonly mentionsYou: boolean;
  /** When it disappears here; wall time. */
  readonly expiresAt: Millis | undefined;
  /** It is no message but says that messages disappear from here on; null: that they stay. */
  readonly timerMs: number | null | undefined;
}

export type IsBlocked = (peerId: PeerId) => boolean;

/** Undefined for an entry that is no message, or not to be shown. */
export function messageOf(room: Room, self: PeerId, entry: LogEntry): RoomMessage | undefined {
  const { event } = entry;
  const timerMs = event.body.kind === "timer" ? event.body.afterMs : undefined;
  const said = timerMs === undefined ? saidIn(entry) : { text: "" };
  if (said === undefined || !entry.shown) return undefined;
  const isOwn = event.author === self;
  const receivedBy = isOwn ? receiversOf(room, entry) : [];
  const meant = meantFor(room, self, entry, receivedBy);
  return {
    messageId: messageId(event),
    roomId: room.roomId,
    author: event.author,
    text: said.text,
    sentAt: entry.shownAt,
    replyTo: said.replyTo,
    receivedBy,
    readers: meant.size,
    state: isOwn ? stateOf(receivedBy, meant) : "delivered",
    mentionsYou: !isOwn && room.mentionsSelf(said.text),
    expiresAt: entry.secret?.expiresAt,
    timerMs,
  };
}

function receiversOf(room: Room, { event }: LogEntry): PeerId[] {
  const confirmed = room.logs.get(`${event.author}/${event.logId}` as LogKey)?.confirmed;
  const receivers: PeerId[] = [];
  for (const [peerId, seq] of confirmed ?? []) if (seq >= event.seq) receivers.push(peerId);
  return receivers.sort();
}

/** Members other than the author; in the lobby those who were here when it was sent, and whoever got it later. */
function meantFor(room: Room, self: PeerId, entry: LogEntry, receivedBy: readonly PeerId[]): ReadonlySet<PeerId> {
  const inLobby = room.membership.isMember(self) && !room.membership.isWritten && room.roomId === "lobby";
  const isOwn = entry.event.author === self;
  const meant = new Set<PeerId>(inLobby && isOwn ? [...(entry.sentTo ?? []), ...receivedBy] : room.membership.members());
  meant.delete(entry.event.author);
  return meant;
}

function stateOf(receivedBy: readonly PeerId[], meant: ReadonlySet<PeerId>): MessageState {
  if (receivedBy.length === 0) return "queued";
  const received = new Set(receivedBy);
  return meant.size > 0 && [...meant].every((peerId) => received.has(peerId)) ? "delivered" : "held";
}

/** When the newest message that is shown was written. */
export function lastShownAt(room: Room | undefined, isBlocked: IsBlocked): Millis | undefined {
  const messages = room?.timeline.messages ?? [];
  for (let i = messages.length - 1; i >= 0; i--) {
    const entry = messages[i];
    if (entry !== undefined && entry.event.body.kind !== "timer" && !isBlocked(entry.event.author)) return entry.shownAt;
  }
  return undefined;
}

/** Messages that contain every word, in whatever case; newest first. */
export function searchIn(
  rooms: Iterable<Room>,
  self: PeerId,
  words: readonly string[],
  limit: number,
  isBlocked: IsBlocked,
): RoomMessage[] {
  const wanted = words.map((word) => word.toLowerCase());
  const bound = Math.min(limit, listMessagesMax);
  const found: { readonly room: Room; readonly entry: LogEntry }[] = [];
  for (const room of rooms) {
    if (!room.isJoined) continue;
    let inRoom = 0;
    let looked = 0;
    for (const entry of shownBefore(room, undefined)) {
      if (inRoom >= bound || ++looked > searchedMessagesMax) break;
      const said = saidIn(entry);
      if (said === undefined || isBlocked(entry.event.author)) continue;
      const text = said.text.toLowerCase();
      if (!wanted.every((word) => text.includes(word))) continue;
      found.push({ room, entry });
      inRoom++;
    }
  }
  found.sort((a, b) => compareEvents(b.entry.event, a.entry.event));
  return found.slice(0, bound).flatMap(({ room, entry }) => messageOf(room, self, entry) ?? []);
}
