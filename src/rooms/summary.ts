/** Rooms as people see them in the list. */
import type { PeerId, RoomId } from "../ids.ts";
import { lobbyId, lobbyName } from "./names.ts";
import type { History, Visibility } from "./record.ts";
import type { Room } from "./room.ts";

export interface RoomSummary {
  readonly roomId: RoomId;
  /** Without #; empty for a direct conversation. */
  readonly name: string;
  readonly topic: string;
  readonly visibility: Visibility;
  /** After how long messages written now disappear; undefined: they stay. */
  readonly timerMs: number | undefined;
  readonly history: History;
  /** Something was said before this peer came, and is not shown to it. */
  readonly hasUntold: boolean;
  /** Older entries that others know of, and that have not come yet. */
  readonly missing: number;
  readonly joined: boolean;
  /** Of a room that this peer is not in. */
  readonly invitedBy: PeerId | undefined;
  readonly memberCount: number;
}

export const nameOf = (room: Room): string => room.record?.name ?? (room.roomId === lobbyId ? lobbyName : "");

/** Public rooms, and private ones that this peer is in or invited to. Direct conversations stand with their person instead. */
export const isListed = (room: Room): boolean =>
  room.roomId === lobbyId ||
  (room.record !== undefined && ((room.isPublic && !room.isClosed) || room.isJoined || room.invitedBy !== undefined));

/** Where this peer is not in the room, those whom the host names. */
export const membersOf = (room: Room | undefined): readonly PeerId[] =>
  (room?.isJoined === true ? room.membership.members() : room?.listed) ?? [];

function missingIn({ logs }: Room): number {
  let missing = 0;
  for (const { floor, cut } of logs.shallow) missing += floor - cut;
  return missing;
}

export function summaryOf(room: Room): RoomSummary {
  return {
    roomId: room.roomId,
    name: nameOf(room),
    topic: room.record?.topic ?? "",
    visibility: room.record?.visibility ?? (room.roomId === lobbyId ? "public" : "private"),
    timerMs: room.expiry.timerMs,
    history: room.history,
    hasUntold: room.isJoined && room.history === "fromJoin" && room.timeline.hasUntold,
    missing: room.isJoined ? missingIn(room) : 0,
    joined: room.isJoined,
    invitedBy: room.isJoined ? undefined : room.invitedBy,
    memberCount: room.isJoined ? room.membership.memberCount : Math.max(room.listed.length, room.listedCount),
  };
}
