/**
 * After damage: whatever rows stand in authentic pages go into a new vault, and the damaged one stays beside it under another
 * name. It needs neither SQLite's tree nor its first page: each leaf of a table says its rows.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import type { Salvage } from "./kept-profile.ts";
import { readMax, salvagedAtOnce } from "./limits.ts";
import { vaultSalt } from "./sqlcipher.node.ts";
import { type PageSource, type Pages, readPages } from "./sqlcipher-pages.node.ts";
import { type Row, rowsOfLeaf, type SqliteValue } from "./sqlite-rows.ts";
import { countName } from "./vault.node.ts";
import { checkChanges, checkEvents } from "./vault-bounds.ts";
import { type Change, type StoredEvent, type Table, tableNames, type Vault } from "./vault-port.ts";

export type Salvaged = Omit<Salvage, "message" | "keptAs"> & { readonly pages: number; readonly unreadablePages: number };

/** Reads the vault at `path` into an empty one. Throws only what the new one throws. */
export function salvageInto(vault: Vault, path: string, key: Uint8Array): Salvaged {
  const { source, close } = openSource(path);
  try {
    return copyRows(readPages(source, readLog(`${path}-wal`), key, vaultSalt(key)), vault);
  } finally {
    close();
  }
}

/** For a person: what is lost, what is there, where the old one lies. */
export function salvageMessage(
  { pages, unreadablePages, eventsKept, eventsLost, recordsLost, identityLost }: Salvaged,
  keptAs: string,
): string {
  const lost = eventsLost === undefined ? "how many are lost cannot be told" : eventsLost === 0 ? "none is lost" : `${eventsLost} are lost`;
  const said = [
    `The vault of this profile was damaged: ${unreadablePages} of its ${pages} pages could not be read.`,
    `${eventsKept} stored messages and notices are there, ${lost}.`,
    identityLost
      ? "Your key is lost: others will see that your key is new. An exported file brings it back."
      : recordsLost === 0
        ? "Your key, contacts and settings are all there."
        : "Your key is there; some contacts, settings or conversations' keys are lost, and conversations find their keys anew.",
    `The damaged file was kept beside the new one as ${keptAs}.`,
  ];
  return said.join(" ");
}

function copyRows(pages: Pages, vault: Vault): Salvaged {
  const tables = new Set<string>(tableNames);
  const counted = new Map<string, number>();
  let records: Change[] = [];
  let events: StoredEvent[] = [];
  const flush = (): void => {
    vault.write(records);
    vault.appendEvents(events);
    records = [];
    events = [];
  };
  for (let number = 1; number <= pages.count; number += 1) {
    for (const row of rowsOfLeaf(number, pages.page)) {
      const count = countOf(row);
      if (count !== undefined) counted.set(...count);
      const record = recordOf(row);
      if (record !== undefined && tables.has(record.table)) records.push(record);
      const event = eventOf(row);
      if (event !== undefined) events.push(event);
    }
    if (records.length >= salvagedAtOnce || events.length >= salvagedAtOnce) flush();
  }
  flush();
  return {
    ...losses(counted, vault, pages),
    identityLost: vault.get("profile", "identity") === undefined,
    pages: pages.count,
    unreadablePages: pages.unreadable,
  };
}

/** What was counted less what is there. Counts that are lost themselves make it unknown. */
function losses(
  counted: ReadonlyMap<string, number>,
  vault: Vault,
  pages: Pages,
): Pick<Salvaged, "eventsKept" | "eventsLost" | "recordsLost"> {
  const rooms = vault.rooms().map((roomId) => ({ name: countName.room(roomId), there: countEvents(vault, roomId) }));
  const tables = tableNames.map((table) => ({ name: countName.table(table), there: [...vault.entries(table)].length }));
  const there = new Map([...rooms, ...tables].map(({ name, there: count }) => [name, count]));
  const isWhole = pages.unreadable === 0 || (counted.size > 0 && [...there].every(([name, count]) => count === 0 || counted.has(name)));
  const lostOf = (isRoom: boolean): number | undefined => {
    if (!isWhole) return undefined;
    let lost = 0;
    for (const [name, count] of counted) {
      if ((countName.roomOf(name) !== undefined) === isRoom) lost += Math.max(0, count - (there.get(name) ?? 0));
    }
    return lost;
  };
  return { eventsKept: rooms.reduce((sum, room) => sum + room.there, 0), eventsLost: lostOf(true), recordsLost: lostOf(false) };
}

function countEvents(vault: Vault, roomId: string): number {
  let count = 0;
  let page = vault.readEvents(roomId, readMax);
  while (page.length > 0) {
    count += page.length;
    page = vault.readEvents(roomId, readMax, page.at(-1));
  }
  return count;
}

/** Columns as in vault.node.ts; the first is the row's number, which SQLite leaves out. */
function countOf(row: Row): [string, number] | undefined {
  const [id, name, count] = row;
  return row.length === 3 && id === null && typeof name === "string" && typeof count === "number" && count >= 0 ? [name, count] : undefined;
}

function recordOf(row: Row): Change | undefined {
  const [id, section, key, value] = row;
  const isRecord = row.length === 4 && id === null && typeof section === "string" && typeof key === "string" && value instanceof Uint8Array;
  const change = isRecord ? { table: section as Table, key, value } : undefined;
  return change && isWithinBounds(() => checkChanges([change])) ? change : undefined;
}

/** Version 1 had no targets, version 2 nothing to search. */
const eventColumns: ReadonlySet<number> = new Set([9, 10, 12]);

/** The index of texts is not read: it is made anew from them. */
function eventOf(row: Row): StoredEvent | undefined {
  const [id, , roomId, author, logId, seq, clock, arrivedAt, bytes, target, text] = row;
  if (!eventColumns.has(row.length) || id !== null || typeof roomId !== "string" || typeof author !== "string" || typeof logId !== "string")
    return undefined;
  if (typeof seq !== "number" || typeof clock !== "number" || typeof arrivedAt !== "number" || !(bytes instanceof Uint8Array))
    return undefined;
  const event = { roomId, author, logId, seq, clock, arrivedAt, bytes, ...textIn("target", target), ...textIn("text", text) };
  return isWithinBounds(() => checkEvents([event])) ? event : undefined;
}

function textIn(name: "target" | "text", value: SqliteValue | undefined): Partial<StoredEvent> {
  return typeof value === "string" ? { [name]: value } : {};
}

function isWithinBounds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function openSource(path: string): { readonly source: PageSource; close(): void } {
  const file = openSync(path, "r");
  return {
    source: {
      bytes: fstatSync(file).size,
      read(offset, length) {
        const bytes = new Uint8Array(length);
        try {
          return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
        } catch {
          return bytes.subarray(0, 0);
        }
      },
    },
    close: () => closeSync(file),
  };
}

function readLog(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    return new Uint8Array();
  }
}
