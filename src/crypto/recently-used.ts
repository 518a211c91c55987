/** A map that forgets what was used longest ago. */
export class RecentlyUsed<Value> {
  readonly #max: number;
  readonly #entries = new Map<string, Value>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The kept value, or the one that `make` gives; nothing is kept where it throws. */
  getOrMake(key: string, make: () => Value): Value {
    const kept = this.#entries.get(key);
    const value = kept ?? make();
    if (kept !== undefined) this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#max) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return value;
  }
}
