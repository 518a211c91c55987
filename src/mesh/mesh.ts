/** Composes links, dialling, neighbourhood and election into one machine: inputs in, orders and events out. */
import type { Identity, Signatures } from "../crypto/ports.ts";
import type { Sighting } from "../discovery/sighting.ts";
import type { Address, ConnectionId, Millis, PeerId } from "../ids.ts";
import { type Card, checkCard, formatAddress, type IdentityFromKeys, type KnownPeer, signCard } from "./card.ts";
import { Dialing } from "./dialing.ts";
import { Election, type HostView } from "./election.ts";
import { decodeFrame, type EnvelopeFrame, encodeFrame, type Frame } from "./frames.ts";
import { connectTimeoutMs, handOffTimeoutMs, hopsMax, linkSilenceMaxMs, linksMax, neighboursMax } from "./limits.ts";
import { type Connection, Links } from "./links.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import type { CloseReason, RemotePeer, TransportInput } from "./transport.ts";

export type MeshOrder =
  | { readonly type: "dial"; readonly connectionId: ConnectionId; readonly address: Address }
  | { readonly type: "negotiate"; readonly connectionId: ConnectionId }
  | { readonly type: "sendFrame"; readonly connectionId: ConnectionId; readonly bytes: Uint8Array }
  | { readonly type: "closeConnection"; readonly connectionId: ConnectionId; readonly reason: CloseReason };

export type MeshEvent =
  | { readonly type: "reachable"; readonly peerId: PeerId }
  | { readonly type: "unreachable"; readonly peerId: PeerId; readonly saidGoodbye: boolean }
  /** Card, link or relay of a known peer changed. */
  | { readonly type: "peerChanged"; readonly peerId: PeerId }
  | { readonly type: "hostChanged" }
  | { readonly type: "arrived"; readonly from: PeerId; readonly sealed: Uint8Array }
  | { readonly type: "connectSettled"; readonly ticket: number; readonly peerId: PeerId | undefined }
  | { readonly type: "handOffSettled"; readonly to: PeerId; readonly ok: boolean }
  /** The handshake succeeded but no data channel came about. */
  | { readonly type: "linkFailed"; readonly peerId: PeerId };

export interface MeshOutcome {
  readonly orders: MeshOrder[];
  readonly events: MeshEvent[];
}

export interface MeshPorts {
  readonly identity: Identity;
  readonly signatures: Signatures;
  readonly identityFromKeys: IdentityFromKeys;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface About {
  readonly name: string;
  readonly named: boolean;
  readonly revision: number;
  readonly addresses: readonly Address[];
}

export interface RefusedCounts {
  tooMany: number;
  badHandshake: number;
  timedOut: number;
  badFrames: number;
}

/** What this peer carried for others, by the neighbour that asked. */
export interface RelayedCounts {
  frames: number;
  bytes: number;
}

interface PendingConnect {
  readonly addresses: readonly Address[];
  readonly until: Millis;
  peerId: PeerId | undefined;
}

export class Mesh {
  readonly #ports: MeshPorts;
  readonly #self: PeerId;
  readonly #links: Links;
  readonly #dialing: Dialing;
  readonly #neighbourhood: Neighbourhood;
  readonly #election: Election;
  readonly refused: RefusedCounts = { tooMany: 0, badHandshake: 0, timedOut: 0, badFrames: 0 };
  readonly #relayed = new Map<PeerId, RelayedCounts>();
  readonly #dialled = new Map<ConnectionId, Address>();
  readonly #connects = new Map<number, PendingConnect>();
  #connectCount = 0;
  #handOff: { readonly to: PeerId; readonly until: Millis } | undefined;
  #card: Card;
  #reachable = new Set<PeerId>();
  #saidGoodbye = new Set<PeerId>();
  #surroundingsChanged = false;
  #stopping = false;
  #orders: MeshOrder[] = [];
  #events: MeshEvent[] = [];

  constructor(ports: MeshPorts, about: About, now: Millis) {
    this.#ports = ports;
    this.#self = ports.identity.peerId;
    this.#links = new Links(this.#self);
    this.#dialing = new Dialing(this.#self, ports.random);
    this.#neighbourhood = new Neighbourhood(this.#self);
    this.#card = signCard(ports.identity, ports.signatures, about);
    this.#election = new Election(
      this.#self,
      {
        isReachable: (peerId) => this.#neighbourhood.isReachable(peerId),
        reachable: () => this.#neighbourhood.reachable(),
        linkedBySeniority: () => this.#linkedBySeniority(),
      },
      now,
    );
  }

