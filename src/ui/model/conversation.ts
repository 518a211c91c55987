/** What a conversation is called in calls and maps: a room's id, or "@" and a peer id. */
import type { PeerView, RoomView } from "../../api/contract.ts";

export type ConversationId = string;

export const lobbyId: ConversationId = "lobby";

export function directWith(peerId: string): ConversationId {
  return `@${peerId}`;
}

/** The other person of a direct conversation; undefined where it is a room. */
export function personOf(id: ConversationId): string | undefined {
  return id.startsWith("@") ? id.slice(1) : undefined;
}

export type Conversation =
  | { readonly kind: "room"; readonly id: ConversationId; readonly room: RoomView }
  | { readonly kind: "person"; readonly id: ConversationId; readonly peer: PeerView };

export interface Directory {
  readonly rooms: ReadonlyMap<string, RoomView>;
  readonly peers: ReadonlyMap<string, PeerView>;
}

export function findConversation(id: ConversationId, { rooms, peers }: Directory): Conversation | undefined {
  const peerId = personOf(id);
  if (peerId !== undefined) {
    const peer = peers.get(peerId);
    return peer && { kind: "person", id, peer };
  }
  const room = rooms.get(id);
  return room && { kind: "room", id, room };
}

/** Why nothing is to be sent here now: somebody's key is new, or one has blocked the person. */
export function heldBack(conversation: Conversation): "keyChanged" | "blocked" | undefined {
  if (conversation.kind === "room") return conversation.room.keyChanges.length > 0 ? "keyChanged" : undefined;
  if (conversation.peer.blocked) return "blocked";
  return conversation.peer.keyChange === null ? undefined : "keyChanged";
}

/** As people write it: "#design" or "Mara". */
export function labelOf(conversation: Conversation): string {
  return conversation.kind === "room" ? `#${conversation.room.name}` : conversation.peer.name;
}
