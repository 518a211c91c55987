/**
 * Whom of a room this peer keeps up with. While the room is calm that is everybody. Once it is crowded: the members it has
 * a link to, and the few who follow it in the circle of reachable members' ids. Its partners, and theirs, reach everyone.
 *
 *   partner not asked yet ──0.5-1 s──────────┐
 *   entries came that others may lack ─2-3 s─┼──► compare (digests) ──► differs there ──► it catches up with us, and we with it
 *   nothing happens ──15-45 s────────────────┘                └──► equal: silence
 *
 * 1. The links and the circle alone connect all reachable members, so what one has comes to every other.
 * 2. One comparison at a time: while this peer is completed by one other it asks nobody else, and puts off who asks.
 * 3. What differs and cannot be repaired is compared ever less often.
 */
import type { Millis, PeerId } from "../ids.ts";
import { earliest, later } from "./backoff.ts";
import { Circle } from "./circle.ts";
import {
  barrenDoublingsMax,
  barrenMax,
  calmShare,
  catchUpMsMax,
  compareDoubtMs,
  compareIdleMs,
  compareNewsMs,
  compareNextMs,
  comparePartnerMs,
  crowdMin,
  eagerComparisons,
  followersCount,
  gapPatienceMs,
  gapTriesMax,
  haveDelayMs,
  logsAtOnceMax,
  openDelayMs,
  postponedMax,
  receiptSpreadMs,
  receiptsMembersMax,
} from "./limits.ts";
import type { AuthorLog } from "./log.ts";
import type { Room } from "./room.ts";
import type { SliceMask } from "./slices.ts";

/** Sizes at which rules change; smaller ones make a crowd of a small town in tests. */
export interface CrowdBounds {
  readonly crowdMin: number;
  readonly receiptsMembersMax: number;
}
export const crowdBounds: CrowdBounds = { crowdMin, receiptsMembersMax };

export interface CrowdPorts {
  readonly self: PeerId;
  readonly bounds: CrowdBounds;
  /** Those this peer has a link to. */
  readonly linked: ReadonlySet<PeerId>;
  /** Uniform in [0, 1). */
  random(): number;
  /** Sends the room's digests. `isNew`: the partner may have been restarted and not know the room any more. */
  compare(room: Room, to: PeerId, isNew: boolean): void;
  /** The two tell each other what they have in these slices, and send what the other lacks. */
  catchUp(room: Room, partner: PeerId, slices: SliceMask, now: Millis): void;
  /** As with everybody in a calm room. */
  open(room: Room, peerId: PeerId, now: Millis): void;
  askGap(room: Room, partner: PeerId, log: AuthorLog, now: Millis): void;
}

export class Crowd {
  readonly room: Room;
  readonly #ports: CrowdPorts;
  #circle = new Circle();
  #isCrowded = false;
  #partners: readonly PeerId[] = [];
  /** Partners who have not been asked yet. */
  readonly #unasked = new Set<PeerId>();
  /** Logs that wait for predecessors, and how often these were asked for. */
  readonly #gaps = new Map<AuthorLog, number>();
  #compareAt: Millis | undefined;
  #gapAt: Millis | undefined;
  #busyUntil: Millis | undefined;
  /** A difference that may be but entries on their way. */
  #doubt: { readonly from: PeerId; readonly digests: Uint8Array; readonly at: Millis } | undefined;
  /** Comparisons to come that do not wait until nothing happens. */
  #eager = 0;
  #newsAt = Number.NEGATIVE_INFINITY;
  /** Members with whom catching up has brought nothing, how often, and until when it is not tried again. */
  readonly #barren = new Map<PeerId, { readonly tries: number; readonly until: number }>();
  /** Opening is put off: many may be coming. */
  #openAt: Millis | undefined;

  constructor(ports: CrowdPorts, room: Room) {
    this.#ports = ports;
    this.room = room;
  }

  get isCrowded(): boolean {
    return this.#isCrowded;
  }

  /** Reachable members other than this peer. */
  get reachable(): Circle {
    return this.#circle;
  }

  get partners(): readonly PeerId[] {
    return this.#partners;
  }

  /** Everybody acknowledges to the author. */
  get hasReceipts(): boolean {
    return this.#circle.size <= this.#ports.bounds.receiptsMembersMax;
  }

