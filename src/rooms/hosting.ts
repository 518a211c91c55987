/**
 * The directory as its host keeps it: made of what everybody announces. In a calm network each follower gets a post, repeated
 * until it says that it has seen it. In a crowd a changed list leaves as one signed broadcast; whoever announced meanwhile is
 * told that it is in there, and a rare word about the newest revision lets those ask who missed it.
 */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { Backoff, earliest, later } from "./backoff.ts";
import { type DirectoryPorts, type Revision, setListed } from "./directory-ports.ts";
import { closedRoomsMax, directoryWordMs, listedInCrowdMax, listedMembersMax } from "./limits.ts";
import { lobbyId } from "./names.ts";
import { cutList, ListCollector } from "./parts.ts";
import { type Announced, encodePayload, type Listed, type ListPart } from "./payload.ts";
import { idOf } from "./record.ts";
import { signDirectory } from "./signed-directory.ts";

/** What the host knows of one other peer. */
class Follower {
  readonly collector = new ListCollector<Announced>();
  readonly pause = new Backoff();
  rooms = new Map<RoomId, boolean>();
  heard = 0;
  seen = 0;
}

export class Hosting {
  readonly #ports: DirectoryPorts;
  readonly #revision: Revision;
  readonly #followers = new Map<PeerId, Follower>();
  /** Those to whom something is repeated: of a thousand followers hardly anybody. */
  readonly #paused = new Set<Follower>();
  readonly #closed = new Set<RoomId>();
  /** Those whose announcement the next broadcast contains. */
  readonly #toAnswer = new Set<PeerId>();
  /** What is sent under the present revision: repeating it never mixes two lists. */
  #listed: Listed[][] | undefined;
  /** What was last broadcast; undefined where it was posted to each. */
  #content: string | undefined;
  #wordAt: Millis | undefined;

  constructor(ports: DirectoryPorts, revision: Revision) {
    this.#ports = ports;
    this.#revision = revision;
  }