  // ── What others may read ──────────────────────────────────────────────────────────────────────────────────────────

  get host(): HostView {
    return this.#election.view;
  }

  get shownTerm(): number {
    return this.#election.shownTerm;
  }

  known(peerId: PeerId): KnownPeer | undefined {
    return this.#neighbourhood.known(peerId);
  }

  knownPeers(): KnownPeer[] {
    return [...this.#neighbourhood.knownPeers()];
  }

  isReachable(peerId: PeerId): boolean {
    return this.#reachable.has(peerId);
  }

  reachable(): PeerId[] {
    return [...this.#reachable];
  }

  linkTo(peerId: PeerId): Connection | undefined {
    return this.#neighbourhood.isLinked(peerId) ? this.#links.to(peerId) : undefined;
  }

  /** Who would carry a frame for this peer now. */
  relayFor(peerId: PeerId): PeerId | undefined {
    return this.#neighbourhood.nextHop(peerId, this.host.hostId, undefined);
  }

  relayedFor(peerId: PeerId): RelayedCounts {
    return this.#relayed.get(peerId) ?? { frames: 0, bytes: 0 };
  }

  relayedInAll(): RelayedCounts {
    const sum = { frames: 0, bytes: 0 };
    for (const counts of this.#relayed.values()) {
      sum.frames += counts.frames;
      sum.bytes += counts.bytes;
    }
    return sum;
  }

  /** Where linked peers can be found again. */
  remembered(): { peerId: PeerId; addresses: readonly Address[] }[] {
    return this.#dialing.known();
  }

  // ── Inputs ────────────────────────────────────────────────────────────────────────────────────────────────────────

  handle(input: TransportInput, now: Millis): MeshOutcome {
    switch (input.type) {
      case "connectionAuthenticated":
        this.#authenticated(input.connectionId, input.dialled, input.remote, now);
        break;
      case "dialFailed":
        this.#dialled.delete(input.connectionId);
        this.#dialing.dialFailed(input.connectionId, input.failure === "handshakeFailed", now);
        break;
      case "linkOpened":
        this.#linkOpened(input.connectionId, now);
        break;
      case "connectionClosed":
        this.#lose(input.connectionId, input.reason === "goodbye", now);
        break;
      case "frameArrived":
        this.#frameArrived(input.connectionId, input.bytes, now);
        break;
      case "connectionRefused":
        this.refused[input.cause] += input.count ?? 1;
        break;
    }
    return this.#finish(now);
  }

  sight(sighting: Sighting, now: Millis): MeshOutcome {
    if (!this.#stopping) this.#dialing.sight(sighting, sighting.peerId !== undefined && this.#links.has(sighting.peerId), now);
    return this.#finish(now);
  }

  /** Dials typed-in addresses; `connectSettled` with this ticket follows within `connectTimeoutMs`. */
  connect(addresses: readonly Address[], now: Millis): { ticket: number; outcome: MeshOutcome } {
    const ticket = ++this.#connectCount;
    const linked = this.#links.open().find((link) => addresses.some((address) => formatAddress(address) === formatAddress(link.remote.address)));
    if (linked !== undefined) {
      this.#events.push({ type: "connectSettled", ticket, peerId: linked.remote.identity.peerId });
      return { ticket, outcome: this.#finish(now) };
    }
    this.#connects.set(ticket, { addresses, until: (now + connectTimeoutMs) as Millis, peerId: undefined });
    this.#dialing.sight({ source: "typed", addresses }, false, now);
    return { ticket, outcome: this.#finish(now) };
  }

  /** Sends on the peer's own link, or by a relay. Dropped where there is neither: who cares asks again. */
  sendSealed(to: PeerId, sealed: Uint8Array, now: Millis): MeshOutcome {
    this.#forward({ t: "envelope", from: this.#self, to, hops: 0, sealed }, undefined);
    return this.#finish(now);
  }

  setAbout(about: About, now: Millis): MeshOutcome {
    this.#card = signCard(this.#ports.identity, this.#ports.signatures, about);
    this.#broadcast({ t: "neighbourUp", card: this.#card });
    return this.#finish(now);
  }

  /** The hand-off has been sent; `handOffSettled` follows. */
  awaitHandOff(to: PeerId, now: Millis): void {
    this.#handOff = { to, until: (now + handOffTimeoutMs) as Millis };
  }

  get isHandingOff(): boolean {
    return this.#handOff !== undefined;
  }

  /** The current host asks us to take over. */
  acceptHandOff(from: PeerId, term: number, now: Millis): MeshOutcome {
    if (!this.#stopping && this.#election.acceptHandOff(from, term, now)) this.#hostChanged();
    return this.#finish(now);
  }

  /** Goodbye on every link; nothing is dialled any more. */
  stop(now: Millis): MeshOutcome {
    this.#stopping = true;
    this.#broadcast({ t: "goodbye" });
    for (const link of this.#links.open()) this.#close(link.connectionId, "goodbye");
    return this.#finish(now);
  }

  wake(now: Millis): MeshOutcome {
    for (const connection of this.#links.overdue(now, linkSilenceMaxMs)) {
      this.#close(connection.connectionId, connection.openedAt === undefined ? "negotiationFailed" : "silent");
      this.#lose(connection.connectionId, false, now);
    }
    if (this.#neighbourhood.expire(now)) this.#surroundingsChanged = true;
    for (const [ticket, pending] of this.#connects) {
      if (now >= pending.until) this.#settleConnect(ticket, undefined);
    }
    if (this.#handOff !== undefined && now >= this.#handOff.until) this.#settleHandOff(false);
    const { beat, changed } = this.#election.wake(now);
    if (changed) this.#hostChanged();
    else if (beat) this.#beat();
    return this.#finish(now);
  }

  nextWakeAt(): Millis | undefined {
    if (this.#stopping) return undefined;
    let next: number = this.#election.nextWakeAt();
    for (const at of [this.#links.nextDeadline(linkSilenceMaxMs), this.#dialing.nextWakeAt(), this.#neighbourhood.nextWakeAt(), this.#handOff?.until]) {
      if (at !== undefined && at < next) next = at;
    }
    for (const pending of this.#connects.values()) next = Math.min(next, pending.until);
    return next as Millis;
  }

  // ── Connections ───────────────────────────────────────────────────────────────────────────────────────────────────

  #authenticated(connectionId: ConnectionId, dialled: boolean, remote: RemotePeer, now: Millis): void {
    const peerId = remote.identity.peerId;
    const address = this.#dialled.get(connectionId);
    this.#dialled.delete(connectionId);
    for (const other of this.#dialing.authenticated(connectionId, peerId)) this.#close(other, "duplicate");
    if (peerId === this.#self) {
      this.#close(connectionId, "self");
      if (address !== undefined) this.#connectReached(address, peerId);
      return;
    }
    if (this.#stopping || (this.#links.count >= linksMax && !this.#links.has(peerId))) {
      this.#close(connectionId, "overloaded");
      this.#dialing.linkLost(peerId, false, false, now);
      return;
    }
    if (address !== undefined) this.#connectReached(address, peerId);
    const { added, closed } = this.#links.authenticated(connectionId, dialled, remote, now);
    // The peer stays a neighbour meanwhile: only if the new connection fails too is it gone.
    if (closed !== undefined) this.#close(closed.connectionId, "duplicate");
    if (added === undefined) this.#close(connectionId, "duplicate");
    else this.#orders.push({ type: "negotiate", connectionId });
  }

  #linkOpened(connectionId: ConnectionId, now: Millis): void {
    const connection = this.#links.opened(connectionId, now);
    if (connection === undefined) return;
    const peerId = connection.remote.identity.peerId;
    this.#dialing.linkOpened(peerId, connection.remote.address, now);
    const neighbours: Card[] = [];
    for (const neighbour of this.#neighbourhood.linkedPeers()) {
      const known = this.#neighbourhood.known(neighbour);
      if (known !== undefined && neighbours.length < neighboursMax) neighbours.push(known.card);
    }
    this.#send(connectionId, { t: "hello", card: this.#card, neighbours });
    this.#send(connectionId, this.#heartbeat());
    for (const [ticket, pending] of this.#connects) if (pending.peerId === peerId) this.#settleConnect(ticket, peerId);
  }

  #lose(connectionId: ConnectionId, saidGoodbye: boolean, now: Millis): void {
    this.#dialled.delete(connectionId);
    const connection = this.#links.remove(connectionId);
    if (connection === undefined) return;
    const peerId = connection.remote.identity.peerId;
    const wasOpen = connection.openedAt !== undefined;
    this.#dialing.linkLost(peerId, saidGoodbye, wasOpen, now);
    if (!wasOpen) this.#events.push({ type: "linkFailed", peerId });
    this.#forgetNeighbour(peerId);
    if (saidGoodbye) {
      this.#neighbourhood.departed(peerId, now);
      this.#saidGoodbye.add(peerId);
    }
  }

  #forgetNeighbour(peerId: PeerId): void {
    if (!this.#neighbourhood.isLinked(peerId)) return;
    this.#neighbourhood.unlinked(peerId);
    this.#surroundingsChanged = true;
    this.#events.push({ type: "peerChanged", peerId });
    this.#broadcast({ t: "neighbourDown", peerId });
  }

  #close(connectionId: ConnectionId, reason: CloseReason): void {
    this.#dialled.delete(connectionId);
    this.#orders.push({ type: "closeConnection", connectionId, reason });
  }

  #connectReached(address: Address, peerId: PeerId): void {
    const text = formatAddress(address);
    for (const [ticket, pending] of this.#connects) {
      if (!pending.addresses.some((candidate) => formatAddress(candidate) === text)) continue;
      pending.peerId = peerId;
      if (peerId === this.#self || this.#links.to(peerId) !== undefined) this.#settleConnect(ticket, peerId);
    }
  }

  #settleConnect(ticket: number, peerId: PeerId | undefined): void {
    this.#connects.delete(ticket);
    this.#events.push({ type: "connectSettled", ticket, peerId });
  }

  // ── Frames ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #frameArrived(connectionId: ConnectionId, bytes: Uint8Array, now: Millis): void {
    const connection = this.#links.get(connectionId);
    if (connection === undefined) return;
    connection.heardAt = now;
    const frame = decodeFrame(bytes);
    if (frame === undefined) {
      this.refused.badFrames += 1;
      return;
    }
    const from = connection.remote.identity.peerId;
    switch (frame.t) {
      case "hello":
        this.#hello(connection, frame.card, frame.neighbours, now);
        break;
      case "neighbourUp":
        this.#neighbourUp(from, frame.card, now);
        break;
      case "neighbourDown":
        this.#neighbourhood.neighbourDown(from, frame.peerId);
        this.#surroundingsChanged = true;
        break;
      case "heartbeat":
        if (this.#neighbourhood.isLinked(from) && this.#election.heartbeat(from, frame, now)) this.#hostChanged();
        break;
      case "envelope":
        if (frame.to === this.#self) this.#events.push({ type: "arrived", from: frame.from, sealed: frame.sealed });
        else this.#relay(from, frame);
        break;
      case "goodbye":
        this.#close(connectionId, "goodbye");
        this.#lose(connectionId, true, now);
        break;
    }
  }

  #hello(connection: Connection, card: Card, neighbours: readonly Card[], now: Millis): void {
    const peerId = connection.remote.identity.peerId;
    const isNew = !this.#neighbourhood.isLinked(peerId);
    if (this.#learn(card) !== peerId) {
      this.refused.badFrames += 1;
      this.#close(connection.connectionId, "protocolViolation");
      this.#lose(connection.connectionId, false, now);
      return;
    }
    this.#neighbourhood.linked(peerId);
    this.#saidGoodbye.delete(peerId);
    this.#surroundingsChanged = true;
    this.#events.push({ type: "peerChanged", peerId });
    if (isNew) {
      const known = this.#neighbourhood.known(peerId);
      if (known !== undefined) this.#broadcast({ t: "neighbourUp", card: known.card }, peerId);
    }
    for (const neighbour of neighbours) this.#neighbourUp(peerId, neighbour, now);
  }

  #neighbourUp(from: PeerId, card: Card, now: Millis): void {
    if (!this.#neighbourhood.isLinked(from)) return;
    const peerId = this.#learn(card);
    if (peerId === undefined) {
      this.refused.badFrames += 1;
      return;
    }
    if (peerId === this.#self) return;
    if (peerId !== from) {
      this.#neighbourhood.neighbourUp(from, peerId);
      const known = this.#neighbourhood.known(peerId);
      if (known !== undefined && known.addresses.length > 0 && !this.#stopping) {
        this.#dialing.sight({ source: "introduced", addresses: known.addresses, peerId }, this.#links.has(peerId), now);
      }
    }
    this.#surroundingsChanged = true;
  }

  /** Checks and keeps a card; answers whose it is. */
  #learn(card: Card): PeerId | undefined {
    const checked = checkCard(card, this.#ports.signatures, this.#ports.identityFromKeys);
    if (checked === undefined) return undefined;
    const peerId = checked.identity.peerId;
    if (this.#neighbourhood.learn(checked)) {
      this.#events.push({ type: "peerChanged", peerId });
      // A neighbour's own new card is passed on, so that those who see it only through us learn its name too.
      if (this.#neighbourhood.isLinked(peerId)) this.#broadcast({ t: "neighbourUp", card }, peerId);
    }
    return peerId;
  }

  #relay(from: PeerId, frame: EnvelopeFrame): void {
    if (frame.hops >= hopsMax || frame.from === this.#self) return;
    if (!this.#forward({ ...frame, hops: frame.hops + 1 }, from)) return;
    const counts = this.#relayed.get(from) ?? { frames: 0, bytes: 0 };
    counts.frames += 1;
    counts.bytes += frame.sealed.length;
    this.#relayed.set(from, counts);
  }

  #forward(frame: EnvelopeFrame, cameFrom: PeerId | undefined): boolean {
    const hop = this.#neighbourhood.nextHop(frame.to, this.host.hostId, cameFrom);
    const link = hop === undefined || hop === frame.from ? undefined : this.#links.to(hop);
    if (link === undefined) return false;
    this.#send(link.connectionId, frame);
    return true;
  }

  #send(connectionId: ConnectionId, frame: Frame): void {
    this.#orders.push({ type: "sendFrame", connectionId, bytes: encodeFrame(frame) });
  }

  #broadcast(frame: Frame, except?: PeerId): void {
    const bytes = encodeFrame(frame);
    for (const link of this.#links.open()) {
      if (link.remote.identity.peerId !== except) this.#orders.push({ type: "sendFrame", connectionId: link.connectionId, bytes });
    }
  }

  // ── Host ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #heartbeat(): Frame {
    const { term, hostId, hostSeq, successors } = this.#election.view;
    return { t: "heartbeat", term, hostId, hostSeq, successors: [...successors] };
  }

  #beat(): void {
    this.#broadcast(this.#heartbeat());
  }

  #hostChanged(): void {
    if (this.#handOff !== undefined && this.host.role !== "host") this.#settleHandOff(this.host.hostId === this.#handOff.to);
    this.#events.push({ type: "hostChanged" });
    this.#beat();
  }

  #settleHandOff(ok: boolean): void {
    if (this.#handOff === undefined) return;
    this.#events.push({ type: "handOffSettled", to: this.#handOff.to, ok });
    this.#handOff = undefined;
  }

  #linkedBySeniority(): PeerId[] {
    return this.#links
      .open()
      .filter((link) => this.#neighbourhood.isLinked(link.remote.identity.peerId))
      .sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.remote.identity.peerId < b.remote.identity.peerId ? -1 : 1))
      .map((link) => link.remote.identity.peerId);
  }

  // ── The end of every input ────────────────────────────────────────────────────────────────────────────────────────

  #finish(now: Millis): MeshOutcome {
    if (this.#surroundingsChanged) {
      this.#surroundingsChanged = false;
      this.#noteReachability();
      const news = this.#election.surroundingsChanged(now);
      if (news === "changed") this.#hostChanged();
      else if (news === "beat") this.#beat();
    }
    if (!this.#stopping) {
      for (const dial of this.#dialing.wake(now)) {
        this.#dialled.set(dial.connectionId, dial.address);
        this.#orders.push({ type: "dial", connectionId: dial.connectionId, address: dial.address });
      }
    }
    const outcome = { orders: this.#orders, events: this.#events };
    this.#orders = [];
    this.#events = [];
    return outcome;
  }

  #noteReachability(): void {
    const next = new Set(this.#neighbourhood.reachable());
    for (const peerId of this.#reachable) {
      if (next.has(peerId)) continue;
      this.#events.push({ type: "unreachable", peerId, saidGoodbye: this.#saidGoodbye.delete(peerId) });
    }
    for (const peerId of next) if (!this.#reachable.has(peerId)) this.#events.push({ type: "reachable", peerId });
    this.#reachable = next;
  }
}
