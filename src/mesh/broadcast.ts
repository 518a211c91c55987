/**
 * Broadcast to everybody: along a tree inside the overlay at once, along all other links as announcements, so that what
 * the tree loses is asked for (Plumtree: Leitão, Pereira, Rodrigues, "Epidemic Broadcast Trees", SRDS 2007, algorithms 1
 * and 2). The tree itself is not left to chance as there: it is the one of shortest ways to the host (tree.ts,
 * docs/decisions/0010).
 *
 *   a link is eager (carries bodies at once) or lazy (carries ids of bodies, a moment later)
 *
 *   to the parent, to those who chose us as theirs: eager       any other: lazy
 *   while there is no host: every link is eager until a body comes twice
 *
 *   id announced, body unknown ──graftDelayMs──► graft to the first who announced it ──graftRetryMs──► to the next …
 *
 * Invariants
 * 1. A body is handed to the owner once while its id is remembered, and passed on at most once.
 * 2. The id is a hash of the body: nobody can announce one body and deliver another under its id.
 * 3. Everything kept is bounded in number, in bytes and in time.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Millis, PeerId } from "../ids.ts";
import {
  announcedLinksMax,
  announcersMax,
  broadcastHopsMax,
  broadcastIdBytes,
  broadcastIdsMax,
  broadcastsKeptBytesMax,
  broadcastsKeptMax,
  broadcastsMissingMax,
  broadcastsSeenMax,
  graftDelayMs,
  graftRetryMs,
  ihaveDelayMs,
} from "./limits.ts";

/** Hex of the first `broadcastIdBytes` of SHA-512 over the body. */
export type BroadcastId = string;

export type BroadcastFrame =
  | { readonly t: "gossip"; readonly hops: number; readonly body: Uint8Array }
  /** Ids back to back. */
  | { readonly t: "ihave"; readonly ids: Uint8Array }
  /** Asks for these; without any, for all from now on: "you are my parent". */
  | { readonly t: "graft"; readonly ids: Uint8Array }
  | { readonly t: "prune" };

interface Kept {
  readonly body: Uint8Array;
  /** Links that it has crossed when it reaches the next peer, less one: 0 at its origin. */
  readonly hops: number;
  readonly from: PeerId | undefined;
}

/** Announced by some, not yet here. */
interface Missing {
  readonly announcers: PeerId[];
  askAt: Millis;
}

export class Broadcast {
  readonly #send: (to: PeerId, frame: BroadcastFrame) => void;
  readonly #eager = new Set<PeerId>();
  readonly #lazy = new Set<PeerId>();
  /** Of the eager ones, those who chose us. */
  readonly #children = new Set<PeerId>();
  #parent: PeerId | undefined;
  #isInTree = false;
  /** Ids, oldest first. */
  readonly #seen = new Set<BroadcastId>();
  /** Bodies that can still be grafted, oldest first. */
  readonly #kept = new Map<BroadcastId, Kept>();
  #keptBytes = 0;
  /** Where among the lazy links the last ones were drawn. */
  #drawn = 0;
  readonly #missing = new Map<BroadcastId, Missing>();
  /** Announcements that wait to leave together, by receiver. */
  readonly #owed = new Map<PeerId, BroadcastId[]>();
  #announceAt: Millis | undefined;

  constructor(send: (to: PeerId, frame: BroadcastFrame) => void) {
    this.#send = send;
  }

  /** For the panel and for measurement. */
  get sizes(): { eager: number; lazy: number; seen: number; kept: number; keptBytes: number; missing: number } {
    return {
      eager: this.#eager.size,
      lazy: this.#lazy.size,
      seen: this.#seen.size,
      kept: this.#kept.size,
      keptBytes: this.#keptBytes,
      missing: this.#missing.size,
    };
  }

