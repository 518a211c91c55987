/** Which of many owners wants to be woken first. Setting and clearing are cheap; only owners with an alarm are looked at. */
import type { Millis } from "../ids.ts";

export class Alarms<Owner> {
  readonly #alarms = new Map<Owner, Millis>();
  /** Undefined while it has to be looked for. */
  #first: Millis | undefined;

  set(owner: Owner, at: Millis | undefined): void {
    const before = this.#alarms.get(owner);
    if (before === at) return;
    if (before !== undefined && before === this.#first) this.#first = undefined;
    if (at === undefined) {
      this.#alarms.delete(owner);
      return;
    }
    // A known first stays the first of all; where it has to be looked for, one alarm alone says nothing.
    if (this.#first !== undefined && at < this.#first) this.#first = at;
    this.#alarms.set(owner, at);
  }

  has(owner: Owner): boolean {
    return this.#alarms.has(owner);
  }

  next(): Millis | undefined {
    if (this.#first === undefined)
      for (const at of this.#alarms.values()) if (this.#first === undefined || at < this.#first) this.#first = at;
    return this.#first;
  }

  /** Owners whose alarm is due, in the order they were set. */
  due(now: Millis): Owner[] {
    const first = this.next();
    if (first === undefined || first > now) return [];
    return [...this.#alarms].filter(([, at]) => at <= now).map(([owner]) => owner);
  }
}
