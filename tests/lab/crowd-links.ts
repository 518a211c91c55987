/** How many links have ended, as the peers tell their windows. */
import type { PeerView } from "../../src/api/contract.ts";

export class LinkEnds {
  readonly #linked = new Set<string>();
  /** Counted at both ends. */
  count = 0;

  changed(self: string, { peerId, link }: PeerView): void {
    const pair = `${self} ${peerId}`;
    if (link === "direct") this.#linked.add(pair);
    else if (this.#linked.delete(pair)) this.count += 1;
  }
}
