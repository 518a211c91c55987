/**
 * What the rooms module and its owner (the peer) say to each other. Rooms decide what is sent to whom and what people
 * see; sealing and routing are the owner's.
 */
import type { PublicIdentity, Signatures } from "../crypto/ports.ts";
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import type { DeliveryPort } from "./delivery.ts";

/** One payload for one peer; the owner seals and routes it. Best effort: rooms notice loss and repair it. */
export interface Post {
  readonly to: PeerId;
  readonly roomId: RoomId;
  readonly payload: Uint8Array;
}

/** What changed for the person, in order. The owner turns it into view events. */
export type RoomChange =
  | { readonly type: "roomChanged"; readonly roomId: RoomId }
  /** Two entries of theirs, both signed, stand in one place. */
  | { readonly type: "forked"; readonly peerId: PeerId }
  | { readonly type: "roomRemoved"; readonly roomId: RoomId }
  | { readonly type: "messageAdded"; readonly messageId: string }
  | { readonly type: "messageChanged"; readonly messageId: string }
  /** Older entries have come from other members: more can be listed than before. */
  | { readonly type: "historyGrown"; readonly roomId: RoomId }
  /** Its time is over. */
  | { readonly type: "messageRemoved"; readonly messageId: string; readonly roomId: RoomId };

export interface RoomsOutcome {
  readonly posts: Post[];
  /** Payloads for everybody on the network, who may all read them; the owner seals and broadcasts them. Best effort too. */
  readonly broadcasts: Uint8Array[];
  readonly changes: RoomChange[];
}

/** Handed in once. */
export interface RoomsPorts {
  readonly self: PublicIdentity;
  readonly signSeed: Uint8Array;
  readonly logId: LogId;
  readonly signatures: Signatures;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Wall time, milliseconds since 1970. */
  readonly wallNow: () => Millis;
  /** What people call a peer now, if known. */
  readonly nameOf: (peerId: PeerId) => string | undefined;
  /** Whose words are kept for the others, and not shown here. */
  /** How long this machine keeps what is said there, in ms; undefined: as long as there is space. */
  readonly keepMs?: (roomId: RoomId) => number | undefined;
  readonly isBlocked: (peerId: PeerId) => boolean;
  /** Who is here, and who holds mail for those who are not; undefined: everybody is, and nobody does. */
  readonly delivery?: DeliveryPort;
  /** Public keys of a peer whose card is known. */
  readonly identityOf: (peerId: PeerId) => PublicIdentity | undefined;
  /** Throws nothing; undefined where keys do not hash to the id or the binding is false. */
  readonly identityFromKeys: (signKey: Uint8Array, agreeKey: Uint8Array, binding: Uint8Array) => PublicIdentity | undefined;
}

/** In [0, 1). */
export function uniform(randomBytes: RoomsPorts["randomBytes"]): number {
  const [high = 0, low = 0] = randomBytes(2);
  return (high * 256 + low) / 65_536;
}
