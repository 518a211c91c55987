/** A room's messages a page at a time, wherever they are: those in memory and those in the archive, in the order of every screen. */
import type { Millis, PeerId } from "../ids.ts";
import { beginning } from "./archive.ts";
import { compareEvents, type LogKey, type Place } from "./event.ts";
import { listMessagesMax } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import { type IsBlocked, messageOf, type RoomMessage } from "./messages.ts";
import type { Room } from "./room.ts";
import { answersTo, standsInRoom } from "./threads.ts";

export interface MessagePage {
  /** Oldest first. */
  readonly messages: RoomMessage[];
  /** Older ones than these. */
  readonly hasMore: boolean;
  readonly hasNewer: boolean;
}

/** Which page: before or after a message, with it in the middle, or from a moment on with some before it; undefined: the newest. */
export type PageAt =
  | { readonly before: string }
  | { readonly after: string }
  | { readonly around: string }
  | { readonly at: Millis }
  | undefined;

const nothing: MessagePage = { messages: [], hasMore: false, hasNewer: false };

/** Who is blocked takes no place in it, nor what stands in a thread alone. Undefined where there is no such message. */
export function pageOf(room: Room, self: PeerId, where: PageAt, limit: number, isBlocked: IsBlocked): MessagePage | undefined {
  const bound = Math.min(limit, listMessagesMax);
  const take = (entries: Iterable<LogEntry>, count: number): { taken: RoomMessage[]; isMore: boolean } => {
    const taken: RoomMessage[] = [];
    for (const entry of entries) {
      if (isBlocked(entry.event.author) || !standsInRoom(room, entry)) continue;
      if (taken.length >= count) return { taken, isMore: true };
      const message = messageOf(room, self, entry);
      if (message !== undefined) taken.push(message);
    }
    return { taken, isMore: false };
  };
  const middle = (place: Place, itself: readonly LogEntry[]): MessagePage => {
    const own = take(itself, 1).taken;
    const older = take(shownBefore(room, place), (bound - own.length) >> 1);
    const newer = take(shownAfter(room, place), bound - own.length - older.taken.length);
    return { messages: [...older.taken.reverse(), ...own, ...newer.taken], hasMore: older.isMore, hasNewer: newer.isMore };
  };
  if (where !== undefined && "at" in where) return middle({ ...beginning, clock: where.at }, []);
  const id = where === undefined ? undefined : "before" in where ? where.before : "after" in where ? where.after : where.around;
  const entry = id === undefined ? undefined : placeOf(room, id);
  if (id !== undefined && entry === undefined) return undefined;
  if (where !== undefined && entry !== undefined && "around" in where) return middle(entry.event, entry.shown ? [entry] : []);
  if (where !== undefined && entry !== undefined && "after" in where) {
    const { taken, isMore } = take(shownAfter(room, entry.event), bound);
    return { messages: taken, hasMore: true, hasNewer: isMore };
  }
  const { taken, isMore } = take(shownBefore(room, entry?.event), bound);
  return { messages: taken.reverse(), hasMore: isMore, hasNewer: entry !== undefined };
}

/** The same of the thread of a message. */
export function threadPageOf(room: Room, self: PeerId, root: string, before: string | undefined, limit: number): MessagePage {
  const place = before === undefined ? undefined : placeOf(room, before)?.event;
  if (before !== undefined && place === undefined) return nothing;
  const answers = answersTo(room, root).filter(({ event }) => place === undefined || compareEvents(event, place) < 0);
  const bound = Math.min(limit, listMessagesMax);
  const messages = answers.slice(-bound).flatMap((entry) => messageOf(room, self, entry) ?? []);
  return { messages, hasMore: answers.length > bound, hasNewer: place !== undefined };
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
