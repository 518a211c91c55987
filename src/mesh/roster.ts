/**
 * Who is in the mesh, also those we have no link to: one entry a peer, told by broadcasts and compared between linked
 * peers. After SWIM (Das, Gupta, Motivala, 2002, sections 4.2 and 5): whoever loses a link without a goodbye suspects the
 * peer, which objects if it can.
 *
 *   (unknown) ──card learned──► unheard ──link, or its own statement──► here ──suspect──► suspected ──suspicionMs──► gone
 *                                  ▲                                    ▲  ◄──objection (statement of a higher seq)──┘  │
 *                                  │                                    └─────────── statement of a higher seq ◄────────┤
 *                                  └────────────────────────────── new start ◄──────────────────────────────────────────┘
 *
 * Invariants
 * 1. Only a peer's own word brings it in, brings it back, or makes it leave; others can only make it object.
 * 2. A suspicion names a `seq` that the peer has signed, so that an objection outbids it for good, and nobody can drive it up.
 * 3. `digest` is a function of who is here, so that two rosters are alike if their digests are.
 */
import type { Millis, PeerId } from "../ids.ts";
import { Budget } from "./budget.ts";
import type { Card } from "./card.ts";
import { fingerprint } from "./fingerprint.ts";
import {
  aliveMissesMax,
  doubtsMax,
  farAskMs,
  fullMeshMax,
  knownPeersMax,
  suspectDelayMs,
  suspectsBurstMax,
  suspectsPerSecondMax,
  suspicionMs,
  sweepIntervalMs,
} from "./limits.ts";
import type { News, Statement } from "./news.ts";
import type { Entry, Member } from "./roster-entry.ts";
import { Voice } from "./voice.ts";

export interface RosterPorts {
  readonly self: PeerId;
  readonly instance: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  cardOf(peerId: PeerId): Card | undefined;
  isLinked(peerId: PeerId): boolean;
  sign(seq: number, left: boolean): Statement;
  verify(statement: Statement, card: Card): boolean;
  broadcast(news: News): void;
  /** This peer came or went. */
  changed(peerId: PeerId, saidGoodbye: boolean): void;
}

/** What to do about a peer that another lists. */
export type Listed = "known" | "wanted" | "missed";

export class Roster {
  readonly #ports: RosterPorts;
  readonly #entries = new Map<PeerId, Entry>();
  /** Links that broke, and when others are to hear of it. */
  readonly #lost = new Map<PeerId, Millis>();
  /** Entries under suspicion: few, and looked for only while there are any. */
  readonly #suspectedIds = new Set<PeerId>();
  readonly #suspects: Budget;
  #hereCount = 0;
  #digest: readonly [number, number];
  readonly #voice: Voice;
  #revision = 0;
  /** Some have not heard of us yet, or a link of ours has broken and those at its other end may think that we are gone. */
  #mayBeDoubted = true;
  #sweepAt: Millis;

  constructor(ports: RosterPorts, now: Millis) {
    this.#ports = ports;
    this.#suspects = new Budget(suspectsBurstMax, suspectsPerSecondMax, now);
    this.#digest = fingerprint(ports.self, ports.instance, 0);
    this.#voice = new Voice({ ...ports, size: () => this.size }, now);
    this.#sweepAt = (now + sweepIntervalMs) as Millis;
  }

  /** Everybody here, this peer included. */
  get size(): number {
    return this.#hereCount + 1;
  }

  get digest(): readonly [number, number] {
    return this.#digest;
  }

  isHere(peerId: PeerId): boolean {
    return this.#entries.get(peerId)?.isHere === true;
  }

  /** Here, and nobody doubts it, nor have we lost our own link to it. */
  isTrusted(peerId: PeerId): boolean {
    const entry = this.#entries.get(peerId);
    return entry?.isHere === true && entry.suspectedUntil === undefined && !this.#lost.has(peerId);
  }

