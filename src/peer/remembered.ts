/** Where known peers were last linked, newest last, bounded: the first thing dialled at the next start. */

import type { Sighting } from "../discovery/sighting.ts";
import type { Address, PeerId } from "../ids.ts";
import type { Effect, RememberedPeer } from "./effect.ts";
import { rememberedPeersMax } from "./limits.ts";

export class Remembered {
  readonly #places: Map<PeerId, readonly Address[]>;

  constructor(peers: readonly RememberedPeer[]) {
    this.#places = new Map(peers.map(({ peerId, addresses }) => [peerId, addresses]));
  }

  /** Where they were linked last. */
  sightings(): Sighting[] {
    return [...this.#places].map(([peerId, addresses]) => ({ source: "remembered", peerId, addresses }));
  }

  /** The whole memory where it changed. */
  note(linked: readonly RememberedPeer[]): Effect[] {
    let changed = false;
    for (const { peerId, addresses } of linked) {
      if (isSame(this.#places.get(peerId), addresses)) continue;
      this.#places.delete(peerId);
      this.#places.set(peerId, addresses);
      changed = true;
    }
    if (!changed) return [];
    for (const peerId of this.#places.keys()) {
      if (this.#places.size <= rememberedPeersMax) break;
      this.#places.delete(peerId);
    }
    return [{ type: "rememberPeers", peers: [...this.#places].map(([peerId, addresses]) => ({ peerId, addresses })) }];
  }
}

function isSame(before: readonly Address[] | undefined, after: readonly Address[]): boolean {
  return (
    before !== undefined &&
    before.length === after.length &&
    before.every((place, index) => place.host === after[index]?.host && place.port === after[index]?.port)
  );
}
