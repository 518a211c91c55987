/** All that goes on about rooms between this peer and the reachable others: who gets what, when, through which window. */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { Alarms } from "./alarms.ts";
import { Backoff, later } from "./backoff.ts";
import { type Batch, BatchEncoder } from "./batch.ts";
import { logKey, messageId } from "./event.ts";
import type { Window } from "./ledger.ts";
import { gossipMs, restatedMessagesMax } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import type { Outbox } from "./outbox.ts";
import { encodePayload, type RoomsPayload } from "./payload.ts";
import type { Room } from "./room.ts";
import { PeerSync, type SyncContext } from "./sync.ts";

/** Entries of others that came lately, and when to ask whether everybody has them. */
class Gossip {
  readonly room: Room;
  readonly logs = new Set<AuthorLog>();
  constructor(room: Room) {
    this.room = room;
  }
}

/** An invitation that the invited has not confirmed. */
class Invitation {
  readonly room: Room;
  readonly to: PeerId;
  readonly pause = new Backoff();
  constructor(room: Room, to: PeerId) {
    this.room = room;
    this.to = to;
  }
}

export class Exchange {
  readonly #self: PeerId;
  readonly #outbox: Outbox;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #reachable = new Map<PeerId, Window>();
  readonly #syncs = new Map<RoomId, Map<PeerId, PeerSync>>();
  readonly #gossips = new Map<RoomId, Gossip>();
  readonly #invitations = new Map<string, Invitation>();
  readonly #alarms = new Alarms<PeerSync | Gossip | Invitation>();
  readonly #encoder = new BatchEncoder();

  constructor(self: PeerId, outbox: Outbox, randomBytes: (length: number) => Uint8Array) {
    this.#self = self;
    this.#outbox = outbox;
    this.#randomBytes = randomBytes;
  }

  nextWakeAt(): Millis | undefined {
    return this.#alarms.next();
  }

  isReachable(peerId: PeerId): boolean {
    return this.#reachable.has(peerId);
  }

