/**
 * Who is directly linked or one relay away, and by which neighbour; the cards of everybody known; and, for those further
 * off, the neighbour by which their own word came last.
 *
 * Invariants
 * 1. A peer is reachable if we have an open link to it, or a neighbour says that it has.
 * 2. What a neighbour says counts only while our link to that neighbour is open.
 */
import type { PeerId } from "../ids.ts";
import { byId, type Card, type KnownPeer, sameCard } from "./card.ts";
import { knownPeersMax, neighboursMax } from "./limits.ts";

export class Neighbourhood {
  readonly #self: PeerId;
  readonly #known = new Map<PeerId, KnownPeer>();
  /** For each open link: whom that neighbour is linked to. */
  readonly #neighboursOf = new Map<PeerId, Set<PeerId>>();
  /** By how many neighbours a peer can be reached: asked after every frame, so not counted anew each time. */
  readonly #waysTo = new Map<PeerId, number>();
  /** Of the known ones, those we have been linked to ourselves. */
  readonly #met = new Set<PeerId>();
  readonly #bySignature = new Map<string, PeerId>();
  /** The neighbour by which a peer's own broadcast came first: the way back (reverse path forwarding, Dalal and Metcalfe 1978). */
  readonly #routes = new Map<PeerId, PeerId>();
  /** Of whom something may have changed since `takeTouched`. */
  #touched = new Set<PeerId>();

  constructor(self: PeerId) {
    this.#self = self;
  }

  known(peerId: PeerId): KnownPeer | undefined {
    return this.#known.get(peerId);
  }

  knownPeers(): IterableIterator<KnownPeer> {
    return this.#known.values();
  }

  takeTouched(): PeerId[] {
    if (this.#touched.size === 0) return [];
    const touched = [...this.#touched].sort(byId);
    this.#touched = new Set();
    return touched;
  }

  touch(peerId: PeerId): void {
    if (peerId !== this.#self) this.#touched.add(peerId);
  }

  routed(peerId: PeerId, neighbour: PeerId): void {
    if (peerId === this.#self || peerId === neighbour) return;
    if (this.#routes.size < knownPeersMax || this.#routes.has(peerId)) this.#routes.set(peerId, neighbour);
  }

  /** The checked card that says the very same: then this one needs no check. */
  sameAs(card: Card): KnownPeer | undefined {
    const peerId = this.#bySignature.get(signatureKey(card));
    const known = peerId === undefined ? undefined : this.#known.get(peerId);
    return known !== undefined && sameCard(known.card, card) ? known : undefined;
  }

  /** Keeps the newest card of each peer. */
  learn(peer: KnownPeer): "old" | "newer" | "restarted" {
    const { peerId } = peer.identity;
    const before = this.#known.get(peerId);
    if (peerId === this.#self || (before !== undefined && peer.card.revision <= before.card.revision)) return "old";
    this.#forget(peerId);
    this.#known.set(peerId, peer);
    this.touch(peerId);
    this.#bySignature.set(signatureKey(peer.card), peerId);
    if (this.#known.size > knownPeersMax) this.#forgetOne(peerId);
    if (before === undefined || before.card.instance === peer.card.instance) return "newer";
    return "restarted";
  }

  #forget(peerId: PeerId): void {
    const known = this.#known.get(peerId);
    if (known === undefined) return;
    this.#known.delete(peerId);
    this.touch(peerId);
    this.#bySignature.delete(signatureKey(known.card));
  }

  /** The one longest known that is absent; of these, first one that only others have told us of. */
  #forgetOne(newcomer: PeerId): void {
    const absent = [...this.#known.keys()].filter((peerId) => peerId !== newcomer && !this.isReachable(peerId));
    const gone = absent.find((peerId) => !this.#met.has(peerId)) ?? absent[0];
    if (gone === undefined) return;
    this.#forget(gone);
    this.#met.delete(gone);
    this.#routes.delete(gone);
  }

  /** A new link: what this neighbour said on an older one is void. */
  linked(peerId: PeerId): void {
    this.unlinked(peerId);
    this.#neighboursOf.set(peerId, new Set());
    this.#met.add(peerId);
  }

  unlinked(peerId: PeerId): void {
    for (const other of this.#neighboursOf.get(peerId) ?? []) this.#oneWayLess(other);
    this.touch(peerId);
    this.#neighboursOf.delete(peerId);
  }

  neighbourUp(neighbour: PeerId, peerId: PeerId): void {
    const list = this.#neighboursOf.get(neighbour);
    if (list === undefined || list.size >= neighboursMax || peerId === this.#self) return;
    this.touch(peerId);
    if (list.has(peerId)) return;
    list.add(peerId);
    this.#waysTo.set(peerId, (this.#waysTo.get(peerId) ?? 0) + 1);
  }

  neighbourDown(neighbour: PeerId, peerId: PeerId): void {
    if (this.#neighboursOf.get(neighbour)?.delete(peerId)) this.#oneWayLess(peerId);
  }

  #oneWayLess(peerId: PeerId): void {
    const ways = (this.#waysTo.get(peerId) ?? 0) - 1;
    if (ways > 0) this.#waysTo.set(peerId, ways);
    else this.#waysTo.delete(peerId);
    this.touch(peerId);
  }

  isLinked(peerId: PeerId): boolean {
    return this.#neighboursOf.has(peerId);
  }

  isReachable(peerId: PeerId): boolean {
    return this.#neighboursOf.has(peerId) || this.#waysTo.has(peerId);
  }

  linkedPeers(): PeerId[] {
    return [...this.#neighboursOf.keys()];
  }

  /**
   * The neighbour to hand a frame for `to`: itself, else the host if it is linked to it, else the first by id that is,
   * else the one by which its word came, else the host. Never back to `cameFrom`.
   */
  nextHop(to: PeerId, hostId: PeerId, cameFrom: PeerId | undefined): PeerId | undefined {
    if (this.#neighboursOf.has(to)) return to === cameFrom ? undefined : to;
    if (hostId !== cameFrom && this.#neighboursOf.get(hostId)?.has(to) === true) return hostId;
    let first: PeerId | undefined;
    for (const [neighbour, list] of this.#neighboursOf) {
      if (neighbour !== cameFrom && list.has(to) && (first === undefined || neighbour < first)) first = neighbour;
    }
    if (first !== undefined) return first;
    const back = this.#routes.get(to);
    if (back !== undefined && back !== cameFrom && this.#neighboursOf.has(back)) return back;
    return hostId !== cameFrom && this.#neighboursOf.has(hostId) ? hostId : undefined;
  }
}

function signatureKey(card: Card): string {
  return card.signature.join();
}
