/** Who counted as here after the last input: tells of comings and goings once, and whether they were announced. */
import type { Millis, PeerId } from "../ids.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { MeshEvent } from "./outcome.ts";
import type { Roster } from "./roster.ts";

export class Presence {
  readonly #here = new Set<PeerId>();
  /** Of these, linked, or linked to one that we are linked to. */
  readonly #near = new Set<PeerId>();
  readonly #saidGoodbye = new Set<PeerId>();
  readonly #restarted = new Set<PeerId>();

  has(peerId: PeerId): boolean {
    return this.#here.has(peerId);
  }

  /** For the election: by a link of our own, or by what neighbours say as long as it has not been left unanswered. */
  isTrusted(peerId: PeerId, neighbourhood: Neighbourhood, roster: Roster): boolean {
    if (neighbourhood.isLinked(peerId)) return true;
    return roster.isHere(peerId) && (neighbourhood.isReachable(peerId) || roster.isTrusted(peerId));
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

  /** Looks again at those of whom something may have changed. */
  watch(neighbourhood: Neighbourhood, roster: Roster, isCrowd: boolean, now: Millis): MeshEvent[] {
    const touched = neighbourhood.takeTouched();
    for (const peerId of touched) {
      const isNear = neighbourhood.isReachable(peerId);
      // Where everybody sees everybody, whom nobody sees any more is gone; should it not be, it objects.
      if (this.#near.has(peerId) && !isNear && !isCrowd) roster.hide(peerId, now);
      if (isNear) this.#near.add(peerId);
      else this.#near.delete(peerId);
    }
    // Hiding has touched them once more.
    neighbourhood.takeTouched();
    return this.#update(touched, (peerId) => {
      if (neighbourhood.known(peerId) === undefined) return false;
      return neighbourhood.isLinked(peerId) || roster.isHere(peerId);
    });
  }

  #update(touched: readonly PeerId[], isReachable: (peerId: PeerId) => boolean): MeshEvent[] {
    const events: MeshEvent[] = [];
    for (const peerId of touched) {
      if (!this.#here.has(peerId) || isReachable(peerId)) continue;
      this.#here.delete(peerId);
      events.push({ type: "unreachable", peerId, saidGoodbye: this.#saidGoodbye.delete(peerId) });
    }
    for (const peerId of this.#restarted) {
      if (this.#here.delete(peerId)) events.push({ type: "unreachable", peerId, saidGoodbye: this.#saidGoodbye.delete(peerId) });
    }
    this.#restarted.clear();
    for (const peerId of touched) {
      if (this.#here.has(peerId) || !isReachable(peerId)) continue;
      this.#here.add(peerId);
      events.push({ type: "reachable", peerId });
    }
    return events;
  }
}
