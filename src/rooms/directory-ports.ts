/** What both sides of the directory, host and follower, need of their surroundings. */
import type { PublicIdentity, Signatures } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import type { Outbox } from "./outbox.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";

export interface DirectoryPorts {
  readonly self: PeerId;
  readonly signSeed: Uint8Array;
  readonly signatures: Signatures;
  readonly registry: Registry;
  readonly outbox: Outbox;
  identityOf(peerId: PeerId): PublicIdentity | undefined;
  isReachable(peerId: PeerId): boolean;
  reachable(): PeerId[];
  reachableCount(): number;
  /** So many are reachable that what goes to all is broadcast. */
  isCrowd(): boolean;
  /** Uniform in [0, 1). */
  random(): number;
  /** A room is not listed any more, and this peer is not in it. */
  forget(room: Room): void;
  /** A room is new here, or the host names other members than before, `added` among them. */
  listedChanged(room: Room, added: readonly PeerId[], now: Millis): void;
}

/** Of the lists that this peer sends, as host or as follower; grows over restarts too. */
export interface Revision {
  value: number;
}

/** Takes in who is in a room according to the host. */
export function setListed(
  ports: Pick<DirectoryPorts, "listedChanged">,
  room: Room,
  { members, count }: { readonly members: readonly PeerId[]; readonly count: number },
  isNew: boolean,
  now: Millis,
): void {
  const before = room.listed;
  const known = new Set(before);
  const isSame = count === room.listedCount && members.length === before.length && members.every((peerId, i) => peerId === before[i]);
  room.listed = members;
  room.listedCount = count;
  if (isNew || !isSame)
    ports.listedChanged(
      room,
      members.filter((peerId) => !known.has(peerId)),
      now,
    );
}