  nextWakeAt(): Millis | undefined {
    let at = this.#wordAt;
    for (const follower of this.#paused) at = earliest(at, follower.pause.at);
    return at;
  }

  wake(now: Millis): void {
    if (this.#wordAt !== undefined && this.#wordAt <= now) {
      this.#wordAt = undefined;
      if (this.#ports.isCrowd()) this.#spreadWord(now);
    }
    if (this.#paused.size === 0) return;
    for (const [peerId, follower] of this.#followers) {
      if (!follower.pause.take(now)) continue;
      if (this.#ports.isCrowd()) this.#end(follower);
      else this.#sendDirectory(peerId, follower);
    }
  }

  peerReachable(peerId: PeerId, now: Millis): void {
    if (!this.#ports.isCrowd()) this.#publishTo(peerId, now);
    else if (this.#listed !== undefined) this.#tellRevision(peerId, 0);
  }

  /** True where it may have announced something. */
  peerUnreachable(peerId: PeerId): boolean {
    const follower = this.#followers.get(peerId);
    if (follower !== undefined) this.#end(follower);
    this.#toAnswer.delete(peerId);
    return this.#followers.delete(peerId);
  }

  opened(roomId: RoomId): void {
    this.#closed.delete(roomId);
  }

  /** True where the list is different by that. */
  heardAnnouncement(from: PeerId, list: ListPart<Announced> & { readonly seen?: number }, now: Millis): boolean {
    const follower = this.#follower(from);
    const rooms = follower.collector.add(list);
    if (rooms === undefined) return false;
    const before = follower.rooms;
    follower.rooms = new Map();
    for (const { record, joined } of rooms) {
      if (joined) this.#closed.delete(idOf(record));
      const learnt = this.#closed.has(idOf(record)) ? undefined : this.#ports.registry.learn(record, from);
      if (learnt?.room.isPublic !== true) continue;
      follower.rooms.set(learnt.room.roomId, joined);
      if (learnt.isNew) this.#ports.listedChanged(learnt.room, [], now);
    }
    for (const [roomId, joined] of before) if (joined && follower.rooms.get(roomId) !== true) this.closeIfEmpty(roomId);
    follower.heard = list.revision;
    this.#end(follower);
    // What it announced must be in the list that says so.
    if (this.#listed === undefined || !sameEntries(before, follower.rooms)) {
      this.#toAnswer.add(from);
      return true;
    }
    if (!this.#ports.isCrowd()) this.#publishTo(from, now);
    else if (list.seen === this.#revision.value) this.#tellRevision(from, follower.heard);
    else this.#sendDirectory(from, follower);
    return false;
  }

  heardSeen(from: PeerId, revision: number): void {
    const follower = this.#followers.get(from);
    if (follower === undefined) return;
    follower.seen = Math.max(follower.seen, Math.min(revision, this.#revision.value));
    if (follower.seen === this.#revision.value) this.#end(follower);
  }

  /** Lists what is announced, with those who are in it, and tells everybody: a crowd, only where something is different. */
  publish(now: Millis): void {
    const isCrowd = this.#ports.isCrowd();
    const rooms: Listed[] = [];
    const lines: string[] = [];
    for (const room of this.#ports.registry.all()) {
      if (room.record === undefined || !room.isPublic || room.isClosed || this.#closed.has(room.roomId)) continue;
      const all = this.#membersOf(room.roomId);
      const members = all.slice(0, isCrowd ? listedInCrowdMax : listedMembersMax);
      setListed(this.#ports, room, { members, count: isCrowd ? all.length : 0 }, false, now);
      rooms.push({ record: room.record.bytes, members, ...(isCrowd && { count: all.length }) });
      lines.push(room.roomId, String(all.length), ...members);
    }
    const content = isCrowd ? lines.join("\n") : undefined;
    const isNews = content === undefined || content !== this.#content;
    this.#content = content;
    if (isNews) this.#revision.value++;
    this.#listed = cutList(rooms, ({ record, members }) => record.length + members.length * 34 + 48);
    if (isCrowd) this.#tellCrowd(isNews, now);
    else for (const peerId of this.#ports.reachable()) this.#publishTo(peerId, now);
    this.#toAnswer.clear();
  }

  closeIfEmpty(roomId: RoomId): void {
    if (this.#membersOf(roomId).length > 0) return;
    this.#closed.add(roomId);
    const [oldest] = this.#closed;
    if (this.#closed.size > closedRoomsMax && oldest !== undefined) this.#closed.delete(oldest);
    for (const closed of this.#closed) {
      const room = this.#ports.registry.get(closed);
      if (room?.isPublic && !room.isJoined) this.#ports.forget(room);
    }
  }

  // ── To each ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #publishTo(peerId: PeerId, now: Millis): void {
    if (this.#listed === undefined) return;
    const follower = this.#follower(peerId);
    follower.pause.end();
    follower.pause.begin(now);
    this.#paused.add(follower);
    this.#sendDirectory(peerId, follower);
  }

  #sendDirectory(peerId: PeerId, follower: Follower): void {
    const parts = this.#listed ?? [];
    for (const [part, rooms] of parts.entries()) {
      this.#post(
        peerId,
        encodePayload({ k: "directory", revision: this.#revision.value, heard: follower.heard, part, parts: parts.length, rooms }),
      );
    }
  }

  // ── To a crowd ────────────────────────────────────────────────────────────────────────────────────────────────────

  #tellCrowd(isNews: boolean, now: Millis): void {
    const parts = isNews ? (this.#listed ?? []) : [];
    const revision = this.#revision.value;
    for (const [part, rooms] of parts.entries())
      this.#ports.outbox.broadcast(signDirectory(this.#ports, { k: "directory", revision, heard: 0, part, parts: parts.length, rooms }));
    for (const peerId of this.#toAnswer) this.#tellRevision(peerId, this.#follower(peerId).heard);
    if (isNews || this.#wordAt === undefined) this.#planWord(now);
  }

  #planWord(now: Millis): void {
    this.#wordAt = later(now, Math.round(directoryWordMs * (0.5 + this.#ports.random())));
  }

  #spreadWord(now: Millis): void {
    this.#planWord(now);
    this.#ports.outbox.broadcast(signDirectory(this.#ports, { k: "directoryAt", revision: this.#revision.value, heard: 0 }));
  }

  #tellRevision(peerId: PeerId, heard: number): void {
    this.#post(peerId, encodePayload({ k: "directoryAt", revision: this.#revision.value, heard }));
  }

  #membersOf(roomId: RoomId): PeerId[] {
    const members = [...this.#followers].filter(([, follower]) => follower.rooms.get(roomId) === true).map(([peerId]) => peerId);
    if (this.#ports.registry.get(roomId)?.isJoined) members.push(this.#ports.self);
    return members.sort();
  }

  #follower(peerId: PeerId): Follower {
    const follower = this.#followers.get(peerId) ?? new Follower();
    this.#followers.set(peerId, follower);
    return follower;
  }

  #end(follower: Follower): void {
    follower.pause.end();
    this.#paused.delete(follower);
  }

  #post(to: PeerId, payload: Uint8Array): void {
    this.#ports.outbox.post(to, lobbyId, payload);
  }
}

const sameEntries = (a: ReadonlyMap<RoomId, boolean>, b: ReadonlyMap<RoomId, boolean>): boolean =>
  a.size === b.size && [...a].every(([roomId, joined]) => b.get(roomId) === joined);
