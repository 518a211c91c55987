/** What leaves memory as a room grows, and what leaves it for good. */
import type { RoomKeeper } from "./keeping.ts";
import { cutoffOf, letGoBefore } from "./retention.ts";
import type { Room } from "./room.ts";

export function trim(room: Room, keeper: RoomKeeper): void {
  const { archive } = room;
  archive?.changed();
  const cutoff = cutoffOf(room);
  const gone = room.timeline.trim(cutoff);
  if (gone.length === 0 && cutoff === undefined) return;
  for (const entry of gone) room.news.forget(entry);
  room.acts.remove(gone);
  room.threads.remove(gone);
  for (const entry of room.expiry.letGo(gone, archive !== undefined)) keeper.rewritten(room, entry);
  const { pinned, unpinned } = room.logs.page(gone, archive === undefined);
  archive?.use();
  const forGood = archive?.letGo((left) => left > archive.eventsMax) ?? [
    ...unpinned,
    ...gone.flatMap(({ event }) => (pinned.has(event) ? [] : event)),
  ];
  if (cutoff !== undefined) forGood.push(...letGoBefore(room, keeper, cutoff));
  if (forGood.length === 0) return;
  keeper.letGo(room, forGood);
  keeper.changed(room);
}
