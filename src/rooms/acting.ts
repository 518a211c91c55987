/** Acts take effect: what was taken back is destroyed, and messages are shown with what was done to them. */
import type { MessageId, PeerId } from "../ids.ts";
import { type Done, doneTo, isAct } from "./acts.ts";
import { type LogKey, messageId, type RoomEvent } from "./event.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import { mayRead } from "./reading.ts";
import type { Room } from "./room.ts";
import { forget } from "./timed.ts";

/** What was done to a message, wherever the acts are. */
export function doneIn(room: Room, entry: LogEntry): Done {
  const id = messageId(entry.event);
  return doneTo(entry.event, [...room.acts.about(id), ...(room.archive?.about([id]) ?? [])]);
}

/** The entry of a message or an act, by its id; undefined where it is not known. */
export function entryNamed(room: Room, id: string): LogEntry | undefined {
  const slash = id.lastIndexOf("/");
  const seq = Number(id.slice(slash + 1));
  return Number.isSafeInteger(seq) ? room.entry(id.slice(0, slash) as LogKey, seq) : undefined;
}

export const isMessage = ({ body }: RoomEvent): boolean => body.kind === "message" || body.kind === "timed";

/** An entry has come in: whether it does something to a message, or something was done to it before it came. Answers whose message is to be shown anew. */
export function actOn(room: Room, entry: LogEntry): MessageId | undefined {
  const { body } = entry.event;
  if (!isAct(body)) {
    if (isMessage(entry.event) && isTakenBack(room, entry)) destroy(room, entry);
    return undefined;
  }
  room.acts.add(entry);
  const target = entry.isSpoken ? entryNamed(room, body.of) : undefined;
  if (target === undefined || !isMessage(target.event)) return undefined;
  if (isTakenBack(room, target)) destroy(room, target);
  return messageId(target.event);
}

/** Only its author takes a message back, with all that it ever said. */
export function isTakenBack(room: Room, entry: LogEntry): boolean {
  const { body } = entry.event;
  const message = body.kind === "edit" ? entryNamed(room, body.of) : entry;
  return message !== undefined && doneIn(room, message).isDeleted;
}

/** Nobody can read it here any more, in none of its versions; its place stays. */
function destroy(room: Room, entry: LogEntry): void {
  const id = messageId(entry.event);
  const versions = [...room.acts.about(id), ...(room.archive?.about([id]) ?? [])].filter(({ event }) => event.body.kind === "edit");
  room.news.forget(entry);
  // What an earlier version wrote stands in its entry, and cannot be taken out: it is not found any more.
  const readable = [entry, ...versions].filter(({ event, secret }) => secret !== undefined || event.body.kind === "message");
  room.expiry.letGo([entry, ...versions], false);
  for (const one of readable) {
    forget(one);
    room.keeper.rewritten(room, one, true);
  }
  showPlace(room, entry);
}

/** That something stood there is told to those who could have read it, unless it was to disappear anyway. */
function showPlace(room: Room, entry: LogEntry): void {
  const { body } = entry.event;
  const isShown = entry.isSpoken && !(body.kind === "timed" && body.afterMs !== null) && mayRead(room, room.ports.self.peerId, entry);
  entry.shown = isShown;
  if (entry.isPaged) return;
  room.timeline.hide(entry);
  if (isShown) room.timeline.show(entry);
}

/** Of entries that come into the archive: those that were taken back, with their corrections. Acts that came before them are known. */
export function takenBack(room: Room, log: AuthorLog, events: readonly RoomEvent[]): Set<RoomEvent> {
  const ids = events.flatMap((event) => (isMessage(event) ? [messageId(event)] : []));
  const known = [...ids.flatMap((id) => room.acts.about(id)), ...(room.archive?.about(ids) ?? [])].map((entry) => entry.event);
  const gone = new Set<string>();
  for (const { author, body } of [...known, ...events]) if (body.kind === "delete" && author === log.author.peerId) gone.add(body.of);
  return new Set(events.filter((event) => gone.has(event.body.kind === "edit" ? event.body.of : messageId(event))));
}

/** An act came from below about a message that may be here already. */
export function takeBack(room: Room, id: string): void {
  const target = entryNamed(room, id);
  if (target !== undefined && isMessage(target.event) && isTakenBack(room, target)) destroy(room, target);
}

/** After a restart: what is taken back has no key any more; its place is shown. */
export function showTakenBack(room: Room, entry: LogEntry): void {
  if (entry.secret === undefined && isMessage(entry.event) && isTakenBack(room, entry)) showPlace(room, entry);
}

export const reactedBy = (done: Done, emoji: string, peerId: PeerId): boolean =>
  done.reactions.some((reaction) => reaction.emoji === emoji && reaction.from.includes(peerId));