  /** Everybody here whom nobody doubts, this peer included: id, start, and how often it has spoken. */
  list(): Member[] {
    const list: Member[] = [[this.#ports.self, this.#ports.instance, this.#voice.seq, this.#revision]];
    for (const [peerId, { instance, seq, revision }] of this.#entries)
      if (this.isTrusted(peerId)) list.push([peerId, instance, seq, revision]);
    return list;
  }

  /** The newest signed word of a peer, this one included. */
  proofOf(peerId: PeerId): Statement | undefined {
    return peerId === this.#ports.self ? this.#ports.sign(this.#voice.seq, false) : this.#entries.get(peerId)?.proof;
  }

  /** Everybody else here. */
  *here(): IterableIterator<PeerId> {
    for (const [peerId, { isHere }] of this.#entries) if (isHere) yield peerId;
  }

  /** Our own card is another. */
  revised(revision: number): void {
    const { self, instance } = this.#ports;
    this.#mix(fingerprint(self, instance, this.#revision));
    this.#revision = revision;
    this.#mix(fingerprint(self, instance, revision));
  }

  /** A card that is news came. Of those who have been heard it is their own word. */
  learned(peerId: PeerId, instance: string, revision: number, now: Millis): void {
    const entry = this.#entries.get(peerId);
    if (entry?.isHere) this.#toggle(peerId, entry);
    if (entry === undefined) {
      if (this.#entries.size >= knownPeersMax) this.#forgetOne();
      const added: Entry = {
        instance,
        revision,
        seq: 0,
        isHere: false,
        isHeard: false,
        hasLeft: false,
        suspectedUntil: undefined,
        heardAt: now,
        doubts: 0,
        isApart: false,
        proof: undefined,
      };
      this.#entries.set(peerId, added);
      return;
    }
    entry.revision = revision;
    const isRestart = entry.instance !== instance;
    entry.instance = instance;
    if (entry.isHere) this.#toggle(peerId, entry);
    if (isRestart) {
      this.#leave(peerId, entry, false);
      entry.seq = 0;
      entry.isHeard = false;
      entry.hasLeft = false;
      entry.isApart = false;
      entry.proof = undefined;
    }
    if (entry.isHeard) this.#come(peerId, entry, now);
  }

  /** It has just proved itself to us. */
  linked(peerId: PeerId, instance: string, revision: number, now: Millis): void {
    this.learned(peerId, instance, revision, now);
    const entry = this.#entries.get(peerId);
    if (entry !== undefined) {
      entry.hasLeft = false;
      entry.doubts = 0;
      this.#come(peerId, entry, now);
    }
    this.#lost.delete(peerId);
  }

  /** A new link carries what we say. */
  greeted(now: Millis): void {
    if (this.#mayBeDoubted) this.#voice.object(now);
    this.#mayBeDoubted = false;
  }

  /** Our link to it broke, and nobody said goodbye. */
  lost(peerId: PeerId, now: Millis): void {
    this.#mayBeDoubted = true;
    const entry = this.#entries.get(peerId);
    if (entry === undefined) return;
    entry.doubts = doubtsMax;
    this.#lost.set(peerId, (now + suspectDelayMs) as Millis);
  }

  /** It is out of sight where everybody sees everybody: it is shown as gone until it objects, for which it is asked. */
  hide(peerId: PeerId, now: Millis): void {
    const entry = this.#entries.get(peerId);
    if (entry === undefined) return;
    if (entry.isHere && !this.#lost.has(peerId)) this.lost(peerId, now);
    this.#leave(peerId, entry, false);
  }

  /** It said goodbye to us. */
  left(peerId: PeerId): void {
    const entry = this.#entries.get(peerId);
    if (entry === undefined) return;
    entry.hasLeft = true;
    this.#leave(peerId, entry, true);
  }

  /** Asks it to say itself that it is here, whatever others say. */
  challenge(peerId: PeerId, now: Millis): void {
    const entry = this.#entries.get(peerId);
    if (entry === undefined || entry.hasLeft || !this.#suspects.take(now)) return;
    this.#ports.broadcast({ k: "suspect", peerId, instance: entry.instance, seq: entry.seq, round: this.#newRound() });
    this.suspected(peerId, entry.instance, entry.seq, now);
  }

  #newRound(): number {
    return 1 + Math.floor(this.#ports.random() * 0xffffffff);
  }

  /** With no link left nothing is known of anybody, but of whom it was known that they are gone. */
  clear(): void {
    for (const [peerId, entry] of this.#entries) {
      entry.isApart = entry.isHere;
      this.#leave(peerId, entry, false);
    }
    this.#lost.clear();
  }

  /** Whether it is known to be here, or to be gone. */
  knows(peerId: PeerId): boolean {
    return this.#entries.get(peerId)?.isApart === false;
  }

  suspected(peerId: PeerId, instance: string, seq: number, now: Millis): void {
    if (peerId === this.#ports.self) {
      // Beyond what we have said it is a lie, which nobody believes.
      if (instance === this.#ports.instance && seq <= this.#voice.seq) this.#voice.object(now);
      return;
    }
    const entry = this.#entries.get(peerId);
    if (entry === undefined || !entry.isHere || entry.instance !== instance || seq !== entry.seq) return;
    entry.suspectedUntil ??= (now + suspicionMs) as Millis;
    this.#suspectedIds.add(peerId);
  }

  /** "unknown" where its card, or that of this start, is not here; "refused" where the signature does not hold. */
  stated(statement: Statement, now: Millis): "taken" | "old" | "unknown" | "refused" {
    const { peerId, instance, seq, left } = statement;
    if (peerId === this.#ports.self) return "old";
    const entry = this.#entries.get(peerId);
    const card = this.#ports.cardOf(peerId);
    if (entry === undefined || card === undefined || entry.instance !== instance) return "unknown";
    // Its goodbye may have come to us before its last words, which others still have to hear.
    const isLastWord = left && entry.proof?.left !== true;
    const isFirstWord = entry.proof === undefined && seq >= entry.seq;
    if (entry.hasLeft ? !isLastWord : left ? seq < entry.seq : seq <= entry.seq && !isFirstWord) return "old";
    if (!this.#ports.verify(statement, card)) return "refused";
    entry.seq = seq;
    entry.proof = statement;
    if (left) {
      entry.hasLeft = true;
      this.#leave(peerId, entry, true);
      return "taken";
    }
    this.#come(peerId, entry, now);
    if (entry.doubts > 0 && !this.#ports.isLinked(peerId)) {
      entry.doubts -= 1;
      this.#lost.set(peerId, (now + suspectDelayMs) as Millis);
    }
    return "taken";
  }

  /**
   * A linked peer lists it. Whom we hold for gone and they do not: either it has objected, which its own word proves, or
   * they have missed that it went, and are to hear of it.
   */
  listed([peerId, instance, seq, revision]: Member, now: Millis): Listed {
    if (peerId === this.#ports.self) return "known";
    const entry = this.#entries.get(peerId);
    if (entry === undefined || entry.instance !== instance) return "wanted";
    if (entry.isApart) this.#come(peerId, entry, now);
    if (entry.isHere) return revision > entry.revision ? "wanted" : "known";
    if (!entry.isHeard && !entry.hasLeft) return "wanted";
    return !entry.hasLeft && seq > entry.seq ? "wanted" : "missed";
  }

  /** What those are to hear who have missed that a peer went: its own goodbye, or a suspicion for it to object to. */
  obituary(peerId: PeerId, now: Millis): News | undefined {
    const entry = this.#entries.get(peerId);
    if (entry === undefined || entry.isHere) return undefined;
    if (entry.hasLeft && entry.proof?.left === true) return { k: "statement", statement: entry.proof };
    if (!this.#suspects.take(now)) return undefined;
    // The very same words may have come to them before they knew of that peer.
    return { k: "suspect", peerId, instance: entry.instance, seq: entry.seq, round: this.#newRound() };
  }

  /** Says it to all who can be told. */
  leave(): void {
    this.#voice.leave();
  }

  wake(now: Millis): void {
    for (const [peerId, at] of this.#lost) {
      if (at > now) continue;
      this.#lost.delete(peerId);
      const entry = this.#entries.get(peerId);
      if (entry === undefined || entry.hasLeft || this.#ports.isLinked(peerId) || !this.#suspects.take(now)) continue;
      this.#ports.broadcast({ k: "suspect", peerId, instance: entry.instance, seq: entry.seq, round: 0 });
      this.suspected(peerId, entry.instance, entry.seq, now);
    }
    this.#voice.wake(now);
    if (now >= this.#sweepAt) this.#sweep(now);
    if (this.#suspectedIds.size === 0) return;
    for (const [peerId, entry] of this.#suspectedEntries()) {
      if (entry.suspectedUntil === undefined || entry.suspectedUntil > now) continue;
      entry.suspectedUntil = undefined;
      if (!this.#ports.isLinked(peerId)) this.#leave(peerId, entry, false);
    }
  }

  nextWakeAt(): Millis {
    let next = Math.min(this.#voice.nextWakeAt(), this.#sweepAt) as Millis;
    const consider = (at = next): void => {
      if (at < next) next = at;
    };
    for (const at of this.#lost.values()) consider(at);
    for (const [, { suspectedUntil }] of this.#suspectedEntries()) consider(suspectedUntil);
    return next;
  }

  *#suspectedEntries(): IterableIterator<[PeerId, Entry]> {
    for (const peerId of this.#suspectedIds) {
      const entry = this.#entries.get(peerId);
      if (entry?.suspectedUntil === undefined) this.#suspectedIds.delete(peerId);
      else yield [peerId, entry];
    }
  }

  #sweep(now: Millis): void {
    this.#sweepAt = (now + sweepIntervalMs) as Millis;
    const isCrowd = this.size > fullMeshMax;
    const silenceMaxMs = aliveMissesMax * this.#voice.intervalMs;
    for (const [peerId, entry] of this.#entries) {
      if (!entry.isHere) continue;
      if (this.#ports.isLinked(peerId)) entry.heardAt = now;
      else if (now - entry.heardAt >= silenceMaxMs) this.#leave(peerId, entry, false);
      // Who has no link to us where everybody links to everybody is there by somebody's word alone. All ask in the same words.
      else if (!isCrowd && now - entry.heardAt >= farAskMs && entry.suspectedUntil === undefined && this.#suspects.take(now)) {
        this.#ports.broadcast({ k: "suspect", peerId, instance: entry.instance, seq: entry.seq, round: 0 });
        this.suspected(peerId, entry.instance, entry.seq, now);
      }
    }
  }

  #come(peerId: PeerId, entry: Entry, now: Millis): void {
    entry.heardAt = now;
    entry.isHeard = true;
    entry.isApart = false;
    entry.suspectedUntil = undefined;
    if (entry.isHere || entry.hasLeft) return;
    entry.isHere = true;
    this.#hereCount += 1;
    this.#toggle(peerId, entry);
    this.#ports.changed(peerId, false);
  }

  #leave(peerId: PeerId, entry: Entry, saidGoodbye: boolean): void {
    entry.suspectedUntil = undefined;
    if (!entry.isHere) return;
    entry.isHere = false;
    this.#hereCount -= 1;
    this.#toggle(peerId, entry);
    this.#ports.changed(peerId, saidGoodbye);
  }

  #toggle(peerId: PeerId, entry: Entry): void {
    this.#mix(fingerprint(peerId, entry.instance, entry.revision));
  }

  #mix([a, b]: [number, number]): void {
    this.#digest = [(this.#digest[0] ^ a) >>> 0, (this.#digest[1] ^ b) >>> 0];
  }

  #forgetOne(): void {
    for (const [peerId, { isHere }] of this.#entries) if (!isHere) return void this.#entries.delete(peerId);
    for (const [peerId, entry] of this.#entries) {
      if (this.#ports.isLinked(peerId)) continue;
      this.#leave(peerId, entry, false);
      return void this.#entries.delete(peerId);
    }
  }
}
