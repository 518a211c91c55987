/** Composes links, dialling, neighbourhood and election into one machine: inputs in, orders and events out. */
import type { Sighting } from "../discovery/sighting.ts";
import type { Address, ConnectionId, Millis, PeerId } from "../ids.ts";
import { type About, type Card, type KnownPeer, signCard } from "./card.ts";
import type { RefusedCounts, Relayed } from "./counters.ts";
import type { HostView } from "./election.ts";
import type { Frame } from "./frames.ts";
import { Gossip, type GossipFrame } from "./gossip.ts";
import { Introductions } from "./introductions.ts";
import { linkSilenceMaxMs, linksMax } from "./limits.ts";
import { Linking } from "./linking.ts";
import { type Connection, Links } from "./links.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { type MeshOutcome, Outbox } from "./outcome.ts";
import type { MeshPorts } from "./ports.ts";
import { Presence } from "./presence.ts";
import { Reception } from "./reception.ts";
import { Reign } from "./reign.ts";
import { Relaying } from "./relaying.ts";
import type { CloseReason, RemotePeer, TransportInput } from "./transport.ts";

type End = "broken" | "goodbye" | "unlinked";

export class Mesh {
  readonly #ports: MeshPorts;
  readonly #self: PeerId;
  readonly #links: Links;
  readonly #out: Outbox;
  readonly #linking: Linking;
  readonly #neighbourhood: Neighbourhood;
  readonly #introductions: Introductions;
  readonly #gossip: Gossip;
  readonly #reign: Reign;
  readonly reception: Reception;
  readonly #relaying: Relaying;
  readonly #presence = new Presence();
  #card: Card;
  #ownHosts: readonly string[];
  #surroundingsChanged = false;
  #stopping = false;

