/**
 * The host's list of public rooms. The host keeps no rights and nothing that others do not have: its list is made of what
 * everybody announces to it, and a new host's is whole as soon as all have announced to it.
 *
 *   follower ──announceRooms (revision n)──► host ──directory (heard n)──► follower ──directorySeen──► host
 *   in a crowd:  ... ──► host ══signed directory══► all,  ──directoryAt (heard n)──► follower
 *
 * 1. Announcements are repeated until heard, 1 s doubling to 15 s, while the host is reachable; so are directories, but for
 *    those that are broadcast.
 * 2. A room is listed while anybody announces it, unless its last member left it: then it is closed.
 * 3. A follower forgets a room that it is not in only when a directory that heard its announcement does not list it.
 * 4. A broadcast directory is believed only where the host has signed it.
 */
import type { Millis, PeerId } from "../ids.ts";
import { earliest, later } from "./backoff.ts";
import type { DirectoryPorts, Revision } from "./directory-ports.ts";
import { Following } from "./following.ts";
import { Hosting } from "./hosting.ts";
import { directoryCrowdDelayMs, directoryDelayMs } from "./limits.ts";
import type { Announced, Listed, ListPart } from "./payload.ts";
import type { Room } from "./room.ts";
import { openDirectory } from "./signed-directory.ts";

export class Directory {
  readonly #ports: DirectoryPorts;
  readonly #revision: Revision;
  #hosting: Hosting | undefined;
  #following: Following | undefined;
  #changeAt: Millis | undefined;

  constructor(ports: DirectoryPorts, revision: number) {
    this.#ports = ports;
    this.#revision = { value: revision };
  }

  nextWakeAt(): Millis | undefined {
    return earliest(this.#changeAt, this.#following?.nextWakeAt(), this.#hosting?.nextWakeAt());
  }

  wake(now: Millis): void {
    if (this.#changeAt !== undefined && this.#changeAt <= now) {
      this.#changeAt = undefined;
      this.#hosting?.publish(now);
      if (this.#following !== undefined) this.#revision.value++;
      this.#following?.announce(now);
    }
    this.#following?.wake(now);
    this.#hosting?.wake(now);
  }

  hostChanged(hostId: PeerId, now: Millis): void {
    const isHost = hostId === this.#ports.self;
    if (isHost ? this.#hosting !== undefined : hostId === this.#following?.hostId) return;
    this.#hosting = isHost ? new Hosting(this.#ports, this.#revision) : undefined;
    this.#following = isHost ? undefined : new Following(hostId, this.#ports, this.#revision);
    this.#changeAt = undefined;
    this.#revision.value++;
    if (isHost) this.changed(now);
    else this.#following?.announceAnew(now);
  }

  peerReachable(peerId: PeerId, now: Millis): void {
    if (peerId === this.#following?.hostId) {
      this.#revision.value++;
      // It may have been restarted with an earlier time: its revisions begin anew.
      this.#following = new Following(peerId, this.#ports, this.#revision);
      this.#following.announceAnew(now);
    } else this.#hosting?.peerReachable(peerId, now);
  }

  peerUnreachable(peerId: PeerId, now: Millis): void {
    if (this.#hosting?.peerUnreachable(peerId) === true) this.changed(now);
    if (peerId === this.#following?.hostId) this.#following.hostUnreachable();
  }

  /** The public rooms of this peer, or what it is told of others', are different now. */
  changed(now: Millis): void {
    if (this.#hosting === undefined && this.#following === undefined) return;
    const delay = this.#hosting !== undefined && this.#ports.isCrowd() ? directoryCrowdDelayMs : directoryDelayMs;
    this.#changeAt ??= later(now, delay);
  }

  /** This peer has left a public room; as host it may have to close it. */
  selfLeft(room: Room, now: Millis): void {
    this.#hosting?.closeIfEmpty(room.roomId);
    this.changed(now);
  }

  /** This peer is in a public room now, or knows of one from elsewhere than the directory: it is open, whatever was before. */
  opened(room: Room, now: Millis): void {
    this.#hosting?.opened(room.roomId);
    room.isClosed = false;
    this.changed(now);
  }

  heardAnnouncement(from: PeerId, list: ListPart<Announced> & { readonly seen?: number }, now: Millis): void {
    if (this.#hosting?.heardAnnouncement(from, list, now) === true) this.changed(now);
  }

  heardDirectory(from: PeerId, list: ListPart<Listed> & { readonly heard: number }, now: Millis): void {
    if (from === this.#following?.hostId) this.#following.heardDirectory(list, false, now);
  }

  heardRevision(from: PeerId, { revision, heard }: { readonly revision: number; readonly heard: number }, now: Millis): void {
    if (from === this.#following?.hostId) this.#following.heardRevision(revision, heard, false, now);
  }

  /** False where it is not what the host has signed. */
  heardBroadcast(signed: { readonly list: Uint8Array; readonly signature: Uint8Array }, now: Millis): boolean {
    const following = this.#following;
    // Of the host before, or of one that this peer has not heard of yet.
    const host = following === undefined ? undefined : this.#ports.identityOf(following.hostId);
    if (following === undefined || host === undefined) return true;
    const news = openDirectory(this.#ports, host, signed);
    if (news?.k === "directory") following.heardDirectory(news, true, now);
    if (news?.k === "directoryAt") following.heardRevision(news.revision, news.heard, true, now);
    return news !== undefined;
  }

  heardSeen(from: PeerId, revision: number): void {
    this.#hosting?.heardSeen(from, revision);
  }
}
