/** All logs of one room: by key, by author, and by slice (slices.ts). */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { LogId, PeerId } from "../ids.ts";
import { type LogKey, logKey, type RoomEvent } from "./event.ts";
import { logsPerAuthorMax, logsPerRoomMax, logsPerSliceMax } from "./limits.ts";
import { AuthorLog, type LogEntry } from "./log.ts";
import { allSlices, SliceDigests, type SliceMask, sliceOf } from "./slices.ts";

export class Logs {
  readonly slices = new SliceDigests();
  /** Those of which older entries would be welcome. */
  readonly shallow = new Set<AuthorLog>();
  readonly #logs = new Map<LogKey, AuthorLog>();
  readonly #byAuthor = new Map<PeerId, AuthorLog[]>();

  get size(): number {
    return this.#logs.size;
  }

  get(key: LogKey): AuthorLog | undefined {
    return this.#logs.get(key);
  }

  has(key: LogKey): boolean {
    return this.#logs.has(key);
  }

  /** In the order in which they became known. */
  values(): Iterable<AuthorLog> {
    return this.#logs.values();
  }

  /** Those of some slices; of all, in the order in which they became known. */
  in(slices: SliceMask): Iterable<AuthorLog> {
    return slices === allSlices ? this.values() : this.slices.grouped(slices).flatMap(({ logs }) => logs);
  }

  of(author: PeerId): readonly AuthorLog[] {
    return this.#byAuthor.get(author) ?? [];
  }

  hasSpaceFor(author: PeerId): boolean {
    return this.of(author).length < logsPerAuthorMax && this.size < logsPerRoomMax && this.slices.size(sliceOf(author)) < logsPerSliceMax;
  }

  /** The log of this name, empty where it is new. */
  open(author: PublicIdentity, logId: LogId): AuthorLog {
    const key = logKey(author.peerId, logId);
    const known = this.#logs.get(key);
    if (known !== undefined) return known;
    const log = new AuthorLog(author, logId);
    this.#logs.set(key, log);
    const ofAuthor = this.#byAuthor.get(author.peerId);
    if (ofAuthor === undefined) this.#byAuthor.set(author.peerId, [log]);
    else ofAuthor.push(log);
    this.slices.touch(log);
    return log;
  }

  /** What is known of this log is different now. */
  touch(log: AuthorLog): void {
    if (log.isShallow) this.shallow.add(log);
    else this.shallow.delete(log);
    this.slices.touch(log);
  }

  /**
   * These leave memory, oldest first; `forGood`: there is no archive. What their logs keep of them is pinned; `unpinned` is what
   * they kept before and no longer do.
   */
  page(gone: readonly LogEntry[], forGood: boolean): { readonly pinned: ReadonlySet<RoomEvent>; readonly unpinned: RoomEvent[] } {
    const newest = new Map<LogKey, number>();
    for (const { event } of gone) newest.set(logKey(event.author, event.logId), event.seq);
    const pinned = new Set<RoomEvent>();
    const unpinned: RoomEvent[] = [];
    for (const [key, seq] of newest) {
      const log = this.get(key);
      const before = log?.pinned.slice() ?? [];
      log?.page(seq);
      if (forGood) log?.letGo(seq);
      for (const event of log?.pinned ?? []) pinned.add(event);
      unpinned.push(...before.filter((event) => !pinned.has(event)));
    }
    return { pinned, unpinned };
  }
}
