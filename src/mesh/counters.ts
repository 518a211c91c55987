/** What was turned away, and what was carried for others. */
import type { PeerId } from "../ids.ts";

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

  add(peerId: PeerId, bytes: number): void {
    const before = this.for(peerId);
    this.#byPeer.set(peerId, { frames: before.frames + 1, bytes: before.bytes + bytes });
  }

  for(peerId: PeerId): RelayedCounts {
    return this.#byPeer.get(peerId) ?? { frames: 0, bytes: 0 };
  }

  inAll(): RelayedCounts {
    let frames = 0;
    let bytes = 0;
    for (const counts of this.#byPeer.values()) {
      frames += counts.frames;
      bytes += counts.bytes;
    }
    return { frames, bytes };
  }
}
