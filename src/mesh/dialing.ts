/**
 * Whom to dial, at which address, and when again.
 *
 *   sighted ──► waiting ──(due, place free)──► dialing ──authenticated──► linked ──link lost──► waiting
 *                 ▲                              │ no answer in 250 ms: next address beside it
 *                 └──── pause, doubled, jittered ┘ all failed
 *
 * Pure: time comes in, dials come out. Where places are scarce, what a person typed goes first, then what was seen on
 * the wire, then what others told; among these, whoever has waited longest.
 */
import type { Sighting, SightingSource } from "../discovery/sighting.ts";
import type { Address, ConnectionId, Millis, PeerId } from "../ids.ts";
import { formatAddress } from "./card.ts";
import {
  addressesMax,
  dialPatienceMs,
  dialsMax,
  dialTimeoutMs,
  introducedTargetsMax,
  nextAddressMs,
  redialMaxMs,
  redialMinMs,
  steadyLinkMs,
  targetsMax,
} from "./limits.ts";

export interface Dial {
  readonly connectionId: ConnectionId;
  readonly address: Address;
}

/** A dial under way. */
interface Flight {
  readonly target: Target;
  readonly address: Address;
  readonly since: Millis;
}

const rankOf: Record<SightingSource, number> = { typed: 0, mdns: 1, remembered: 1, introduced: 2 };

interface Target {
  readonly key: string;
  /** Undefined for an address of which nobody has said who is there. */
  readonly peerId: PeerId | undefined;
  addresses: Address[];
  rank: number;
  attempt: number;
  /** When the next address, or the first of a new round, is due. */
  dueAt: Millis;
  /** Of those due at once whoever has drawn the smallest goes first: else all newcomers would dial the same few. */
  readonly lot: number;
  /** Index of the next address of this round; 0 means that no round is under way. */
  nextAddress: number;
  lastWantedAt: Millis;
  linked: boolean;
  openedAt: Millis | undefined;
  /** Wanted for itself, until one round of dials has failed. */
  isAsked: boolean;
}

/** What limits the dials of a crowd. */
export interface DialLimits {
  /** Links wanted to whomever they lead. */
  places(): number;
  /** Wanted whatever the number: nobody knows it, or somebody needs it. */
  isWanted(peerId: PeerId): boolean;
}

const noLimits: DialLimits = { places: () => Number.POSITIVE_INFINITY, isWanted: () => true };

export class Dialing {
  readonly #self: PeerId;
  /** Uniform in [0, 1). */
  readonly #random: () => number;
  readonly #targets = new Map<string, Target>();
  readonly #flights = new Map<ConnectionId, Flight>();
  readonly #limits: DialLimits;
  #dialCount = 0;

  constructor(self: PeerId, random: () => number, limits: DialLimits = noLimits) {
    this.#self = self;
    this.#random = random;
    this.#limits = limits;
  }

  /** Dials under way. */
  get flights(): number {
    return this.#flights.size;
  }

  /** Peers that have been seen, linked or not. */
  get size(): number {
    return this.#targets.size;
  }

  isTyped(peerId: PeerId): boolean {
    return this.#targets.get(peerId)?.rank === 0;
  }

  /** This peer is wanted, whether or not there is a place. */
  ask(peerId: PeerId, addresses: readonly Address[], now: Millis): void {
    this.sight({ source: "introduced", peerId, addresses }, false, now);
    const target = this.#targets.get(peerId);
    if (target !== undefined) target.isAsked = true;
  }

