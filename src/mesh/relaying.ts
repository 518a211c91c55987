/** Envelopes: our own on their way, and those of others that pass through here. */
import type { PeerId } from "../ids.ts";
import { Relayed } from "./counters.ts";
import type { EnvelopeFrame } from "./frames.ts";
import { hopsMax } from "./limits.ts";
import type { Links } from "./links.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { Outbox } from "./outcome.ts";

export class Relaying {
  readonly #self: PeerId;
  readonly #links: Links;
  readonly #neighbourhood: Neighbourhood;
  readonly #out: Outbox;
  readonly #hostId: () => PeerId;
  readonly relayed = new Relayed();

  constructor(self: PeerId, links: Links, neighbourhood: Neighbourhood, out: Outbox, hostId: () => PeerId) {
    this.#self = self;
    this.#links = links;
    this.#neighbourhood = neighbourhood;
    this.#out = out;
    this.#hostId = hostId;
  }

  send(to: PeerId, sealed: Uint8Array): void {
    this.#forward({ t: "envelope", from: this.#self, to, hops: 0, sealed }, undefined);
  }

  relay(from: PeerId, frame: EnvelopeFrame): void {
    if (frame.hops >= hopsMax || frame.from === this.#self) return;
    if (this.#forward({ ...frame, hops: frame.hops + 1 }, from)) this.relayed.add(from, frame.sealed.length);
  }

  /** Who would carry a frame for this peer now. */
  nextHop(to: PeerId, cameFrom?: PeerId): PeerId | undefined {
    return this.#neighbourhood.nextHop(to, this.#hostId(), cameFrom);
  }

  #forward(frame: EnvelopeFrame, cameFrom: PeerId | undefined): boolean {
    const hop = this.nextHop(frame.to, cameFrom);
    const link = hop === undefined || hop === frame.from ? undefined : this.#links.to(hop);
    if (link === undefined) return false;
    this.#out.send(link.connectionId, frame);
    return true;
  }
}
