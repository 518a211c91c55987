/** Who counted as here after the last input: tells of comings and goings once, and whether they were announced. */
import type { PeerId } from "../ids.ts";
import type { MeshEvent } from "./outcome.ts";

export class Presence {
  #here = new Set<PeerId>();
  readonly #saidGoodbye = new Set<PeerId>();
  readonly #restarted = new Set<PeerId>();

  has(peerId: PeerId): boolean {
    return this.#here.has(peerId);
  }

  list(): PeerId[] {
    return [...this.#here];
  }

  goodbye(peerId: PeerId): void {
    if (this.#here.has(peerId)) this.#saidGoodbye.add(peerId);
  }

  hello(peerId: PeerId): void {
    this.#saidGoodbye.delete(peerId);
  }

  /** It is another start of this peer than the one that was here: it went and came, though nobody saw the door. */
  restarted(peerId: PeerId): void {
    if (this.#here.has(peerId)) this.#restarted.add(peerId);
  }

  become(reachable: readonly PeerId[]): MeshEvent[] {
    const next = new Set(reachable);
    const events: MeshEvent[] = [];
    for (const peerId of this.#here) {
      if (!next.has(peerId)) events.push({ type: "unreachable", peerId, saidGoodbye: this.#saidGoodbye.delete(peerId) });
    }
    for (const peerId of this.#restarted) {
      if (next.has(peerId)) events.push({ type: "unreachable", peerId, saidGoodbye: this.#saidGoodbye.delete(peerId) });
      this.#here.delete(peerId);
    }
    this.#restarted.clear();
    for (const peerId of next) if (!this.#here.has(peerId)) events.push({ type: "reachable", peerId });
    this.#here = next;
    return events;
  }
}