  /** Remembers where a peer may be; `linked` peers only have their addresses refreshed. A new one is dialled after `delayMs`. */
  sight(sighting: Sighting, linked: boolean, now: Millis, delayMs = 0): void {
    const { source, peerId } = sighting;
    const first = sighting.addresses[0];
    if (peerId === this.#self || first === undefined) return;
    const rank = rankOf[source];
    const known = this.#targets.get(peerId ?? formatAddress(first));
    if (known === undefined) {
      if (this.#makeRoom(rank)) this.#add(peerId, sighting.addresses, rank, linked, now).dueAt = Math.round(now + delayMs) as Millis;
      return;
    }
    known.lastWantedAt = now;
    known.rank = Math.min(known.rank, rank);
    const isNews = sighting.addresses.some((address) => !known.addresses.some((other) => sameAddress(address, other)));
    if (isNews || source === "mdns") known.addresses = mergeAddresses(sighting.addresses, known.addresses);
    if (linked || known.linked) return;
    if ((isNews || source === "typed") && !this.#isFlying(known)) {
      known.attempt = 0;
      known.nextAddress = 0;
      known.dueAt = now;
    }
  }

  /** Which dials are due, and which have taken too long and are to be closed. Call after every change and at `nextWakeAt`. */
  wake(now: Millis): { readonly dials: Dial[]; readonly expired: ConnectionId[] } {
    const expired: ConnectionId[] = [];
    for (const [connectionId, { target, since }] of this.#flights) {
      if (now < since + dialTimeoutMs) continue;
      expired.push(connectionId);
      this.#failed(target, connectionId, now);
    }
    const due: Target[] = [];
    let places = this.#limits.places();
    for (const target of this.#targets.values()) {
      if (target.linked) continue;
      const isIdle = places <= 0 && !this.#isWanted(target);
      const isStale = isIdle || (target.rank > 0 && now - target.lastWantedAt > dialPatienceMs);
      if (isStale && !this.#isFlying(target)) this.#targets.delete(target.key);
      else if (target.dueAt <= now && target.nextAddress < target.addresses.length) due.push(target);
    }
    due.sort((a, b) => a.rank - b.rank || a.dueAt - b.dueAt || a.lot - b.lot || (a.key < b.key ? -1 : 1));
    const dials: Dial[] = [];
    for (const target of due) {
      const address = target.addresses[target.nextAddress];
      if (address === undefined || this.#flights.size >= dialsMax) break;
      if (!this.#isWanted(target)) {
        if (places <= 0) continue;
        places -= 1;
      }
      const connectionId = `out-${++this.#dialCount}` as ConnectionId;
      this.#flights.set(connectionId, { target, address, since: now });
      target.nextAddress += 1;
      target.dueAt = (now + nextAddressMs) as Millis;
      dials.push({ connectionId, address });
    }
    return { dials, expired };
  }

  nextWakeAt(): Millis | undefined {
    let next: number | undefined;
    const consider = (at: number): void => {
      if (next === undefined || at < next) next = at;
    };
    for (const { since } of this.#flights.values()) consider(since + dialTimeoutMs);
    if (this.#flights.size < dialsMax) {
      const hasPlace = this.#limits.places() > 0;
      for (const target of this.#targets.values())
        if (!target.linked && target.nextAddress < target.addresses.length && (hasPlace || this.#isWanted(target))) consider(target.dueAt);
    }
    return next as Millis | undefined;
  }

  /** Where a dial under way goes. */
  addressOf(connectionId: ConnectionId): Address | undefined {
    return this.#flights.get(connectionId)?.address;
  }

  /** A dial ended without a handshake. `hopeless` (another network, not Earshot) goes straight to the longest pause. */
  dialFailed(connectionId: ConnectionId, hopeless: boolean, now: Millis): void {
    const target = this.#flights.get(connectionId)?.target;
    if (target === undefined) return;
    if (hopeless) target.attempt = Math.max(target.attempt, 6);
    this.#failed(target, connectionId, now);
  }

  /** The handshake said who is there. Returns other dials to the same peer, to be closed. */
  authenticated(connectionId: ConnectionId, peerId: PeerId, now: Millis): ConnectionId[] {
    const flight = this.#flights.get(connectionId);
    if (flight === undefined) return [];
    const { target, address } = flight;
    if (target.peerId === peerId) {
      this.#flights.delete(connectionId);
      target.linked = true;
      return this.#land(target);
    }
    if (peerId === this.#self || target.peerId !== undefined) {
      this.#disown(target, address, connectionId, now);
      if (peerId === this.#self) return [];
    } else {
      this.#flights.delete(connectionId);
      this.#targets.delete(target.key);
    }
    const mine = this.#targets.get(peerId) ?? this.#add(peerId, [address], target.rank, true, now);
    mine.linked = true;
    mine.rank = Math.min(mine.rank, target.rank);
    // Of a typed-in host each port counts: the peer may come back at another.
    mine.addresses = mergeAddresses(
      target.peerId === undefined && target.rank === 0 ? [address, ...target.addresses] : [address],
      mine.addresses,
    );
    return target.peerId === undefined ? [...this.#land(target), ...this.#land(mine)] : this.#land(mine);
  }

  /** A connection to this peer, dialled by whomever, is on its way to be a link. */
  hold(peerId: PeerId): void {
    const target = this.#targets.get(peerId);
    if (target !== undefined) target.linked = true;
  }

  /** A person asked for this peer: it is dialled again for as long as it takes. */
  keep(peerId: PeerId): void {
    const target = this.#targets.get(peerId);
    if (target !== undefined) target.rank = 0;
  }

  linkOpened(peerId: PeerId, address: Address, now: Millis): void {
    const target = this.#targets.get(peerId) ?? this.#add(peerId, [address], rankOf.introduced, true, now);
    target.linked = true;
    target.openedAt = now;
    target.nextAddress = 0;
    target.lastWantedAt = now;
    target.addresses = mergeAddresses([address], target.addresses);
  }

  /**
   * The connection to this peer is no more. `forGood` where it said goodbye: wait until it is seen again.
   * Returns dials to it that have become pointless, to be closed.
   */
  linkLost(peerId: PeerId, forGood: boolean, now: Millis): ConnectionId[] {
    const target = this.#targets.get(peerId);
    if (target === undefined) return [];
    target.linked = false;
    target.nextAddress = 0;
    if (forGood && target.rank > 0) {
      this.#targets.delete(target.key);
      return this.#land(target);
    }
    if (target.openedAt !== undefined) {
      target.lastWantedAt = now;
      // Only a link that lasted proves that dialling at once makes sense: two starts of one profile replace each other's links.
      if (now - target.openedAt >= steadyLinkMs) target.attempt = 0;
    }
    target.openedAt = undefined;
    target.dueAt = (now + this.#pause(target)) as Millis;
    target.attempt += 1;
    return [];
  }

  /** Where linked peers may still be later, for the store of remembered addresses. */
  known(): { peerId: PeerId; addresses: readonly Address[] }[] {
    const known: { peerId: PeerId; addresses: readonly Address[] }[] = [];
    for (const { peerId, linked, addresses } of this.#targets.values())
      if (peerId !== undefined && linked) known.push({ peerId, addresses });
    return known;
  }

  #add(peerId: PeerId | undefined, addresses: readonly Address[], rank: number, linked: boolean, now: Millis): Target {
    const first = addresses[0] as Address;
    const target: Target = {
      key: peerId ?? formatAddress(first),
      peerId,
      addresses: addresses.slice(0, addressesMax),
      rank,
      attempt: 0,
      dueAt: now,
      nextAddress: 0,
      lastWantedAt: now,
      linked,
      openedAt: undefined,
      isAsked: false,
      lot: this.#limits.places() === Number.POSITIVE_INFINITY ? 0 : this.#random(),
    };
    this.#targets.set(target.key, target);
    return target;
  }

  /** What others told may not crowd out what was seen on the wire or typed. */
  #makeRoom(rank: number): boolean {
    if (rank === rankOf.introduced) {
      let introduced = 0;
      for (const target of this.#targets.values()) if (target.rank === rank && !target.linked) introduced += 1;
      if (introduced >= introducedTargetsMax) return false;
    }
    if (this.#targets.size < targetsMax) return true;
    for (const target of this.#targets.values()) {
      if (target.rank <= rank || target.linked || this.#isFlying(target)) continue;
      this.#targets.delete(target.key);
      return true;
    }
    return false;
  }

  /** Somebody else is at this address. The target looks on at its other ones. */
  #disown(target: Target, address: Address, connectionId: ConnectionId, now: Millis): void {
    const place = target.addresses.findIndex((other) => sameAddress(other, address));
    if (place >= 0) {
      target.addresses.splice(place, 1);
      if (place < target.nextAddress) target.nextAddress -= 1;
    }
    this.#failed(target, connectionId, now);
    if (target.addresses.length === 0 && !target.linked && !this.#isFlying(target)) this.#targets.delete(target.key);
  }

  #failed(target: Target, connectionId: ConnectionId, now: Millis): void {
    this.#flights.delete(connectionId);
    if (target.nextAddress < target.addresses.length) {
      target.dueAt = Math.min(target.dueAt, now) as Millis;
      return;
    }
    if (this.#isFlying(target)) return;
    target.isAsked = false;
    target.nextAddress = 0;
    target.dueAt = (now + this.#pause(target)) as Millis;
    target.attempt += 1;
  }

  /** Forgets the target's dials under way, and says which they were. */
  #land(target: Target): ConnectionId[] {
    const flying = [...this.#flights].filter(([, flight]) => flight.target === target).map(([connectionId]) => connectionId);
    for (const connectionId of flying) this.#flights.delete(connectionId);
    return flying;
  }

  #isWanted({ rank, peerId, isAsked }: Target): boolean {
    return rank === 0 || isAsked || peerId === undefined || this.#limits.isWanted(peerId);
  }

  #isFlying(target: Target): boolean {
    for (const flight of this.#flights.values()) if (flight.target === target) return true;
    return false;
  }

  /** Doubling from `redialMinMs` to `redialMaxMs`, ± 50 %, so that a room full of laptops does not redial in step. */
  #pause(target: Target): number {
    const base = Math.min(redialMaxMs, redialMinMs * 2 ** Math.min(target.attempt, 16));
    return Math.round(base * (0.5 + this.#random()));
  }
}

function sameAddress(a: Address, b: Address): boolean {
  return a.port === b.port && a.host === b.host;
}

function mergeAddresses(first: readonly Address[], then: readonly Address[]): Address[] {
  const merged: Address[] = [];
  for (const address of [...first, ...then]) if (!merged.some((other) => sameAddress(other, address))) merged.push(address);
  return merged.slice(0, addressesMax);
}
