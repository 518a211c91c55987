/** What is to happen in virtual time: a binary heap by moment, then by the order of scheduling. */

export interface Scheduled {
  at: number;
  readonly sequence: number;
}

export class VirtualQueue<Event extends Scheduled> {
  #heap: Event[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): Event | undefined {
    return this.#heap[0];
  }

  push(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
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

  /** None of the chosen happens before `at`. Rare, hence the plain rebuild. */
  delay(isChosen: (event: Event) => boolean, at: number): void {
    const events = this.#heap;
    this.#heap = [];
    for (const event of events) {
      if (event.at < at && isChosen(event)) event.at = at;
      this.push(event);
    }
  }
}

function isBefore(one: Scheduled, other: Scheduled): boolean {
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence);
}
