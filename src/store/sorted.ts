/** The place of the first that is not less, by halving; `compareTo` says how one stands to what is looked for. */
export function firstAtLeast<Item>(items: readonly Item[], compareTo: (item: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && compareTo(item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
