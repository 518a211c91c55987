/** Which links come about: what was sighted, typed in or is wanted becomes dials; what a crowd has too many of is given up. */
import type { Sighting } from "../discovery/sighting.ts";
import type { Address, ConnectionId, Millis, PeerId } from "../ids.ts";
import { Connects } from "./connects.ts";
import { Dialing } from "./dialing.ts";
import { crowdLinksMin, fullMeshMax, newcomerMs, strangerMsPerPeer } from "./limits.ts";
import type { Links } from "./links.ts";
import { isNear } from "./locality.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { Outbox } from "./outcome.ts";
import { Overlay } from "./overlay.ts";

export interface LinkingPorts {
  readonly self: PeerId;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly links: Links;
  readonly neighbourhood: Neighbourhood;
  readonly out: Outbox;
  ownHosts(): readonly string[];
  isReachable(peerId: PeerId): boolean;
  here(): Iterable<PeerId>;
  /** Everybody in the mesh, this peer included. */
  size(): number;
  /** Host and successors, where this peer is one of them. */
  council(): readonly PeerId[];
}

export class Linking {
  readonly #ports: LinkingPorts;
  readonly dialing: Dialing;
  readonly overlay: Overlay;
  readonly connects = new Connects();
  readonly #startedAt: Millis;
  #nextAt: Millis;

  constructor(ports: LinkingPorts, now: Millis) {
    const { self, random, links, neighbourhood } = ports;
    this.#ports = ports;
    this.#startedAt = now;
    this.#nextAt = now;
    this.dialing = new Dialing(self, random, {
      places: () => this.overlay.places(links.count + this.dialing.flights),
      isWanted: (peerId) => !ports.isReachable(peerId) || this.overlay.needs(peerId),
    });
    this.overlay = new Overlay(
      {
        self,
        random,
        links: () =>
          links.open().map(({ remote, openedAt }) => ({
            peerId: remote.identity.peerId,
            openedAt: openedAt ?? now,
            isTyped: this.dialing.isTyped(remote.identity.peerId),
          })),
        isLinked: (peerId) => links.has(peerId) || neighbourhood.isLinked(peerId),
        here: () => ports.here(),
        council: () => ports.council(),
      },
      now,
    );
  }

  sight(sighting: Sighting, now: Millis): void {
    const { peerId, source } = sighting;
    const { links, isReachable, random, size } = this.#ports;
    // A crowd that heard a newcomer all at once must not dial it all at once; it dials by itself.
    const delayMs = source === "mdns" && this.overlay.isCrowd ? random() * strangerMsPerPeer * size() : 0;
    const isLinked = peerId !== undefined && links.has(peerId);
    if (peerId !== undefined && !isLinked && source !== "typed" && this.overlay.isCrowd && isReachable(peerId)) return;
    this.dialing.sight(sighting, isLinked, now, delayMs);
  }

  /** Dials typed-in addresses; `connectSettled` with the ticket follows. */
  connect(addresses: readonly Address[], now: Millis): number {
    const { links, out } = this.#ports;
    const ticket = this.connects.begin(addresses, now);
    let isThere = false;
    for (const { remote } of links.open()) {
      const settled = this.connects.reached(remote.address, remote.identity.peerId, true);
      out.tell(...settled);
      if (settled.length === 0) continue;
      isThere = true;
      this.dialing.keep(remote.identity.peerId);
    }
    // Dialling a standing link again would replace it.
    if (!isThere) this.dialing.sight({ source: "typed", addresses }, false, now);
    return ticket;
  }

  /** An envelope of ours goes to this peer: with several in a row a link of one's own is worth it. True where it is dialled for that. */
  used(peerId: PeerId, now: Millis): boolean {
    const isWorthIt = this.overlay.used(peerId, now);
    if (isWorthIt) this.#ask(peerId, now);
    return isWorthIt;
  }

  isDue(now: Millis): boolean {
    return now >= this.#nextAt;
  }

  /** Gives up what is too much, and dials what is due. Returns the links to give up. */
  wake(now: Millis): PeerId[] {
    const { out, links, size } = this.#ports;
    const isNewcomer = now - this.#startedAt < newcomerMs && size() <= crowdLinksMin;
    this.overlay.sized(isNewcomer ? Math.max(size(), this.dialing.size > fullMeshMax ? this.dialing.size : 0) : size());
    const { dial, drop } = this.overlay.wake(now, this.dialing.flights + links.count - links.open().length);
    for (const peerId of dial) this.#ask(peerId, now);
    const { dials, expired } = this.dialing.wake(now);
    for (const connectionId of expired) out.order({ type: "closeConnection", connectionId, reason: "silent" });
    for (const { connectionId, address } of dials) out.order({ type: "dial", connectionId, address });
    this.#nextAt = this.overlay.nextWakeAt();
    for (const at of [this.dialing.nextWakeAt(), this.connects.nextWakeAt()]) if (at !== undefined && at < this.#nextAt) this.#nextAt = at;
    return drop;
  }

  /** As of the last `wake`, which follows everything but a mere frame. */
  nextWakeAt(): Millis {
    return this.#nextAt;
  }

  addressOf(connectionId: ConnectionId): Address | undefined {
    return this.dialing.addressOf(connectionId);
  }

  #ask(peerId: PeerId, now: Millis): void {
    const { links, neighbourhood, ownHosts } = this.#ports;
    if (links.has(peerId)) return;
    const near = neighbourhood.known(peerId)?.addresses.filter(({ host }) => isNear(host, ownHosts())) ?? [];
    if (near.length > 0) this.dialing.ask(peerId, near, now);
  }
}
