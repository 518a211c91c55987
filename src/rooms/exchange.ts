/** All that goes on about rooms between this peer and the reachable others: who gets what, when, through which window. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { isMessage } from "./acting.ts";
import { Alarms } from "./alarms.ts";
import { type Batch, BatchEncoder, encodeSingle } from "./batch.ts";
import { Crowd, type CrowdBounds, type CrowdPorts } from "./crowd.ts";
import { logKey } from "./event.ts";
import { Gossip } from "./gossip.ts";
import { Invitation, Invitations } from "./invitations.ts";
import type { Window } from "./ledger.ts";
import { haveDelayMs } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import { lobbyId } from "./names.ts";
import type { Outbox } from "./outbox.ts";
import { encodePayload, type RoomsPayload } from "./payload.ts";
import { proofFor } from "./proof.ts";
import { confirm } from "./receipts.ts";
import type { Room } from "./room.ts";
import { allSlices } from "./slices.ts";
import { PeerSync, type SyncContext } from "./sync.ts";

/** Who owns an alarm. */
type Sleeper = PeerSync | Gossip | Invitation | Crowd;

export interface ExchangePorts {
  readonly self: PublicIdentity;
  readonly outbox: Outbox;
  readonly bounds: CrowdBounds;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  identityOf(peerId: PeerId): PublicIdentity | undefined;
}

export class Exchange {
  readonly #self: PeerId;
  readonly #outbox: Outbox;
  readonly #random: () => number;
  readonly #reachable = new Map<PeerId, Window>();
  readonly #linked = new Set<PeerId>();
  readonly #syncs = new Map<RoomId, Map<PeerId, PeerSync>>();
  readonly #gossips = new Map<RoomId, Gossip>();
  /** Of the lobby, and of rooms this peer is or was in; a conversation of two is never crowded. */
  readonly #crowds = new Map<RoomId, Crowd>();
  readonly #crowdPorts: CrowdPorts;
  readonly #alarms = new Alarms<Sleeper>();
  readonly invitations: Invitations;
  readonly encoder = new BatchEncoder();

