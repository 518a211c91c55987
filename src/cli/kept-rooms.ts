/** A vault's rooms, as the peer reads them at its start, and afterwards where memory does not hold them. */
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import type { PeerOptions } from "../peer/index.ts";
import { type Archive, upgradesOf } from "../rooms/index.ts";
import type { StoredEvent, Vault } from "../store/index.ts";
import { eventsReadAtOnce, guestEventsMax } from "./limits.ts";

export const keptRooms = (vault: Vault): NonNullable<PeerOptions["rooms"]> => ({
  records: vault.entries("rooms"),
  roomIds: vault.rooms(),
  archive: archiveIn(vault),
  ...(!vault.isKept && { eventsMax: guestEventsMax }),
});

/** As `keptRooms`, after what an earlier version wrote has been made this one's. */
export function upgradedRooms(vault: Vault): NonNullable<PeerOptions["rooms"]> {
  for (const { records, rewritten } of upgradesOf(keptRooms(vault))) {
    for (let at = 0; at < rewritten.length; at += eventsReadAtOnce) vault.rewriteEvents(rewritten.slice(at, at + eventsReadAtOnce));
    vault.write(records.map((record) => ({ table: "rooms", ...record })));
  }
  return keptRooms(vault);
}

/** What the vault holds was written by this peer: its ids are ids. */
const archiveIn = (vault: Vault): Archive => ({
  older: (roomId, limit, before) => vault.readEvents(roomId, limit, before).map(keptEvent),
  newer: (roomId, limit, after) => vault.readNewer(roomId, limit, after).map(keptEvent),
  ofLog: (roomId, author, logId, seq, limit) => vault.readLog(roomId, author, logId, seq, limit).map(keptEvent),
  about: (roomId, targets, limit) => vault.readAbout(roomId, targets, limit).map(keptEvent),
  texts: {
    search: (query) =>
      vault.searchTexts(query).map(({ key: { roomId, author, logId, seq }, place }) => ({
        roomId: roomId as RoomId,
        author: author as PeerId,
        logId: logId as LogId,
        seq,
        place,
      })),
  },
  heads: (roomId) => vault.heads(roomId).map(({ author, logId, last }) => ({ author: author as PeerId, logId: logId as LogId, last })),
});

const keptEvent = (event: StoredEvent) => ({
  ...event,
  roomId: event.roomId as RoomId,
  author: event.author as PeerId,
  logId: event.logId as LogId,
  arrivedAt: event.arrivedAt as Millis,
});
