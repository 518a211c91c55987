/** What stands at the side, in which order. Order never follows activity: what one is about to click stays where it is. */
import type { PeerView, RoomView } from "../../api/contract.ts";
import { type ConversationId, directWith, lobbyId } from "./conversation.ts";

export interface SidebarView {
  readonly invitations: readonly RoomView[];
  readonly rooms: readonly RoomView[];
  /** Public rooms one is not in. */
  readonly otherRooms: readonly RoomView[];
  readonly here: readonly PeerView[];
  readonly away: readonly PeerView[];
  /** At the end, whether they are here or not. */
  readonly blocked: readonly PeerView[];
  /** How many others are here, the blocked among them. */
  readonly hereCount: number;
}

export type CompareNames = (a: string, b: string) => number;

export function buildSidebar(rooms: Iterable<RoomView>, peers: Iterable<PeerView>, compareNames: CompareNames): SidebarView {
  const byName = (a: { name: string }, b: { name: string }, idA: string, idB: string) =>
    compareNames(a.name, b.name) || (idA < idB ? -1 : Number(idA > idB));
  const sortedRooms = [...rooms].sort(
    (a, b) => Number(b.roomId === lobbyId) - Number(a.roomId === lobbyId) || byName(a, b, a.roomId, b.roomId),
  );
  const sortedPeers = [...peers].sort((a, b) => byName(a, b, a.peerId, b.peerId));
  return {
    invitations: sortedRooms.filter((room) => !room.joined && room.invitedBy !== null),
    rooms: sortedRooms.filter((room) => room.joined),
    otherRooms: sortedRooms.filter((room) => !room.joined && room.invitedBy === null && room.visibility === "public"),
    here: sortedPeers.filter((peer) => peer.online && !peer.blocked),
    away: sortedPeers.filter((peer) => !peer.online && !peer.blocked),
    blocked: sortedPeers.filter((peer) => peer.blocked),
    hereCount: sortedPeers.filter((peer) => peer.online).length,
  };
}

export interface Stop {
  readonly id: ConversationId;
  readonly unread: number;
}

/** Conversations from top to bottom, as Alt and the arrows walk them. */
export function walkOf(sidebar: SidebarView): readonly Stop[] {
  return [
    ...sidebar.rooms.map(({ roomId, unread }) => ({ id: roomId, unread })),
    ...[...sidebar.here, ...sidebar.away, ...sidebar.blocked].map(({ peerId, unread }) => ({ id: directWith(peerId), unread })),
  ];
}

/** The next one up (-1) or down (1), round the ends; undefined where there is no other. */
export function nextStop(
  walk: readonly Stop[],
  current: ConversationId,
  step: 1 | -1,
  accept: (stop: Stop) => boolean = () => true,
): ConversationId | undefined {
  const start = walk.findIndex(({ id }) => id === current);
  const origin = start === -1 && step === -1 ? 0 : start;
  for (let distance = 1; distance <= walk.length; distance += 1) {
    const stop = walk[(((origin + step * distance) % walk.length) + walk.length) % walk.length];
    if (stop && stop.id !== current && accept(stop)) return stop.id;
  }
  return undefined;
}

export function unreadTotal(walk: readonly Stop[]): number {
  return walk.reduce((sum, { unread }) => sum + unread, 0);
}