  reachable(): PeerId[] {
    return [...this.#reachable.keys()];
  }

  wake(now: Millis): void {
    for (const due of this.#alarms.due(now)) {
      if (due instanceof Gossip) this.#gossip(due, now);
      else if (due instanceof Invitation) this.#invite(due, now);
      else {
        due.wake(now);
        this.#alarms.set(due, due.nextAt());
      }
    }
  }

  peerReachable(peerId: PeerId, rooms: Iterable<Room>, now: Millis): void {
    if (!this.#reachable.has(peerId)) this.#reachable.set(peerId, { bytes: 0 });
    for (const room of rooms) {
      if (room.logs.size > 0 && room.isAudience(peerId) && (room.isJoined || room.hasOwnLog)) this.#open(room, peerId, now);
      if (room.pendingInvites.has(peerId)) this.invite(room, peerId, now);
    }
  }

  peerUnreachable(peerId: PeerId): void {
    for (const syncs of this.#syncs.values()) this.#close(syncs, peerId);
    for (const [key, invitation] of this.#invitations) {
      if (invitation.to !== peerId) continue;
      this.#alarms.set(invitation, undefined);
      this.#invitations.delete(key);
    }
    this.#reachable.delete(peerId);
  }

  /** Ends all that goes on about a room. */
  forgetRoom(room: Room): void {
    for (const invitation of [...this.#invitations.values()]) if (invitation.room === room) this.confirmInvite(room, invitation.to);
    const syncs = this.#syncs.get(room.roomId);
    for (const peerId of [...(syncs?.keys() ?? [])]) if (syncs !== undefined) this.#close(syncs, peerId);
    this.#syncs.delete(room.roomId);
    const gossip = this.#gossips.get(room.roomId);
    if (gossip !== undefined) this.#alarms.set(gossip, undefined);
    this.#gossips.delete(room.roomId);
  }

  /** The state of a reachable peer in a room; undefined for anybody else. */
  with<T>(room: Room, peerId: PeerId, act: (sync: PeerSync) => T): T | undefined {
    const sync = this.#sync(room, peerId);
    if (sync === undefined) return undefined;
    const result = act(sync);
    this.#alarms.set(sync, sync.nextAt());
    return result;
  }

  /** An entry of our own goes to everybody. */
  appended(room: Room, now: Millis): void {
    const log = room.logs.get(room.ownKey);
    if (log === undefined) return;
    for (const peerId of room.audience()) this.with(room, peerId, (sync) => sync.appended(log, now));
  }

  /** Entries of others have come: later, everybody else is asked whether they have them too. */
  received(room: Room, entries: readonly LogEntry[], now: Millis): void {
    if (entries.length === 0) return;
    let gossip = this.#gossips.get(room.roomId);
    if (gossip === undefined) {
      gossip = new Gossip(room);
      this.#gossips.set(room.roomId, gossip);
    }
    if (gossip.logs.size === 0) {
      const [random = 0] = this.#randomBytes(1);
      this.#alarms.set(gossip, later(now, gossipMs + Math.floor((gossipMs / 2) * (random / 256))));
    }
    for (const { event } of entries) {
      const log = room.logs.get(logKey(event.author, event.logId));
      if (log === undefined) continue;
      gossip.logs.add(log);
      if (event.author === this.#self) for (const sync of this.#syncs.get(room.roomId)?.values() ?? []) sync.recalled(log);
    }
  }

  /** This peer has come into a room: everything about it begins anew. */
  selfJoined(room: Room, now: Millis): void {
    this.forgetRoom(room);
    // The entry that says so goes first: whoever gets it then knows why it is asked for the rest.
    this.appended(room, now);
    for (const peerId of room.audience()) this.#open(room, peerId, now);
  }

  /** Others have come in, or may be told now. */
  peerJoined(room: Room, peerId: PeerId, now: Millis): void {
    const syncs = this.#syncs.get(room.roomId);
    if (syncs !== undefined) this.#close(syncs, peerId);
    this.confirmInvite(room, peerId);
    if (room.isAudience(peerId)) this.#open(room, peerId, now);
  }

  /** A payload came from there: what waited for the window may go. */
  pump(rooms: Iterable<Room>, peerId: PeerId, now: Millis): void {
    for (const room of rooms) {
      const sync = this.#syncs.get(room.roomId)?.get(peerId);
      if (sync?.hasBacklog) this.with(room, peerId, (waiting) => waiting.pump(now));
    }
  }

  invite(room: Room, peerId: PeerId, now: Millis): void {
    if (!this.#reachable.has(peerId)) return;
    const invitation = new Invitation(room, peerId);
    this.confirmInvite(room, peerId, true);
    this.#invitations.set(inviteKey(room, peerId), invitation);
    invitation.pause.begin(now);
    this.#sendInvite(invitation);
  }

  confirmInvite(room: Room, peerId: PeerId, isPending = false): void {
    if (!isPending) room.pendingInvites.delete(peerId);
    const invitation = this.#invitations.get(inviteKey(room, peerId));
    if (invitation === undefined) return;
    this.#alarms.set(invitation, undefined);
    this.#invitations.delete(inviteKey(room, peerId));
  }

  send(to: PeerId, room: Room, payload: RoomsPayload): void {
    this.#outbox.post(to, room.roomId, encodePayload(payload));
  }

  #open(room: Room, peerId: PeerId, now: Millis): void {
    this.with(room, peerId, (sync) => sync.open(now));
  }

  #close(syncs: Map<PeerId, PeerSync>, peerId: PeerId): void {
    const sync = syncs.get(peerId);
    if (sync === undefined) return;
    sync.close();
    this.#alarms.set(sync, undefined);
    syncs.delete(peerId);
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
      sendEvents: (to, about, batch: Batch) => this.#outbox.post(to, about.roomId, this.#encoder.encode(about.roomId, this.#self, batch)),
      carries: (about, author, to) => this.#carries(about, author, to),
      confirmed: (log, by, seq) => this.#confirmed(log, by, seq),
    };
  }

  /** Authors pass on what they wrote; for those who are away, the member with the smallest id does. */
  #carries(room: Room, author: PeerId, to: PeerId): boolean {
    if (author === this.#self) return true;
    if (author !== to && this.#reachable.has(author) && room.membership.isMember(author)) return false;
    return (
      room.membership.members().find((peerId) => peerId !== to && (peerId === this.#self || this.#reachable.has(peerId))) === this.#self
    );
  }

  #confirmed(log: AuthorLog, by: PeerId, seq: number): void {
    const before = log.confirmed.get(by) ?? 0;
    if (seq <= before) return;
    log.confirmed.set(by, seq);
    for (
      let entry = log.entry(Math.max(before, log.floor) + 1);
      entry !== undefined && entry.event.seq <= seq;
      entry = log.entry(entry.event.seq + 1)
    ) {
      if (entry.shown) this.#outbox.messageChanged(messageId(entry.event));
    }
  }

  /** Members came or went, and with them the state of our own messages. */
  restate(room: Room): void {
    const { messages } = room.timeline;
    let told = 0;
    for (let i = messages.length - 1; i >= 0 && told < restatedMessagesMax; i--) {
      const entry = messages[i];
      if (entry?.event.author !== this.#self) continue;
      this.#outbox.messageChanged(messageId(entry.event));
      told++;
    }
  }

  #gossip(gossip: Gossip, now: Millis): void {
    const logs = [...gossip.logs];
    gossip.logs.clear();
    this.#alarms.set(gossip, undefined);
    if (!gossip.room.isJoined) return;
    for (const peerId of gossip.room.audience()) this.with(gossip.room, peerId, (sync) => sync.doubt(logs, now));
  }

  #invite(invitation: Invitation, now: Millis): void {
    if (invitation.pause.take(now)) this.#sendInvite(invitation);
  }

  #sendInvite(invitation: Invitation): void {
    const { room, to } = invitation;
    if (room.record !== undefined) this.send(to, room, { k: "invite", record: room.record.bytes });
    this.#alarms.set(invitation, invitation.pause.at);
  }
}

const inviteKey = (room: Room, peerId: PeerId): string => `${room.roomId}/${peerId}`;
