/** What both vaults refuse before they touch anything: a call beyond the bounds is its caller's mistake. */
import {
  batchMax,
  eventBytesMax,
  readMax,
  recordBytesMax,
  recordKeyCharsMax,
  searchFilterMax,
  searchWordsCharsMax,
  targetsMax,
} from "./limits.ts";
import type { Change, EventKey, StoredEvent, TextQuery } from "./vault-port.ts";

export function checkChanges(changes: readonly Change[]): void {
  bound(changes.length <= batchMax, `${changes.length} records at once`);
  for (const { table, key, value } of changes) {
    checkText(key, `a key of ${table}`);
    bound(value === undefined || value.length <= recordBytesMax, `a record of ${table} of ${value?.length} bytes`);
  }
}

export function checkEvents(events: readonly StoredEvent[]): void {
  checkEventKeys(events);
  for (const { clock, arrivedAt, bytes, target, text } of events) {
    if (target !== undefined) checkText(target, "an event's target");
    bound(Number.isSafeInteger(clock) && Number.isSafeInteger(arrivedAt), "an event at no time");
    bound(bytes.length <= eventBytesMax, `an event of ${bytes.length} bytes`);
    checkSearchable(text);
  }
}

export function checkEventKeys(keys: readonly EventKey[]): void {
  bound(keys.length <= batchMax, `${keys.length} events at once`);
  for (const { roomId, author, logId, seq } of keys) {
    checkText(roomId, "a room's id");
    checkText(author, "an author");
    checkText(logId, "a log's id");
    bound(Number.isSafeInteger(seq), "an event of no number");
  }
}

export function checkLimit(limit: number): void {
  bound(Number.isInteger(limit) && limit >= 0 && limit <= readMax, `${limit} events to read`);
}

export function checkTargets(targets: readonly string[]): void {
  bound(targets.length <= targetsMax, `${targets.length} targets at once`);
  for (const target of targets) checkText(target, "an event's target");
}

/** Of an event no text is longer than its bytes. */
export function checkSearchable(text: string | undefined): void {
  bound(text === undefined || text.length <= eventBytesMax, `a text of ${text?.length} characters`);
}

export function checkQuery({ words, roomIds, authors, notAuthors, limit }: TextQuery): void {
  checkLimit(limit);
  bound(words.length <= searchWordsCharsMax, `${words.length} characters to search for`);
  for (const ids of [roomIds, authors, notAuthors]) {
    bound(ids === undefined || ids.length <= searchFilterMax, `${ids?.length} rooms or authors to search by`);
    for (const id of ids ?? []) checkText(id, "a room or author to search by");
  }
}

export function checkRoom(count: number, max: number, table: string): void {
  bound(count <= max, `${count} records in ${table}`);
}

function checkText(text: string, what: string): void {
  bound(text.length > 0 && text.length <= recordKeyCharsMax, `${what} of ${text.length} characters`);
}

function bound(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(`the vault takes no ${what}`);
}
