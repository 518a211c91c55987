/** Envelopes: our own on their way, and those of others that pass through here. */
import type { Millis, PeerId } from "../ids.ts";
import { Relayed } from "./counters.ts";
import type { Floods } from "./floods.ts";
import type { EnvelopeFrame } from "./frames.ts";
import { cargoTurns, cargoUnitBytes, hopsMax } from "./limits.ts";
import type { Links } from "./links.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { Outbox } from "./outcome.ts";
import { Turns } from "./turns.ts";

export interface RelayingPorts {
  readonly self: PeerId;
  readonly links: Links;
  readonly neighbourhood: Neighbourhood;
  readonly out: Outbox;
  readonly floods: Floods;
  hostId(): PeerId;
}

export class Relaying {
  readonly #ports: RelayingPorts;
  readonly #turns: Turns;
  readonly relayed = new Relayed();

  constructor(ports: RelayingPorts, now: Millis) {
    this.#ports = ports;
    this.#turns = new Turns(cargoTurns, now);
  }

  send(to: PeerId, sealed: Uint8Array): void {
    this.#forward({ t: "envelope", from: this.#ports.self, to, hops: 0, sealed }, undefined);
  }

  relay(from: PeerId, frame: EnvelopeFrame, now: Millis): void {
    if (frame.hops >= hopsMax || frame.from === this.#ports.self) return;
    if (!this.#turns.take(from, now, Math.ceil(frame.sealed.length / cargoUnitBytes))) this.#ports.floods.crowdedOut(from, now);
    else if (this.#forward({ ...frame, hops: frame.hops + 1 }, from)) this.relayed.add(from, frame.sealed.length);
  }

  /** Who would carry a frame for this peer now. */
  nextHop(to: PeerId, cameFrom?: PeerId): PeerId | undefined {
    return this.#ports.neighbourhood.nextHop(to, this.#ports.hostId(), cameFrom);
  }

  unlinked(peerId: PeerId): void {
    this.#turns.unlinked(peerId);
  }

  #forward(frame: EnvelopeFrame, cameFrom: PeerId | undefined): boolean {
    const hop = this.nextHop(frame.to, cameFrom);
    const link = hop === undefined || hop === frame.from ? undefined : this.#ports.links.to(hop);
    if (link === undefined) return false;
    this.#ports.out.send(link.connectionId, frame);
    return true;
  }
}
