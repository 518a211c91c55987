/** What follows for rooms where this person blocks somebody, or takes it back. */
import type { PeerId, RoomId } from "../ids.ts";
import { mentionsSelf } from "./news.ts";
import type { RoomChange, RoomsPorts } from "./ports.ts";
import type { Room } from "./room.ts";
import { saidIn } from "./timed.ts";

type IsBlocked = RoomsPorts["isBlocked"];

/**
 * Called where it really changed; the port says so already. What they said is no news any more, and where they invited to nobody is; an invitation stands again
 * when it is taken back. What was told meanwhile is history.
 */
export function blockingChanged(rooms: Iterable<Room>, self: PeerId, peerId: PeerId, isBlocked: IsBlocked): RoomChange[] {
  const changes: RoomChange[] = [];
  for (const room of rooms) {
    const change = isBlocked(peerId) ? hide(room, self, peerId, isBlocked) : show(room, peerId);
    if (change === undefined) continue;
    room.changed();
    changes.push(change);
  }
  return changes;
}

function hide(room: Room, self: PeerId, peerId: PeerId, isBlocked: IsBlocked): RoomChange | undefined {
  if (!room.isJoined && room.invitedBy === peerId) {
    room.invitedBy = [...room.inviters].find((inviter) => !isBlocked(inviter));
    return { type: room.invitedBy === undefined && !room.isPublic ? "roomRemoved" : "roomChanged", roomId: room.roomId };
  }
  return forgetNews(room, self, peerId, isBlocked) ? roomChanged(room.roomId) : undefined;
}

function show(room: Room, peerId: PeerId): RoomChange | undefined {
  if (room.isJoined || room.invitedBy !== undefined || !room.inviters.has(peerId)) return undefined;
  room.invitedBy = peerId;
  return roomChanged(room.roomId);
}

const roomChanged = (roomId: RoomId): RoomChange => ({ type: "roomChanged", roomId });

/** Which messages are unread is not kept: the newest of others, as many as there are. */
function forgetNews(room: Room, self: PeerId, peerId: PeerId, isBlocked: IsBlocked): boolean {
  const { news, timeline } = room;
  let gone = 0;
  let mentions = 0;
  for (let i = timeline.messages.length - 1, left = news.count; i >= 0 && left > 0; i--) {
    const entry = timeline.messages[i];
    const said = entry && saidIn(entry);
    if (entry === undefined || said === undefined || entry.event.author === self) continue;
    // Of those blocked before nothing counted.
    if (entry.event.author !== peerId && isBlocked(entry.event.author)) continue;
    left--;
    if (entry.event.author === peerId) gone++;
    else if (mentionsSelf(room, said.text)) mentions++;
  }
  if (gone > 0) news.recount(news.count - gone, mentions, (entry) => entry.event.author !== peerId);
  return gone > 0;
}
