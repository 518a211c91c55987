/**
 * The host's list of public rooms. The host keeps no rights and nothing that others do not have: its list is made of what
 * everybody announces to it, and a new host's is whole as soon as all have announced to it.
 *
 *   follower ──announceRooms (revision n)──► host ──directory (heard n)──► follower ──directorySeen──► host
 *
 * 1. Both are repeated until answered, 1 s doubling to 15 s, while the other is reachable.
 * 2. A room is listed while anybody announces it, unless its last member left it: then it is closed.
 * 3. A follower forgets a room that it is not in only when a directory that heard its announcement does not list it.
 */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { Backoff, earliest, later } from "./backoff.ts";
import { closedRoomsMax, directoryDelayMs, listedMembersMax } from "./limits.ts";
import { lobbyId } from "./names.ts";
import type { Outbox } from "./outbox.ts";
import { cutList, ListCollector } from "./parts.ts";
import { type Announced, encodePayload, type Listed, type ListPart } from "./payload.ts";
import { idOf } from "./record.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";

/** What the host knows of one other peer. */
class Follower {
  readonly collector = new ListCollector<Announced>();
  readonly pause = new Backoff();
  rooms = new Map<RoomId, boolean>();
  heard = 0;
  seen = 0;
}

export interface DirectoryPorts {
  readonly self: PeerId;
  readonly registry: Registry;
  readonly outbox: Outbox;
  isReachable(peerId: PeerId): boolean;
  reachable(): PeerId[];
  /** A room is not listed any more, and this peer is not in it. */
  forget(room: Room): void;
  /** A room is new here, or the host names other members than before, `added` among them. */
  listedChanged(room: Room, added: readonly PeerId[], now: Millis): void;
}

export class Directory {
  readonly #ports: DirectoryPorts;
  readonly #followers = new Map<PeerId, Follower>();
  readonly #closed = new Set<RoomId>();
  readonly #announcing = new Backoff();
  #collector = new ListCollector<Listed>();
  /** What is sent under the present revision: repeating it never mixes two lists. */
  #announced: Announced[][] = [];
  #listed: Listed[][] | undefined;
  #hostId: PeerId | undefined;
  /** Of the list that this peer sends, as host or as follower; grows over restarts too. */
  #revision: number;
  #changeAt: Millis | undefined;

  constructor(ports: DirectoryPorts, revision: number) {
    this.#ports = ports;
    this.#revision = revision;
  }

