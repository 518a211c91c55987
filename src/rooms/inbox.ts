/** What comes from other peers: judged whole before any of it has effect, then taken in. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import type { Directory } from "./directory.ts";
import { decodeEvent, logKey, messageId, type RoomEvent, verifyEvent } from "./event.ts";
import type { Exchange } from "./exchange.ts";
import type { LogEntry } from "./log.ts";
import type { Outbox } from "./outbox.ts";
import { type AuthorKeys, decodePayload, type RoomsPayload } from "./payload.ts";
import type { RoomsPorts } from "./ports.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";

/** Why a payload had no effect. A room that is unknown and one that is none of the sender's business look the same. */
export type ReceiveFailure = "malformed" | "unauthentic" | "notAllowed";

type Judgement = ReceiveFailure | "taken";

export interface InboxParts {
  readonly ports: RoomsPorts;
  readonly registry: Registry;
  readonly exchange: Exchange;
  readonly directory: Directory;
  readonly outbox: Outbox;
  /** Membership of a room, or of this peer in it, is different from what it was. */
  membersChanged(room: Room, before: readonly PeerId[], wasJoined: boolean, now: Millis): void;
}

export class Inbox {
  readonly #parts: InboxParts;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  receive(from: PeerId, bytes: Uint8Array, now: Millis): Judgement {
    const payload = decodePayload(bytes);
    if (payload === undefined) return "malformed";
    const { directory } = this.#parts;
    switch (payload.k) {
      case "events":
        return this.#events(from, payload, now);
      case "have":
        return this.#have(from, payload, now);
      case "invite":
        return this.#invite(from, payload.record, now);
      case "announceRooms":
        directory.heardAnnouncement(from, payload, now);
        return "taken";
      case "directory":
        directory.heardDirectory(from, payload, now);
        return "taken";
      case "directorySeen":
        directory.heardSeen(from, payload.revision);
        return "taken";
    }
  }

  #events(from: PeerId, payload: Extract<RoomsPayload, { k: "events" }>, now: Millis): Judgement {
    const { registry, exchange } = this.#parts;
    const room = registry.find(payload.roomId);
    if (!room?.admits(from)) return "notAllowed";
    const events: RoomEvent[] = [];
    for (const bytes of payload.events) {
      const event = decodeEvent(bytes);
      if (event === undefined || event.roomId !== room.roomId) return "malformed";
      events.push(event);
    }
    const floors = new Map(payload.floors.map(([author, logId, seq]) => [logKey(author, logId), seq]));
    const authors = new Map<PeerId, PublicIdentity>();
    const wanted = new Set<RoomEvent>();
    for (const event of events) {
      if (!room.wants(event)) continue;
      const author = authors.get(event.author) ?? this.#identity(room, event.author, payload.authors);
      // Its keys come with the next payload, or from its card.
      if (author === undefined) continue;
      authors.set(event.author, author);
      if (!verifyEvent(this.#parts.ports.signatures, author, event)) return "unauthentic";
      wanted.add(event);
    }
    this.#takeIn(from, room, events, wanted, authors, floors, now);
    exchange.pump([room], from, now);
    return "taken";
  }

  #takeIn(
    from: PeerId,
    room: Room,
    events: readonly RoomEvent[],
    wanted: ReadonlySet<RoomEvent>,
    authors: ReadonlyMap<PeerId, PublicIdentity>,
    floors: ReadonlyMap<string, number>,
    now: Millis,
  ): void {
    const { exchange } = this.#parts;
    const before = room.membership.members();
    const wasJoined = room.isJoined;
    const fresh: LogEntry[] = [];
    let hasGap = false;
    for (const event of events) {
      const author = wanted.has(event) ? authors.get(event.author) : undefined;
      const floor = floors.get(logKey(event.author, event.logId));
      if (author === undefined || (floor !== undefined && event.seq <= floor)) continue;
      if (floor === event.seq - 1) {
        const pinned = events.filter(
          (other) => wanted.has(other) && other.seq <= floor && other.author === event.author && other.logId === event.logId,
        );
        fresh.push(...room.acceptFloor(author, floor, pinned, event));
      }
      const accepted = room.accept(event, author);
      fresh.push(...accepted.entries);
      hasGap ||= accepted.hasGap;
    }
    this.#tell(room, fresh);
    if (room.membership.members() !== before || room.isJoined !== wasJoined) this.#parts.membersChanged(room, before, wasJoined, now);
    exchange.received(room, fresh, now);
    exchange.with(room, from, (sync) => {
      for (const event of events) {
        const log = room.logs.get(logKey(event.author, event.logId));
        if (log === undefined) continue;
        if (room.isJoined) sync.showed(log, event.seq, now);
        if (hasGap && event.seq > log.seq) sync.askGap(log, now);
        sync.owe(log, now);
      }
      // It takes us for a member: our own entries tell it otherwise.
      if (!room.isJoined) for (const log of room.logs.values()) if (log.author.peerId === this.#parts.ports.self.peerId) sync.owe(log, now);
    });
  }

  #tell(room: Room, entries: readonly LogEntry[]): void {
    for (const entry of entries) if (entry.shown) this.#parts.outbox.messageAdded(messageId(entry.event));
    if (entries.some((entry) => entry.shown)) this.#parts.outbox.roomChanged(room.roomId);
  }

  #identity(room: Room, peerId: PeerId, given: readonly AuthorKeys[]): PublicIdentity | undefined {
    const { ports } = this.#parts;
    if (peerId === ports.self.peerId) return ports.self;
    for (const log of room.logs.values()) if (log.author.peerId === peerId) return log.author;
    const known = ports.identityOf(peerId);
    if (known !== undefined) return known;
    for (const { signKey, agreeKey, binding } of given) {
      const identity = ports.identityFromKeys(signKey, agreeKey, binding);
      if (identity?.peerId === peerId) return identity;
    }
    return undefined;
  }

  #have(from: PeerId, payload: Extract<RoomsPayload, { k: "have" }>, now: Millis): Judgement {
    const { registry, exchange } = this.#parts;
    let room = registry.find(payload.roomId);
    if (room === undefined && payload.record !== undefined) {
      const learnt = registry.learn(payload.record, from);
      if (learnt?.room.roomId === payload.roomId) room = learnt.room;
      // Only whoever is in a room has reason to speak of it to somebody who does not know it.
      room?.introducers.add(from);
      if (room?.isPublic) this.#learnt(room, now);
    }
    if (room === undefined || !room.admits(from)) return "notAllowed";
    if (room.pendingInvites.has(from)) exchange.confirmInvite(room, from);
    exchange.with(room, from, (sync) => sync.heard(payload.vector, payload.whole, payload.reply, now));
    exchange.pump(registry.all(), from, now);
    return "taken";
  }

  #invite(from: PeerId, record: Uint8Array, now: Millis): Judgement {
    const { registry, exchange, outbox } = this.#parts;
    const learnt = registry.learn(record, from);
    if (learnt === undefined) return "unauthentic";
    const { room, isNew } = learnt;
    exchange.send(from, room, { k: "have", roomId: room.roomId, vector: [], whole: false, reply: false });
    if (room.isJoined) return "taken";
    room.introducers.add(from);
    room.invitedBy = from;
    outbox.roomChanged(room.roomId);
    if (isNew && room.isPublic) this.#learnt(room, now);
    return "taken";
  }

  /** A public room that the host has not named. */
  #learnt(room: Room, now: Millis): void {
    this.#parts.outbox.roomChanged(room.roomId);
    this.#parts.directory.opened(room, now);
  }
}
