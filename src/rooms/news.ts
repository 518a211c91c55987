/** Whether an entry is news to this person. */
import type { LogEntry } from "./log.ts";
import type { Room } from "./room.ts";
import { standsInRoom, threadPlaceOf } from "./threads.ts";
import { saidIn } from "./timed.ts";
import { mentions } from "./unread.ts";

export function noteNews(room: Room, entry: LogEntry): void {
  if (entry.event.clock > room.newsSince) noteUnread(room, entry);
}

/** It has not been seen, whenever it was said. */
export function noteUnread(room: Room, entry: LogEntry): void {
  const { author } = entry.event;
  const said = saidIn(entry);
  if (said === undefined || !entry.shown || author === room.ports.self.peerId || room.ports.isBlocked(author)) return;
  const names = mentionsSelf(room, said.text);
  if (names || standsInRoom(room, entry) || threadPlaceOf(room, room.ports.self.peerId, entry)?.follows === true) {
    if (entry.isPaged) room.news.addPaged(names);
    else room.news.add(entry, names);
  }
}

export function mentionsSelf({ ports }: Room, text: string): boolean {
  const name = ports.nameOf(ports.self.peerId);
  return mentions(text, name === undefined || name === "" ? ["everyone", "room"] : ["everyone", "room", name]);
}