  nextWakeAt(): Millis | undefined {
    let at = earliest(this.#changeAt, this.#announcing.at);
    for (const follower of this.#followers.values()) at = earliest(at, follower.pause.at);
    return at;
  }

  wake(now: Millis): void {
    if (this.#changeAt !== undefined && this.#changeAt <= now) {
      this.#changeAt = undefined;
      this.#revision++;
      if (this.#isHost) this.#publish(now);
      else this.#announce(now);
    }
    if (this.#announcing.take(now)) this.#sendAnnouncement();
    for (const [peerId, follower] of this.#followers) if (follower.pause.take(now)) this.#sendDirectory(peerId, follower);
  }

  hostChanged(hostId: PeerId, now: Millis): void {
    if (hostId === this.#hostId) return;
    this.#hostId = hostId;
    this.#followers.clear();
    this.#closed.clear();
    this.#announcing.end();
    this.#collector = new ListCollector();
    this.#listed = undefined;
    this.#changeAt = undefined;
    this.#revision++;
    if (this.#isHost) this.changed(now);
    else this.#announce(now);
  }

  peerReachable(peerId: PeerId, now: Millis): void {
    if (peerId === this.#hostId) {
      this.#revision++;
      this.#announce(now);
    } else if (this.#isHost) this.#publishTo(peerId, now);
  }

  peerUnreachable(peerId: PeerId, now: Millis): void {
    if (this.#followers.delete(peerId)) this.changed(now);
    if (peerId === this.#hostId) this.#announcing.end();
  }

  /** The public rooms of this peer, or what it is told of others', are different now. */
  changed(now: Millis): void {
    if (this.#hostId !== undefined) this.#changeAt ??= later(now, directoryDelayMs);
  }

  /** This peer has left a public room; as host it may have to close it. */
  selfLeft(room: Room, now: Millis): void {
    if (this.#isHost) this.#closeIfEmpty(room.roomId);
    this.changed(now);
  }

  /** This peer is in a public room now, or knows of one from elsewhere than the directory: it is open, whatever was before. */
  opened(room: Room, now: Millis): void {
    this.#closed.delete(room.roomId);
    room.isClosed = false;
    this.changed(now);
  }

  heardAnnouncement(from: PeerId, list: ListPart<Announced>, now: Millis): void {
    if (!this.#isHost) return;
    const follower = this.#follower(from);
    const rooms = follower.collector.add(list);
    if (rooms === undefined) return;
    const before = follower.rooms;
    follower.rooms = new Map();
    for (const { record, joined } of rooms) {
      if (joined) this.#closed.delete(idOf(record));
      const learnt = this.#closed.has(idOf(record)) ? undefined : this.#ports.registry.learn(record, from);
      if (learnt?.room.isPublic !== true) continue;
      follower.rooms.set(learnt.room.roomId, joined);
      if (learnt.isNew) this.#ports.listedChanged(learnt.room, [], now);
    }
    for (const [roomId, joined] of before) if (joined && follower.rooms.get(roomId) !== true) this.#closeIfEmpty(roomId);
    follower.heard = list.revision;
    follower.pause.end();
    // What it announced must be in the list that says so.
    if (this.#listed === undefined || !sameEntries(before, follower.rooms)) this.changed(now);
    else this.#publishTo(from, now);
  }

  heardDirectory(from: PeerId, list: ListPart<Listed> & { readonly heard: number }, now: Millis): void {
    if (from !== this.#hostId) return;
    const rooms = this.#collector.add(list);
    if (rooms === undefined) return;
    this.#post(from, encodePayload({ k: "directorySeen", revision: list.revision }));
    const listed = new Set<RoomId>();
    for (const { record, members } of rooms) {
      const learnt = this.#ports.registry.learn(record, from, true);
      if (learnt === undefined || !learnt.room.isPublic) continue;
      listed.add(learnt.room.roomId);
      this.#setListed(learnt.room, learnt.isNew, members, now);
    }
    if (list.heard !== this.#revision) return;
    this.#announcing.end();
    for (const room of [...this.#ports.registry.all()]) {
      if (!room.isPublic || listed.has(room.roomId)) continue;
      if (!room.isJoined) this.#ports.forget(room);
    }
  }

  heardSeen(from: PeerId, revision: number): void {
    const follower = this.#followers.get(from);
    if (follower === undefined) return;
    follower.seen = Math.max(follower.seen, Math.min(revision, this.#revision));
    if (follower.seen === this.#revision) follower.pause.end();
  }

  get #isHost(): boolean {
    return this.#hostId === this.#ports.self;
  }

  #follower(peerId: PeerId): Follower {
    const follower = this.#followers.get(peerId) ?? new Follower();
    this.#followers.set(peerId, follower);
    return follower;
  }

  /** As host: lists what is announced, with those who are in it, and tells everybody. */
  #publish(now: Millis): void {
    const rooms: Listed[] = [];
    for (const room of this.#ports.registry.all()) {
      if (room.record === undefined || !room.isPublic || room.isClosed || this.#closed.has(room.roomId)) continue;
      const members = this.#membersOf(room.roomId).slice(0, listedMembersMax);
      this.#setListed(room, false, members, now);
      rooms.push({ record: room.record.bytes, members });
    }
    this.#listed = cutList(rooms, ({ record, members }) => record.length + members.length * 34 + 32);
    for (const peerId of this.#ports.reachable()) this.#publishTo(peerId, now);
  }

  #publishTo(peerId: PeerId, now: Millis): void {
    if (this.#listed === undefined) return;
    const follower = this.#follower(peerId);
    follower.pause.end();
    follower.pause.begin(now);
    this.#sendDirectory(peerId, follower);
  }

  #sendDirectory(peerId: PeerId, follower: Follower): void {
    const parts = this.#listed ?? [];
    for (const [part, rooms] of parts.entries()) {
      this.#post(
        peerId,
        encodePayload({ k: "directory", revision: this.#revision, heard: follower.heard, part, parts: parts.length, rooms }),
      );
    }
  }

  #membersOf(roomId: RoomId): PeerId[] {
    const members = [...this.#followers].filter(([, follower]) => follower.rooms.get(roomId) === true).map(([peerId]) => peerId);
    if (this.#ports.registry.get(roomId)?.isJoined) members.push(this.#ports.self);
    return members.sort();
  }

  #closeIfEmpty(roomId: RoomId): void {
    if (this.#membersOf(roomId).length > 0) return;
    this.#closed.add(roomId);
    const [oldest] = this.#closed;
    if (this.#closed.size > closedRoomsMax && oldest !== undefined) this.#closed.delete(oldest);
    this.#dropClosed();
  }

  #dropClosed(): void {
    for (const roomId of this.#closed) {
      const room = this.#ports.registry.get(roomId);
      if (room?.isPublic && !room.isJoined) this.#ports.forget(room);
    }
  }

  #setListed(room: Room, isNew: boolean, members: readonly PeerId[], now: Millis): void {
    const before = room.listed;
    const same = members.length === before.length && members.every((peerId, i) => peerId === before[i]);
    room.listed = members;
    const added = members.filter((peerId) => !before.includes(peerId));
    if (isNew || !same) this.#ports.listedChanged(room, added, now);
  }

  #announce(now: Millis): void {
    const rooms: Announced[] = [];
    for (const room of this.#ports.registry.all()) {
      if (room.record !== undefined && room.isPublic && !room.isClosed) rooms.push({ record: room.record.bytes, joined: room.isJoined });
    }
    this.#announced = cutList(rooms, ({ record }) => record.length + 32);
    this.#announcing.end();
    if (this.#hostId === undefined || !this.#ports.isReachable(this.#hostId)) return;
    this.#announcing.begin(now);
    this.#sendAnnouncement();
  }

  #sendAnnouncement(): void {
    if (this.#hostId === undefined) return;
    for (const [part, rooms] of this.#announced.entries()) {
      this.#post(this.#hostId, encodePayload({ k: "announceRooms", revision: this.#revision, part, parts: this.#announced.length, rooms }));
    }
  }

  #post(to: PeerId, payload: Uint8Array): void {
    this.#ports.outbox.post(to, lobbyId, payload);
  }
}

const sameEntries = (a: ReadonlyMap<RoomId, boolean>, b: ReadonlyMap<RoomId, boolean>): boolean =>
  a.size === b.size && [...a].every(([roomId, joined]) => b.get(roomId) === joined);
