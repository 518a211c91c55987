/** What one other peer has of each log of a room, what is on its way to it, and what is still to go. */
import type { Queue } from "./batch.ts";
import type { LogKey } from "./event.ts";
import type { AuthorLog } from "./log.ts";

/** Bytes under way to one peer, over all rooms. */
export interface Window {
  bytes: number;
}

/** One log. `stated` ≤ `sent` ≤ `target`, but for what it got from others. */
export interface Progress extends Queue {
  /** It has everything up to here: its own words, or until it spoke an assumption. */
  stated: number;
  hasSpoken: boolean;
  /** Entries up to here are ours to deliver. */
  target: number;
  above: number;
}

export class Ledger {
  /** Logs with entries to deliver that are not acknowledged. */
  readonly unacked = new Set<Progress>();
  /** Logs of which the other may lack what somebody else should deliver. */
  readonly doubtful = new Set<Progress>();
  readonly #window: Window;
  readonly #progress = new Map<LogKey, Progress>();
  #inFlight = 0;

  constructor(window: Window) {
    this.#window = window;
  }

  get(log: AuthorLog): Progress | undefined {
    return this.#progress.get(log.key);
  }

  /** `start` is what the other is taken to have as long as nothing else is known. */
  open(log: AuthorLog, start: number, hasSpoken: boolean): Progress {
    let progress = this.#progress.get(log.key);
    if (progress === undefined) {
      progress = { log, stated: start, hasSpoken, sent: start, target: start, above: 0 };
      this.#progress.set(log.key, progress);
    }
    return progress;
  }

  /** The other has everything up to `seq`, and no more. True where something that was under way has arrived. */
  state(progress: Progress, seq: number): boolean {
    const moved = seq > progress.stated && this.unacked.has(progress);
    progress.stated = seq;
    progress.hasSpoken = true;
    progress.sent = Math.max(progress.sent, seq);
    if (seq >= progress.log.seq) this.doubtful.delete(progress);
    if (seq >= progress.target) this.unacked.delete(progress);
    else this.unacked.add(progress);
    return moved;
  }

  /** All that there is of this log now is ours to deliver. */
  assign(progress: Progress): void {
    progress.target = progress.log.seq;
    this.doubtful.delete(progress);
    if (progress.stated < progress.target) this.unacked.add(progress);
  }

  /** What was sent and not acknowledged is to go again. */
  rewind(progress: Progress): void {
    progress.sent = Math.min(progress.sent, progress.stated);
  }

  /** Whether entries wait for the window. */
  get hasBacklog(): boolean {
    for (const progress of this.unacked) if (progress.sent < progress.target) return true;
    return false;
  }

  /** Brings the window up to date. */
  recount(): void {
    let bytes = 0;
    for (const { log, sent, stated, above } of this.unacked)
      if (sent > stated) bytes += log.endAt(sent) - log.endAt(Math.min(sent, Math.max(stated, above)));
    this.#window.bytes += bytes - this.#inFlight;
    this.#inFlight = bytes;
  }

  /** Forgets everything, and gives back its part of the window. */
  clear(): void {
    this.unacked.clear();
    this.doubtful.clear();
    this.#progress.clear();
    this.recount();
  }
}
