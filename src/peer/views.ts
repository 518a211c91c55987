/** What people are shown, read off mesh and rooms. No state of its own. */
import type { HostStats, HostView, LogEntry, MessageView, PeerView, RoomView, Session } from "../api/contract.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { formatAddress, type KnownPeer, type Mesh } from "../mesh/index.ts";
import { directRoomId, otherOf, type RoomMessage, type Rooms } from "../rooms/index.ts";

export interface Self {
  readonly peerId: PeerId;
  name: string;
  named: boolean;
  readonly profile: string | null;
  readonly network: string;
  readonly version: string;
  addresses: readonly string[];
}

export class Views {
  readonly #self: Self;
  readonly #mesh: Mesh;
  readonly #rooms: Rooms;
  /** What to add to the monotonic clock for wall time. */
  readonly #wallOffset: number;

  constructor(self: Self, mesh: Mesh, rooms: Rooms, wallOffset: number) {
    this.#self = self;
    this.#mesh = mesh;
    this.#rooms = rooms;
    this.#wallOffset = wallOffset;
  }

  wall(at: Millis): number {
    return Math.max(0, Math.round(at + this.#wallOffset));
  }

  session(): Session {
    const { peerId, name, named, profile, network, version, addresses } = this.#self;
    return { peerId, name, named, profile, network, version, addresses: [...addresses] };
  }

  host(): HostView {
    const view = this.#mesh.host;
    return { hostId: view.hostId, term: this.#mesh.shownTerm, isSelf: view.hostId === this.#self.peerId, since: this.wall(view.since) };
  }

  nameOf(peerId: PeerId): string | undefined {
    return peerId === this.#self.peerId ? this.#self.name : this.#mesh.known(peerId)?.card.name;
  }

  peers(): PeerView[] {
    const known = this.#mesh.knownPeers();
    const bearers = new Map<string, number>([[foldName(this.#self.name), 1]]);
    for (const { card } of known) bearers.set(foldName(card.name), (bearers.get(foldName(card.name)) ?? 0) + 1);
    return known.map((peer) => this.#peer(peer, (bearers.get(foldName(peer.card.name)) ?? 0) > 1));
  }

  peer(peerId: PeerId): PeerView | undefined {
    const known = this.#mesh.known(peerId);
    if (known === undefined) return undefined;
    const name = foldName(known.card.name);
    const clashes =
      name === foldName(this.#self.name) ||
      this.#mesh.knownPeers().some((other) => other.identity.peerId !== peerId && foldName(other.card.name) === name);
    return this.#peer(known, clashes);
  }

  #peer({ identity, card, addresses }: KnownPeer, nameClash: boolean): PeerView {
    const { peerId } = identity;
    const link = this.#mesh.linkTo(peerId);
    const isReachable = this.#mesh.isReachable(peerId);
    const stated = addresses[0];
    const address = link?.remote.address ?? stated;
    const direct = directRoomId(this.#self.peerId, peerId);
    return {
      peerId,
      name: card.name,
      online: isReachable,
      link: link !== undefined ? "direct" : isReachable ? "relayed" : "none",
      via: link === undefined && isReachable ? (this.#mesh.relayFor(peerId) ?? null) : null,
      address: address === undefined ? null : formatAddress(address),
      linkedSince: link?.openedAt === undefined ? null : this.wall(link.openedAt),
      isHost: this.#mesh.host.hostId === peerId,
      verified: false,
      nameClash,
      unread: this.#rooms.unread(direct),
      lastMessageAt: this.#rooms.lastMessageAt(direct) ?? null,
    };
  }

  rooms(): RoomView[] {
    const views: RoomView[] = [];
    for (const { roomId } of this.#rooms.listRooms()) {
      const view = this.room(roomId);
      if (view !== undefined) views.push(view);
    }
    return views;
  }

  /** Undefined for unknown rooms and for direct conversations, which are shown with their person. */
  room(roomId: RoomId): RoomView | undefined {
    const room = this.#rooms.room(roomId);
    if (room === undefined || this.person(roomId) !== undefined) return undefined;
    return {
      roomId,
      name: room.name,
      topic: room.topic,
      visibility: room.visibility,
      joined: room.joined,
      invitedBy: room.invitedBy ?? null,
      memberCount: room.memberCount,
      unread: this.#rooms.unread(roomId),
      mentioned: this.#rooms.mentioned(roomId),
      lastMessageAt: this.#rooms.lastMessageAt(roomId) ?? null,
    };
  }

  /** Whose direct conversation with us this is. */
  person(roomId: RoomId): PeerId | undefined {
    return otherOf(roomId, this.#self.peerId);
  }

  members(roomId: RoomId): { peerId: PeerId; name: string; online: boolean }[] {
    return this.#rooms.members(roomId).map((peerId) => ({
      peerId,
      name: this.nameOf(peerId) ?? this.#rooms.lastNameOf(peerId) ?? "Someone",
      online: peerId === this.#self.peerId || this.#mesh.isReachable(peerId),
    }));
  }

  message(message: RoomMessage): MessageView {
    const person = this.person(message.roomId);
    return {
      messageId: message.messageId,
      in: person === undefined ? message.roomId : `@${person}`,
      from: message.author,
      fromName: this.nameOf(message.author) ?? this.#rooms.lastNameOf(message.author) ?? "Someone",
      text: message.text,
      sentAt: message.sentAt,
      replyTo: message.replyTo ?? null,
      state: message.state,
      receivedBy: [...message.receivedBy],
      readers: message.readers,
      mentionsYou: message.mentionsYou,
    };
  }

  hostStats(unauthentic: number, log: LogEntry[]): HostStats {
    const peers = this.#mesh.reachable().map((peerId) => {
      const link = this.#mesh.linkTo(peerId);
      const relayed = this.#mesh.relayed.for(peerId);
      return {
        peerId,
        name: this.nameOf(peerId) ?? "Someone",
        address: link === undefined ? null : formatAddress(link.remote.address),
        linkedSince: link?.openedAt === undefined ? null : this.wall(link.openedAt),
        relayedFrames: relayed.frames,
        relayedBytes: relayed.bytes,
      };
    });
    const rooms = this.rooms()
      .filter((room) => room.visibility === "public")
      .map(({ roomId, name, memberCount }) => ({ roomId, name, memberCount }));
    return { peers, rooms, relayed: this.#mesh.relayed.inAll(), refused: { ...this.#mesh.refused, unauthentic }, log };
  }
}

function foldName(name: string): string {
  return name.normalize("NFKC").toLocaleLowerCase();
}
