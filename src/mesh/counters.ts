/** What was turned away, and what was carried for others. */
import type { PeerId } from "../ids.ts";
import { relayedPeersMax } from "./limits.ts";

export interface RefusedCounts {
  tooMany: number;
  badHandshake: number;
  timedOut: number;
  badFrames: number;
}

export interface RelayedCounts {
  readonly frames: number;
  readonly bytes: number;
}

/** By the neighbour that asked us to carry. */
export class Relayed {
  readonly #byPeer = new Map<PeerId, RelayedCounts>();
  #inAll: RelayedCounts = none;

  add(peerId: PeerId, bytes: number): void {
    this.#inAll = plus(this.#inAll, bytes);
    this.#byPeer.set(peerId, plus(this.for(peerId), bytes));
    const [oldest] = this.#byPeer.keys();
    if (this.#byPeer.size > relayedPeersMax && oldest !== undefined) this.#byPeer.delete(oldest);
  }

  for(peerId: PeerId): RelayedCounts {
    return this.#byPeer.get(peerId) ?? none;
  }

  inAll(): RelayedCounts {
    return this.#inAll;
  }
}

const none: RelayedCounts = { frames: 0, bytes: 0 };

function plus(counts: RelayedCounts, bytes: number): RelayedCounts {
  return { frames: counts.frames + 1, bytes: counts.bytes + bytes };
}
