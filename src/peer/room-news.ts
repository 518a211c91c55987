/** What changed in rooms, as news for the screen; and whom this person has to do with through it. */
import type { LogEntry } from "../api/contract.ts";
import type { PeerId, RoomId } from "../ids.ts";
import { lobbyId, type Rooms } from "../rooms/index.ts";
import type { RoomChange } from "../rooms/ports.ts";
import type { People } from "./people.ts";
import type { ViewNews } from "./view-news.ts";
import type { Views } from "./views.ts";

export interface RoomNewsParts {
  readonly rooms: Rooms;
  readonly views: Views;
  readonly news: ViewNews;
  readonly people: People;
  note(kind: LogEntry["kind"], peerId: PeerId | undefined, text: string): void;
}

export function tellRoomChange(parts: RoomNewsParts, change: RoomChange): void {
  const { rooms, views, news, people, note } = parts;
  switch (change.type) {
    case "roomChanged":
      roomChanged(parts, change.roomId);
      return;
    case "forked":
      news.peer(change.peerId);
      note("forked", change.peerId, `Two histories by ${views.nameOf(change.peerId) ?? "someone"} contradict each other`);
      return;
    case "roomRemoved":
      news.roomRemoved(change.roomId);
      return;
    case "messageAdded": {
      const roomId = rooms.message(change.messageId)?.roomId;
      const person: PeerId | undefined = roomId && views.person(roomId);
      if (person !== undefined) people.meet([person]);
      news.messageAdded(change.messageId);
      return;
    }
    case "historyGrown":
      news.historyGrown(change.roomId);
      return;
    case "messageRemoved":
      news.messageRemoved(change.messageId, change.roomId);
      return;
    case "messageChanged":
      news.messageChanged(change.messageId);
  }
}

function roomChanged({ rooms, views, news, people, note }: RoomNewsParts, roomId: RoomId): void {
  const room = rooms.room(roomId);
  const isNew = news.room(roomId);
  if (room === undefined || roomId === lobbyId || views.person(roomId) !== undefined) return;
  if (isNew && room.visibility === "public") note("roomCreated", undefined, `#${room.name} is listed`);
  if (room.joined && room.visibility === "private") people.meet(rooms.members(roomId));
}
