/**
 * Whom to dial, at which address, and when again.
 *
 *   sighted ──► waiting ──(due, place free)──► dialing ──authenticated──► linked ──link lost──► waiting
 *                 ▲                              │ no answer in 250 ms: next address beside it
 *                 └──── pause, doubled, jittered ┘ all failed
 *
 * Pure: time comes in, dials come out.
 */
import type { Sighting } from "../discovery/sighting.ts";
import type { Address, ConnectionId, Millis, PeerId } from "../ids.ts";
import { formatAddress } from "./card.ts";
import { addressesMax, dialPatienceMs, dialsMax, dialTimeoutMs, nextAddressMs, redialMaxMs, redialMinMs, targetsMax } from "./limits.ts";

export interface Dial {
  readonly connectionId: ConnectionId;
  readonly address: Address;
}

interface Target {
  readonly key: string;
  peerId: PeerId | undefined;
  addresses: Address[];
  typed: boolean;
  attempt: number;
  /** When the next address, or the first of a new round, is due. */
  dueAt: Millis;
  /** Index of the next address of this round; 0 means that no round is under way. */
  nextAddress: number;
  readonly inFlight: Map<ConnectionId, Millis>;
  lastWantedAt: Millis;
  linked: boolean;
}

export class Dialing {
  readonly #self: PeerId;
  /** Uniform in [0, 1). */
  readonly #random: () => number;
  readonly #targets = new Map<string, Target>();
  #dialCount = 0;

  constructor(self: PeerId, random: () => number) {
    this.#self = self;
    this.#random = random;
  }

  /** Remembers where a peer may be; `linked` peers only have their addresses refreshed. */
  sight(sighting: Sighting, linked: boolean, now: Millis): void {
    if (sighting.peerId === this.#self || sighting.addresses.length === 0) return;
    const first = sighting.addresses[0];
    if (first === undefined) return;
    const key = sighting.peerId ?? formatAddress(first);
    const known = this.#targets.get(key);
    if (known === undefined) {
      if (this.#targets.size >= targetsMax) return;
      this.#targets.set(key, {
        key,
        peerId: sighting.peerId,
        addresses: sighting.addresses.slice(0, addressesMax),
        typed: sighting.source === "typed",
        attempt: 0,
        dueAt: now,
        nextAddress: 0,
        inFlight: new Map(),
        lastWantedAt: now,
        linked,
      });
      return;
    }
    known.lastWantedAt = now;
    const isNews = sighting.addresses.some((address) => !known.addresses.some((other) => sameAddress(address, other)));
    if (isNews || sighting.source === "mdns") known.addresses = mergeAddresses(sighting.addresses, known.addresses);
    if (linked || known.linked) return;
    if ((isNews || sighting.source === "typed") && known.inFlight.size === 0) {
      known.attempt = 0;
      known.nextAddress = 0;
      known.dueAt = now;
    }
  }

