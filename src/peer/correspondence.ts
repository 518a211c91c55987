/** What this peer and others say to each other under seal: for rooms, and from host to host. */
import type { Correspondent, SealedCopy, Sealing, SealingRecord } from "../crypto/ports.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import type { KnownPeer } from "../mesh/index.ts";
import type { Post } from "../rooms/ports.ts";
import { addressed, addressee, type Control, encodeControl, payloadFor } from "./control.ts";
import { groupByPayload } from "./group-posts.ts";

export interface CorrespondenceParts {
  readonly sealing: Sealing;
  known(peerId: PeerId): KnownPeer | undefined;
  /** Whoever may read what is said there; undefined where everybody may. */
  membersOf(roomId: RoomId): readonly PeerId[] | undefined;
  send(copy: SealedCopy, roomId: RoomId | undefined, now: Millis): void;
}

export class Correspondence {
  readonly #parts: CorrespondenceParts;
  /** Frames that did not open, or came from nobody who is known. */
  refused = 0;
  #waitingRevision = 0;

  constructor(parts: CorrespondenceParts) {
    this.#parts = parts;
  }

  /** For the card. */
  prekey(): Uint8Array {
    return this.#parts.sealing.prekey();
  }

  /** Whose messages of this room have come and cannot be read yet: their keys have been asked for. */
  waitingFor(roomId: RoomId): PeerId[] {
    return this.#parts.sealing.waitingFor(roomId);
  }

  /** Whether that may be different from what it was when this was last asked. */
  takeWaitingChanged(): boolean {
    const waitingRevision = this.#parts.sealing.waitingRevision();
    const hasChanged = waitingRevision !== this.#waitingRevision;
    this.#waitingRevision = waitingRevision;
    return hasChanged;
  }

  nextWakeAt(): Millis | undefined {
    return this.#parts.sealing.nextWakeAt();
  }

  wake(now: Millis): void {
    this.#parts.sealing.wake(now);
  }

  post(posts: readonly Post[], now: Millis): void {
    for (const group of groupByPayload(posts)) {
      const [first] = group;
      if (first === undefined) continue;
      const to = group.map((post) => post.to);
      this.#seal(first.roomId, to, addressed(addressee.rooms, first.payload), now);
    }
  }

  tell(to: PeerId, control: Control, now: Millis): void {
    this.#seal(undefined, [to], addressed(addressee.mesh, encodeControl(control)), now);
  }

  /** About mail: see docs/decisions/0019. */
  tellOfMail(to: PeerId, frame: Uint8Array, now: Millis): void {
    this.#seal(undefined, [to], addressed(addressee.mail, frame), now);
  }

  /** For somebody who is away, as it would go over a link. Undefined where there is neither a session nor a prekey. */
  sealAway(to: Correspondent, payload: Uint8Array, now: Millis): Uint8Array | undefined {
    const audience = { roomId: "", members: undefined, readers: [to] };
    return this.#parts.sealing.seal(audience, addressed(addressee.rooms, payload), now)[0]?.sealed;
  }

  /** What somebody sealed for us and others brought; payloads for rooms. Undefined for what does not open. */
  openAway(from: Correspondent, sealed: Uint8Array, now: Millis): readonly Uint8Array[] | undefined {
    const opened = this.#parts.sealing.open(from, sealed, now);
    this.#sendOwn(now);
    return opened.ok ? opened.plaintexts.flatMap((plaintext) => payloadFor(addressee.rooms, plaintext) ?? []) : undefined;
  }

  /** Undefined for what does not open. A few of these are honest: keys that were lost, which is being repaired. */
  open(from: PeerId, sealed: Uint8Array, now: Millis): readonly Uint8Array[] | undefined {
    const correspondent = this.#correspondent(from);
    const opened = correspondent && this.#parts.sealing.open(correspondent, sealed, now);
    this.#sendOwn(now);
    if (opened?.ok === true) return opened.plaintexts;
    this.refused += 1;
    return undefined;
  }

  /** What has to be on disk before any frame of this step leaves. */
  takeRecords(): readonly SealingRecord[] {
    return this.#parts.sealing.takeRecords();
  }

  #seal(roomId: RoomId | undefined, to: readonly PeerId[], plaintext: Uint8Array, now: Millis): void {
    const readers = to.flatMap((peerId) => this.#correspondent(peerId) ?? []);
    const members = roomId === undefined ? undefined : this.#parts.membersOf(roomId);
    const copies = this.#parts.sealing.seal({ roomId: roomId ?? "", members, readers }, plaintext, now);
    for (const copy of copies) this.#parts.send(copy, roomId, now);
  }

  #sendOwn(now: Millis): void {
    for (const copy of this.#parts.sealing.takePosts()) this.#parts.send(copy, undefined, now);
  }

  #correspondent(peerId: PeerId): Correspondent | undefined {
    const known = this.#parts.known(peerId);
    return known && { identity: known.identity, prekey: known.card.prekey };
  }
}