  constructor(ports: MeshPorts, about: About, now: Millis) {
    this.#ports = ports;
    this.#self = ports.identity.peerId;
    this.#links = new Links(this.#self);
    this.#out = new Outbox(this.#links);
    this.reception = new Reception(this.#self, this.#links, (flood, isNew) => this.#out.tell({ type: "flooded", flood, isNew }));
    this.#neighbourhood = new Neighbourhood(this.#self);
    const { floods } = this.reception;
    const shared = { ...ports, self: this.#self, links: this.#links, neighbourhood: this.#neighbourhood, out: this.#out, floods };
    this.#linking = new Linking(
      {
        ...shared,
        ownHosts: () => this.#ownHosts,
        isReachable: (peerId) => this.#presence.has(peerId),
        here: () => this.#gossip.roster.here(),
        size: () => this.#gossip.roster.size,
        council: () => this.#reign.council(),
      },
      now,
    );
    this.#introductions = new Introductions({
      ...shared,
      ownCard: () => this.#card,
      ownHosts: () => this.#ownHosts,
      dialing: this.#linking.dialing,
      presence: this.#presence,
      isCrowd: () => this.#linking.overlay.isCrowd,
      isListed: (peerId) => this.#gossip.roster.knows(peerId),
      learned: (card, peerId, at) => this.#gossip.roster.learned(peerId, card.instance, card.revision, at),
    });
    this.#gossip = new Gossip(
      {
        ...shared,
        instance: about.instance,
        introductions: this.#introductions,
        changed: (peerId, saidGoodbye) => this.#came(peerId, saidGoodbye),
      },
      now,
    );
    this.#card = signCard(ports.identity, ports.signatures, about);
    this.#gossip.roster.revised(this.#card.revision);
    this.#ownHosts = about.addresses.map(({ host }) => host);
    this.#relaying = new Relaying({ ...shared, hostId: () => this.host.hostId }, now);
    this.#reign = new Reign(
      {
        ...shared,
        surroundings: {
          isReachable: (peerId) => this.#presence.isTrusted(peerId, this.#neighbourhood, this.#gossip.roster),
          reachable: () => this.#presence.list(),
          linkedBySeniority: () => this.#neighbourhood.linkedPeers(),
        },
        gossip: this.#gossip,
        cardOf: (peerId) => (peerId === this.#self ? this.#card : this.known(peerId)?.card),
      },
      now,
    );
  }

  get host(): HostView {
    return this.#reign.view;
  }

  /** What was turned away. */
  get refused(): RefusedCounts {
    return this.reception.refused;
  }

  /** What was carried for others. */
  get relayed(): Relayed {
    return this.#relaying.relayed;
  }

  get shownTerm(): number {
    return this.#reign.shownTerm;
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
    return this.#relaying.nextHop(peerId);
  }

  /** Where linked peers can be found again. */
  remembered(): { peerId: PeerId; addresses: readonly Address[] }[] {
    return this.#linking.dialing.known();
  }

  // ── Inputs ────────────────────────────────────────────────────────────────────────────────────────────────────────

  handle(input: TransportInput, now: Millis): MeshOutcome {
    switch (input.type) {
      case "connectionAuthenticated":
        this.#authenticated(input.connectionId, input.dialled, input.remote, now);
        break;
      case "dialFailed":
        this.#out.tell(...this.#linking.connects.failed(this.#linking.addressOf(input.connectionId), input.failure === "handshakeFailed"));
        this.#linking.dialing.dialFailed(input.connectionId, input.failure === "handshakeFailed", now);
        break;
      case "linkOpened":
        this.#linkOpened(input.connectionId, now);
        break;
      case "connectionClosed":
        if (input.reason === "negotiationFailed") this.#tellLinkFailed(input.connectionId);
        this.#lose(input.connectionId, input.reason === "goodbye" ? "goodbye" : "broken", now);
        break;
      case "frameArrived":
        this.#frameArrived(input.connectionId, input.bytes, now);
        return this.#finish(now, this.#surroundingsChanged || this.#linking.isDue(now));
      case "connectionRefused":
        this.refused[input.cause] += input.count ?? 1;
        break;
    }
    return this.#finish(now);
  }

  sight(sighting: Sighting, now: Millis): MeshOutcome {
    if (!this.#stopping) this.#linking.sight(sighting, now);
    return this.#finish(now);
  }

  /** Dials typed-in addresses; `connectSettled` with this ticket follows within `connectTimeoutMs`. */
  connect(addresses: readonly Address[], now: Millis): { ticket: number; outcome: MeshOutcome } {
    const ticket = this.#linking.connect(addresses, now);
    return { ticket, outcome: this.#finish(now) };
  }

  /** By the peer's own link, or by relays; dropped where there is neither. `isTalk`: two talk, so a link of their own is worth it. */
  sendSealed(to: PeerId, sealed: Uint8Array, isTalk: boolean, now: Millis): MeshOutcome {
    this.#relaying.send(to, sealed);
    return isTalk && this.#linking.used(to, now) ? this.#finish(now) : this.#out.take();
  }

  /** Reaches every peer of the mesh once, as good as always. What is lost is for those who care to complete. */
  broadcast(sealed: Uint8Array, now: Millis): MeshOutcome {
    this.#gossip.tell({ k: "post", sealed }, now);
    return this.#out.take();
  }

  setAbout(about: About, now: Millis): MeshOutcome {
    this.#card = signCard(this.#ports.identity, this.#ports.signatures, about);
    this.#ownHosts = about.addresses.map(({ host }) => host);
    this.#gossip.announce(this.#card, now);
    return this.#finish(now);
  }

  /** The hand-off has been sent; `handOffSettled` follows. */
  awaitHandOff(to: PeerId, now: Millis): void {
    this.#reign.awaitHandOff(to, now);
  }

  /** The current host asks us to take over. */
  acceptHandOff(from: PeerId, term: number, now: Millis): MeshOutcome {
    if (!this.#stopping) this.#reign.acceptHandOff(from, term, now);
    return this.#finish(now);
  }

  /** Goodbye on every link; nothing is dialled any more. */
  stop(now: Millis): MeshOutcome {
    this.#stopping = true;
    this.#gossip.leave(now);
    this.#out.broadcast({ t: "goodbye" });
    for (const { connectionId, openedAt } of this.#links.all()) this.#close(connectionId, openedAt === undefined ? "stopped" : "goodbye");
    return this.#finish(now);
  }

  wake(now: Millis): MeshOutcome {
    for (const connection of this.#links.overdue(now, linkSilenceMaxMs)) {
      this.#tellLinkFailed(connection.connectionId);
      this.#end(connection.connectionId, connection.openedAt === undefined ? "negotiationFailed" : "silent", "broken", now);
    }
    this.#out.tell(...this.#linking.connects.expire(this.#self, now));
    this.#gossip.wake(now);
    this.#reign.wake(now);
    return this.#finish(now);
  }

  nextWakeAt(): Millis | undefined {
    if (this.#stopping) return undefined;
    const next = Math.min(this.#reign.nextWakeAt(), this.#linking.nextWakeAt(), this.#gossip.nextWakeAt());
    return Math.min(next, this.#links.nextDeadline(linkSilenceMaxMs) ?? next) as Millis;
  }

  // ── Connections ───────────────────────────────────────────────────────────────────────────────────────────────────

  #authenticated(connectionId: ConnectionId, dialled: boolean, remote: RemotePeer, now: Millis): void {
    const peerId = remote.identity.peerId;
    const { dialing, connects } = this.#linking;
    const address = dialing.addressOf(connectionId);
    for (const other of dialing.authenticated(connectionId, peerId, now)) this.#close(other, "duplicate");
    if (peerId === this.#self) {
      this.#close(connectionId, "self");
      if (address !== undefined) this.#out.tell(...connects.reachedSelf(address, peerId));
      return;
    }
    const isFlooder = this.reception.floods.isBanned(peerId, now);
    if (this.#stopping || isFlooder || (this.#links.count >= linksMax && !this.#links.has(peerId))) {
      this.#close(connectionId, isFlooder ? "flooding" : "overloaded");
      dialing.linkLost(peerId, false, now);
      return;
    }
    if (address !== undefined) this.#out.tell(...connects.reached(address, peerId, this.#links.to(peerId) !== undefined));
    const { added, closed } = this.#links.authenticated(connectionId, dialled, remote, now);
    // The peer stays a neighbour meanwhile: only if the new connection fails too is it gone.
    if (closed !== undefined) this.#close(closed.connectionId, "duplicate");
    if (added === undefined) this.#close(connectionId, "duplicate");
    else {
      dialing.hold(peerId);
      this.#out.order({ type: "negotiate", connectionId });
    }
  }

  #linkOpened(connectionId: ConnectionId, now: Millis): void {
    const connection = this.#links.opened(connectionId, now);
    if (connection === undefined) return;
    const peerId = connection.remote.identity.peerId;
    this.#linking.dialing.linkOpened(peerId, connection.remote.address, now);
    this.#introductions.greet(connectionId);
    this.#reign.introduce(connection);
    this.#out.tell(...this.#linking.connects.linkOpened(peerId));
  }

  #end(connectionId: ConnectionId, reason: CloseReason, end: End, now: Millis): void {
    this.#close(connectionId, reason);
    this.#lose(connectionId, end, now);
  }

  #lose(connectionId: ConnectionId, end: End, now: Millis): void {
    const connection = this.#links.remove(connectionId);
    if (connection === undefined) return;
    const peerId = connection.remote.identity.peerId;
    for (const dial of this.#linking.dialing.linkLost(peerId, end === "goodbye", now)) this.#close(dial, "duplicate");
    if (this.#neighbourhood.isLinked(peerId)) {
      if (end === "broken" && !this.#stopping) this.#gossip.roster.lost(peerId, now);
      this.#neighbourhood.unlinked(peerId);
      this.#gossip.unlinked(peerId);
      this.#relaying.unlinked(peerId);
      this.#surroundingsChanged = true;
      this.#out.tell({ type: "peerChanged", peerId }, { type: "unlinked", peerId });
      this.#out.broadcast({ t: "neighbourDown", peerId });
    }
    if (end === "unlinked" || connection.openedAt === undefined) this.#linking.overlay.givenUp(peerId, now);
    if (end === "goodbye") {
      this.#presence.goodbye(peerId);
      this.#gossip.roster.left(peerId);
    }
  }

  /** A link too many. */
  #unlink(peerId: PeerId, now: Millis): void {
    const link = this.#links.to(peerId);
    if (link === undefined) return;
    this.#out.send(link.connectionId, { t: "unlink" });
    this.#end(link.connectionId, "surplus", "unlinked", now);
  }

  #tellLinkFailed(connectionId: ConnectionId): void {
    const connection = this.#links.get(connectionId);
    if (connection !== undefined && connection.openedAt === undefined) {
      this.#out.tell({ type: "linkFailed", peerId: connection.remote.identity.peerId });
    }
  }

  #close(connectionId: ConnectionId, reason: CloseReason): void {
    this.#out.order({ type: "closeConnection", connectionId, reason });
  }

  // ── Frames ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #frameArrived(connectionId: ConnectionId, bytes: Uint8Array, now: Millis): void {
    const connection = this.#links.get(connectionId);
    if (connection === undefined) return;
    const frame = this.reception.read(connection, bytes, now);
    if (frame !== undefined && !this.#takes(connection, frame, now)) this.reception.bad(connection, now);
    if (this.reception.floods.isBanned(connection.remote.identity.peerId, now)) this.#end(connectionId, "flooding", "broken", now);
  }

  /** False where it does not hold. */
  #takes(connection: Connection, frame: Frame, now: Millis): boolean {
    const { connectionId } = connection;
    const from = connection.remote.identity.peerId;
    switch (frame.t) {
      case "hello":
        return this.#hello(connection, frame.card, frame.neighbours, now);
      case "neighbourUp":
      case "neighbourDown":
      case "neighbours":
        this.#surroundingsChanged = true;
        return this.#introductions.neighbours(connection, frame, now);
      case "heartbeat":
      case "beat":
        return this.#reign.heard(connection, frame, now);
      case "unlink":
        this.#end(connectionId, "surplus", "unlinked", now);
        return true;
      case "envelope":
        if (frame.to !== this.#self) this.#relaying.relay(from, frame, now);
        else this.#out.tell({ type: "arrived", from: frame.from, sealed: frame.sealed, ...(frame.hops === 0 && { isDirect: true }) });
        return true;
      case "goodbye":
        this.#end(connectionId, "goodbye", "goodbye", now);
        return true;
      default:
        return this.#gossip.frame(connection, frame satisfies GossipFrame, now);
    }
  }

  #hello(connection: Connection, card: Card, neighbours: readonly Card[], now: Millis): boolean {
    const { peerId } = connection.remote.identity;
    const isStranger = !this.#gossip.roster.isHere(peerId);
    if (!this.#introductions.hello(connection, card, neighbours, now)) {
      this.#end(connection.connectionId, "protocolViolation", "broken", now);
      return false;
    }
    this.#presence.hello(peerId);
    this.#gossip.roster.linked(peerId, card.instance, card.revision, now);
    this.#gossip.greeted(connection, isStranger, now);
    // Everybody hears of a newcomer from those it linked to; the same words, so they travel once.
    this.#gossip.tell({ k: "card", card }, now);
    this.#out.tell({ type: "linked", peerId });
    this.#surroundingsChanged = true;
    return true;
  }

  /** The roster says so. */
  #came(peerId: PeerId, saidGoodbye: boolean): void {
    this.#neighbourhood.touch(peerId);
    if (saidGoodbye) this.#presence.goodbye(peerId);
    this.#surroundingsChanged = true;
  }

  #finish(now: Millis, mayDial = true): MeshOutcome {
    if (mayDial && !this.#stopping) for (const peerId of this.#linking.wake(now)) this.#unlink(peerId, now);
    if (this.#surroundingsChanged) {
      this.#surroundingsChanged = false;
      this.#out.tell(...this.#presence.watch(this.#neighbourhood, this.#gossip.roster, this.#linking.overlay.isCrowd, now));
      this.#reign.surroundingsChanged(now);
    }
    return this.#out.take();
  }
}
