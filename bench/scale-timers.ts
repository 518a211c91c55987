/** Timers in virtual time: a heap by moment, then by order of setting. What was cancelled is skipped when it comes up. */
import type { Millis } from "../src/ids.ts";

interface Timer {
  readonly at: Millis;
  readonly order: number;
  ring: (() => void) | undefined;
}

export class Timers {
  readonly #heap: Timer[] = [];
  #order = 0;

  set(at: Millis, ring: () => void): () => void {
    const timer: Timer = { at, order: ++this.#order, ring };
    this.#push(timer);
    return () => {
      timer.ring = undefined;
    };
  }

  nextAt(): Millis | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.ring !== undefined) return first.at;
      this.#pop();
    }
    return undefined;
  }

  /** Rings the next one. */
  ring(): void {
    if (this.nextAt() !== undefined) this.#pop()?.ring?.();
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || isBefore(parent, timer)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const childIndex = left !== undefined && right !== undefined && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1;
      const child = heap[childIndex];
      if (child === undefined || isBefore(last, child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
