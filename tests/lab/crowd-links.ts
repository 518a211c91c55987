/** How many links stand and how they ended, as peers tell their windows: why one closed a link, it does not tell them. */
import type { EarshotEvent, PeerView } from "../../src/api/contract.ts";

/** Counted at each end that lives. */
export interface LinkEnds {
  /** The process at the other end was killed. */
  readonly killed: number;
  /** Both go on: a link too many, silence, or a connection that broke. */
  readonly living: number;
  /** Never stood. */
  readonly failed: number;
  /** Who sent too much was turned away. */
  readonly flooding: number;
}

export class LinkWatch {
  readonly #linked = new Map<string, Set<string>>();
  readonly #dead = new Set<string>();
  #ends: LinkEnds = { killed: 0, living: 0, failed: 0, flooding: 0 };

  get ends(): LinkEnds {
    return this.#ends;
  }

  /** Mean, of those who live. */
  get linksPerPeer(): number {
    const counts = [...this.#linked.values()].map(({ size }) => size);
    return counts.reduce((sum, count) => sum + count, 0) / counts.length;
  }

  hear(self: string, event: EarshotEvent): void {
    if (event.event === "peerChanged") this.changed(self, event.peer);
    if (event.event !== "logged") return;
    if (event.entry.kind === "linkFailed") this.#count("failed");
    if (event.entry.kind === "flooding") this.#count("flooding");
  }

  changed(self: string, { peerId, link }: PeerView): void {
    if (this.#dead.has(self)) return;
    const linked = this.#linked.get(self) ?? new Set();
    this.#linked.set(self, linked);
    if (link === "direct") linked.add(peerId);
    else if (linked.delete(peerId)) this.#count(this.#dead.has(peerId) ? "killed" : "living");
  }

  /** To be said before it is killed. */
  killing(peerId: string): void {
    this.#dead.add(peerId);
    this.#linked.delete(peerId);
  }

  #count(end: keyof LinkEnds): void {
    this.#ends = { ...this.#ends, [end]: this.#ends[end] + 1 };
  }
}

export function endsSince(before: LinkEnds, { killed, living, failed, flooding }: LinkEnds): LinkEnds {
  return {
    killed: killed - before.killed,
    living: living - before.living,
    failed: failed - before.failed,
    flooding: flooding - before.flooding,
  };
}
