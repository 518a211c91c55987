/** Entries of others that came lately into a calm room, and when to ask whether everybody has them. */
import type { Millis } from "../ids.ts";
import { later } from "./backoff.ts";
import { logKey } from "./event.ts";
import { gossipMs } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import type { Room } from "./room.ts";

export class Gossip {
  readonly room: Room;
  readonly #logs = new Set<AuthorLog>();

  constructor(room: Room) {
    this.room = room;
  }

  get isPlanned(): boolean {
    return this.#logs.size > 0;
  }

  /** When to ask; not all members at once. */
  plan(now: Millis, random: () => number): Millis {
    return later(now, gossipMs + Math.floor((gossipMs / 2) * random()));
  }

  add(entries: readonly LogEntry[]): void {
    for (const { event } of entries) {
      const log = this.room.logs.get(logKey(event.author, event.logId));
      if (log !== undefined) this.#logs.add(log);
    }
  }

  take(): AuthorLog[] {
    const logs = [...this.#logs];
    this.#logs.clear();
    return logs;
  }
}
