/** What has come since this person last looked, and whether it names them. */
import type { PeerId } from "../ids.ts";
import type { LogEntry } from "./log.ts";
import { saidIn } from "./timed.ts";

export class Unread {
  #count = 0;
  #mentions = 0;
  /** Those that disappear before they are read: whether they name this person. Bounded by the room's history. */
  readonly #timed = new Map<LogEntry, boolean>();

  get count(): number {
    return this.#count;
  }

  get mentioned(): boolean {
    return this.#mentions > 0;
  }

  add(entry: LogEntry, mentions: boolean): void {
    this.#count++;
    if (mentions) this.#mentions++;
    if (entry.secret !== undefined) this.#timed.set(entry, mentions);
  }

  /** One that memory does not hold. */
  addPaged(mentions: boolean): void {
    this.#count++;
    if (mentions) this.#mentions++;
  }

  /** It has disappeared, or was let go. */
  forget(entry: LogEntry): void {
    const mentions = this.#timed.get(entry);
    if (mentions === undefined) return;
    this.#timed.delete(entry);
    this.#count = Math.max(0, this.#count - 1);
    if (mentions || this.#count === 0) this.#mentions = Math.max(0, this.#mentions - 1);
  }

  /** Somebody's words count no more. `stays` tells of which that disappear it is still to be known. */
  recount(count: number, mentions: number, stays: (entry: LogEntry) => boolean): void {
    this.#count = count;
    this.#mentions = mentions;
    for (const entry of [...this.#timed.keys()]) if (!stays(entry)) this.#timed.delete(entry);
  }

  /** True where there was something. */
  markRead(): boolean {
    const had = this.#count > 0 || this.#mentions > 0;
    this.#count = 0;
    this.#mentions = 0;
    this.#timed.clear();
    return had;
  }

  /** How many there are is kept; which they are is not: the newest. */
  restore(count: number, mentioned: boolean, messages: readonly LogEntry[], self: PeerId): void {
    this.#count = count;
    this.#mentions = mentioned ? 1 : 0;
    for (let i = messages.length - 1, left = count; i >= 0 && left > 0; i--) {
      const entry = messages[i];
      if (entry === undefined || entry.event.author === self || saidIn(entry) === undefined) continue;
      left--;
      if (entry.secret !== undefined) this.#timed.set(entry, false);
    }
  }
}

/** "@name", in whatever case, followed by no further letter of a word. */
export function mentions(text: string, names: readonly string[]): boolean {
  if (!text.includes("@")) return false;
  const folded = text.toLowerCase();
  return names.some((name) => {
    const wanted = `@${name.toLowerCase()}`;
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
      if (!/^[\p{L}\p{M}\p{N}_]/u.test(folded.slice(at + wanted.length))) return true;
    }
    return false;
  });
}
