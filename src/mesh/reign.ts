/** The host's reign as this peer lives in it: the election, its heartbeats on the links, and the role handed on. */
import type { Identity, Signatures } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import type { Card } from "./card.ts";
import { checkClaim, isRecent, signClaim } from "./claims.ts";
import { Election, type HostView, type Surroundings } from "./election.ts";
import type { Frame } from "./frames.ts";
import type { Gossip } from "./gossip.ts";
import { handOffTimeoutMs } from "./limits.ts";
import type { Connection, Links } from "./links.ts";
import type { Outbox } from "./outcome.ts";

export interface ReignPorts {
  readonly self: PeerId;
  readonly identity: Identity;
  readonly signatures: Signatures;
  readonly surroundings: Omit<Surroundings, "sign" | "challenge">;
  /** Of anybody known, this peer included. */
  cardOf(peerId: PeerId): Card | undefined;
  readonly links: Links;
  readonly gossip: Gossip;
  readonly out: Outbox;
}

export class Reign {
  readonly #ports: ReignPorts;
  readonly #election: Election;
  #handOff: { readonly to: PeerId; readonly until: Millis } | undefined;

  constructor(ports: ReignPorts, now: Millis) {
    this.#ports = ports;
    this.#election = new Election(
      ports.self,
      {
        ...ports.surroundings,
        sign: (term, hostSeq, successors) => signClaim(ports.identity, ports.signatures, term, hostSeq, successors),
        challenge: (peerId, at) => ports.gossip.challenge(peerId, at),
      },
      now,
    );
  }

  get view(): HostView {
    return this.#election.view;
  }

  get shownTerm(): number {
    return this.#election.shownTerm;
  }

  /** The host and its successors keep links to each other: so the first of them sees at once whether the host is gone. */
  council(): readonly PeerId[] {
    const { hostId, successors, role } = this.view;
    return role === "host" || successors.includes(this.#ports.self) ? [hostId, ...successors] : [];
  }

  /** The first word about the host on a new link. */
  introduce(connection: Connection): void {
    connection.toldView = this.view;
    this.#tellWhole(connection);
  }

  #tellWhole({ connectionId }: Connection): void {
    const { out, cardOf } = this.#ports;
    const card = this.view.role === "follower" ? cardOf(this.view.hostId) : undefined;
    // Without it a newcomer, or whoever has not heard of this host yet, can't judge its signature.
    if (card !== undefined) out.send(connectionId, { t: "cards", cards: [card], statements: [] });
    out.send(connectionId, this.#heartbeat());
  }

  /** False where a short heartbeat comes before any whole one, or a signature does not hold. One that can't be judged yet waits. */
  heard(connection: Connection, frame: Extract<Frame, { t: "heartbeat" | "beat" }>, now: Millis): boolean {
    if (frame.t === "heartbeat") {
      connection.heardView = frame;
      connection.isViewProven = frame.term === 0;
    } else if (connection.heardView !== undefined) connection.heardView = { ...connection.heardView, hostSeq: frame.hostSeq };
    const claim = connection.heardView;
    if (claim === undefined) return false;
    const card = this.#ports.cardOf(claim.hostId);
    if (!connection.isViewProven && card === undefined) return true;
    if (claim.term > 0 && !isRecent(claim)) return false;
    if (!connection.isViewProven && (card === undefined || !checkClaim(claim, card, this.#ports.signatures))) return false;
    connection.isViewProven = true;
    const from = connection.remote.identity.peerId;
    this.#ports.gossip.tree.heard(from, claim.term, claim.hostId, frame.depth);
    if (this.#election.heartbeat(from, claim, now)) this.#changed();
    return true;
  }

  /** Links or neighbours are different. */
  surroundingsChanged(now: Millis): void {
    this.#ports.gossip.replant(this.view);
    const news = this.#election.surroundingsChanged(now);
    if (news === "changed") this.#changed();
    else if (news === "beat") this.#beat();
  }

  /** The hand-off has been sent; `handOffSettled` follows. */
  awaitHandOff(to: PeerId, now: Millis): void {
    this.#handOff = { to, until: (now + handOffTimeoutMs) as Millis };
  }

  /** The current host asks us to take over. */
  acceptHandOff(from: PeerId, term: number, now: Millis): void {
    if (this.#election.acceptHandOff(from, term, now)) this.#changed();
  }

  wake(now: Millis): void {
    if (this.#handOff !== undefined && now >= this.#handOff.until) this.#settle(false);
    const { beat, changed } = this.#election.wake(now);
    if (changed) this.#changed();
    else if (beat) this.#beat();
  }

  nextWakeAt(): Millis {
    return Math.min(this.#election.nextWakeAt(), this.#handOff?.until ?? Number.POSITIVE_INFINITY) as Millis;
  }

  #changed(): void {
    if (this.#handOff !== undefined && this.view.role !== "host") this.#settle(this.view.hostId === this.#handOff.to);
    this.#ports.out.tell({ type: "hostChanged" });
    this.#beat();
  }

  #settle(ok: boolean): void {
    if (this.#handOff === undefined) return;
    this.#ports.out.tell({ type: "handOffSettled", to: this.#handOff.to, ok });
    this.#handOff = undefined;
  }

  /** To those who know the view, the sequence number alone. */
  #beat(): void {
    const { gossip, links, out } = this.#ports;
    const { view } = this;
    gossip.replant(view);
    const { depth } = gossip.tree;
    for (const link of links.open()) {
      const told = link.toldView;
      const isSame = told?.term === view.term && told.hostId === view.hostId && told.signedSeq === view.signedSeq;
      link.toldView = view;
      if (isSame) out.send(link.connectionId, { t: "beat", hostSeq: view.hostSeq, depth });
      else if (told?.hostId === view.hostId || link.heardView?.hostId === view.hostId) out.send(link.connectionId, this.#heartbeat());
      else this.#tellWhole(link);
    }
  }

  #heartbeat(): Frame {
    const { term, hostId, hostSeq, successors, signedSeq, signature } = this.view;
    return {
      t: "heartbeat",
      term,
      hostId,
      hostSeq,
      successors: [...successors],
      signedSeq,
      signature,
      depth: this.#ports.gossip.tree.depth,
    };
  }
}