  constructor({ self, outbox, bounds, random, identityOf }: ExchangePorts) {
    this.#self = self.peerId;
    this.#outbox = outbox;
    this.#random = random;
    this.invitations = new Invitations({
      self: this.#self,
      alarms: this.#alarms,
      isReachable: (peerId) => this.#reachable.has(peerId),
      send: (to, room, record) => this.send(to, room, { k: "invite", record, ...proofFor(room, this.#self, to, identityOf) }),
    });
    this.#crowdPorts = {
      self: this.#self,
      bounds,
      linked: this.#linked,
      random,
      compare: (room, to, isNew) => {
        const record = isNew && room.record !== undefined ? { record: room.record.bytes } : {};
        this.send(to, room, { k: "compare", roomId: room.roomId, digests: room.logs.slices.bytes(), ...record });
      },
      catchUp: (room, partner, slices, now) => this.with(room, partner, (sync) => sync.catchUp(slices, now)),
      open: (room, peerId, now) => this.#open(room, peerId, now),
      askGap: (room, partner, log, now) => this.with(room, partner, (sync) => sync.askGap(log, now)),
    };
  }

  nextWakeAt(): Millis | undefined {
    return this.#alarms.next();
  }

  isReachable(peerId: PeerId): boolean {
    return this.#reachable.has(peerId);
  }

  readonly reachable = (): PeerId[] => [...this.#reachable.keys()];

  get reachableCount(): number {
    return this.#reachable.size;
  }

  wake(now: Millis): void {
    for (const due of this.#alarms.due(now)) {
      // What was due before it may have ended it.
      if (!this.#alarms.has(due)) continue;
      if (due instanceof Gossip) this.#gossip(due, now);
      else if (due instanceof Invitation) this.invitations.wake(due, now);
      else if (due instanceof PeerSync) this.with(due.room, due.peer, (sync) => sync.wake(now));
      else {
        due.wake(now);
        this.#alarms.set(due, due.nextAt());
      }
    }
  }

  // ── Who is there ──────────────────────────────────────────────────────────────────────────────────────────────────

  peerReachable(peerId: PeerId, rooms: Iterable<Room>, now: Millis): void {
    if (!this.#reachable.has(peerId)) this.#reachable.set(peerId, { bytes: 0 });
    for (const room of rooms) {
      if ((room.isJoined || room.hasOwnLog) && room.isAudience(peerId)) {
        const crowd = this.#crowdOf(room, now);
        if (crowd !== undefined) this.#settled(crowd, crowd.came(peerId, now), now);
        if (crowd?.isCrowded === true) this.#askReceipts(crowd, peerId, now);
        else if (crowd?.putsOffOpening(now) === true) this.#alarms.set(crowd, crowd.nextAt());
        else if (room.logs.size > 0) this.#open(room, peerId, now);
      }
      if (room.pendingInvites.has(peerId)) this.invitations.invite(room, peerId, now);
      else this.invitations.offer(room, peerId, now);
    }
  }

  peerUnreachable(peerId: PeerId, now: Millis): void {
    for (const syncs of this.#syncs.values()) this.#close(syncs, peerId);
    this.invitations.peerUnreachable(peerId);
    this.#reachable.delete(peerId);
    for (const crowd of this.#crowds.values()) {
      this.#settled(crowd, crowd.went(peerId, now), now);
      if (crowd.room.membership.isMember(peerId)) this.invitations.offerAll(crowd.room, now);
    }
  }

  peerLinked(peerId: PeerId, isLinked: boolean, now: Millis): void {
    if (isLinked) this.#linked.add(peerId);
    else this.#linked.delete(peerId);
    for (const crowd of this.#crowds.values()) if (crowd.reachable.has(peerId)) this.#settled(crowd, crowd.settle(now), now);
  }

  /** To others than before this peer's entries of a room go. */
  audienceChanged(room: Room, now: Millis): void {
    const crowd = this.#crowdOf(room, now);
    if (crowd !== undefined) this.#settled(crowd, crowd.gather(this.#reachableIn(room), now), now);
  }

  isCrowded(room: Room): boolean {
    return this.#crowds.get(room.roomId)?.isCrowded === true;
  }

  #reachableIn(room: Room): PeerId[] {
    return room.audience().filter((peerId) => this.#reachable.has(peerId));
  }

  #crowdOf(room: Room, now: Millis): Crowd | undefined {
    const known = this.#crowds.get(room.roomId);
    if (known !== undefined || !room.mayCrowd || !(room.isJoined || room.hasOwnLog)) return known;
    const crowd = new Crowd(this.#crowdPorts, room);
    this.#crowds.set(room.roomId, crowd);
    crowd.gather(this.#reachableIn(room), now);
    return crowd;
  }

  #settled(crowd: Crowd, change: "crowded" | "calm" | undefined, now: Millis): void {
    const { room, reachable } = crowd;
    const syncs = this.#syncs.get(room.roomId);
    // What goes on with others than partners ends by itself. Nobody asks who has what came to a crowd: calm, all begin anew.
    for (const peerId of change === undefined ? [] : [...(syncs?.keys() ?? [])])
      if (change === "crowded") this.with(room, peerId, () => undefined);
      else this.#close(syncs, peerId);
    if (change === "calm" && room.logs.size > 0 && !crowd.putsOffOpening(now)) for (const to of reachable) this.#open(room, to, now);
    this.#alarms.set(crowd, crowd.nextAt());
  }

  /** In a small crowd, whoever has come is asked for our own entries that it has not acknowledged; where we have left, in any. */
  #askReceipts(crowd: Crowd, peerId: PeerId, now: Millis): void {
    const { room } = crowd;
    if (!crowd.hasReceipts && (room.isJoined || !crowd.partners.includes(peerId))) return;
    const logs = room.ownLogs.filter((log) => (log.confirmed.get(peerId) ?? 0) < log.seq);
    if (logs.length > 0) this.with(room, peerId, (sync) => sync.doubt(logs, now));
  }

  /** Ends all that goes on about a room. */
  forgetRoom(room: Room): void {
    for (const peerId of this.invitations.forgetRoom(room)) room.pendingInvites.delete(peerId);
    const syncs = this.#syncs.get(room.roomId);
    for (const peerId of [...(syncs?.keys() ?? [])]) this.#close(syncs, peerId);
    this.#syncs.delete(room.roomId);
    for (const sleepers of [this.#gossips, this.#crowds]) {
      const sleeper = sleepers.get(room.roomId);
      if (sleeper !== undefined) this.#alarms.set(sleeper, undefined);
      sleepers.delete(room.roomId);
    }
  }

  // ── Entries ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The state of a reachable peer in a room; undefined for anybody else. In a crowd it lasts while something goes on. */
  with<T>(room: Room, peerId: PeerId, act: (sync: PeerSync) => T): T | undefined {
    const sync = this.#sync(room, peerId);
    if (sync === undefined) return undefined;
    const result = act(sync);
    this.#alarms.set(sync, sync.nextAt());
    const syncs = this.#syncs.get(room.roomId);
    if (sync.isQuiet && this.isCrowded(room) && syncs?.get(peerId) === sync) this.#close(syncs, peerId);
    return result;
  }

  /** An entry of our own goes to everybody. */
  appended(room: Room, now: Millis): void {
    const log = room.logs.get(room.ownKey);
    if (log === undefined) return;
    const crowd = this.#crowdOf(room, now);
    if (crowd?.isCrowded === true) this.#appendedInCrowd(crowd, log, now);
    else for (const peerId of room.audience()) this.with(room, peerId, (sync) => sync.appended(log, now));
  }

  /** As one broadcast where everybody may read it, else as a post to each; repeated to those who are to acknowledge it. */
  #appendedInCrowd(crowd: Crowd, log: AuthorLog, now: Millis): void {
    const { room } = crowd;
    const entry = log.entry(log.seq);
    if (entry === undefined) return;
    const isBroadcast = room.roomId === lobbyId;
    if (isBroadcast) this.#outbox.broadcast(encodeSingle(room.roomId, log, entry, "broadcast"));
    for (const peerId of crowd.hasReceipts ? crowd.reachable : crowd.partners)
      this.with(room, peerId, (sync) => sync.appended(log, now, isBroadcast));
    if (!crowd.hasReceipts && !isBroadcast) {
      const payload = encodeSingle(room.roomId, log, entry, "quiet");
      const told = new Set(crowd.partners);
      for (const peerId of crowd.reachable) if (!told.has(peerId)) this.#outbox.post(peerId, room.roomId, payload);
    }
    crowd.news(undefined, false, now);
    this.#alarms.set(crowd, crowd.nextAt());
  }

  /**
   * Entries of others have come, from a member or (undefined) by broadcast; `isUnaddressed`: to everybody alike. In a calm
   * room everybody else is asked later whether they have them too; in a crowd the next comparisons come sooner, and their
   * authors are told where they wait for it.
   */
  received(room: Room, entries: readonly LogEntry[], from: PeerId | undefined, isUnaddressed: boolean, now: Millis): void {
    if (entries.length === 0) return;
    const crowd = this.#crowds.get(room.roomId);
    if (crowd?.isCrowded !== true) this.#planGossip(room, entries, now);
    for (const { event } of entries) {
      const log = room.logs.get(logKey(event.author, event.logId));
      if (log === undefined) continue;
      if (event.author === this.#self) for (const sync of this.#syncs.get(room.roomId)?.values() ?? []) sync.recalled(log);
      else if (event.author !== from && (crowd?.isCrowded === true || from === undefined)) this.acknowledge(room, log, now);
      if (event.body.kind === "invited") this.invitations.offer(room, event.body.peerId, now);
    }
    if (crowd?.isCrowded !== true) return;
    // A broadcast reaches all, and an author who counts acknowledgements repeats what it says.
    const isForAll = entries.every(({ event }) => event.author === from && isMessage(event)) && crowd.hasReceipts;
    crowd.news(from, !isUnaddressed && !isForAll, now);
    this.#alarms.set(crowd, crowd.nextAt());
  }

  #planGossip(room: Room, entries: readonly LogEntry[], now: Millis): void {
    const gossip = this.#gossips.get(room.roomId) ?? new Gossip(room);
    this.#gossips.set(room.roomId, gossip);
    if (!gossip.isPlanned) this.#alarms.set(gossip, gossip.plan(now, this.#random));
    gossip.add(entries);
  }

  /** An entry's author learns that it is here, where it waits to hear that. */
  acknowledge(room: Room, log: AuthorLog, now: Millis): void {
    const author = log.author.peerId;
    const crowd = this.#crowds.get(room.roomId);
    if (crowd?.isCrowded === true && !crowd.hasReceipts && !crowd.isPartnerOf(author)) return;
    this.with(room, author, (sync) => sync.owe(log, now, this.ackDelay(room, log, author)));
  }

  /** How long an acknowledgement waits for others. */
  ackDelay(room: Room, log: AuthorLog, to: PeerId): number {
    const crowd = this.#crowds.get(room.roomId);
    return crowd?.isCrowded === true && log.author.peerId === to ? crowd.receiptDelay() : haveDelayMs;
  }

  /** Predecessors of an entry are missing. */
  gap(room: Room, log: AuthorLog, from: PeerId | undefined, now: Millis): void {
    const crowd = this.#crowds.get(room.roomId);
    if (from === undefined && crowd?.isCrowded === true) {
      crowd.gap(log, now);
      this.#alarms.set(crowd, crowd.nextAt());
    } else this.with(room, from ?? log.author.peerId, (sync) => sync.askGap(log, now));
  }

  /** Another's digests have come. */
  compared(room: Room, from: PeerId, digests: Uint8Array, now: Millis): void {
    const crowd = this.#crowdOf(room, now);
    if (crowd === undefined) {
      // It takes us for a member: our own entries tell it otherwise; or we have forgotten that we are one.
      this.with(room, from, (sync) => sync.catchUp(room.logs.slices.differing(digests), now));
      return;
    }
    crowd.compared(from, digests, now);
    this.#alarms.set(crowd, crowd.nextAt());
  }

  /** Another tells what it has, to catch up. */
  caughtUp(room: Room, now: Millis): void {
    this.#crowds.get(room.roomId)?.busy(now);
  }

  /** This peer has come into a room: everything about it begins anew. */
  selfJoined(room: Room, now: Millis): void {
    this.forgetRoom(room);
    // The entry that says so goes first: whoever gets it then knows why it is asked for the rest.
    this.appended(room, now);
    const crowd = this.#crowdOf(room, now);
    if (crowd?.isCrowded === true) crowd.entered(allSlices, now);
    else for (const peerId of room.audience()) this.#open(room, peerId, now);
    if (crowd !== undefined) this.#alarms.set(crowd, crowd.nextAt());
  }

  /** Others have come in, or may be told now. */
  peerJoined(room: Room, peerId: PeerId, now: Millis): void {
    this.confirmInvite(room, peerId);
    const crowd = this.#crowds.get(room.roomId);
    if (crowd?.isCrowded === true) {
      this.#askReceipts(crowd, peerId, now);
      return;
    }
    this.#close(this.#syncs.get(room.roomId), peerId);
    if (room.isAudience(peerId)) this.#open(room, peerId, now);
  }

  /** A payload came from there: what waited for the window may go. */
  pump(rooms: Iterable<Room>, peerId: PeerId, now: Millis): void {
    for (const room of rooms) {
      const sync = this.#syncs.get(room.roomId)?.get(peerId);
      if (sync?.hasBacklog) this.with(room, peerId, (waiting) => waiting.pump(now));
    }
  }

  confirmInvite(room: Room, peerId: PeerId): void {
    if (room.pendingInvites.delete(peerId)) room.changed();
    this.invitations.confirm(room, peerId);
  }

  send(to: PeerId, room: Room, payload: RoomsPayload): void {
    this.#outbox.post(to, room.roomId, encodePayload(payload));
  }

  #open(room: Room, peerId: PeerId, now: Millis): void {
    this.with(room, peerId, (sync) => sync.open(now));
  }

  #close(syncs: Map<PeerId, PeerSync> | undefined, peerId: PeerId): void {
    const sync = syncs?.get(peerId);
    if (sync === undefined) return;
    sync.close();
    this.#alarms.set(sync, undefined);
    syncs?.delete(peerId);
  }

  #sync(room: Room, peerId: PeerId): PeerSync | undefined {
    const window = this.#reachable.get(peerId);
    if (window === undefined) return undefined;
    let syncs = this.#syncs.get(room.roomId);
    if (syncs === undefined) {
      syncs = new Map();
      this.#syncs.set(room.roomId, syncs);
    }
    let sync = syncs.get(peerId);
    if (sync === undefined) {
      sync = new PeerSync(this.#context(room, window), peerId);
      syncs.set(peerId, sync);
    }
    return sync;
  }

  #context(room: Room, window: Window): SyncContext {
    return {
      self: this.#self,
      room,
      window,
      send: (to, about, payload) => this.send(to, about, payload),
      isCrowded: (about) => this.isCrowded(about),
      sendEvents: (to, about, batch: Batch) => this.#outbox.post(to, about.roomId, this.encoder.encode(about.roomId, this.#self, batch)),
      carries: (about, author, to, isStrange) => this.#carries(about, author, to, isStrange),
      confirmed: (log, ...confirmed) => confirm(this.#outbox, room, log, ...confirmed),
    };
  }

  /** Authors tell their own; of those away, the smallest id does; whom we invited knows nobody else, so we; in a crowd, whoever is asked. */
  #carries(room: Room, author: PeerId, to: PeerId, isStrange: boolean): boolean {
    if (author === this.#self || this.isCrowded(room)) return true;
    const { membership } = room;
    if (isStrange && membership.hasInvited(this.#self, to)) return true;
    // It has left and does not know it any more: nobody but whom it asks speaks to it.
    if (author === to && !membership.isMember(to)) return true;
    if (author !== to && this.#reachable.has(author) && membership.isMember(author)) return false;
    return membership.members().find((peerId) => peerId !== to && (peerId === this.#self || this.#reachable.has(peerId))) === this.#self;
  }

  #gossip(gossip: Gossip, now: Millis): void {
    const logs = gossip.take();
    this.#alarms.set(gossip, undefined);
    if (!gossip.room.isJoined) return;
    for (const peerId of gossip.room.audience()) this.with(gossip.room, peerId, (sync) => sync.doubt(logs, now));
  }
}
