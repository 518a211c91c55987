/** Mail for this peer that it is done with: offered again, it says so again instead of fetching it. Bounded; oldest go first. */
import { mailSeenMax } from "./limits.ts";
import type { MailId } from "./mail-frames.ts";
import type { MailRecord } from "./mail-store.ts";

/** "ignored": from somebody blocked, or for a room that this peer is not in. */
export type Seen = "read" | "unreadable" | "ignored";

const prefix = "seen/";

export class MailSeen {
  readonly #seen = new Map<MailId, Seen>();
  #records: MailRecord[] = [];

  /** As it was kept. */
  restore(records: Iterable<readonly [string, Uint8Array]>): void {
    for (const [key, value] of records)
      if (key.startsWith(prefix) && this.#seen.size < mailSeenMax)
        this.#seen.set(key.slice(prefix.length) as MailId, value[0] === 1 ? "read" : "unreadable");
  }

  get(id: MailId): Seen | undefined {
    return this.#seen.get(id);
  }

  add(id: MailId, seen: Seen): void {
    this.#seen.set(id, seen);
    // What is ignored now may be wanted after the next start.
    if (seen !== "ignored") this.#records.push({ key: `${prefix}${id}`, value: Uint8Array.of(seen === "read" ? 1 : 0) });
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= mailSeenMax) break;
      this.#seen.delete(oldest);
      this.#records.push({ key: `${prefix}${oldest}`, value: undefined });
    }
  }

  takeRecords(): MailRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }
}
