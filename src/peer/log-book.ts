/** The log of comings and goings, in plain words, bounded. */
import type { LogEntry } from "../api/contract.ts";
import type { PeerId } from "../ids.ts";
import { logEntriesMax } from "./limits.ts";

export class LogBook {
  readonly #entries: LogEntry[] = [];

  add(kind: LogEntry["kind"], at: number, peerId: PeerId | undefined, text: string): LogEntry {
    const entry: LogEntry = { at, kind, peerId: peerId ?? null, text };
    this.#entries.push(entry);
    if (this.#entries.length > logEntriesMax) this.#entries.shift();
    return entry;
  }

  entries(): LogEntry[] {
    return [...this.#entries];
  }
}
