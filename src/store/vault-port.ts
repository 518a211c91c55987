/**
 * What a profile keeps, as a port: small records by table and key, and the events of rooms. The twin in memory, which is a
 * guest's, and SQLCipher pass one contract suite. Every call is synchronous, so that a key is stored before its frame leaves.
 *
 * Bytes go in and come out as copies. A call beyond the bounds of limits.ts throws RangeError and changes nothing; damage
 * that is met on the way throws `ProfileError` "damaged".
 */

import type { TextKind } from "./search-words.ts";

export interface Vault {
  readonly isKept: boolean;
  get(table: Table, key: string): Uint8Array | undefined;
  /** In the order of the keys. */
  entries(table: Table): Iterable<readonly [string, Uint8Array]>;
  /**
   * All or none, in the order given. What was written before survives whatever ends the process; a power cut may take back
   * the newest writes, whole and from the end, never one without those after it.
   */
  write(records: readonly Change[]): void;
  /** All or none. An event that is there already is left as it is. Past the bound of a room, its oldest events go. */
  appendEvents(events: readonly StoredEvent[]): void;
  /** All or none. Stored again as they are now; after it no byte of what they were is left in the vault's files. Those that are not there stay away. */
  rewriteEvents(events: readonly StoredEvent[]): void;
  /** All or none; after it no byte of them is left in the vault's files. */
  deleteEvents(keys: readonly EventKey[]): void;
  /** Newest first, at most `limit`, of one room; before `before` (exclusive) where given. */
  readEvents(roomId: string, limit: number, before?: EventPlace): StoredEvent[];
  /** The same, oldest first, after a place. */
  readNewer(roomId: string, limit: number, after: EventPlace): StoredEvent[];
  /** Of one log from `seq` on, in order. */
  readLog(roomId: string, author: string, logId: string, seq: number, limit: number): StoredEvent[];
  /** Those that were stored with one of these targets; in no order. */
  readAbout(roomId: string, targets: readonly string[], limit: number): StoredEvent[];
  /** The logs that have stored events, and the number of the last of each. */
  heads(roomId: string): { readonly author: string; readonly logId: string; readonly last: number }[];
  /** What an event is found by from now on; undefined: by nothing, and after it no byte of the text is left in the vault's files. One that is not there stays away. */
  setText(key: EventKey, text: string | undefined): void;
  /** Events with a text in which all words are, newest first. */
  searchTexts(query: TextQuery): TextHit[];
  /** The rooms that have stored events, in order. */
  rooms(): string[];
  /** Idempotent. Any other call after it throws. */
  close(): void;
}

export const tableNames = ["profile", "sessions", "senderKeys", "contacts", "settings", "rooms", "mail", "own"] as const;
export type Table = (typeof tableNames)[number];

export interface Change {
  readonly table: Table;
  readonly key: string;
  /** Undefined deletes. */
  readonly value: Uint8Array | undefined;
}

export interface EventKey {
  readonly roomId: string;
  readonly author: string;
  readonly logId: string;
  readonly seq: number;
}

/** Orders the events of a room: by clock, then author, log and seq. */
export interface EventPlace {
  readonly clock: number;
  readonly author: string;
  readonly logId: string;
  readonly seq: number;
}

/** All that is given has to hold. */
export interface TextQuery {
  /** As typed; each is found by its beginning (search-words.ts). Nothing typed: every text. */
  readonly words: string;
  readonly roomIds?: readonly string[] | undefined;
  readonly authors?: readonly string[] | undefined;
  readonly notAuthors?: readonly string[] | undefined;
  /** A clock, exclusive. */
  readonly before?: number | undefined;
  /** A clock, inclusive. */
  readonly after?: number | undefined;
  readonly has?: readonly TextKind[] | undefined;
  /** Goes on after the hit with this `place`. */
  readonly past?: number | undefined;
  readonly limit: number;
}

export interface TextHit {
  readonly key: EventKey;
  readonly clock: number;
  readonly target?: string | undefined;
  /** In the order of the hits. */
  readonly place: number;
}

export interface StoredEvent extends EventKey {
  readonly clock: number;
  readonly bytes: Uint8Array;
  /** Wall time, milliseconds. */
  readonly arrivedAt: number;
  /** By what it is found again beside its place. */
  readonly target?: string | undefined;
  /** To be searched. */
  readonly text?: string | undefined;
}
