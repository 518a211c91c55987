/**
 * The place of this peer in the broadcast tree: below the linked peer that is nearest to the host. Everybody tells with
 * each heartbeat how far it is from the host, so the tree is one of shortest ways, as in a spanning tree protocol
 * (Perlman 1985), and heals as soon as a link is lost or a host follows another.
 *
 * A way that leads through ourselves grows with every heartbeat until it passes `treeDepthMax` and is none.
 */
import type { PeerId } from "../ids.ts";
import type { HostView } from "./election.ts";
import { treeDepthMax } from "./limits.ts";

interface Report {
  readonly term: number;
  readonly hostId: PeerId;
  readonly depth: number;
}

export class Tree {
  readonly #self: PeerId;
  readonly #reports = new Map<PeerId, Report>();
  #parent: PeerId | undefined;
  #depth: number = treeDepthMax;

  constructor(self: PeerId) {
    this.#self = self;
  }

  /** Links to the host; `treeDepthMax` where no way is known. */
  get depth(): number {
    return this.#depth;
  }

  get parent(): PeerId | undefined {
    return this.#parent;
  }

  heard(from: PeerId, term: number, hostId: PeerId, depth: number): void {
    this.#reports.set(from, { term, hostId, depth });
  }

  unlinked(peerId: PeerId): void {
    this.#reports.delete(peerId);
    if (this.#parent === peerId) this.#parent = undefined;
  }

  /** Looks for the shortest way under this reign. The parent stays as long as none is shorter. */
  choose({ role, term, hostId }: HostView): void {
    let best: PeerId | undefined;
    let depth: number = treeDepthMax - 1;
    if (role === "follower") {
      for (const [peerId, report] of this.#reports) {
        if (report.term !== term || report.hostId !== hostId || report.depth > depth) continue;
        if (report.depth === depth && best !== undefined && !this.#isBetter(peerId, best)) continue;
        best = peerId;
        depth = report.depth;
      }
    }
    this.#parent = best;
    this.#depth = role === "host" ? 0 : best === undefined ? treeDepthMax : depth + 1;
  }

  /** Among equals the present one, else chance: the same few would have all the children otherwise. */
  #isBetter(one: PeerId, other: PeerId): boolean {
    if (one === this.#parent || other === this.#parent) return one === this.#parent;
    return this.#lot(one) < this.#lot(other);
  }

  #lot(peerId: PeerId): number {
    let lot = 0;
    for (let i = 0; i < 8; i += 1) lot = (lot * 31 + (peerId.charCodeAt(i) ^ this.#self.charCodeAt(i))) % 65_521;
    return lot;
  }
}
