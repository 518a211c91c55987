/**
 * Who is host. One machine a peer; its inputs are heartbeats, links and time.
 *
 *             ┌──────────────── last link lost ─────────────────┐
 *             ▼                                                 │
 *   ┌───► alone ──(link, term 0 there too, I have been here longer, patience over)──► host
 *   │         │ heartbeat with a term                           ▲ │
 *   │         ▼                                                 │ │ heartbeat with a higher term, or the
 *   └───── follower ──(host gone and it is my turn, or handOff)─┘ │ same term and a smaller host id
 *                ▲────────────────────────────────────────────────┘
 *
 * The last term has no successor: when its host is gone all are alone again, and terms begin anew. So a liar that claims
 * it wins a reign like any other, and takes nothing from those who come later.
 *
 * Invariants
 * 1. A peer claims a term only above every term it has seen since terms began anew, and claims each but the last once.
 * 2. Between two claims the higher term wins, then the smaller id: any two peers that talk agree.
 * 3. A peer without links claims nothing, so a newcomer or one that was cut off never unseats a host.
 */
import type { Millis, PeerId } from "../ids.ts";
import { byId } from "./card.ts";
import {
  candidateStepMs,
  claimFallbackMs,
  claimPatienceMs,
  endedReignMs,
  heartbeatIntervalMs,
  hostSilenceMaxMs,
  signedBeatsMax,
  successorsMax,
  termMax,
} from "./limits.ts";

/** What the election asks about its surroundings. */
export interface Surroundings {
  isReachable(peerId: PeerId): boolean;
  /** Everyone reachable, by id. */
  reachable(): PeerId[];
  /** Linked peers, longest linked first. */
  linkedBySeniority(): PeerId[];
  /** Signs a claim of one's own. */
  sign(term: number, hostSeq: number, successors: readonly PeerId[]): Uint8Array;
  /** Asks this peer, wherever it is, to say itself that it is here. */
  challenge(peerId: PeerId, now: Millis): void;
}

export interface HostView {
  readonly role: "alone" | "follower" | "host";
  /** 0 while alone. */
  readonly term: number;
  readonly hostId: PeerId;
  /** Grows with the host's heartbeats; while alone, the seconds since this peer started. */
  readonly hostSeq: number;
  readonly successors: readonly PeerId[];
  /** The host's own signature over the rest, given when its sequence stood at `signedSeq`; empty while alone. */
  readonly signedSeq: number;
  readonly signature: Uint8Array;
  readonly since: Millis;
}

/** What somebody says about the host. Where the term is not 0 it has been checked that the host has signed it. */
export interface Claim {
  readonly term: number;
  readonly hostId: PeerId;
  readonly hostSeq: number;
  readonly successors: readonly PeerId[];
  readonly signedSeq: number;
  readonly signature: Uint8Array;
}

const unsigned = { signedSeq: 0, signature: new Uint8Array(0) };

export class Election {
  readonly #self: PeerId;
  readonly #surroundings: Surroundings;
  #view: HostView;
  #highestTermSeen = 0;
  #advancedAt: Millis;
  /** The host was within two hops at some time since it was adopted: then losing sight of it means that it is gone. */
  #hostWasReachable = false;
  #hostGoneAt: Millis | undefined;
  #claimFromAloneAt: Millis | undefined;
  #heardSenior = false;
  #questionedAt = Number.NEGATIVE_INFINITY;
  /** The reign of the last term that we saw end: others may not have noticed yet. */
  #ended: { readonly hostId: PeerId; readonly hostSeq: number; readonly at: Millis } | undefined;
  readonly #startedAt: Millis;
  #nextBeatAt: Millis | undefined;

  constructor(self: PeerId, surroundings: Surroundings, now: Millis) {
    this.#self = self;
    this.#surroundings = surroundings;
    this.#view = { role: "alone", term: 0, hostId: self, hostSeq: 0, successors: [], ...unsigned, since: now };
    this.#advancedAt = now;
    this.#startedAt = now;
  }

  get view(): HostView {
    return this.#view;
  }

  /** For people: the reign they live in, also while alone. */
  get shownTerm(): number {
    return this.#view.role === "alone" ? this.#highestTermSeen : this.#view.term;
  }

