/** All rooms of one peer. See index.ts for what it promises. */
import type { MessageId, Millis, PeerId, RoomId } from "../ids.ts";
import { storeOf } from "./archive.ts";
import { Backfills } from "./backfills.ts";
import { earliest } from "./backoff.ts";
import { blockingChanged } from "./blocking.ts";
import { type CrowdBounds, crowdBounds } from "./crowd.ts";
import { Directory } from "./directory.ts";
import { expireDue, nextExpiryAt } from "./disappearing.ts";
import { Exchange } from "./exchange.ts";
import { RoomsForMail } from "./for-mail.ts";
import { Inbox } from "./inbox.ts";
import { Keeping, type KeptChanges, noKeeper } from "./keeping.ts";
import { pendingInvitesMax, roomMembersMax, roomsMax, topicBytesMax } from "./limits.ts";
import { MessageActs } from "./message-acts.ts";
import { lastShownAt, type RoomMessage } from "./messages.ts";
import { lobbyId, normalRoomName, otherOf } from "./names.ts";
import { Outbox } from "./outbox.ts";
import { findMessage, type MessagePage, type PageAt, pageOf } from "./pages.ts";
import { type RoomChange, type RoomsOutcome, type RoomsPorts, uniform } from "./ports.ts";
import { markRead } from "./reads.ts";
import { restate } from "./receipts.ts";
import { createRecord, type History, type Visibility } from "./record.ts";
import { Registry, type Resolved } from "./registry.ts";
import { type KeptRooms, restoreRooms } from "./restoring.ts";
import type { Received, RoomsFailure, RoomsResult } from "./result.ts";
import { Retention } from "./retention.ts";
import type { Room } from "./room.ts";
import { expire } from "./room-keys.ts";
import { type SearchQuery, searchInMemory, searchWritten, type TextIndex } from "./search.ts";
import { utf8Length } from "./shape.ts";
import { Speaking } from "./speaking.ts";
import { isListed, membersOf, type RoomSummary, summaryOf } from "./summary.ts";
import type { Forwarded } from "./timed.ts";

