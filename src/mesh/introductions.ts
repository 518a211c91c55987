/** What linked peers tell of themselves and of whom they are linked to: checked, kept, passed on, dialled. */
import type { Signatures } from "../crypto/ports.ts";
import type { ConnectionId, Millis, PeerId } from "../ids.ts";
import { type Card, checkCard, type IdentityFromKeys, type KnownPeer, sameCard } from "./card.ts";
import type { Dialing } from "./dialing.ts";
import type { Floods } from "./floods.ts";
import type { Frame } from "./frames.ts";
import { helloCardsMax, outbidIntervalMs } from "./limits.ts";
import type { Connection, Links } from "./links.ts";
import { isNear } from "./locality.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { Outbox } from "./outcome.ts";
import type { Presence } from "./presence.ts";

export interface IntroductionsPorts {
  readonly self: PeerId;
  readonly signatures: Signatures;
  readonly identityFromKeys: IdentityFromKeys;
  readonly ownCard: () => Card;
  readonly ownHosts: () => readonly string[];
  readonly links: Links;
  readonly dialing: Dialing;
  readonly neighbourhood: Neighbourhood;
  readonly presence: Presence;
  readonly floods: Floods;
  readonly out: Outbox;
  /** Whether links are bounded: then cards are not passed from neighbour to neighbour, and nobody is dialled for being named. */
  isCrowd(): boolean;
  /** Whether the roster knows this peer to be here, or to be gone. */
  isListed(peerId: PeerId): boolean;
  /** This card is newer than what was known. */
  learned(card: Card, peerId: PeerId, now: Millis): void;
}

export class Introductions {
  readonly #ports: IntroductionsPorts;
  #outbidAt = Number.NEGATIVE_INFINITY;
  /** The highest revision of a card of ours that others hold. */
  #heldRevision = 0;

  constructor(ports: IntroductionsPorts) {
    this.#ports = ports;
  }

  /** Says who we are and whom we are linked to: in a crowd by id alone, since everybody's card is told to everybody. */
  greet(connectionId: ConnectionId): void {
    const { neighbourhood, out, isCrowd, ownCard } = this.#ports;
    const linked = neighbourhood.linkedPeers();
    const cards = isCrowd() ? [] : linked.flatMap((peerId) => neighbourhood.known(peerId)?.card ?? []);
    out.send(connectionId, { t: "hello", card: ownCard(), neighbours: cards.slice(0, helloCardsMax) });
    if (isCrowd()) out.send(connectionId, { t: "neighbours", up: linked, down: [] });
  }

  /** The first frame of a link. False where the card is not that of the peer the handshake proved. */
  hello(connection: Connection, card: Card, neighbours: readonly Card[], now: Millis): boolean {
    const { neighbourhood, out, isCrowd } = this.#ports;
    const from = connection.remote.identity.peerId;
    const isNew = !neighbourhood.isLinked(from);
    if (this.learn(connection, card, now) !== from) return false;
    connection.greeted = true;
    neighbourhood.linked(from);
    out.tell({ type: "peerChanged", peerId: from });
    const known = neighbourhood.known(from);
    if (known !== undefined) {
      if (isNew && isCrowd()) out.broadcast({ t: "neighbours", up: [from], down: [] }, from);
      else if (isNew) out.broadcast({ t: "neighbourUp", card: known.card }, from);
      // It has lost its newest revision; only it can make one that is newer still.
      if (known.card.revision > card.revision) out.send(connection.connectionId, { t: "neighbourUp", card: known.card });
      this.#sight(known, now);
    }
    for (const neighbour of neighbours) this.#neighbourUp(connection, neighbour, now);
    return true;
  }

  /** Whom a linked peer is linked to, or no longer. False where a card does not hold. */
  neighbours(connection: Connection, frame: Extract<Frame, { t: "neighbourUp" | "neighbourDown" | "neighbours" }>, now: Millis): boolean {
    const { neighbourhood } = this.#ports;
    const from = connection.remote.identity.peerId;
    if (frame.t === "neighbourUp") return this.#neighbourUp(connection, frame.card, now);
    for (const peerId of frame.t === "neighbours" ? frame.up : []) neighbourhood.neighbourUp(from, peerId);
    for (const peerId of frame.t === "neighbours" ? frame.down : [frame.peerId]) neighbourhood.neighbourDown(from, peerId);
    return true;
  }

  #neighbourUp(connection: Connection, card: Card, now: Millis): boolean {
    const { self, neighbourhood } = this.#ports;
    const from = connection.remote.identity.peerId;
    const peerId = this.learn(connection, card, now);
    if (peerId === "bad") return false;
    if (peerId === "tooMany" || peerId === self) return true;
    if (peerId !== from) neighbourhood.neighbourUp(from, peerId);
    const known = neighbourhood.known(peerId);
    if (known !== undefined) this.#sight(known, now);
    return true;
  }

  #sight({ identity, addresses }: KnownPeer, now: Millis): void {
    const { dialing, links, ownHosts, isCrowd } = this.#ports;
    if (isCrowd()) return;
    const near = addresses.filter(({ host }) => isNear(host, ownHosts()));
    dialing.sight({ source: "introduced", addresses: near, peerId: identity.peerId }, links.has(identity.peerId), now);
  }

  /** Checks and keeps a card; answers whose it is, or that it does not hold, or that this neighbour has too many to be checked. */
  learn(connection: Connection, card: Card, now: Millis): PeerId | "bad" | "tooMany" {
    const { self, signatures, identityFromKeys, neighbourhood, presence, floods, ownCard, out, isListed, learned } = this.#ports;
    const same = neighbourhood.sameAs(card);
    if (same !== undefined) {
      if (!isListed(same.identity.peerId)) learned(card, same.identity.peerId, now);
      return same.identity.peerId;
    }
    if (sameCard(card, ownCard())) return self;
    if (!floods.allows(connection.remote.identity.peerId, "card", now)) return "tooMany";
    const checked = checkCard(card, signatures, identityFromKeys);
    if (checked === undefined) return "bad";
    const { peerId } = checked.identity;
    if (peerId === self) {
      this.#heldRevision = Math.max(this.#heldRevision, card.revision);
      this.wake(now);
    }
    const news = neighbourhood.learn(checked);
    if (news === "old") return peerId;
    if (news === "restarted") presence.restarted(peerId);
    learned(card, peerId, now);
    out.tell({ type: "peerChanged", peerId });
    return peerId;
  }

  /** Somebody holds a card of ours that is as new as the present one or newer: one that is newer still is wanted. */
  wake(now: Millis): void {
    if (this.#heldRevision < this.#ports.ownCard().revision || now - this.#outbidAt < outbidIntervalMs) return;
    this.#outbidAt = now;
    this.#ports.out.tell({ type: "outbid", revision: this.#heldRevision });
  }
}