  /** How long to wait before acknowledging to an author: the more do, the longer the time over which they do. */
  receiptDelay(): number {
    const members = Math.min(this.#circle.size, receiptsMembersMax);
    return haveDelayMs + Math.floor(members * receiptSpreadMs * this.#ports.random());
  }

  /** Whether that peer counts this one among its partners. */
  isPartnerOf(peerId: PeerId): boolean {
    if (!this.#circle.has(peerId)) return false;
    return this.#ports.linked.has(peerId) || this.#circle.before(this.#ports.self, followersCount).includes(peerId);
  }

  nextAt(): Millis | undefined {
    const compareAt =
      this.#compareAt !== undefined && this.#busyUntil !== undefined && this.#busyUntil > this.#compareAt
        ? this.#busyUntil
        : this.#compareAt;
    return earliest(compareAt, this.#gapAt, this.#doubt?.at, this.#openAt);
  }

  wake(now: Millis): void {
    if (this.#openAt !== undefined && this.#openAt <= now) {
      this.#openAt = undefined;
      if (!this.#isCrowded) for (const peerId of this.#circle) this.#ports.open(this.room, peerId, now);
    }
    if (this.#gapAt !== undefined && this.#gapAt <= now) this.#askGaps(now);
    const doubt = this.#doubt;
    if (doubt !== undefined && doubt.at <= now) {
      this.#doubt = undefined;
      this.#judge(doubt.from, this.room.logs.slices.differing(doubt.digests), now);
    }
    if (this.#compareAt !== undefined && this.#compareAt <= now && !this.#isBusy(now)) this.#compare(now);
  }

  // ── Who is there ──────────────────────────────────────────────────────────────────────────────────────────────────

  came(peerId: PeerId, now: Millis): "crowded" | "calm" | undefined {
    return this.#circle.add(peerId) ? this.settle(now) : undefined;
  }

  went(peerId: PeerId, now: Millis): "crowded" | "calm" | undefined {
    return this.#circle.delete(peerId) ? this.settle(now) : undefined;
  }

  /** The audience is another one. */
  gather(reachable: Iterable<PeerId>, now: Millis): "crowded" | "calm" | undefined {
    this.#circle = new Circle(reachable);
    return this.settle(now);
  }

  /** Members or links are different now. Tells when the room has become crowded, or calm. */
  settle(now: Millis): "crowded" | "calm" | undefined {
    const { bounds } = this.#ports;
    const was = this.#isCrowded;
    // Somebody who comes and goes at the border must not have everybody compare with everybody each time.
    // Whoever comes in knows a few of many at first: to ask all of these for everything would bring it as many times.
    const size = Math.max(this.#circle.size, this.room.listedCount);
    this.#isCrowded = size > (was ? Math.floor(bounds.crowdMin * calmShare) : bounds.crowdMin);
    const before = new Set(this.#partners);
    this.#partners = this.#isCrowded ? this.#findPartners() : [];
    if (!this.#isCrowded) {
      this.#rest();
      return was ? "calm" : undefined;
    }
    for (const gone of [this.#unasked, this.#barren]) for (const peerId of gone.keys()) if (!this.#circle.has(peerId)) gone.delete(peerId);
    let isNew = false;
    for (const peerId of this.#partners) {
      if (before.has(peerId)) continue;
      this.#unasked.add(peerId);
      isNew = true;
    }
    if (isNew) this.#within(now, comparePartnerMs * (1 + this.#ports.random()));
    return was ? undefined : "crowded";
  }

  #findPartners(): PeerId[] {
    const partners = new Set<PeerId>(this.#circle.after(this.#ports.self, followersCount));
    for (const peerId of this.#ports.linked) if (this.#circle.has(peerId)) partners.add(peerId);
    return [...partners];
  }

  /** Somebody is there in a calm room. A long vector is not sent at once: with many more to come the room will be crowded. */
  putsOffOpening(now: Millis): boolean {
    if (this.room.logs.size <= logsAtOnceMax) return false;
    this.#openAt ??= later(now, openDelayMs);
    return true;
  }

  #rest(): void {
    this.#unasked.clear();
    this.#barren.clear();
    this.#gaps.clear();
    this.#compareAt = undefined;
    this.#gapAt = undefined;
    this.#busyUntil = undefined;
    this.#doubt = undefined;
  }

  // ── What happens ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** This peer has come in, and knows nothing yet. */
  entered(slices: SliceMask, now: Millis): void {
    const partner = this.#randomPartner();
    if (partner === undefined) return;
    this.#busyUntil = later(now, compareNextMs);
    this.#ports.catchUp(this.room, partner, slices, now);
  }

  /** Entries are new here, from a member or by broadcast. `mayLack`: others may not have got them the way they came here. */
  news(from: PeerId | undefined, mayLack: boolean, now: Millis): void {
    this.#newsAt = now;
    if (from !== undefined) this.#barren.delete(from);
    if (!mayLack) return;
    if (this.#isBusy(now)) this.#busyUntil = later(now, compareNextMs);
    this.#eager = eagerComparisons;
    this.#within(now, compareNewsMs * (1 + this.#ports.random() / 2));
  }

  /** Somebody catches up with this peer, or completes it. */
  busy(now: Millis): void {
    if (this.#isCrowded && !this.#isBusy(now)) this.#busyUntil = later(now, compareNextMs);
  }

  /** Predecessors of a broadcast entry are missing: most come by themselves. */
  gap(log: AuthorLog, now: Millis): void {
    if (!this.#isCrowded) return;
    if (!this.#gaps.has(log)) this.#gaps.set(log, 0);
    this.#gapAt ??= later(now, Math.round(gapPatienceMs * (1 + this.#ports.random() / 2)));
  }

  /** Another's digests have come. */
  compared(from: PeerId, digests: Uint8Array, now: Millis): void {
    const slices = this.room.logs.slices.differing(digests);
    if (!this.#isCrowded) {
      if (slices !== 0) this.#ports.catchUp(this.room, from, slices, now);
      return;
    }
    if (slices === 0) {
      this.#barren.delete(from);
      this.#unasked.delete(from);
    } else if (this.#isBusy(now) || this.#doubt !== undefined) this.#postpone(from, now);
    else if (now - this.#newsAt < compareDoubtMs) this.#doubt = { from, digests, at: later(now, compareDoubtMs) };
    else this.#judge(from, slices, now);
  }

  #judge(from: PeerId, slices: SliceMask, now: Millis): void {
    const { tries, until } = this.#barren.get(from) ?? { tries: 0, until: 0 };
    if (slices === 0 || now < until || !this.#circle.has(from)) return;
    const pause = tries < barrenMax ? 0 : compareIdleMs * 2 ** Math.min(tries - barrenMax + 1, barrenDoublingsMax);
    this.#barren.set(from, { tries: tries + 1, until: now + pause });
    this.#busyUntil = later(now, catchUpMsMax);
    this.#ports.catchUp(this.room, from, slices, now);
  }

  #postpone(from: PeerId, now: Millis): void {
    if (this.#unasked.size >= this.#partners.length + postponedMax || !this.#circle.has(from)) return;
    this.#unasked.add(from);
    this.#within(now, comparePartnerMs * (1 + this.#ports.random()));
  }

  #isBusy(now: Millis): boolean {
    return this.#busyUntil !== undefined && now < this.#busyUntil;
  }

  #compare(now: Millis): void {
    this.#compareAt = undefined;
    if (!this.room.isJoined) return;
    // Who has nothing says nothing: whoever has something asks.
    if (this.room.logs.slices.isEmpty) this.#unasked.clear();
    else {
      const [unasked] = this.#unasked;
      if (unasked !== undefined) this.#unasked.delete(unasked);
      const partner = unasked ?? this.#randomPartner();
      if (unasked === undefined) this.#eager = Math.max(0, this.#eager - 1);
      if (partner !== undefined) this.#ports.compare(this.room, partner, unasked !== undefined);
    }
    const random = this.#ports.random();
    if (this.#unasked.size > 0) this.#within(now, compareNextMs * (1 + random));
    else if (this.#eager > 0) this.#within(now, compareNewsMs * (1 + random / 2));
    else this.#within(now, compareIdleMs * (0.5 + random));
  }

  /** Another partner each time: the one asked may lack the same. */
  #askGaps(now: Millis): void {
    this.#gapAt = undefined;
    const partner = this.#randomPartner();
    for (const [log, asked] of this.#gaps) {
      this.#gaps.set(log, asked + 1);
      if (!log.isWaiting || asked >= gapTriesMax || partner === undefined) this.#gaps.delete(log);
      else this.#ports.askGap(this.room, partner, log, now);
    }
    if (this.#gaps.size > 0) this.#gapAt = later(now, Math.round(gapPatienceMs * (1 + this.#ports.random() / 2)));
  }

  #randomPartner(): PeerId | undefined {
    return this.#partners[Math.floor(this.#ports.random() * this.#partners.length)];
  }

  /** The next comparison comes no later than that. */
  #within(now: Millis, pause: number): void {
    this.#compareAt = earliest(this.#compareAt, later(now, Math.round(pause)));
  }
}