export class Rooms {
  readonly #ports: RoomsPorts;
  readonly #self: PeerId;
  readonly #outbox: Outbox;
  readonly #keeping: Keeping | undefined;
  readonly #registry: Registry;
  readonly #exchange: Exchange;
  readonly #directory: Directory;
  readonly #texts: TextIndex | undefined;
  readonly #backfills: Backfills;
  readonly #inbox: Inbox;
  readonly forMail: RoomsForMail;
  readonly acts: MessageActs;
  readonly retention: Retention;
  readonly #speaking: Speaking;
  /** When anything last happened that may concern messages that disappear. */
  #now = 0 as Millis;
  /** `kept`: what was written down before; undefined: memory alone holds what is said. `bounds` make a crowd of a small town in tests. */
  constructor(handedIn: RoomsPorts, kept?: KeptRooms, bounds: CrowdBounds = crowdBounds) {
    // Whole milliseconds travel.
    const ports: RoomsPorts = { ...handedIn, wallNow: () => Math.floor(handedIn.wallNow()) as Millis };
    this.#ports = ports;
    this.#self = ports.self.peerId;
    this.#keeping = kept && new Keeping(this.#self);
    this.#texts = kept?.archive.texts;
    this.#registry = new Registry(ports, this.#keeping ?? noKeeper, kept && storeOf(kept));
    this.#outbox = new Outbox((roomId) => this.#registry.get(roomId)?.changed());
    if (kept !== undefined && this.#keeping !== undefined) restoreRooms(ports, this.#registry, this.#keeping, kept);
    for (const room of this.#registry.all()) expire(room);
    const random = (): number => uniform(ports.randomBytes);
    const exchange = new Exchange({ self: ports.self, outbox: this.#outbox, bounds, random, identityOf: ports.identityOf.bind(ports) });
    this.#exchange = exchange;
    this.forMail = new RoomsForMail(this.#self, this.#registry, exchange, this.#outbox);
    const appended = (room: Room, now: Millis): void => {
      this.#now = now;
      exchange.appended(room, now);
    };
    this.#speaking = new Speaking({ ports, outbox: this.#outbox, appended });
    this.acts = new MessageActs(this.#self, this.#registry, this.#speaking, this.#outbox);
    this.retention = new Retention(this.#registry);
    this.#directory = new Directory(
      {
        self: this.#self,
        signSeed: ports.signSeed,
        signatures: ports.signatures,
        registry: this.#registry,
        outbox: this.#outbox,
        identityOf: ports.identityOf,
        reachableCount: () => exchange.reachableCount,
        isCrowd: () => exchange.reachableCount > bounds.crowdMin,
        random,
        isReachable: (peerId) => exchange.isReachable(peerId),
        reachable: () => exchange.reachable(),
        forget: (room) => this.#forget(room),
        listedChanged: (room, added, now) => this.#listedChanged(room, added, now),
      },
      ports.wallNow(),
    );
    this.#backfills = new Backfills({
      ports,
      registry: this.#registry,
      outbox: this.#outbox,
      isReachable: (peerId) => exchange.isReachable(peerId),
      acknowledge: (...heard) => exchange.acknowledge(...heard),
      membersChanged: (...changed) => this.#membersChanged(...changed),
    });
    this.#inbox = new Inbox({
      backfills: this.#backfills,
      ports,
      registry: this.#registry,
      exchange,
      directory: this.#directory,
      outbox: this.#outbox,
      membersChanged: (...changed) => this.#membersChanged(...changed),
    });
  }

  nextWakeAt(): Millis | undefined {
    const expiryAt = nextExpiryAt(this.#registry.all(), this.#ports.wallNow(), this.#now);
    return earliest(
      this.#exchange.nextWakeAt(),
      this.#backfills.nextWakeAt(),
      this.#directory.nextWakeAt(),
      this.#keeping?.nextWakeAt(),
      expiryAt,
    );
  }

  wake(now: Millis): RoomsOutcome {
    this.#now = now;
    // Before anything is sent again.
    if (expireDue(this.#registry.all(), this.#outbox)) this.#exchange.encoder.forget();
    this.#exchange.wake(now);
    this.#backfills.wake(now);
    this.#directory.wake(now);
    return this.#outbox.take();
  }

  /** To be on disk before anything else of this step is done. @param isLast nothing is asked for after it */
  takeKept(now: Millis, isLast = false): KeptChanges | undefined {
    return this.#keeping?.take(now, isLast);
  }

  /** Idempotent. */
  peerReachable(peerId: PeerId, now: Millis): RoomsOutcome {
    if (peerId === this.#self || this.#exchange.isReachable(peerId)) return this.#outbox.take();
    if (this.#registry.lobby.membership.setPresent(peerId, true)) this.#outbox.roomChanged(lobbyId);
    this.#exchange.peerReachable(peerId, this.#registry.all(), now);
    this.#backfills.peerReachable(now);
    this.#directory.peerReachable(peerId, now);
    return this.#outbox.take();
  }

  peerUnreachable(peerId: PeerId, now: Millis): RoomsOutcome {
    this.#exchange.peerUnreachable(peerId, now);
    this.#backfills.peerUnreachable(peerId, now);
    if (this.#registry.lobby.membership.setPresent(peerId, false)) this.#outbox.roomChanged(lobbyId);
    this.#directory.peerUnreachable(peerId, now);
    for (const room of [...this.#registry.all()]) this.#dropHearsay(room, peerId);
    return this.#outbox.take();
  }

  /** A link of our own to that peer has come about, or has ended. Idempotent. */
  peerLinked(peerId: PeerId, isLinked: boolean, now: Millis): RoomsOutcome {
    this.#exchange.peerLinked(peerId, isLinked, now);
    return this.#outbox.take();
  }

  hostChanged(hostId: PeerId, _isSelf: boolean, now: Millis): RoomsOutcome {
    this.#directory.hostChanged(hostId, now);
    return this.#outbox.take();
  }

  /** `from` has been authenticated by the owner. Never throws for whatever `payload` holds. */
  receive(from: PeerId, payload: Uint8Array, now: Millis): Received {
    if (from === this.#self) return { ok: false, failure: "notAllowed" };
    this.#now = now;
    return this.#received(this.#inbox.receive(from, payload, now));
  }

  /** Somebody's broadcast: it has to prove by itself who wrote it. Never throws for whatever `payload` holds. */
  receiveBroadcast(payload: Uint8Array, now: Millis): Received {
    return this.#received(this.#inbox.receiveBroadcast(payload, now));
  }

  #received(judgement: ReturnType<Inbox["receive"]>): Received {
    const outcome = this.#outbox.take();
    return judgement === "taken" ? { ok: true, outcome } : { ok: false, failure: judgement };
  }

  createRoom(
    typedName: string,
    visibility: Visibility,
    topic: string,
    now: Millis,
    history: History = "all",
  ): RoomsResult<{ readonly roomId: RoomId }> {
    const name = normalRoomName(typedName);
    if (name === undefined) return refused("nameInvalid");
    if (utf8Length(topic) > topicBytesMax) return refused("textTooLong");
    if (this.#registry.isNameTaken(name)) return refused("nameTaken");
    if ([...this.#registry.all()].length >= roomsMax) return refused("roomFull");
    const room = this.#registry.add(createRecord(this.#ports, name, visibility, topic, history));
    if (room.record !== undefined) room.append({ kind: "created", record: room.record.bytes });
    this.#join(room, now);
    return this.#done({ roomId: room.roomId });
  }

  joinRoom(roomId: RoomId, now: Millis): RoomsResult<{ readonly roomId: RoomId }> {
    const room = this.#registry.get(roomId);
    if (room === undefined || (room.record === undefined && room.roomId !== lobbyId)) return refused("unknownRoom");
    if (!room.isJoined) {
      if (!room.isPublic && room.invitedBy === undefined && !room.membership.permits(this.#self)) return refused("notInvited");
      if (room.membership.members().length >= roomMembersMax) return refused("roomFull");
      this.#join(room, now);
    }
    return this.#done({ roomId });
  }

  leaveRoom(roomId: RoomId, now: Millis): RoomsResult<{ readonly roomId: RoomId }> {
    const room = this.#joined(roomId);
    if (typeof room === "string") return refused(room);
    if (room.roomId === lobbyId) return refused("lobbyPermanent");
    room.append({ kind: "left" });
    // While the audience is still the one of a member.
    this.#exchange.appended(room, now);
    room.invitedBy = undefined;
    room.markRead();
    this.#keeping?.left(room);
    if (room.isPublic) {
      this.#outbox.roomChanged(roomId);
      this.#directory.selfLeft(room, now);
    } else this.#outbox.roomRemoved(roomId);
    return this.#done({ roomId });
  }

  invite(roomId: RoomId, peerId: PeerId, now: Millis): RoomsResult<{ readonly roomId: RoomId }> {
    const room = this.#joined(roomId);
    if (typeof room === "string") return refused(room);
    if (room.roomId === lobbyId) return refused("lobbyPermanent");
    if (room.membership.isMember(peerId)) return this.#done({ roomId });
    if (room.membership.members().length >= roomMembersMax || room.pendingInvites.size >= pendingInvitesMax) return refused("roomFull");
    if (!room.isPublic && !room.membership.permits(peerId)) this.#speaking.append(room, { kind: "invited", peerId }, now);
    room.pendingInvites.add(peerId);
    room.changed();
    this.#exchange.invitations.invite(room, peerId, now);
    return this.#done({ roomId });
  }

  sendMessage(
    conversation: RoomId,
    { text, replyTo, forwarded }: { text: string; replyTo?: string | undefined; forwarded?: Forwarded },
    now: Millis,
  ): RoomsResult<{ readonly messageId: MessageId }> {
    const room = this.#joined(conversation, true);
    if (typeof room === "string") return refused(room);
    const sent = this.#speaking.say(room, { text, ...(replyTo !== undefined && { replyTo }), ...(forwarded && { forwarded }) }, now);
    return typeof sent === "string" ? this.#done({ messageId: sent as MessageId }) : refused(sent.code);
  }

  setTimer(conversation: RoomId, afterMs: number | null, now: Millis): RoomsResult<{ readonly timerMs: number | null }> {
    const room = this.#joined(conversation, true);
    if (typeof room === "string") return refused(room);
    return this.#speaking.setTimer(room, afterMs, now) ? this.#done({ timerMs: afterMs }) : refused("lobbyPermanent");
  }

  /** Everything there has been seen. */
  readonly markRead = (roomId: RoomId, now: Millis): RoomChange[] => markRead(this.#exchange, this.#registry.get(roomId), this.#self, now);

  /** Whom this person blocks is different now: the port says so already. */
  blockingChanged(peerId: PeerId): RoomChange[] {
    return blockingChanged(this.#registry.all(), this.#self, peerId, this.#ports.isBlocked);
  }

  // ── Reading: nothing changes ──────────────────────────────────────────────────────────────────────────────────────

  /** "#name", a name or a room id. */
  resolveRoom(ref: string): Resolved {
    return this.#registry.resolve(ref);
  }

  /** The lobby, public rooms, and private ones that this peer is in or invited to. */
  listRooms(): RoomSummary[] {
    return this.#registry.listed().map((room) => summaryOf(room));
  }

  room(roomId: RoomId): RoomSummary | undefined {
    const room = this.#registry.get(roomId);
    return room && (room.record === undefined || isListed(room)) ? summaryOf(room) : undefined;
  }

  /** Whom this peer takes to be able to read what is said there, itself left out; undefined where everybody on the network may. */
  readers(roomId: RoomId): readonly PeerId[] | undefined {
    return roomId === lobbyId ? undefined : this.#registry.get(roomId)?.audience();
  }

  /** By id. Of a public room that this peer is not in: members named by the host. */
  members(roomId: RoomId): PeerId[] {
    return [...membersOf(this.#registry.get(roomId))];
  }

  /** Undefined where there is no such message. */
  listMessages(roomId: RoomId, where: PageAt, limit: number): MessagePage | undefined {
    const room = this.#registry.get(roomId);
    if (room?.isJoined !== true) return { messages: [], hasMore: false, hasNewer: false };
    return pageOf(room, this.#self, where, limit, this.#ports.isBlocked);
  }

  message(id: string): RoomMessage | undefined {
    return findMessage(this.#registry.all(), this.#self, id, this.#ports.isBlocked);
  }

  /** Messages that contain every word; newest first. */
  search(query: SearchQuery, limit: number): RoomMessage[] {
    const among = { rooms: this.#registry.all(), self: this.#self, isBlocked: this.#ports.isBlocked };
    return this.#texts === undefined ? searchInMemory(among, query, limit) : searchWritten(this.#texts, among, query, limit);
  }

  /** With whom there is a conversation of two. */
  readonly correspondents = (): PeerId[] => this.#registry.correspondents();

  readonly hasForked = (peerId: PeerId): boolean => this.#registry.hasForked(peerId);
  readonly unread = (roomId: RoomId): number => this.#registry.get(roomId)?.unread ?? 0;
  readonly mentioned = (roomId: RoomId): boolean => this.#registry.get(roomId)?.mentioned ?? false;
  readonly lastMessageAt = (roomId: RoomId): Millis | undefined => lastShownAt(this.#registry.get(roomId), this.#ports.isBlocked);

  /** What a peer was called when it last came into a room that this peer is in. */
  readonly lastNameOf = (peerId: PeerId): string | undefined => this.#registry.lastNameOf(peerId);

  // ── What follows from them ────────────────────────────────────────────────────────────────────────────────────────

  #done<T extends object>(result: T): { readonly ok: true; readonly outcome: RoomsOutcome } & T {
    return { ok: true, ...result, outcome: this.#outbox.take() };
  }

  #joined(roomId: RoomId, create = false): Room | RoomsFailure {
    const room = create ? this.#registry.find(roomId) : this.#registry.get(roomId);
    if (room === undefined || (!create && otherOf(roomId, this.#self) !== undefined)) return "unknownRoom";
    if (room.isJoined) return room;
    return room.isPublic || room.invitedBy !== undefined ? "notMember" : "unknownRoom";
  }

  #join(room: Room, now: Millis): void {
    if (room.invitedBy !== undefined) {
      room.introducers.clear();
      for (const peerId of room.inviters) room.introducers.add(peerId);
    }
    room.append(this.#speaking.joinedBody());
    this.#enter(room, now);
  }

  /** This peer is in the room now, by its own act or because an earlier start of it was. */
  #enter(room: Room, now: Millis): void {
    room.invitedBy = undefined;
    this.#keeping?.joined(room);
    this.#exchange.selfJoined(room, now);
    this.#exchange.invitations.offerAll(room, now);
    if (room.isPublic) this.#directory.opened(room, now);
    this.#outbox.roomChanged(room.roomId);
  }

  #membersChanged(room: Room, before: readonly PeerId[], wasJoined: boolean, now: Millis): void {
    this.#outbox.roomChanged(room.roomId);
    this.#exchange.audienceChanged(room, now);
    if (before.some((peerId) => !room.membership.isMember(peerId))) this.#exchange.invitations.offerAll(room, now);
    if (!wasJoined && room.isJoined) this.#enter(room, now);
    else for (const peerId of room.membership.members()) if (!before.includes(peerId)) this.#exchange.peerJoined(room, peerId, now);
    restate(this.#outbox, room, this.#self);
  }

  #listedChanged(room: Room, added: readonly PeerId[], now: Millis): void {
    this.#outbox.roomChanged(room.roomId);
    // The host says that we are in it: so an earlier start of this peer was, and the others can tell the rest.
    const wasIn = !room.isJoined && added.includes(this.#self);
    if (room.isJoined) this.#exchange.audienceChanged(room, now);
    for (const peerId of wasIn ? room.listed : added) {
      if ((room.isJoined || wasIn) && peerId !== this.#self && !room.membership.isMember(peerId))
        this.#exchange.peerJoined(room, peerId, now);
    }
  }

  /** A private room that others spoke of, and in which this peer has no part, is forgotten with the last of them. */
  #dropHearsay(room: Room, peerId: PeerId): void {
    if (room.record === undefined || room.isPublic || room.isJoined || room.hasOwnLog || room.invitedBy !== undefined) return;
    if (!room.introducers.delete(peerId) || room.introducers.size > 0) return;
    this.#remove(room);
  }

  #remove(room: Room): void {
    this.#exchange.forgetRoom(room);
    this.#registry.remove(room);
    this.#keeping?.forgotten(room);
  }

  #forget(room: Room): void {
    if (room.isClosed) return;
    // Nobody is in there: an invitation leads nowhere.
    room.invitedBy = undefined;
    if (room.hasOwnLog) room.isClosed = true;
    else this.#remove(room);
    this.#outbox.roomRemoved(room.roomId);
  }
}

const refused = (code: RoomsFailure): { readonly ok: false; readonly code: RoomsFailure } => ({ ok: false, code });
