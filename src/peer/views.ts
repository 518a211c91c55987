/** What people are shown, read off mesh and rooms. Its only state is an index of names. */
import type { HostStats, HostView, LogEntry, MessageView, PeerView, Result, RoomView, Session } from "../api/contract.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { formatAddress, type KnownPeer, type Mesh } from "../mesh/index.ts";
import { directRoomId, type Forwarded, type MailStats, otherOf, type RoomMessage, type Rooms } from "../rooms/index.ts";

import type { ShownFlood } from "./flood-reports.ts";
import { namesMax } from "./limits.ts";
import { foldName, Names } from "./names.ts";
import type { PeerOptions } from "./options.ts";
import type { OwnRecords } from "./own-records.ts";
import type { People } from "./people.ts";

export interface Self {
  readonly peerId: PeerId;
  name: string;
  named: boolean;
  readonly profile: string | null;
  readonly network: string;
  readonly version: string;
  addresses: readonly string[];
}

export const selfOf = ({ identity: { peerId }, name, named, profile, networkName, version }: PeerOptions): Self => ({
  peerId,
  name,
  named,
  profile: profile ?? null,
  network: networkName,
  version,
  addresses: [],
});

export class Views {
  readonly #self: Self;
  readonly #mesh: Mesh;
  readonly #rooms: Rooms;
  /** What to add to the monotonic clock for wall time. */
  readonly #wallOffset: number;
  readonly #names = new Names();
  readonly #people: People;
  readonly #records: OwnRecords;
  readonly #waitingFor: (roomId: RoomId) => PeerId[];

  /** What people who are not here called themselves when they were. */
  readonly #lastNameOf: (peerId: PeerId) => string | undefined;

