/** Messages found by what they say. */
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import { doneIn, entryNamed, isMessage } from "./acting.ts";
import { logKey, messageId } from "./event.ts";
import { listMessagesMax, searchPageMax, searchPagesMax } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import { type IsBlocked, messageOf, type RoomMessage } from "./messages.ts";
import { shownBefore } from "./pages.ts";
import type { Room } from "./room.ts";
import { saidIn } from "./timed.ts";

/** All that is given has to hold. */
export interface SearchQuery {
  /** As typed; each is found by its beginning. None: every message. */
  readonly words: string;
  /** In one of these. */
  readonly roomIds?: readonly RoomId[] | undefined;
  readonly authors?: readonly PeerId[] | undefined;
  /** Wall times: exclusive, inclusive. */
  readonly before?: Millis | undefined;
  readonly after?: Millis | undefined;
  readonly has?: readonly ("link" | "code" | "mention")[] | undefined;
}

/** What was written down, by its words; newest first. */
export interface TextIndex {
  search(query: SearchQuery & { readonly past: number | undefined; readonly limit: number }): readonly {
    readonly roomId: RoomId;
    readonly author: PeerId;
    readonly logId: LogId;
    readonly seq: number;
    /** Goes on after it. */
    readonly place: number;
  }[];
}

export interface Searched {
  readonly rooms: Iterable<Room>;
  readonly self: PeerId;
  readonly isBlocked: IsBlocked;
}

/** Newest first. Of what was corrected only what it says now is found. */
export function searchWritten(index: TextIndex, among: Searched, query: SearchQuery, limit: number): RoomMessage[] {
  const joined = new Map([...among.rooms].flatMap((room): [RoomId, Room][] => (room.isJoined ? [[room.roomId, room]] : [])));
  const roomIds = query.roomIds?.filter((roomId) => joined.has(roomId)) ?? [...joined.keys()];
  const found: RoomMessage[] = [];
  const bound = Math.min(limit, listMessagesMax);
  if (roomIds.length === 0) return found;
  for (let page = 0, past: number | undefined; page < searchPagesMax; page++) {
    const hits = index.search({ ...query, roomIds, past, limit: searchPageMax });
    for (const { roomId, author, logId, seq } of hits) {
      const room = joined.get(roomId);
      const entry = room?.entry(logKey(author, logId), seq);
      const message = room && entry && shownBy(room, among, entry);
      if (message !== undefined && found.push(message) >= bound) return found;
    }
    past = hits.at(-1)?.place;
    if (hits.length < searchPageMax) break;
  }
  return found;
}

/** The message that says so now. */
function shownBy(room: Room, { self, isBlocked }: Searched, hit: LogEntry): RoomMessage | undefined {
  const { body } = hit.event;
  const entry = body.kind === "edit" ? entryNamed(room, body.of) : hit;
  if (entry === undefined || !isMessage(entry.event) || isBlocked(entry.event.author)) return undefined;
  const version = doneIn(room, entry).edits.at(-1) ?? entry;
  const message = messageId(version.event) === messageId(hit.event) ? messageOf(room, self, entry) : undefined;
  return message?.isDeleted === true ? undefined : message;
}

/** The same without an index: what memory holds is looked through. */
export function searchInMemory(among: Searched, query: SearchQuery, limit: number): RoomMessage[] {
  const words = query.words
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "");
  const found: RoomMessage[] = [];
  for (const room of among.rooms) {
    if (!room.isJoined || query.roomIds?.includes(room.roomId) === false) continue;
    for (const entry of shownBefore(room, undefined)) {
      if (among.isBlocked(entry.event.author) || query.authors?.includes(entry.event.author) === false) continue;
      const message = saidIn(entry) && messageOf(room, among.self, entry);
      const text = message?.text.toLowerCase() ?? "";
      if (message !== undefined && !message.isDeleted && words.every((word) => text.includes(word))) found.push(message);
    }
  }
  return found.sort((a, b) => b.sentAt - a.sentAt).slice(0, Math.min(limit, listMessagesMax));
}
