/** Leaving: a host first offers its role, and waits a moment for it to be taken. */
import type { Millis, PeerId } from "../ids.ts";
import { farewellMs, type Mesh } from "../mesh/index.ts";
import type { Correspondence } from "./correspondence.ts";

export interface DepartureParts {
  readonly mesh: Mesh;
  readonly correspondence: Correspondence;
  /** Everything is said; called once. */
  leave(now: Millis): void;
}

export class Departure {
  readonly #parts: DepartureParts;
  until: Millis | undefined;
  isOver = false;

  constructor(parts: DepartureParts) {
    this.#parts = parts;
  }

  begin(now: Millis): void {
    if (this.until !== undefined) return;
    this.until = (now + farewellMs) as Millis;
    const { mesh } = this.#parts;
    const successor = mesh.host.role === "host" ? mesh.host.successors[0] : undefined;
    if (successor === undefined) this.#leave(now);
    else this.offerRole(successor, now);
  }

  offerRole(to: PeerId, now: Millis): void {
    const { mesh, correspondence } = this.#parts;
    if (mesh.known(to) === undefined) return;
    mesh.awaitHandOff(to, now);
    correspondence.tell(to, { k: "handOff", term: mesh.host.term }, now);
  }

  wake(now: Millis): void {
    if (this.until !== undefined && now >= this.until) this.#leave(now);
  }

  hostChanged(isSelf: boolean, now: Millis): void {
    if (this.until !== undefined && !isSelf) this.#leave(now);
  }

  #leave(now: Millis): void {
    if (this.isOver) return;
    this.#parts.leave(now);
    this.isOver = true;
  }
}
