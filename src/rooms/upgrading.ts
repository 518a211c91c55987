/** Rooms as an earlier version wrote them down, made to be read by this one. What cannot be read is left as it is. */

import { type KeptChanges, type KeptEvent, keptEvent, roomKey } from "./keeping.ts";
import { decodeKeptEntry, decodeKeptRoom, encodeKeptRoom } from "./kept-room.ts";
import { archivePageMax } from "./limits.ts";
import type { KeptRooms } from "./restoring.ts";
import { isRoomId } from "./shape.ts";
import { secretOf } from "./timed.ts";

/** To be carried out before a peer starts with them; one a room, so that what is interrupted goes on where it was. */
export function* upgradesOf(kept: KeptRooms): Generator<KeptChanges> {
  const records = new Map(kept.records);
  for (const roomId of kept.roomIds) {
    const record = isRoomId(roomId) ? records.get(roomKey(roomId)) : undefined;
    const room = record && decodeKeptRoom(record, 1);
    if (room === undefined || !isRoomId(roomId)) continue;
    const rewritten: KeptEvent[] = [];
    for (let at: KeptEvent | undefined; ; ) {
      const page = kept.archive.older(roomId, archivePageMax, at);
      for (const row of page) {
        const entry = decodeKeptEntry(roomId, row.bytes);
        if (entry !== undefined) rewritten.push(keptEvent(entry, row.arrivedAt, secretOf(entry.event, entry.key, row.arrivedAt)?.said));
      }
      at = page.at(-1);
      if (at === undefined || page.length < archivePageMax) break;
    }
    // The record last: with it, the room is of this version.
    yield { records: [], gone: [], events: [], rewritten };
    yield { records: [{ key: roomKey(roomId), value: encodeKeptRoom(room) }], gone: [], events: [], rewritten: [] };
  }
}
