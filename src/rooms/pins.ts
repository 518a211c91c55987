/** What somebody whose log begins above a place has to know of the part below it: who came, left and was invited. */
import { isWord } from "./archive.ts";
import type { RoomEvent } from "./event.ts";
import { AuthorLog } from "./log.ts";
import type { Room } from "./room.ts";

/** What a log's entries up to `floor` pin. */
export function pinsAt(room: Room, log: AuthorLog, floor: number): readonly RoomEvent[] {
  if (floor === log.base) return log.pinned;
  const inMemory = log.entries().flatMap(({ event }) => (isWord(event) ? [event] : []));
  const known = floor > log.base ? [...log.pinned, ...inMemory] : (room.archive?.words(log) ?? log.pinned);
  const below = new AuthorLog(log.author, log.logId);
  for (const event of known) if (event.seq <= floor) below.pin(event);
  return below.pinned;
}
