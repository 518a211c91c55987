/** Messages as people read them. */
import type { MessageId, Millis, PeerId, RoomId } from "../ids.ts";
import { doneIn } from "./acting.ts";
import type { Done } from "./acts.ts";
import { type Delivered, deliveryOf } from "./delivery.ts";
import { messageId } from "./event.ts";
import type { LogEntry } from "./log.ts";
import { mentionsSelf } from "./news.ts";
import type { Room } from "./room.ts";
import { summaryOfThread, type ThreadPlace, type ThreadSummary, threadPlaceOf } from "./threads.ts";
import { type Forwarded, saidIn } from "./timed.ts";

export interface RoomMessage extends Delivered {
  readonly messageId: MessageId;
  readonly roomId: RoomId;
  readonly author: PeerId;
  readonly text: string;
  readonly sentAt: Millis;
  readonly replyTo: string | undefined;
  readonly mentionsYou: boolean;
  /** When it was corrected last; wall time. */
  readonly editedAt: Millis | undefined;
  /** Its author took it back: it has no text any more. */
  readonly isDeleted: boolean;
  readonly reactions: Done["reactions"];
  readonly pinned: Done["pinned"];
  /** Of an answer in a thread. */
  readonly thread: ThreadPlace | undefined;
  /** Of the thread that begins at it. */
  readonly replies: ThreadSummary["replies"];
  readonly lastReplyAt: ThreadSummary["lastReplyAt"];
  readonly forwarded: Forwarded | undefined;
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
  const done = doneIn(room, entry);
  const edit = done.edits.at(-1);
  const said = timerMs !== undefined || done.isDeleted ? { text: "" } : (edit?.secret?.said ?? saidIn(entry));
  if (said === undefined || !entry.shown) return undefined;
  const isOwn = event.author === self;
  return {
    messageId: messageId(event),
    roomId: room.roomId,
    author: event.author,
    text: said.text,
    sentAt: entry.shownAt,
    replyTo: done.isDeleted ? undefined : saidIn(entry)?.replyTo,
    editedAt: edit?.shownAt,
    isDeleted: done.isDeleted,
    reactions: visible(done.reactions, room.ports.isBlocked),
    pinned: done.pinned,
    thread: threadPlaceOf(room, self, entry),
    ...summaryOfThread(room, entry),
    forwarded: done.isDeleted ? undefined : saidIn(entry)?.forwarded,
    ...deliveryOf(room, self, entry),
    mentionsYou: !isOwn && mentionsSelf(room, said.text),
    expiresAt: entry.secret?.expiresAt,
    timerMs,
  };
}

/** Without those who are blocked. */
const visible = (reactions: Done["reactions"], isBlocked: IsBlocked): Done["reactions"] =>
  reactions.flatMap(({ emoji, from }) => {
    const shown = from.filter((peerId) => !isBlocked(peerId));
    return shown.length === 0 ? [] : [{ emoji, from: shown }];
  });

/** When the newest message that is shown was written. */
export function lastShownAt(room: Room | undefined, isBlocked: IsBlocked): Millis | undefined {
  const messages = room?.timeline.messages ?? [];
  for (let i = messages.length - 1; i >= 0; i--) {
    const entry = messages[i];
    if (entry !== undefined && entry.event.body.kind !== "timer" && !isBlocked(entry.event.author)) return entry.shownAt;
  }
  return undefined;
}