  linked(peerId: PeerId): void {
    this.unlinked(peerId);
    (this.#isInTree ? this.#lazy : this.#eager).add(peerId);
  }

  unlinked(peerId: PeerId): void {
    this.#owed.delete(peerId);
    this.#lazy.delete(peerId);
    this.#eager.delete(peerId);
    this.#children.delete(peerId);
    if (this.#parent === peerId) this.#parent = undefined;
  }

  /** The place in the tree: below `parent`, or at its root. */
  place(parent: PeerId | undefined, isRoot: boolean): void {
    const isInTree = isRoot || parent !== undefined;
    if (isInTree && !this.#isInTree) for (const peerId of this.#eager) if (!this.#children.has(peerId)) this.#becomeLazy(peerId);
    this.#isInTree = isInTree;
    if (parent === this.#parent) return;
    const before = this.#parent;
    this.#parent = parent;
    if (before !== undefined && this.#isLinked(before)) {
      if (!this.#children.has(before)) this.#becomeLazy(before);
      this.#send(before, { t: "prune" });
    }
    if (parent === undefined || !this.#isLinked(parent)) return;
    this.#becomeEager(parent);
    this.#send(parent, { t: "graft", ids: new Uint8Array(0) });
  }

  /** Begins a broadcast. */
  start(body: Uint8Array, now: Millis): void {
    const id = idOf(body);
    if (!this.#remember(id)) return;
    this.#spread(id, { body, hops: 0, from: undefined }, now);
  }

  /** True where the body is new, and so the owner's to read. One that does not hold is remembered, but goes no further. */
  gossip(from: PeerId, hops: number, body: Uint8Array, now: Millis, holds: () => boolean): boolean {
    const id = idOf(body);
    if (!this.#remember(id)) {
      if (from === this.#parent || this.#children.has(from)) return false;
      this.#becomeLazy(from);
      this.#send(from, { t: "prune" });
      return false;
    }
    this.#missing.delete(id);
    if (!holds()) return false;
    if (!this.#isInTree) this.#becomeEager(from);
    if (hops < broadcastHopsMax) this.#spread(id, { body, hops: hops + 1, from }, now);
    return true;
  }

  ihave(from: PeerId, ids: Uint8Array, now: Millis): void {
    for (const id of splitIds(ids)) {
      if (this.#seen.has(id)) continue;
      const missing = this.#missing.get(id);
      if (missing !== undefined) {
        if (missing.announcers.length < announcersMax && !missing.announcers.includes(from)) missing.announcers.push(from);
      } else if (this.#missing.size < broadcastsMissingMax) {
        this.#missing.set(id, { announcers: [from], askAt: (now + graftDelayMs) as Millis });
      }
    }
  }

  graft(from: PeerId, ids: Uint8Array): void {
    if (ids.length === 0) this.#children.add(from);
    if (ids.length === 0 || !this.#isInTree) this.#becomeEager(from);
    for (const id of splitIds(ids)) {
      const kept = this.#kept.get(id);
      if (kept !== undefined) this.#send(from, { t: "gossip", hops: kept.hops, body: kept.body });
    }
  }

  prune(from: PeerId): void {
    this.#children.delete(from);
    // A parent that does not know us: it is asked again.
    if (this.#parent === from) this.#parent = undefined;
    this.#becomeLazy(from);
  }

  wake(now: Millis): void {
    if (this.#announceAt !== undefined && now >= this.#announceAt) this.#announce();
    const grafts = new Map<PeerId, BroadcastId[]>();
    for (const [id, missing] of this.#missing) {
      if (missing.askAt > now) continue;
      let announcer = missing.announcers.shift();
      while (announcer !== undefined && !this.#isLinked(announcer)) announcer = missing.announcers.shift();
      if (announcer === undefined) {
        this.#missing.delete(id);
        continue;
      }
      missing.askAt = (now + graftRetryMs) as Millis;
      grafts.set(announcer, [...(grafts.get(announcer) ?? []), id]);
    }
    for (const [to, ids] of grafts) {
      if (!this.#isInTree) this.#becomeEager(to);
      for (let place = 0; place < ids.length; place += broadcastIdsMax)
        this.#send(to, { t: "graft", ids: joinIds(ids.slice(place, place + broadcastIdsMax)) });
    }
  }

  nextWakeAt(): Millis | undefined {
    let next = this.#announceAt;
    for (const { askAt } of this.#missing.values()) if (next === undefined || askAt < next) next = askAt;
    return next;
  }

  /** False where it is known. */
  #remember(id: BroadcastId): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > broadcastsSeenMax) for (const oldest of this.#seen) return this.#seen.delete(oldest);
    return true;
  }

  #spread(id: BroadcastId, kept: Kept, now: Millis): void {
    this.#keep(id, kept);
    for (const to of this.#eager) if (to !== kept.from) this.#send(to, { t: "gossip", hops: kept.hops, body: kept.body });
    for (const to of this.#drawLazy()) {
      if (to === kept.from) continue;
      const owed = this.#owed.get(to) ?? [];
      owed.push(id);
      this.#owed.set(to, owed);
      if (owed.length >= broadcastIdsMax) this.#announceTo(to, owed);
    }
    if (this.#owed.size > 0) this.#announceAt ??= (now + ihaveDelayMs) as Millis;
  }

  /** Some of the lazy links, others each time. */
  #drawLazy(): PeerId[] {
    const lazy = [...this.#lazy];
    if (lazy.length <= announcedLinksMax) return lazy;
    // What leaves together goes to the same links: else every id would cost a frame on each.
    if (this.#announceAt === undefined) this.#drawn += announcedLinksMax;
    this.#drawn %= lazy.length;
    return [...lazy, ...lazy].slice(this.#drawn, this.#drawn + announcedLinksMax);
  }

  #keep(id: BroadcastId, kept: Kept): void {
    this.#kept.set(id, kept);
    this.#keptBytes += kept.body.length;
    for (const [oldest, { body }] of this.#kept) {
      if (this.#kept.size <= broadcastsKeptMax && this.#keptBytes <= broadcastsKeptBytesMax) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= body.length;
    }
  }

  #announce(): void {
    this.#announceAt = undefined;
    for (const [to, owed] of this.#owed) this.#announceTo(to, owed);
  }

  #announceTo(to: PeerId, ids: readonly BroadcastId[]): void {
    this.#owed.delete(to);
    this.#send(to, { t: "ihave", ids: joinIds(ids) });
  }

  #isLinked(peerId: PeerId): boolean {
    return this.#eager.has(peerId) || this.#lazy.has(peerId);
  }

  #becomeEager(peerId: PeerId): void {
    if (this.#lazy.delete(peerId)) this.#eager.add(peerId);
  }

  #becomeLazy(peerId: PeerId): void {
    if (this.#eager.delete(peerId)) this.#lazy.add(peerId);
  }
}

export function idOf(body: Uint8Array): BroadcastId {
  return bytesToHex(sha512(body).subarray(0, broadcastIdBytes));
}

function splitIds(ids: Uint8Array): BroadcastId[] {
  const split: BroadcastId[] = [];
  for (let at = 0; at + broadcastIdBytes <= ids.length; at += broadcastIdBytes)
    split.push(bytesToHex(ids.subarray(at, at + broadcastIdBytes)));
  return split;
}

function joinIds(ids: readonly BroadcastId[]): Uint8Array {
  const joined = new Uint8Array(ids.length * broadcastIdBytes);
  for (const [place, id] of ids.entries()) {
    for (let i = 0; i < broadcastIdBytes; i += 1) joined[place * broadcastIdBytes + i] = Number.parseInt(id.slice(2 * i, 2 * i + 2), 16);
  }
  return joined;
}