  /** A neighbour's view. Returns true where ours changed and is to be told at once. */
  heartbeat(from: PeerId, claim: Claim, now: Millis): boolean {
    if (claim.term > termMax || this.#hasEnded(claim, now)) return false;
    if (claim.term === 0) {
      if (this.#view.role === "alone") this.#meetAlone(from, claim.hostSeq, now);
      return false;
    }
    if (claim.hostId === this.#self) {
      if (claim.term < this.#view.term || (claim.term === this.#view.term && this.#self >= this.#view.hostId)) return false;
      // They still believe in a reign of ours that we have given up, by being cut off, and it wins: take it up again.
      this.#highestTermSeen = Math.max(this.#highestTermSeen, claim.term);
      if (claim.term === termMax) this.#reign(termMax, claim.hostSeq + 1, now);
      else this.#becomeHost(now);
      return true;
    }
    const isSameReign = claim.term === this.#view.term && claim.hostId === this.#view.hostId;
    if (isSameReign) {
      if (claim.hostSeq <= this.#view.hostSeq) return false;
      // An older signature that comes late names older successors.
      const { successors, signedSeq, signature } = claim.signedSeq < this.#view.signedSeq ? this.#view : claim;
      this.#view = { ...this.#view, hostSeq: claim.hostSeq, successors, signedSeq, signature };
      this.#advancedAt = now;
      if (from === claim.hostId || !this.#hostWasReachable) this.#hostGoneAt = undefined;
      return false;
    }
    const wins = claim.term > this.#view.term || (claim.term === this.#view.term && claim.hostId < this.#view.hostId);
    if (!wins) return false;
    this.#follow(claim, now);
    return true;
  }

  /**
   * Neither has a host. Whoever has been here for longer founds the reign, so that a person who was alone stays host when
   * somebody joins; of those who came together, the smaller id. Should that one not claim after all, everybody may.
   */
  #meetAlone(from: PeerId, theirSeconds: number, now: Millis): void {
    const ownSeconds = this.#secondsHere(now);
    const isClear = Math.abs(ownSeconds - theirSeconds) > 1;
    const isSenior = isClear ? ownSeconds > theirSeconds : this.#self < from;
    if (isSenior && !this.#heardSenior) this.#claimFromAloneAt ??= (now + claimPatienceMs) as Millis;
    if (isSenior || this.#heardSenior) return;
    this.#heardSenior = true;
    this.#claimFromAloneAt = (now + claimFallbackMs) as Millis;
  }

  #secondsHere(now: Millis): number {
    return Math.floor((now - this.#startedAt) / 1_000);
  }

  /** Links or neighbours changed: there is another host now, or news for a heartbeat, or nothing to tell. */
  surroundingsChanged(now: Millis): "changed" | "beat" | "same" {
    const linked = this.#surroundings.linkedBySeniority();
    if (linked.length === 0) {
      this.#claimFromAloneAt = undefined;
      this.#heardSenior = false;
      if (this.#view.role === "alone") return "same";
      this.#becomeAlone(now);
      return "changed";
    }
    if (this.#view.role === "host") {
      const successors = linked.slice(0, successorsMax);
      if (
        successors.length === this.#view.successors.length &&
        successors.every((peerId, place) => peerId === this.#view.successors[place])
      ) {
        return "same";
      }
      this.#sign(this.#view.hostSeq + 1, successors);
      return "beat";
    }
    if (this.#view.role === "follower") this.#watchHost(now);
    return this.#claimIfDue(now) ? "changed" : "same";
  }

  /** Heartbeats are due now; the host's own advance its sequence. */
  wake(now: Millis): { beat: boolean; changed: boolean } {
    if (this.#view.role === "follower") {
      this.#watchHost(now);
      if (this.#hostGoneAt === undefined && now >= this.#advancedAt + hostSilenceMaxMs) this.#questionHost(now);
    }
    const changed = this.#claimIfDue(now);
    const beat = this.#nextBeatAt === undefined || now >= this.#nextBeatAt;
    if (beat) {
      this.#nextBeatAt = (now + heartbeatIntervalMs) as Millis;
      if (this.#view.role === "host") {
        const hostSeq = this.#view.hostSeq + 1;
        if (hostSeq - this.#view.signedSeq >= signedBeatsMax) this.#sign(hostSeq, this.#view.successors);
        else this.#view = { ...this.#view, hostSeq };
      }
      if (this.#view.role === "alone") this.#view = { ...this.#view, hostSeq: this.#secondsHere(now) };
    }
    return { beat, changed };
  }

  nextWakeAt(): Millis {
    let next = this.#nextBeatAt ?? (0 as Millis);
    const consider = (at: number | undefined): void => {
      if (at !== undefined && at < next) next = at as Millis;
    };
    if (this.#view.role === "alone") consider(this.#claimFromAloneAt);
    if (this.#view.role === "follower") {
      const silentAt = Math.max(this.#advancedAt, this.#questionedAt) + hostSilenceMaxMs;
      consider(this.#hostGoneAt === undefined ? silentAt : this.#claimDueAt());
    }
    return next;
  }

  /** The host of `term` asks us to take over. Returns false where that reign is not the one we know, or no term follows it. */
  acceptHandOff(from: PeerId, term: number, now: Millis): boolean {
    if (this.#view.role === "host" || this.#view.hostId !== from || this.#view.term !== term || term === termMax) return false;
    this.#becomeHost(now);
    return true;
  }

  #watchHost(now: Millis): void {
    const isReachable = this.#surroundings.isReachable(this.#view.hostId);
    if (isReachable) {
      this.#hostWasReachable = true;
      if (now < this.#advancedAt + hostSilenceMaxMs) this.#hostGoneAt = undefined;
    } else if (this.#hostWasReachable) {
      this.#hostGoneAt ??= now;
    }
  }

  /**
   * Its sequence stands still. Where it can't be reached either it is gone; else whoever brings us its numbers may be
   * lying, and it is asked itself.
   */
  #questionHost(now: Millis): void {
    if (!this.#surroundings.isReachable(this.#view.hostId)) this.#hostGoneAt = now;
    else if (now >= this.#questionedAt + hostSilenceMaxMs) {
      this.#questionedAt = now;
      this.#surroundings.challenge(this.#view.hostId, now);
    }
  }

  #sign(hostSeq: number, successors: readonly PeerId[]): void {
    const signature = this.#surroundings.sign(this.#view.term, hostSeq, successors);
    this.#view = { ...this.#view, hostSeq, successors, signedSeq: hostSeq, signature };
  }

  #claimIfDue(now: Millis): boolean {
    if (this.#view.role === "alone") {
      if (this.#claimFromAloneAt === undefined || now < this.#claimFromAloneAt) return false;
      this.#becomeHost(now);
      return true;
    }
    if (this.#view.role !== "follower" || this.#hostGoneAt === undefined) return false;
    if (this.#view.term === termMax) {
      this.#beginAnew(now);
      return true;
    }
    if (now < this.#claimDueAt()) return false;
    this.#becomeHost(now);
    return true;
  }

  /** When it is our turn: each candidate before us, if it is reachable, has `candidateStepMs` to claim. */
  #claimDueAt(): Millis {
    const goneAt = this.#hostGoneAt ?? this.#advancedAt;
    let before = 0;
    for (const candidate of this.#candidates()) {
      if (candidate === this.#self) break;
      before += 1;
    }
    return (goneAt + before * candidateStepMs) as Millis;
  }

  #candidates(): PeerId[] {
    const named = this.#view.successors.filter(
      (peerId) => peerId !== this.#view.hostId && (peerId === this.#self || this.#surroundings.isReachable(peerId)),
    );
    const others = [...this.#surroundings.reachable(), this.#self]
      .filter((peerId) => peerId !== this.#view.hostId && !named.includes(peerId))
      .sort(byId);
    return [...named, ...others];
  }

  #becomeHost(now: Millis): void {
    this.#reign((this.#highestTermSeen % termMax) + 1, 1, now);
  }

  #reign(term: number, hostSeq: number, now: Millis): void {
    this.#highestTermSeen = term;
    this.#view = { role: "host", term, hostId: this.#self, hostSeq, successors: [], ...unsigned, since: now };
    this.#sign(hostSeq, this.#surroundings.linkedBySeniority().slice(0, successorsMax));
    this.#hostGoneAt = undefined;
    this.#heardSenior = false;
    this.#claimFromAloneAt = undefined;
  }

  #follow(claim: Claim, now: Millis): void {
    this.#highestTermSeen = Math.max(this.#highestTermSeen % termMax, claim.term);
    this.#view = {
      role: "follower",
      term: claim.term,
      hostId: claim.hostId,
      hostSeq: claim.hostSeq,
      successors: claim.successors,
      signedSeq: claim.signedSeq,
      signature: claim.signature,
      since: now,
    };
    this.#advancedAt = now;
    this.#hostWasReachable = this.#surroundings.isReachable(claim.hostId);
    this.#hostGoneAt = undefined;
    this.#heardSenior = false;
    this.#claimFromAloneAt = undefined;
  }

  #beginAnew(now: Millis): void {
    this.#ended = { hostId: this.#view.hostId, hostSeq: this.#view.hostSeq, at: now };
    this.#highestTermSeen = 0;
    this.#becomeAlone(now);
  }

  /** Only a sequence that has moved since shows that its host lives. */
  #hasEnded({ term, hostId, hostSeq }: Claim, now: Millis): boolean {
    if (term < termMax || this.#ended === undefined || now - this.#ended.at >= endedReignMs) return false;
    return hostId === this.#ended.hostId && hostSeq <= this.#ended.hostSeq;
  }

  #becomeAlone(now: Millis): void {
    this.#view = { role: "alone", term: 0, hostId: this.#self, hostSeq: 0, successors: [], ...unsigned, since: now };
    this.#hostGoneAt = undefined;
    this.#heardSenior = false;
    this.#claimFromAloneAt = undefined;
  }
}
