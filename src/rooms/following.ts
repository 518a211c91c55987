/** The directory as everybody but the host sees it: announces what this peer knows until the host has heard it, and takes its list in. */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { Backoff, earliest, later } from "./backoff.ts";
import { type DirectoryPorts, type Revision, setListed } from "./directory-ports.ts";
import { announceSpreadMs, announceWaitMs } from "./limits.ts";
import { lobbyId } from "./names.ts";
import { cutList, ListCollector } from "./parts.ts";
import { type Announced, encodePayload, type Listed, type ListPart } from "./payload.ts";

export class Following {
  readonly hostId: PeerId;
  readonly #ports: DirectoryPorts;
  readonly #revision: Revision;
  readonly #announcing = new Backoff();
  readonly #collector = new ListCollector<Listed>();
  /** What is sent under the present revision: repeating it never mixes two lists. */
  #announced: Announced[][] = [];
  #announceAt: Millis | undefined;
  /** The newest whole list of this host. */
  #list: { readonly revision: number; readonly rooms: ReadonlySet<RoomId> } | undefined;
  /** From this revision on the host's list takes our present announcement into account. */
  #heardAt: number | undefined;

  constructor(hostId: PeerId, ports: DirectoryPorts, revision: Revision) {
    this.hostId = hostId;
    this.#ports = ports;
    this.#revision = revision;
  }

  nextWakeAt(): Millis | undefined {
    return earliest(this.#announcing.at, this.#announceAt);
  }

  wake(now: Millis): void {
    if (this.#announceAt !== undefined && this.#announceAt <= now) this.announce(now);
    if (this.#announcing.take(now)) this.#sendAnnouncement();
  }

  hostUnreachable(): void {
    this.#announcing.end();
    this.#announceAt = undefined;
  }

  /** The host has not heard of this peer yet. A thousand who announce at once would bury it. */
  announceAnew(now: Millis): void {
    this.#heardAt = undefined;
    if (!this.#ports.isCrowd()) {
      this.announce(now);
      return;
    }
    const spread = announceWaitMs + this.#ports.random() * this.#ports.reachableCount() * announceSpreadMs;
    this.#announceAt ??= later(now, Math.round(spread));
  }

  /** Under the present revision. */
  announce(now: Millis): void {
    this.#announceAt = undefined;
    this.#heardAt = undefined;
    const rooms: Announced[] = [];
    // In a crowd, what the host lists it need not be told; unless this peer is in there.
    const listed = this.#ports.isCrowd() ? this.#list?.rooms : undefined;
    for (const room of this.#ports.registry.all()) {
      if (room.record === undefined || !room.isPublic || room.isClosed) continue;
      if (room.isJoined || listed?.has(room.roomId) !== true) rooms.push({ record: room.record.bytes, joined: room.isJoined });
    }
    this.#announced = cutList(rooms, ({ record }) => record.length + 32);
    this.#announcing.end();
    if (!this.#ports.isReachable(this.hostId)) return;
    this.#announcing.begin(now);
    this.#sendAnnouncement();
  }

  /** `isBroadcast`: it speaks to everybody, and says nothing of our announcement. */
  heardDirectory(list: ListPart<Listed> & { readonly heard: number }, isBroadcast: boolean, now: Millis): void {
    const rooms = this.#collector.add(list);
    if (rooms === undefined) return;
    if (!isBroadcast) this.#post(encodePayload({ k: "directorySeen", revision: list.revision }));
    const listed = new Set<RoomId>();
    for (const { record, members, count = 0 } of rooms) {
      const learnt = this.#ports.registry.learn(record, this.hostId, true);
      if (learnt === undefined || !learnt.room.isPublic) continue;
      listed.add(learnt.room.roomId);
      setListed(this.#ports, learnt.room, { members, count }, learnt.isNew, now);
    }
    this.#list = { revision: list.revision, rooms: listed };
    if (!isBroadcast) this.#heardAt = list.heard === this.#revision.value ? list.revision : undefined;
    if (!isBroadcast && this.#heardAt !== undefined) this.#announcing.end();
    this.#forgetUnlisted();
    // It took us to be away for a moment, of which we noticed nothing, and has forgotten what we announced.
    if (!isBroadcast && this.#heardAt === undefined && this.#announcing.at === undefined) this.announceAnew(now);
  }

  /** The host's list has this revision; `heard`, where it speaks to us alone, is which announcement of ours it contains. */
  heardRevision(revision: number, heard: number, isBroadcast: boolean, now: Millis): void {
    if (!isBroadcast && heard === this.#revision.value) {
      this.#announcing.end();
      this.#heardAt = revision;
      this.#forgetUnlisted();
    }
    const hasMissed = revision > (this.#list?.revision ?? 0);
    const isUnheard = !isBroadcast && heard !== this.#revision.value;
    if ((hasMissed || isUnheard) && this.#announcing.at === undefined) this.announceAnew(now);
  }

  #forgetUnlisted(): void {
    if (this.#list === undefined || this.#heardAt === undefined || this.#list.revision < this.#heardAt) return;
    for (const room of [...this.#ports.registry.all()]) {
      if (room.isPublic && !room.isJoined && !this.#list.rooms.has(room.roomId)) this.#ports.forget(room);
    }
  }

  #sendAnnouncement(): void {
    const seen = this.#ports.isCrowd() ? this.#list?.revision : undefined;
    const parts = this.#announced.length;
    for (const [part, rooms] of this.#announced.entries())
      this.#post(
        encodePayload({ k: "announceRooms", revision: this.#revision.value, part, parts, rooms, ...(seen !== undefined && { seen }) }),
      );
  }

  #post(payload: Uint8Array): void {
    this.#ports.outbox.post(this.hostId, lobbyId, payload);
  }
}
