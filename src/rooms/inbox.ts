/** What comes from other peers: judged whole before any of it has effect, then taken in. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { isAct } from "./acts.ts";
import type { Backfills } from "./backfills.ts";
import type { Directory } from "./directory.ts";
import { decodeEvent, logKey, messageId, type RoomEvent, verifyEvent } from "./event.ts";
import type { Exchange } from "./exchange.ts";
import type { LogEntry } from "./log.ts";
import { askForKeys } from "./missing-keys.ts";
import { lobbyId, otherOf } from "./names.ts";
import type { Outbox } from "./outbox.ts";
import { type AuthorKeys, decodePayload, type Older, type RoomsPayload } from "./payload.ts";
import type { RoomsPorts } from "./ports.ts";
import { heardReads } from "./reads.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";
import { learnKey } from "./room-keys.ts";
import { changedInThread } from "./threads.ts";

/** Why a payload had no effect. A room that is unknown and one that is none of the sender's business look the same. */
export type ReceiveFailure = "malformed" | "unauthentic" | "notAllowed";

type Judgement = ReceiveFailure | "taken";
type Invite = Extract<RoomsPayload, { k: "invite" }>;

export interface InboxParts {
  readonly ports: RoomsPorts;
  readonly registry: Registry;
  readonly exchange: Exchange;
  readonly backfills: Backfills;
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
      case "compare":
        return this.#compare(from, payload, now);
      case "past":
        return this.#past(from, payload);
      case "older":
        return this.#older(from, payload, now);
      case "invite":
        return this.#invite(from, payload, now);
      case "announceRooms":
        directory.heardAnnouncement(from, payload, now);
        return "taken";
      case "directory":
        directory.heardDirectory(from, payload, now);
        return "taken";
      case "directorySeen":
        directory.heardSeen(from, payload.revision);
        return "taken";
      case "directoryAt":
        directory.heardRevision(from, payload, now);
        return "taken";
      case "signedDirectory":
        return "notAllowed";
    }
  }

  /** Only what everybody may read is broadcast. */
  receiveBroadcast(bytes: Uint8Array, now: Millis): Judgement {
    const payload = decodePayload(bytes);
    if (payload === undefined) return "malformed";
    if (payload.k === "signedDirectory") return this.#parts.directory.heardBroadcast(payload, now) ? "taken" : "unauthentic";
    return payload.k === "events" && payload.roomId === lobbyId ? this.#events(undefined, payload, now) : "notAllowed";
  }

  /** `from` is who sent them, which need not be who wrote them; undefined for a broadcast. */
  #events(from: PeerId | undefined, payload: Extract<RoomsPayload, { k: "events" }>, now: Millis): Judgement {
    const { exchange } = this.#parts;
    const room = this.#spokenOf(payload.roomId, from);
    if (room === undefined || (from !== undefined && !room.admits(from))) return "notAllowed";
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
    const keys = new Map(payload.keys?.flatMap(([at, key]) => (events[at] === undefined ? [] : [[events[at], key] as const])));
    this.#takeIn({ from, isQuiet: payload.quiet === true, keys }, room, events, wanted, authors, floors, now);
    if (from !== undefined) exchange.pump([room], from, now);
    return "taken";
  }

  #takeIn(
    {
      from,
      isQuiet,
      keys,
    }: { readonly from: PeerId | undefined; readonly isQuiet: boolean; readonly keys: ReadonlyMap<RoomEvent, Uint8Array> },
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
      const key = keys.get(event);
      if (!wanted.has(event) && key !== undefined) for (const entry of learnKey(room, event, key)) this.#tell(room, [entry]);
      if (author === undefined || (floor !== undefined && event.seq <= floor)) continue;
      if (floor === event.seq - 1) {
        const pinned = events.filter(
          (other) => wanted.has(other) && other.seq <= floor && other.author === event.author && other.logId === event.logId,
        );
        fresh.push(...room.acceptFloor(author, floor, pinned, event));
      }
      const accepted = room.accept(event, author, key);
      fresh.push(...accepted.entries);
      hasGap ||= accepted.hasGap;
    }
    this.#tell(room, fresh);
    for (const peerId of room.forked) this.#parts.outbox.forked(peerId);
    room.forked.clear();
    if (room.membership.members() !== before || room.isJoined !== wasJoined) this.#parts.membersChanged(room, before, wasJoined, now);
    exchange.received(room, fresh, from, from === undefined || isQuiet, now);
    if (fresh.length > 0) this.#parts.backfills.pump(room, now);
    const others = room.membership.members().filter((peerId) => peerId !== from);
    if (fresh.length > 0) askForKeys(room, this.#parts.ports, exchange, others, now);
    for (const event of events) {
      const log = hasGap ? room.logs.get(logKey(event.author, event.logId)) : undefined;
      if (log !== undefined && event.seq > log.seq) exchange.gap(room, log, from, now);
    }
    if (from === undefined || isQuiet) return;
    exchange.with(room, from, (sync) => {
      for (const event of events) {
        const log = room.logs.get(logKey(event.author, event.logId));
        if (log === undefined) continue;
        if (room.isJoined) sync.showed(log, event.seq, now);
        sync.owe(log, now, exchange.ackDelay(room, log, from));
      }
      // It takes us for a member: our own entries tell it otherwise.
      if (!room.isJoined) for (const log of room.ownLogs) sync.owe(log, now);
    });
  }

  #tell(room: Room, entries: readonly LogEntry[]): void {
    const { isBlocked } = this.#parts.ports;
    const shown = entries.filter((entry) => entry.shown && !isBlocked(entry.event.author));
    for (const entry of shown) this.#parts.outbox.messageAdded(messageId(entry.event));
    for (const { event, isSpoken } of entries) if (isSpoken && isAct(event.body)) this.#parts.outbox.messageChanged(event.body.of);
    for (const entry of entries) for (const id of changedInThread(room, entry)) this.#parts.outbox.messageChanged(id);
    if (shown.length > 0) this.#parts.outbox.roomChanged(room.roomId);
  }

  #identity(room: Room, peerId: PeerId, given: readonly AuthorKeys[]): PublicIdentity | undefined {
    const { ports } = this.#parts;
    if (peerId === ports.self.peerId) return ports.self;
    const known = room.authorOf(peerId) ?? ports.identityOf(peerId);
    if (known !== undefined) return known;
    for (const { signKey, agreeKey, binding } of given) {
      const identity = ports.identityFromKeys(signKey, agreeKey, binding);
      if (identity?.peerId === peerId) return identity;
    }
    return undefined;
  }

  #have(from: PeerId, payload: Extract<RoomsPayload, { k: "have" }>, now: Millis): Judgement {
    const { registry, exchange } = this.#parts;
    const room = this.#remindedOf(from, payload, now);
    if (room === undefined || !room.admits(from)) return "notAllowed";
    if (room.pendingInvites.has(from) || room.membership.isAwaited(from)) exchange.confirmInvite(room, from);
    if (payload.whole && payload.reply) exchange.caughtUp(room, now);
    heardReads(this.#parts.outbox, room, this.#parts.ports.self.peerId, from, payload.read ?? []);
    exchange.with(room, from, (sync) => sync.heard(payload, now));
    if (payload.whole) askForKeys(room, this.#parts.ports, exchange, [from], now);
    exchange.pump(registry.all(), from, now);
    return "taken";
  }

  #compare(from: PeerId, payload: Extract<RoomsPayload, { k: "compare" }>, now: Millis): Judgement {
    const room = this.#remindedOf(from, payload, now);
    if (room === undefined || !room.admits(from)) return "notAllowed";
    this.#parts.exchange.compared(room, from, payload.digests, now);
    return "taken";
  }

  #past(from: PeerId, { roomId, asks }: Extract<RoomsPayload, { k: "past" }>): Judgement {
    const room = this.#parts.registry.get(roomId);
    if (room === undefined || !room.admits(from)) return "notAllowed";
    this.#parts.backfills.asked(room, from, asks);
    return "taken";
  }

  #older(from: PeerId, older: Older, now: Millis): Judgement {
    const room = this.#parts.registry.get(older.roomId);
    if (room === undefined || !room.admits(from)) return "notAllowed";
    const { isTrue, entries } = this.#parts.backfills.answered(room, from, older, now);
    this.#tell(room, entries);
    return isTrue ? "taken" : "unauthentic";
  }

  /** A conversation of two begins only with a word of one of them: of others, anybody could invent any number. */
  #spokenOf(roomId: RoomId, from: PeerId | undefined): Room | undefined {
    const { registry, ports } = this.#parts;
    const other = otherOf(roomId, ports.self.peerId);
    // Never acknowledged, so it comes when they are not blocked any more.
    if (other !== undefined && ports.isBlocked(other)) return undefined;
    return other === undefined || other === from ? registry.find(roomId) : registry.get(roomId);
  }

  /** The room that is spoken of; a peer that has been restarted learns it from a member. */
  #remindedOf(from: PeerId, payload: { readonly roomId: RoomId; readonly record?: Uint8Array }, now: Millis): Room | undefined {
    const { registry } = this.#parts;
    const known = this.#spokenOf(payload.roomId, from);
    if (known !== undefined || payload.record === undefined) return known;
    const learnt = registry.learn(payload.record, from);
    if (learnt?.room.roomId !== payload.roomId) return undefined;
    // Only whoever is in a room has reason to speak of it to somebody who does not know it.
    learnt.room.introducers.add(from);
    if (learnt.room.isPublic) this.#learnt(learnt.room, now);
    return learnt.room;
  }

  #invite(from: PeerId, { record, authors, events }: Invite, now: Millis): Judgement {
    const { registry, exchange, outbox, ports } = this.#parts;
    if (ports.isBlocked(from)) return "notAllowed";
    const learnt = registry.learn(record, from);
    if (learnt === undefined) return "unauthentic";
    const { room, isNew } = learnt;
    const proof = this.#proof(room, events, authors);
    if (typeof proof === "string") return proof;
    const before = room.membership.members();
    const wasJoined = room.isJoined;
    for (const [event, author] of proof) this.#tell(room, room.learnInvited(event, author));
    if (room.membership.members() !== before || room.isJoined !== wasJoined) this.#parts.membersChanged(room, before, wasJoined, now);
    exchange.send(from, room, { k: "have", roomId: room.roomId, vector: [], whole: false, reply: false });
    if (room.isJoined) {
      this.#findMember(room, from, now);
      return "taken";
    }
    room.introducers.add(from);
    room.inviters.add(from);
    if (room.invitedBy === undefined || !exchange.isReachable(room.invitedBy)) room.invitedBy = from;
    outbox.roomChanged(room.roomId);
    if (isNew && room.isPublic) this.#learnt(room, now);
    return "taken";
  }

  /** What is new of the way from the creator to us. Each entry must give somebody a permission whose inviter has one. */
  #proof(room: Room, events: readonly Uint8Array[], given: readonly AuthorKeys[]): [RoomEvent, PublicIdentity][] | Judgement {
    const { membership } = room;
    const proof: [RoomEvent, PublicIdentity][] = [];
    const permitted = new Set<PeerId>();
    for (const bytes of events) {
      const event = decodeEvent(bytes);
      if (event?.roomId !== room.roomId || event.body.kind !== "invited") return "malformed";
      const { author, body } = event;
      if (room.isPublic || !(membership.permits(author) || permitted.has(author))) return "notAllowed";
      permitted.add(body.peerId);
      if (membership.permits(body.peerId)) continue;
      const identity = this.#identity(room, author, given);
      if (identity === undefined || !verifyEvent(this.#parts.ports.signatures, identity, event)) return "unauthentic";
      proof.push([event, identity]);
    }
    return proof;
  }

  /** This peer is in, but those who invited it are gone, and it has found nobody else: whoever offers the room is a member. */
  #findMember(room: Room, from: PeerId, now: Millis): void {
    if (room.isPublic || room.membership.memberCount > 1 || room.isAudience(from)) return;
    room.introducers.add(from);
    this.#parts.exchange.audienceChanged(room, now);
    this.#parts.exchange.peerJoined(room, from, now);
  }

  /** A public room that the host has not named. */
  #learnt(room: Room, now: Millis): void {
    this.#parts.outbox.roomChanged(room.roomId);
    this.#parts.directory.opened(room, now);
  }
}
