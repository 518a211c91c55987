/**
 * The logs of a room in slices by their authors, each with a digest of what is known of it: two members find out which
 * slices differ for a few bytes, and compare the vectors of these alone.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import type { PeerId } from "../ids.ts";
import type { LogKey } from "./event.ts";
import { logsPerSliceMax, sliceCount, sliceDigestBytes } from "./limits.ts";
import type { AuthorLog } from "./log.ts";

/** A set of slices, one bit each. */
export type SliceMask = number;
export const allSlices: SliceMask = 2 ** sliceCount - 1;

/** Ids are spread evenly, so their first character is enough; base32 has two characters for each slice. */
export function sliceOf(author: PeerId): number {
  const code = author.charCodeAt(0);
  return (code >= 97 ? code - 97 : code - 50 + 26) >> 1;
}

export class SliceDigests {
  readonly #logs: (Map<LogKey, AuthorLog> | undefined)[] = [];
  readonly #bytes = new Uint8Array(sliceCount * sliceDigestBytes);
  /** Slices whose digest is not up to date. */
  #stale: SliceMask = 0;

  /** What is known of this log is different now. */
  touch(log: AuthorLog): void {
    const slice = sliceOf(log.author.peerId);
    this.#logs[slice] = (this.#logs[slice] ?? new Map<LogKey, AuthorLog>()).set(log.key, log);
    this.#stale |= 1 << slice;
  }

  /** Logs of a slice, in the order in which they became known. */
  logs(slice: number): Iterable<AuthorLog> {
    return this.#logs[slice]?.values() ?? [];
  }

  /** Nothing has been said yet. */
  get isEmpty(): boolean {
    return this.bytes().every((byte) => byte === 0);
  }

  size(slice: number): number {
    return this.#logs[slice]?.size ?? 0;
  }

  /** The logs of these slices, in as few groups as have room in one payload each. */
  grouped(slices: SliceMask): { mask: SliceMask; logs: AuthorLog[] }[] {
    const groups: { mask: SliceMask; logs: AuthorLog[] }[] = [];
    for (let slice = 0; slice < sliceCount; slice++) {
      if ((slices & (1 << slice)) === 0) continue;
      const group = groups.at(-1);
      if (group === undefined || group.logs.length + this.size(slice) > logsPerSliceMax) {
        groups.push({ mask: 1 << slice, logs: [...this.logs(slice)] });
      } else {
        group.mask |= 1 << slice;
        group.logs.push(...this.logs(slice));
      }
    }
    return groups;
  }

  /** One digest a slice; zeros for one of which nothing is known. */
  bytes(): Uint8Array {
    for (let slice = 0; this.#stale !== 0; slice++) {
      const bit = 1 << slice;
      if ((this.#stale & bit) === 0) continue;
      this.#stale &= ~bit;
      this.#bytes.set(this.#digest(slice), slice * sliceDigestBytes);
    }
    return this.#bytes.slice();
  }

  /** The slices in which another's digests are not ours. */
  differing(others: Uint8Array): SliceMask {
    const own = this.bytes();
    let mask = 0;
    for (let i = 0; i < own.length; i++) if (own[i] !== others[i]) mask |= 1 << Math.floor(i / sliceDigestBytes);
    return mask;
  }

  #digest(slice: number): Uint8Array {
    const lines: string[] = [];
    for (const log of this.logs(slice)) if (log.stated > 0) lines.push(`${log.key}/${log.stated}`);
    if (lines.length === 0) return new Uint8Array(sliceDigestBytes);
    const text = lines.sort().join("\n");
    return sha512(Uint8Array.from(text, (character) => character.charCodeAt(0))).subarray(0, sliceDigestBytes);
  }
}
