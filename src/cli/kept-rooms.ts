/** A vault's rooms, as the peer reads them at its start. */
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import type { PeerOptions } from "../peer/index.ts";
import type { StoredEvent, Vault } from "../store/index.ts";
import { eventsReadAtOnce } from "./limits.ts";

export const keptRooms = (vault: Vault): NonNullable<PeerOptions["rooms"]> => ({
  records: vault.entries("rooms"),
  roomIds: vault.rooms(),
  *events(roomId) {
    for (let before: StoredEvent | undefined; ; ) {
      const page: StoredEvent[] = vault.readEvents(roomId, eventsReadAtOnce, before);
      for (const event of page)
        yield {
          ...event,
          roomId: event.roomId as RoomId,
          author: event.author as PeerId,
          logId: event.logId as LogId,
          arrivedAt: event.arrivedAt as Millis,
        };
      before = page.at(-1);
      if (before === undefined || page.length < eventsReadAtOnce) return;
    }
  },
});
