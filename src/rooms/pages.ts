/** A room's messages a page at a time, wherever they are: those in memory and those in the archive, in the order of every screen. */
import type { PeerId } from "../ids.ts";
import { compareEvents, type LogKey, type Place } from "./event.ts";
import { listMessagesMax } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import { type IsBlocked, messageOf, type RoomMessage } from "./messages.ts";
import type { Room } from "./room.ts";
import { answersTo, standsInRoom } from "./threads.ts";

export interface MessagePage {
  readonly messages: RoomMessage[];
  readonly hasMore: boolean;
}

/** The page before a message, or the newest; oldest first. Who is blocked takes no place in it. */
export function pageOf(room: Room, self: PeerId, before: string | undefined, limit: number, isBlocked: IsBlocked): MessagePage {
  const place = before === undefined ? undefined : placeOf(room, before)?.event;
  if (before !== undefined && place === undefined) return { messages: [], hasMore: false };
  const bound = Math.min(limit, listMessagesMax);
  const messages: RoomMessage[] = [];
  for (const entry of shownBefore(room, place)) {
    if (isBlocked(entry.event.author) || !standsInRoom(room, entry)) continue;
    if (messages.length >= bound) return { messages: messages.reverse(), hasMore: true };
    const message = messageOf(room, self, entry);
    if (message !== undefined) messages.push(message);
  }
  return { messages: messages.reverse(), hasMore: false };
}

/** The same of the thread of a message. */
export function threadPageOf(room: Room, self: PeerId, root: string, before: string | undefined, limit: number): MessagePage {
  const place = before === undefined ? undefined : placeOf(room, before)?.event;
  if (before !== undefined && place === undefined) return { messages: [], hasMore: false };
  const answers = answersTo(room, root).filter(({ event }) => place === undefined || compareEvents(event, place) < 0);
  const bound = Math.min(limit, listMessagesMax);
  return { messages: answers.slice(-bound).flatMap((entry) => messageOf(room, self, entry) ?? []), hasMore: answers.length > bound };
}

/** Everything that is shown of a room before a place, newest first; nothing is read that is not asked for. */
export function* shownBefore(room: Room, place: Place | undefined): Generator<LogEntry> {
  const archived = shownOf(room.archive?.before(place));
  let older = archived.next();
  for (const entry of room.timeline.before(place)) {
    for (; older.done !== true && compareEvents(older.value.event, entry.event) > 0; older = archived.next()) yield older.value;
    yield entry;
  }
  for (; older.done !== true; older = archived.next()) yield older.value;
}

/** The same after a place, oldest first. */
export function* shownAfter(room: Room, place: Place): Generator<LogEntry> {
  const archived = shownOf(room.archive?.after(place));
  let newer = archived.next();
  for (const entry of room.timeline.after(place)) {
    for (; newer.done !== true && compareEvents(newer.value.event, entry.event) < 0; newer = archived.next()) yield newer.value;
    yield entry;
  }
  for (; newer.done !== true; newer = archived.next()) yield newer.value;
}

function* shownOf(entries: Iterable<LogEntry> = []): Generator<LogEntry> {
  for (const entry of entries) if (entry.shown) yield entry;
}

export function findMessage(rooms: Iterable<Room>, self: PeerId, id: string, isBlocked: IsBlocked): RoomMessage | undefined {
  for (const room of rooms) {
    const entry = room.isJoined ? entryOf(room, id) : undefined;
    const message = entry && messageOf(room, self, entry);
    if (message !== undefined) return isBlocked(message.author) ? undefined : message;
  }
  return undefined;
}

/** What a message id names in a room; undefined where it is not to be seen. */
function entryOf(room: Room, id: string): LogEntry | undefined {
  const entry = placeOf(room, id);
  return entry?.shown ? entry : undefined;
}

/** The same of a message that may have disappeared: its place is still there. */
export function placeOf(room: Room, id: string): LogEntry | undefined {
  const slash = id.lastIndexOf("/");
  const entry = room.entry(id.slice(0, slash) as LogKey, Number(id.slice(slash + 1)));
  return entry?.isSpoken ? entry : undefined;
}
