/**
 * Items in order, in blocks: one that comes in at the front, as all of a history that is filled downward do, moves those of its
 * block and not all. `to` says how an item stands to what is looked for.
 */
import { sortedBlockMax } from "./limits.ts";

export class Sorted<Item> {
  /** None is empty. */
  readonly #blocks: Item[][] = [];
  readonly #compare: (a: Item, b: Item) => number;
  size = 0;

  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare;
  }

  insert(item: Item): void {
    this.size += 1;
    const last = this.#blocks.length - 1;
    const at = Math.min(
      this.#blockOf((other) => this.#compare(other, item)),
      last,
    );
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([item]);
      return;
    }
    block.splice(
      firstAtLeast(block, (other) => this.#compare(other, item)),
      0,
      item,
    );
    if (block.length <= sortedBlockMax) return;
    // At the end a new block begins, so that what only grows there fills its blocks.
    this.#blocks.splice(at + 1, 0, block.splice(at === last ? sortedBlockMax : sortedBlockMax >>> 1));
  }

  remove(to: (item: Item) => number): Item | undefined {
    const at = this.#blockOf(to);
    const block = this.#blocks[at] ?? [];
    const index = firstAtLeast(block, to);
    const item = block[index];
    if (item === undefined || to(item) !== 0) return undefined;
    block.splice(index, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
    this.size -= 1;
    return item;
  }

  find(to: (item: Item) => number): Item | undefined {
    const [item] = this.from(to);
    return item !== undefined && to(item) === 0 ? item : undefined;
  }

  get last(): Item | undefined {
    return this.#blocks.at(-1)?.at(-1);
  }

  /** Those that are not less, in order. */
  *from(to: (item: Item) => number): Generator<Item> {
    let at = this.#blockOf(to);
    for (let index = firstAtLeast(this.#blocks[at] ?? [], to); at < this.#blocks.length; at += 1, index = 0)
      for (const block = this.#blocks[at] ?? []; index < block.length; index += 1) yield block[index] as Item;
  }

  /** Those that are less, the last first; all where nothing is looked for. */
  *before(to: (item: Item) => number = () => -1): Generator<Item> {
    let at = Math.min(this.#blockOf(to), this.#blocks.length - 1);
    for (let end = firstAtLeast(this.#blocks[at] ?? [], to); at >= 0; at -= 1, end = this.#blocks[at]?.length ?? 0)
      for (let index = end - 1; index >= 0; index -= 1) yield this.#blocks[at]?.[index] as Item;
  }

  clear(): void {
    this.#blocks.length = 0;
    this.size = 0;
  }

  /** The first whose last item is not less. */
  #blockOf(to: (item: Item) => number): number {
    return firstAtLeast(this.#blocks, (block) => to(block.at(-1) as Item));
  }
}

/** By halving. */
function firstAtLeast<Item>(items: readonly Item[], to: (item: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (to(items[middle] as Item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At most so many. */
export function taken<Item>(items: Iterable<Item>, limit: number): Item[] {
  const list: Item[] = [];
  if (limit === 0) return list;
  for (const item of items) if (list.push(item) >= limit) break;
  return list;
}