  constructor(
    self: Self,
    mesh: Mesh,
    rooms: Rooms,
    people: People,
    waitingFor: (roomId: RoomId) => PeerId[],
    lastNameOf: (peerId: PeerId) => string | undefined,
    records: OwnRecords,
    wallOffset: number,
  ) {
    this.#records = records;
    this.#people = people;
    this.#lastNameOf = lastNameOf;
    this.#waitingFor = waitingFor;
    this.#self = self;
    this.#mesh = mesh;
    this.#rooms = rooms;
    this.#wallOffset = wallOffset;
    this.noteName(self.peerId);
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
    return peerId === this.#self.peerId
      ? this.#self.name
      : (this.#mesh.known(peerId)?.card.name ?? this.#people.contacts.of(peerId).name ?? this.#lastNameOf(peerId));
  }

  /** All others, here or not. */
  knownIds(): PeerId[] {
    return [...this.#mesh.knownPeers().map(({ identity }) => identity.peerId), ...this.#awayIds()];
  }

  /** With whom one has talked before this start, and who has not been seen since. */
  #awayIds(): PeerId[] {
    return this.#rooms.correspondents().filter((peerId) => this.#mesh.known(peerId) === undefined);
  }

  /** This peer came, or is called otherwise now. Answers who else is to be shown anew: those of the same name. */
  noteName(peerId: PeerId): PeerId[] {
    if (this.#names.size >= namesMax) this.#noteAllNames();
    return this.#names.note(peerId, this.nameOf(peerId));
  }

  /** Who has been forgotten meanwhile takes no name away. */
  #noteAllNames(): void {
    this.#names.clear();
    this.#names.note(this.#self.peerId, this.#self.name);
    for (const peerId of this.knownIds()) this.#names.note(peerId, this.nameOf(peerId));
  }

  peers(): PeerView[] {
    this.#noteAllNames();
    return this.knownIds().map((peerId) => this.#peer(peerId, this.#mesh.known(peerId)));
  }

  peer(peerId: PeerId): PeerView | undefined {
    const known = this.#mesh.known(peerId);
    return known === undefined && !this.#rooms.correspondents().includes(peerId) ? undefined : this.#peer(peerId, known);
  }

  /** @param known undefined for somebody of an earlier start who has not been seen since */
  #peer(peerId: PeerId, known: KnownPeer | undefined): PeerView {
    const name = this.nameOf(peerId) ?? "Someone";
    const link = this.#mesh.linkTo(peerId);
    const isReachable = this.#mesh.isReachable(peerId);
    const stated = known?.addresses[0];
    const address = link?.remote.address ?? stated;
    const direct = directRoomId(this.#self.peerId, peerId);
    const contact = this.#people.contacts.of(peerId);
    return {
      peerId,
      name,
      online: isReachable,
      link: link !== undefined ? "direct" : isReachable ? "relayed" : "none",
      via: link === undefined && isReachable ? (this.#mesh.relayFor(peerId) ?? null) : null,
      address: address === undefined ? null : formatAddress(address),
      linkedSince: link?.openedAt === undefined ? null : this.wall(link.openedAt),
      isHost: this.#mesh.host.hostId === peerId,
      verified: contact.isVerified,
      blocked: contact.isBlocked,
      keyChange: this.#people.contacts.keyChange(peerId, name) ?? null,
      nameClash: this.#names.hasClash(peerId) && !this.#keepsPlainName(peerId, name),
      timerMs: this.#rooms.room(direct)?.timerMs ?? null,
      keepMs: this.#records.keepMs(direct) ?? null,
      forked: this.#rooms.hasForked(peerId),
      unread: this.#rooms.unread(direct),
      lastMessageAt: this.#rooms.lastMessageAt(direct) ?? null,
    };
  }

  /** Who is known by a name for longest is shown by it alone, unless it is our own, too. */
  #keepsPlainName(peerId: PeerId, name: string): boolean {
    return this.#people.contacts.ownsName(peerId, name) && foldName(name) !== foldName(this.#self.name);
  }

  /** Everybody of whom something is remembered. */
  contacts(): Result<"people.list">["people"] {
    return [...this.#people.contacts.all()].map(([peerId, { name, seenAs, isVerified, isBlocked }]) => ({
      peerId,
      name: this.nameOf(peerId) ?? name ?? seenAs ?? "Someone",
      online: this.#mesh.isReachable(peerId),
      verified: isVerified,
      blocked: isBlocked,
    }));
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
      history: room.history,
      hasUntold: room.hasUntold,
      missing: room.missing,
      joined: room.joined,
      invitedBy: room.invitedBy ?? null,
      memberCount: room.memberCount,
      timerMs: room.timerMs ?? null,
      keepMs: this.#records.keepMs(roomId) ?? null,
      unread: this.#rooms.unread(roomId),
      mentioned: this.#rooms.mentioned(roomId),
      keyChanges: room.visibility === "private" && room.joined ? this.strangersIn(roomId) : [],
      waitingFor: room.joined ? this.#waitingFor(roomId) : [],
      lastMessageAt: this.#rooms.lastMessageAt(roomId) ?? null,
    };
  }

  /** Members who bear the name of somebody known, with another key. */
  strangersIn(roomId: RoomId): PeerId[] {
    return this.#rooms.members(roomId).filter((peerId) => this.#people.hasNewKey(peerId));
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

  /** As messages name where they are. */
  conversation(roomId: RoomId): string {
    const person = this.person(roomId);
    return person === undefined ? roomId : `@${person}`;
  }

  message(message: RoomMessage): MessageView {
    return {
      messageId: message.messageId,
      in: this.conversation(message.roomId),
      from: message.author,
      fromName: this.nameOf(message.author) ?? this.#rooms.lastNameOf(message.author) ?? "Someone",
      text: message.text,
      sentAt: message.sentAt,
      replyTo: message.replyTo ?? null,
      state: message.state,
      receivedBy: [...message.receivedBy],
      readers: message.readers,
      heldBy: message.heldBy,
      readBy: [...message.readBy],
      notHeld: message.notHeld ?? null,
      mentionsYou: message.mentionsYou,
      editedAt: message.editedAt ?? null,
      deleted: message.isDeleted,
      reactions: message.reactions.map(({ emoji, from }) => ({ emoji, from: [...from] })),
      pinned: message.pinned ?? null,
      thread: message.thread ?? null,
      replies: message.replies,
      lastReplyAt: message.lastReplyAt ?? null,
      forwarded: message.forwarded === undefined ? null : this.#forwarded(message.forwarded),
      starred: this.#records.hasStar(message.messageId),
      expiresAt: message.expiresAt ?? null,
      notice: message.timerMs === undefined ? null : { kind: "timer", timerMs: message.timerMs },
    };
  }

  /** By the name they bear here; who is not known bears the one they had there. */
  #forwarded({ from, name, at }: Forwarded): { from: PeerId; fromName: string; sentAt: number } {
    return { from, fromName: this.nameOf(from) ?? this.#rooms.lastNameOf(from) ?? (name || "Someone"), sentAt: at };
  }

  hostStats({ oldestAt, ...held }: MailStats, unauthentic: number, shownFloods: readonly ShownFlood[], log: LogEntry[]): HostStats {
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
    const mail = { ...held, oldestAt: oldestAt ?? null };
    const floods = shownFloods.map(({ peerId, since, dropped, reportedBy }) => ({
      peerId,
      name: this.nameOf(peerId) ?? "Someone",
      since: this.wall(since),
      dropped,
      reportedBy: reportedBy ?? null,
    }));
    return { peers, rooms, relayed: this.#mesh.relayed.inAll(), mail, refused: { ...this.#mesh.refused, unauthentic }, floods, log };
  }
}
