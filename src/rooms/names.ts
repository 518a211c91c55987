/** Names of rooms, and of the rooms that have no name of their own. */
import type { PeerId, RoomId } from "../ids.ts";
import { roomNameCharsMax } from "./limits.ts";

export const lobbyId = "lobby" as RoomId;
export const lobbyName = "lobby";

/** As names are kept and compared: one leading # off, composed (NFC), lower case. Undefined where it is no name. */
export function normalRoomName(typed: string): string | undefined {
  const name = typed.trim().replace(/^#/, "").normalize("NFC").toLowerCase().normalize("NFC");
  if (!/^[\p{L}\p{M}\p{N}_-]+$/u.test(name) || !/[\p{L}\p{N}]/u.test(name)) return undefined;
  return [...name].length <= roomNameCharsMax ? name : undefined;
}

/** The conversation of two. */
export const directRoomId = (a: PeerId, b: PeerId): RoomId => (a < b ? `@${a}${b}` : `@${b}${a}`) as RoomId;

/** The two of a direct conversation; undefined for any other room. */
export function pairOf(roomId: RoomId): readonly [PeerId, PeerId] | undefined {
  return roomId.startsWith("@") && roomId.length === 65 ? [roomId.slice(1, 33) as PeerId, roomId.slice(33) as PeerId] : undefined;
}

/** Whether a payload is about a direct conversation. */
export const isDirect = (roomId: RoomId | undefined): boolean => roomId !== undefined && pairOf(roomId) !== undefined;

/** With whom `self` talks in a direct conversation; undefined for any other room, or for somebody else's. */
export function otherOf(roomId: RoomId, self: PeerId): PeerId | undefined {
  const pair = pairOf(roomId);
  if (pair === undefined) return undefined;
  const [a, b] = pair;
  return a === self ? b : b === self ? a : undefined;
}
