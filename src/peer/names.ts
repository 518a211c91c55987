/** Who bears which name, so that two who are called alike can be told apart without comparing everybody with everybody. */
import type { PeerId } from "../ids.ts";

export class Names {
  /** As people read them: without regard to case and to forms of one letter. */
  readonly #folded = new Map<PeerId, string>();
  readonly #bearers = new Map<string, Set<PeerId>>();

  get size(): number {
    return this.#folded.size;
  }

  /** Undefined for somebody not known any more. Answers whose name is, or is no longer, that of somebody else by this. */
  note(peerId: PeerId, name: string | undefined): PeerId[] {
    const before = this.#folded.get(peerId);
    const after = name === undefined ? undefined : foldName(name);
    if (before === after) return [];
    const touched: PeerId[] = [];
    if (before !== undefined) {
      const bearers = this.#bearers.get(before);
      bearers?.delete(peerId);
      if (bearers?.size === 0) this.#bearers.delete(before);
      if (bearers?.size === 1) touched.push(...bearers);
      this.#folded.delete(peerId);
    }
    if (after !== undefined) {
      const bearers = this.#bearers.get(after) ?? new Set();
      if (bearers.size === 1) touched.push(...bearers);
      bearers.add(peerId);
      this.#bearers.set(after, bearers);
      this.#folded.set(peerId, after);
    }
    return touched;
  }

  hasClash(peerId: PeerId): boolean {
    const name = this.#folded.get(peerId);
    return name !== undefined && (this.#bearers.get(name)?.size ?? 0) > 1;
  }

  clear(): void {
    this.#folded.clear();
    this.#bearers.clear();
  }
}

export function foldName(name: string): string {
  return name.normalize("NFKC").toLocaleLowerCase();
}
