/**
 * Which links a peer wants. Up to `fullMeshMax` peers: one to everybody. In a crowd: a bounded number, to peers drawn at
 * random from everybody here, exchanged now and then, so that the overlay is a random graph that stays connected and
 * heals (HyParView, Leitão, Pereira, Rodrigues 2007: its active view; the roster stands for the passive one).
 * Besides those: links that somebody needs (the host's successors among each other, a conversation, a transfer).
 */
import type { Millis, PeerId } from "../ids.ts";
import { byId } from "./card.ts";
import {
  crowdLinksMin,
  crowdLinksTrim,
  demandEnvelopesMin,
  demandedLinksMax,
  demandIdleMs,
  demandsMax,
  demandWindowMs,
  fullMeshMax,
  mixIntervalMs,
  overlayIntervalMs,
  trimAgeMs,
} from "./limits.ts";

/** What a peer wants of the links it has, by peer. */
export interface StandingLink {
  readonly peerId: PeerId;
  readonly openedAt: Millis;
  /** A person typed its address. */
  readonly isTyped: boolean;
}

/** What the overlay asks about its surroundings. */
export interface OverlayPorts {
  readonly self: PeerId;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  links(): StandingLink[];
  isLinked(peerId: PeerId): boolean;
  /** Everybody else in the mesh. */
  here(): Iterable<PeerId>;
  /** Host and successors, where this peer is one of them. */
  council(): readonly PeerId[];
}

interface Demand {
  since: Millis;
  envelopes: number;
  usedAt: Millis;
  isWanted: boolean;
  /** Its peer has given up such a link. */
  restUntil: Millis;
}

export interface Wishes {
  /** To be dialled now. */
  readonly dial: PeerId[];
  /** To be given up. */
  readonly drop: PeerId[];
}

export class Overlay {
  readonly #ports: OverlayPorts;
  readonly #demands = new Map<PeerId, Demand>();
  #isCrowd = false;
  #lookAt: Millis;
  #mixAt: Millis;

  constructor(ports: OverlayPorts, now: Millis) {
    this.#ports = ports;
    this.#lookAt = (now + overlayIntervalMs) as Millis;
    this.#mixAt = this.#nextMix(now);
  }

  get isCrowd(): boolean {
    return this.#isCrowd;
  }

  /** How many peers there are, as far as is known. Leaving a crowd takes a few less than entering it. */
  sized(size: number): void {
    this.#isCrowd = size > (this.#isCrowd ? fullMeshMax - 3 : fullMeshMax);
  }

  /** How many more links are wanted, whoever they lead to. */
  places(linksAndDials: number): number {
    return this.#isCrowd ? Math.max(0, crowdLinksMin - linksAndDials) : Number.POSITIVE_INFINITY;
  }

  /** Wanted beyond the number. */
  needs(peerId: PeerId): boolean {
    return this.#demands.get(peerId)?.isWanted === true || this.#ports.council().includes(peerId);
  }

  /** An envelope of ours for this peer. True where it has become worth a link. */
  used(peerId: PeerId, now: Millis): boolean {
    if (!this.#isCrowd) return false;
    let demand = this.#demands.get(peerId);
    if (demand === undefined || (!demand.isWanted && now - demand.since > demandWindowMs)) {
      demand = { since: now, envelopes: 0, usedAt: now, isWanted: false, restUntil: demand?.restUntil ?? now };
      this.#demands.delete(peerId);
      this.#demands.set(peerId, demand);
      for (const oldest of this.#demands.keys()) {
        if (this.#demands.size <= demandsMax) break;
        this.#demands.delete(oldest);
      }
    }
    demand.envelopes += 1;
    demand.usedAt = now;
    if (demand.isWanted || now < demand.restUntil || demand.envelopes < demandEnvelopesMin || this.#wantedCount() >= demandedLinksMax)
      return false;
    demand.isWanted = true;
    return !this.#ports.isLinked(peerId);
  }

  /** The other side has too many links, or can't be reached: it is not asked again for a while. */
  givenUp(peerId: PeerId, now: Millis): void {
    const demand = this.#demands.get(peerId);
    if (demand === undefined) return;
    demand.isWanted = false;
    demand.restUntil = (now + demandIdleMs) as Millis;
  }

  wake(now: Millis, dialsUnderWay: number): Wishes {
    const none = { dial: [], drop: [] };
    if (now < this.#lookAt) return none;
    this.#lookAt = (now + overlayIntervalMs) as Millis;
    for (const [peerId, { usedAt }] of this.#demands) if (now - usedAt > demandIdleMs) this.#demands.delete(peerId);
    if (!this.#isCrowd) return none;
    const links = this.#ports.links();
    const council = this.#ports.council().filter((peerId) => peerId !== this.#ports.self && !this.#ports.isLinked(peerId));
    const missing = crowdLinksMin - links.length - dialsUnderWay - council.length;
    if (missing > 0) return { dial: [...council, ...this.#draw(missing)], drop: [] };
    const isMixing = now >= this.#mixAt;
    if (isMixing) this.#mixAt = this.#nextMix(now);
    return { dial: isMixing ? [...council, ...this.#draw(1)] : council, drop: this.#surplus(links, now) };
  }

  nextWakeAt(): Millis {
    return this.#lookAt;
  }

  /** Half of them at a time: the others' links change too. */
  #surplus(links: readonly StandingLink[], now: Millis): PeerId[] {
    const spare = links.filter(({ peerId }) => this.#demands.get(peerId)?.isWanted !== true);
    if (spare.length <= crowdLinksTrim) return [];
    const council = this.#ports.council();
    const candidates = spare
      .filter(({ peerId, openedAt, isTyped }) => !isTyped && now - openedAt >= trimAgeMs && !council.includes(peerId))
      .map(({ peerId }) => peerId)
      .sort(byId);
    const drawn: PeerId[] = [];
    for (let wanted = Math.ceil((spare.length - crowdLinksTrim) / 2); wanted > 0 && candidates.length > 0; wanted -= 1)
      drawn.push(...candidates.splice(Math.floor(this.#ports.random() * candidates.length), 1));
    return drawn;
  }

  /** So many at random of those here that we have no link to. */
  #draw(count: number): PeerId[] {
    const drawn: PeerId[] = [];
    let seen = 0;
    // Reservoir sampling: one pass, no copy of the whole roster.
    for (const peerId of this.#ports.here()) {
      if (this.#ports.isLinked(peerId)) continue;
      seen += 1;
      if (drawn.length < count) drawn.push(peerId);
      else {
        const place = Math.floor(this.#ports.random() * seen);
        if (place < count) drawn[place] = peerId;
      }
    }
    return drawn;
  }

  #wantedCount(): number {
    let wanted = 0;
    for (const { isWanted } of this.#demands.values()) if (isWanted) wanted += 1;
    return wanted;
  }

  #nextMix(now: Millis): Millis {
    return Math.round(now + mixIntervalMs * (0.5 + this.#ports.random())) as Millis;
  }
}
