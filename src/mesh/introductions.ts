/** What linked peers tell of themselves and of whom they are linked to: checked, kept, passed on, dialled. */
import type { Signatures } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import { type Card, checkCard, type IdentityFromKeys } from "./card.ts";
import type { Dialing } from "./dialing.ts";
import type { Links } from "./links.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { Outbox } from "./outcome.ts";

export interface IntroductionsPorts {
  readonly self: PeerId;
  readonly signatures: Signatures;
  readonly identityFromKeys: IdentityFromKeys;
  readonly links: Links;
  readonly dialing: Dialing;
  readonly neighbourhood: Neighbourhood;
  readonly out: Outbox;
}

export class Introductions {
  readonly #ports: IntroductionsPorts;

  constructor(ports: IntroductionsPorts) {
    this.#ports = ports;
  }

  /** The first frame of a link. False where the card is not that of the peer the handshake proved. */
  hello(from: PeerId, card: Card, neighbours: readonly Card[], now: Millis): boolean {
    const { neighbourhood, out } = this.#ports;
    const isNew = !neighbourhood.isLinked(from);
    if (this.#learn(card) !== from) return false;
    neighbourhood.linked(from);
    out.tell({ type: "peerChanged", peerId: from });
    const known = neighbourhood.known(from);
    if (isNew && known !== undefined) out.broadcast({ t: "neighbourUp", card: known.card }, from);
    for (const neighbour of neighbours) this.neighbourUp(from, neighbour, now);
    return true;
  }

  /** False where the card does not hold. */
  neighbourUp(from: PeerId, card: Card, now: Millis): boolean {
    const { self, neighbourhood, dialing, links } = this.#ports;
    const peerId = this.#learn(card);
    if (peerId === undefined) return false;
    if (peerId === self || peerId === from) return true;
    neighbourhood.neighbourUp(from, peerId);
    const addresses = neighbourhood.known(peerId)?.addresses ?? [];
    dialing.sight({ source: "introduced", addresses, peerId }, links.has(peerId), now);
    return true;
  }

  /** Checks and keeps a card; answers whose it is. */
  #learn(card: Card): PeerId | undefined {
    const { signatures, identityFromKeys, neighbourhood, out } = this.#ports;
    const checked = checkCard(card, signatures, identityFromKeys);
    if (checked === undefined) return undefined;
    const { peerId } = checked.identity;
    if (neighbourhood.learn(checked)) {
      out.tell({ type: "peerChanged", peerId });
      // A neighbour's own new card is passed on, so that those who see it only through us learn its name too.
      if (neighbourhood.isLinked(peerId)) out.broadcast({ t: "neighbourUp", card }, peerId);
    }
    return peerId;
  }
}
