/** Peers in the order of their ids, closed to a circle: whoever sees the same peers sees the same neighbours in it. */
import type { PeerId } from "../ids.ts";

export class Circle {
  readonly #ids: PeerId[];

  constructor(peers: Iterable<PeerId> = [], isSorted = false) {
    this.#ids = isSorted ? [...peers] : [...peers].sort();
  }

  get size(): number {
    return this.#ids.length;
  }

  [Symbol.iterator](): IterableIterator<PeerId> {
    return this.#ids.values();
  }

  has(peerId: PeerId): boolean {
    return this.#ids[this.#place(peerId)] === peerId;
  }

  /** False where it was there already. */
  add(peerId: PeerId): boolean {
    const place = this.#place(peerId);
    if (this.#ids[place] === peerId) return false;
    this.#ids.splice(place, 0, peerId);
    return true;
  }

  /** False where it was not there. */
  delete(peerId: PeerId): boolean {
    const place = this.#place(peerId);
    if (this.#ids[place] !== peerId) return false;
    this.#ids.splice(place, 1);
    return true;
  }

  /** The next `count` after a place in the circle, whether or not somebody stands there; fewer where there are fewer. */
  after(peerId: PeerId, count: number): PeerId[] {
    const place = this.#place(peerId);
    return this.#take(this.#ids[place] === peerId ? place + 1 : place, 1, count, peerId);
  }

  /** The `count` before a place in the circle. */
  before(peerId: PeerId, count: number): PeerId[] {
    return this.#take(this.#place(peerId) - 1, -1, count, peerId);
  }

  #take(start: number, step: 1 | -1, count: number, except: PeerId): PeerId[] {
    const { length } = this.#ids;
    const taken: PeerId[] = [];
    for (let i = 0; i < length && taken.length < count; i++) {
      const peerId = this.#ids[(((start + step * i) % length) + length) % length];
      if (peerId !== undefined && peerId !== except) taken.push(peerId);
    }
    return taken;
  }

  /** Where it stands or would stand, by halving. */
  #place(peerId: PeerId): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#ids[middle];
      if (other !== undefined && other < peerId) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
