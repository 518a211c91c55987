/** Who counted as here after the last input: tells of comings and goings once, and whether they were announced. */
import type { PeerId } from "../ids.ts";
import type { MeshEvent } from "./outcome.ts";

export class Presence {
  #here = new Set<PeerId>();
  readonly #saidGoodbye = new Set<PeerId>();

  has(peerId: PeerId): boolean {
    return this.#here.has(peerId);
  }

  list(): PeerId[] {
    return [...this.#here];
  }

  goodbye(peerId: PeerId): void {
    this.#saidGoodbye.add(peerId);
  }

  hello(peerId: PeerId): void {
    this.#saidGoodbye.delete(peerId);
  }

  become(reachable: readonly PeerId[]): MeshEvent[] {
    const next = new Set(reachable);
    const events: MeshEvent[] = [];
    for (const peerId of this.#here) {
      if (!next.has(peerId)) events.push({ type: "unreachable", peerId, saidGoodbye: this.#saidGoodbye.delete(peerId) });
    }
    for (const peerId of next) if (!this.#here.has(peerId)) events.push({ type: "reachable", peerId });
    this.#here = next;
    return events;
  }
}
