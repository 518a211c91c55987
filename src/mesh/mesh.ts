/** Composes links, dialling, neighbourhood and election into one machine: inputs in, orders and events out. */
import type { Identity, Signatures } from "../crypto/ports.ts";
import type { Sighting } from "../discovery/sighting.ts";
import type { Address, ConnectionId, Millis, PeerId } from "../ids.ts";
import { type About, type Card, type IdentityFromKeys, type KnownPeer, signCard } from "./card.ts";
import { Connects } from "./connects.ts";
import { type RefusedCounts, Relayed } from "./counters.ts";
import { Dialing } from "./dialing.ts";
import { Election, type HostView } from "./election.ts";
import { decodeFrame, type EnvelopeFrame, type Frame } from "./frames.ts";
import { Introductions } from "./introductions.ts";
import { handOffTimeoutMs, helloCardsMax, hopsMax, linkSilenceMaxMs, linksMax } from "./limits.ts";
import { type Connection, Links } from "./links.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { type MeshOutcome, Outbox } from "./outcome.ts";
import { Presence } from "./presence.ts";
import type { CloseReason, RemotePeer, TransportInput } from "./transport.ts";

export interface MeshPorts {
  readonly identity: Identity;
  readonly signatures: Signatures;
  readonly identityFromKeys: IdentityFromKeys;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export class Mesh {
  readonly #ports: MeshPorts;
  readonly #self: PeerId;
  readonly #links: Links;
  readonly #out: Outbox;
  readonly #dialing: Dialing;
  readonly #neighbourhood: Neighbourhood;
  readonly #introductions: Introductions;
  readonly #election: Election;
  readonly refused: RefusedCounts = { tooMany: 0, badHandshake: 0, timedOut: 0, badFrames: 0 };
  readonly relayed = new Relayed();
  readonly #connects = new Connects();
  readonly #presence = new Presence();
  #handOff: { readonly to: PeerId; readonly until: Millis } | undefined;
  #card: Card;
  #ownHosts: readonly string[];
  #surroundingsChanged = false;
  #stopping = false;

  constructor(ports: MeshPorts, about: About, now: Millis) {
    this.#ports = ports;
    this.#self = ports.identity.peerId;
    this.#links = new Links(this.#self);
    this.#out = new Outbox(this.#links);
    this.#dialing = new Dialing(this.#self, ports.random);
    this.#neighbourhood = new Neighbourhood(this.#self);
    this.#introductions = new Introductions({
      self: this.#self,
      signatures: ports.signatures,
      identityFromKeys: ports.identityFromKeys,
      ownCard: () => this.#card,
      ownHosts: () => this.#ownHosts,
      links: this.#links,
      dialing: this.#dialing,
      neighbourhood: this.#neighbourhood,
      presence: this.#presence,
      out: this.#out,
    });
    this.#card = signCard(ports.identity, ports.signatures, about);
    this.#ownHosts = about.addresses.map(({ host }) => host);
    this.#election = new Election(
      this.#self,
      {
        isReachable: (peerId) => this.#neighbourhood.isReachable(peerId),
        reachable: () => this.#neighbourhood.reachable(),
        linkedBySeniority: () => this.#neighbourhood.linkedPeers(),
      },
      now,
    );
  }

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
    return this.#presence.has(peerId);
  }

  reachable(): PeerId[] {
    return this.#presence.list();
  }

  linkTo(peerId: PeerId): Connection | undefined {
    return this.#neighbourhood.isLinked(peerId) ? this.#links.to(peerId) : undefined;
  }

  /** Who would carry a frame for this peer now. */
  relayFor(peerId: PeerId): PeerId | undefined {
    return this.#neighbourhood.nextHop(peerId, this.host.hostId, undefined);
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
        this.#out.tell(...this.#connects.failed(this.#dialing.addressOf(input.connectionId), input.failure === "handshakeFailed"));
        this.#dialing.dialFailed(input.connectionId, input.failure === "handshakeFailed", now);
        break;
      case "linkOpened":
        this.#linkOpened(input.connectionId, now);
        break;
      case "connectionClosed":
        if (input.reason === "negotiationFailed") this.#tellLinkFailed(input.connectionId);
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
    const ticket = this.#connects.begin(addresses, now);
    let isThere = false;
    for (const { remote } of this.#links.open()) {
      const settled = this.#connects.reached(remote.address, remote.identity.peerId, true);
      this.#out.tell(...settled);
      if (settled.length === 0) continue;
      isThere = true;
      this.#dialing.keep(remote.identity.peerId);
    }
    // Dialling a standing link again would replace it.
    if (!isThere) this.#dialing.sight({ source: "typed", addresses }, false, now);
    return { ticket, outcome: this.#finish(now) };
  }

  /** Sends on the peer's own link, or by a relay. Dropped where there is neither: who cares asks again. */
  sendSealed(to: PeerId, sealed: Uint8Array): MeshOutcome {
    this.#forward({ t: "envelope", from: this.#self, to, hops: 0, sealed }, undefined);
    return this.#out.take();
  }

  setAbout(about: About, now: Millis): MeshOutcome {
    this.#card = signCard(this.#ports.identity, this.#ports.signatures, about);
    this.#ownHosts = about.addresses.map(({ host }) => host);
    this.#out.broadcast({ t: "neighbourUp", card: this.#card });
    return this.#finish(now);
  }

  /** The hand-off has been sent; `handOffSettled` follows. */
  awaitHandOff(to: PeerId, now: Millis): void {
    this.#handOff = { to, until: (now + handOffTimeoutMs) as Millis };
  }

  /** The current host asks us to take over. */
  acceptHandOff(from: PeerId, term: number, now: Millis): MeshOutcome {
    if (!this.#stopping && this.#election.acceptHandOff(from, term, now)) this.#hostChanged();
    return this.#finish(now);
  }

  /** Goodbye on every link; nothing is dialled any more. */
  stop(now: Millis): MeshOutcome {
    this.#stopping = true;
    this.#out.broadcast({ t: "goodbye" });
    for (const { connectionId, openedAt } of this.#links.all()) this.#close(connectionId, openedAt === undefined ? "stopped" : "goodbye");
    return this.#finish(now);
  }

  wake(now: Millis): MeshOutcome {
    for (const connection of this.#links.overdue(now, linkSilenceMaxMs)) {
      this.#tellLinkFailed(connection.connectionId);
      this.#close(connection.connectionId, connection.openedAt === undefined ? "negotiationFailed" : "silent");
      this.#lose(connection.connectionId, false, now);
    }
    if (this.#neighbourhood.expire(now)) this.#surroundingsChanged = true;
    this.#out.tell(...this.#connects.expire(this.#self, now));
    if (this.#handOff !== undefined && now >= this.#handOff.until) this.#settleHandOff(false);
    const { beat, changed } = this.#election.wake(now);
    if (changed) this.#hostChanged();
    else if (beat) this.#out.broadcast(this.#heartbeat());
    return this.#finish(now);
  }

  nextWakeAt(): Millis | undefined {
    if (this.#stopping) return undefined;
    let next: number = this.#election.nextWakeAt();
    const others = [
      this.#links.nextDeadline(linkSilenceMaxMs),
      this.#dialing.nextWakeAt(),
      this.#neighbourhood.nextWakeAt(),
      this.#connects.nextWakeAt(),
      this.#handOff?.until,
    ];
    for (const at of others) if (at !== undefined && at < next) next = at;
    return next as Millis;
  }

  // ── Connections ───────────────────────────────────────────────────────────────────────────────────────────────────

  #authenticated(connectionId: ConnectionId, dialled: boolean, remote: RemotePeer, now: Millis): void {
    const peerId = remote.identity.peerId;
    const address = this.#dialing.addressOf(connectionId);
    for (const other of this.#dialing.authenticated(connectionId, peerId, now)) this.#close(other, "duplicate");
    if (peerId === this.#self) {
      this.#close(connectionId, "self");
      if (address !== undefined) this.#out.tell(...this.#connects.reachedSelf(address, peerId));
      return;
    }
    if (this.#stopping || (this.#links.count >= linksMax && !this.#links.has(peerId))) {
      this.#close(connectionId, "overloaded");
      this.#dialing.linkLost(peerId, false, now);
      return;
    }
    if (address !== undefined) this.#out.tell(...this.#connects.reached(address, peerId, this.#links.to(peerId) !== undefined));
    const { added, closed } = this.#links.authenticated(connectionId, dialled, remote, now);
    // The peer stays a neighbour meanwhile: only if the new connection fails too is it gone.
    if (closed !== undefined) this.#close(closed.connectionId, "duplicate");
    if (added === undefined) this.#close(connectionId, "duplicate");
    else {
      this.#dialing.hold(peerId);
      this.#out.order({ type: "negotiate", connectionId });
    }
  }

  #linkOpened(connectionId: ConnectionId, now: Millis): void {
    const connection = this.#links.opened(connectionId, now);
    if (connection === undefined) return;
    const peerId = connection.remote.identity.peerId;
    this.#dialing.linkOpened(peerId, connection.remote.address, now);
    const neighbours: Card[] = [];
    for (const neighbour of this.#neighbourhood.linkedPeers()) {
      const known = this.#neighbourhood.known(neighbour);
      if (known !== undefined) neighbours.push(known.card);
    }
    this.#out.send(connectionId, { t: "hello", card: this.#card, neighbours: neighbours.splice(0, helloCardsMax) });
    for (const card of neighbours) this.#out.send(connectionId, { t: "neighbourUp", card });
    this.#out.send(connectionId, this.#heartbeat());
    this.#out.tell(...this.#connects.linkOpened(peerId));
  }

  #lose(connectionId: ConnectionId, saidGoodbye: boolean, now: Millis): void {
    const connection = this.#links.remove(connectionId);
    if (connection === undefined) return;
    const peerId = connection.remote.identity.peerId;
    for (const dial of this.#dialing.linkLost(peerId, saidGoodbye, now)) this.#close(dial, "duplicate");
    this.#forgetNeighbour(peerId);
    if (saidGoodbye) {
      this.#neighbourhood.departed(peerId, now);
      this.#presence.goodbye(peerId);
    }
  }

  #tellLinkFailed(connectionId: ConnectionId): void {
    const connection = this.#links.get(connectionId);
    if (connection !== undefined && connection.openedAt === undefined) {
      this.#out.tell({ type: "linkFailed", peerId: connection.remote.identity.peerId });
    }
  }

  #forgetNeighbour(peerId: PeerId): void {
    if (!this.#neighbourhood.isLinked(peerId)) return;
    this.#neighbourhood.unlinked(peerId);
    this.#surroundingsChanged = true;
    this.#out.tell({ type: "peerChanged", peerId });
    this.#out.broadcast({ t: "neighbourDown", peerId });
  }

  #close(connectionId: ConnectionId, reason: CloseReason): void {
    this.#out.order({ type: "closeConnection", connectionId, reason });
  }

  // ── Frames ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #frameArrived(connectionId: ConnectionId, bytes: Uint8Array, now: Millis): void {
    const connection = this.#links.get(connectionId);
    if (connection === undefined) return;
    const frame = decodeFrame(bytes);
    // `hello` comes first, and once.
    if (frame === undefined || (frame.t !== "goodbye" && (frame.t === "hello") === connection.greeted)) {
      this.refused.badFrames += 1;
      return;
    }
    connection.heardAt = now;
    const from = connection.remote.identity.peerId;
    switch (frame.t) {
      case "hello":
        this.#hello(connection, frame.card, frame.neighbours, now);
        break;
      case "neighbourUp":
        if (!this.#introductions.neighbourUp(connection, frame.card, now)) this.refused.badFrames += 1;
        this.#surroundingsChanged = true;
        break;
      case "neighbourDown":
        this.#neighbourhood.neighbourDown(from, frame.peerId);
        this.#surroundingsChanged = true;
        break;
      case "heartbeat":
        if (this.#election.heartbeat(from, frame, now)) this.#hostChanged();
        break;
      case "envelope":
        if (frame.to === this.#self) this.#out.tell({ type: "arrived", from: frame.from, sealed: frame.sealed });
        else this.#relay(from, frame);
        break;
      case "goodbye":
        this.#close(connectionId, "goodbye");
        this.#lose(connectionId, true, now);
        break;
    }
  }

  #hello(connection: Connection, card: Card, neighbours: readonly Card[], now: Millis): void {
    const { peerId } = connection.remote.identity;
    if (!this.#introductions.hello(connection, card, neighbours, now)) {
      this.refused.badFrames += 1;
      this.#close(connection.connectionId, "protocolViolation");
      this.#lose(connection.connectionId, false, now);
      return;
    }
    this.#presence.hello(peerId);
    this.#surroundingsChanged = true;
  }

  #relay(from: PeerId, frame: EnvelopeFrame): void {
    if (frame.hops >= hopsMax || frame.from === this.#self) return;
    if (!this.#forward({ ...frame, hops: frame.hops + 1 }, from)) return;
    this.relayed.add(from, frame.sealed.length);
  }

  #forward(frame: EnvelopeFrame, cameFrom: PeerId | undefined): boolean {
    const hop = this.#neighbourhood.nextHop(frame.to, this.host.hostId, cameFrom);
    const link = hop === undefined || hop === frame.from ? undefined : this.#links.to(hop);
    if (link === undefined) return false;
    this.#out.send(link.connectionId, frame);
    return true;
  }

  // ── Host ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #heartbeat(): Frame {
    const { term, hostId, hostSeq, successors } = this.#election.view;
    return { t: "heartbeat", term, hostId, hostSeq, successors: [...successors] };
  }

  #hostChanged(): void {
    if (this.#handOff !== undefined && this.host.role !== "host") this.#settleHandOff(this.host.hostId === this.#handOff.to);
    this.#out.tell({ type: "hostChanged" });
    this.#out.broadcast(this.#heartbeat());
  }

  #settleHandOff(ok: boolean): void {
    if (this.#handOff === undefined) return;
    this.#out.tell({ type: "handOffSettled", to: this.#handOff.to, ok });
    this.#handOff = undefined;
  }

  #finish(now: Millis): MeshOutcome {
    if (this.#surroundingsChanged) {
      this.#surroundingsChanged = false;
      this.#out.tell(...this.#presence.become(this.#neighbourhood.reachable()));
      const news = this.#election.surroundingsChanged(now);
      if (news === "changed") this.#hostChanged();
      else if (news === "beat") this.#out.broadcast(this.#heartbeat());
    }
    if (!this.#stopping) {
      const { dials, expired } = this.#dialing.wake(now);
      for (const connectionId of expired) this.#close(connectionId, "silent");
      for (const { connectionId, address } of dials) this.#out.order({ type: "dial", connectionId, address });
    }
    return this.#out.take();
  }
}