  /** Which dials are due. Call after every change and at `nextWakeAt`. */
  wake(now: Millis): Dial[] {
    const dials: Dial[] = [];
    for (const target of this.#targets.values()) {
      for (const [connectionId, since] of target.inFlight) {
        if (now - since >= dialTimeoutMs) this.#failed(target, connectionId, now);
      }
      if (!target.typed && !target.linked && now - target.lastWantedAt > dialPatienceMs && target.inFlight.size === 0) {
        this.#targets.delete(target.key);
      }
    }
    for (const target of this.#targets.values()) {
      if (target.linked || target.dueAt > now || this.#inFlightCount() >= dialsMax) continue;
      const address = target.addresses[target.nextAddress];
      if (address === undefined) continue;
      const connectionId = `out-${++this.#dialCount}` as ConnectionId;
      target.inFlight.set(connectionId, now);
      target.nextAddress += 1;
      target.dueAt = (now + nextAddressMs) as Millis;
      dials.push({ connectionId, address });
    }
    return dials;
  }

  nextWakeAt(): Millis | undefined {
    let next: number | undefined;
    const full = this.#inFlightCount() >= dialsMax;
    for (const target of this.#targets.values()) {
      if (target.linked) continue;
      if (!full && target.nextAddress < target.addresses.length) next = Math.min(next ?? Number.POSITIVE_INFINITY, target.dueAt);
      for (const since of target.inFlight.values()) next = Math.min(next ?? Number.POSITIVE_INFINITY, since + dialTimeoutMs);
    }
    return next as Millis | undefined;
  }

  /** A dial ended without a handshake. `hopeless` (another network, not Earshot) goes straight to the longest pause. */
  dialFailed(connectionId: ConnectionId, hopeless: boolean, now: Millis): void {
    const target = this.#targetOf(connectionId);
    if (target === undefined) return;
    if (hopeless) target.attempt = Math.max(target.attempt, 6);
    this.#failed(target, connectionId, now);
  }

  /** The handshake said who is there. Returns the target's other dials, to be closed. */
  authenticated(connectionId: ConnectionId, peerId: PeerId): ConnectionId[] {
    const target = this.#targetOf(connectionId);
    if (target === undefined) return [];
    target.inFlight.delete(connectionId);
    if (peerId === this.#self) {
      this.#targets.delete(target.key);
      return [...target.inFlight.keys()];
    }
    const others = [...target.inFlight.keys()];
    target.inFlight.clear();
    target.linked = true;
    if (target.peerId !== peerId) this.#rename(target, peerId);
    return others;
  }

  /** A connection to this peer, dialled by whomever, is on its way to be a link. */
  hold(peerId: PeerId): void {
    const target = this.#targets.get(peerId);
    if (target !== undefined) target.linked = true;
  }

  linkOpened(peerId: PeerId, address: Address, now: Millis): void {
    const target = this.#targets.get(peerId);
    if (target === undefined) {
      this.sight({ source: "introduced", addresses: [address], peerId }, true, now);
      return;
    }
    target.linked = true;
    target.attempt = 0;
    target.nextAddress = 0;
    target.lastWantedAt = now;
    target.addresses = mergeAddresses([address], target.addresses);
  }

  /** The connection to this peer is no more. `forGood` where it said goodbye: wait until it is seen again. */
  linkLost(peerId: PeerId, forGood: boolean, wasOpen: boolean, now: Millis): void {
    const target = this.#targets.get(peerId);
    if (target === undefined) return;
    target.linked = false;
    target.nextAddress = 0;
    if (forGood && !target.typed) {
      this.#targets.delete(target.key);
      return;
    }
    if (wasOpen) {
      target.attempt = 0;
      target.lastWantedAt = now;
    }
    target.dueAt = (now + this.#pause(target)) as Millis;
    target.attempt += 1;
  }

  /** The first address dialled for each peer that may still be there, for the store of remembered addresses. */
  known(): { peerId: PeerId; addresses: readonly Address[] }[] {
    const known: { peerId: PeerId; addresses: readonly Address[] }[] = [];
    for (const target of this.#targets.values()) {
      if (target.peerId !== undefined && target.linked) known.push({ peerId: target.peerId, addresses: target.addresses });
    }
    return known;
  }

  #failed(target: Target, connectionId: ConnectionId, now: Millis): void {
    target.inFlight.delete(connectionId);
    if (target.nextAddress < target.addresses.length) {
      target.dueAt = Math.min(target.dueAt, now) as Millis;
      return;
    }
    if (target.inFlight.size > 0) return;
    target.nextAddress = 0;
    target.dueAt = (now + this.#pause(target)) as Millis;
    target.attempt += 1;
  }

  /** Doubling from `redialMinMs` to `redialMaxMs`, ± 50 %, so that a room full of laptops does not redial in step. */
  #pause(target: Target): number {
    const base = Math.min(redialMaxMs, redialMinMs * 2 ** Math.min(target.attempt, 16));
    return Math.round(base * (0.5 + this.#random()));
  }

  /** A typed-in address, or one whose owner has changed, turns out to be this peer. */
  #rename(target: Target, peerId: PeerId): void {
    this.#targets.delete(target.key);
    const existing = this.#targets.get(peerId);
    this.#targets.set(peerId, {
      ...target,
      key: peerId,
      peerId,
      addresses: mergeAddresses(target.addresses, existing?.addresses ?? []),
      typed: target.typed || (existing?.typed ?? false),
    });
  }

  #targetOf(connectionId: ConnectionId): Target | undefined {
    for (const target of this.#targets.values()) if (target.inFlight.has(connectionId)) return target;
    return undefined;
  }

  #inFlightCount(): number {
    let count = 0;
    for (const target of this.#targets.values()) count += target.inFlight.size;
    return count;
  }
}

function sameAddress(a: Address, b: Address): boolean {
  return a.port === b.port && a.host === b.host;
}

function mergeAddresses(first: readonly Address[], then: readonly Address[]): Address[] {
  const merged = [...first];
  for (const address of then) if (!merged.some((other) => sameAddress(other, address))) merged.push(address);
  return merged.slice(0, addressesMax);
}
