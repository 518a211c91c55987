/**
 * Rows out of single pages of a SQLite database, without what holds the pages together (sqlite.org/fileformat2.html,
 * sections 1.6 and 2.1): a leaf of a table says all of its rows, but for long ones, whose rest is in a chain of pages.
 * What does not look as it should is passed over.
 */
import { salvagedColumnsMax, salvagedRowBytesMax } from "./limits.ts";

export type SqliteValue = number | Uint8Array | string | null;
export type Row = readonly SqliteValue[];

const tableLeaf = 0x0d;
const headerBytes = 8;

/** `page` gives the usable bytes of a page, where it can be read; pages count from 1, and the first, the schema's, is left out. */
export function* rowsOfLeaf(number: number, page: (number: number) => Uint8Array | undefined): Generator<Row> {
  const bytes = page(number);
  if (bytes === undefined || number === 1 || bytes[0] !== tableLeaf) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cells = view.getUint16(3);
  for (let index = 0; index < cells; index += 1) {
    const at = headerBytes + 2 * index;
    if (at + 2 > bytes.length) return;
    const row = rowOfCell(bytes, view.getUint16(at), page);
    if (row !== undefined) yield row;
  }
}

function rowOfCell(bytes: Uint8Array, start: number, page: (number: number) => Uint8Array | undefined): Row | undefined {
  const payload = readVarint(bytes, start);
  const rowId = payload && readVarint(bytes, payload.next);
  if (rowId === undefined || payload === undefined) return undefined;
  const whole = payloadOf(bytes, rowId.next, payload.value, page);
  return whole && rowOfRecord(whole);
}

function payloadOf(
  bytes: Uint8Array,
  start: number,
  length: number,
  page: (number: number) => Uint8Array | undefined,
): Uint8Array | undefined {
  const usable = bytes.length;
  const localMax = usable - 35;
  if (length <= localMax) return start + length <= usable ? bytes.subarray(start, start + length) : undefined;
  const localMin = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = localMin + ((length - localMin) % (usable - 4));
  const local = fitting <= localMax ? fitting : localMin;
  if (start + local + 4 > usable || length > salvagedRowBytesMax) return undefined;
  const parts = [bytes.subarray(start, start + local)];
  const seen = new Set<number>();
  let missing = length - local;
  let next = uint32(bytes, start + local);
  while (missing > 0) {
    const more = next === 0 || seen.has(next) ? undefined : page(next);
    if (more === undefined) return undefined;
    seen.add(next);
    const part = more.subarray(4, Math.min(usable, 4 + missing));
    parts.push(part);
    missing -= part.length;
    next = uint32(more, 0);
  }
  return concat(parts, length);
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Section 2.1: the types of all columns, then their values. */
function rowOfRecord(record: Uint8Array): Row | undefined {
  const header = readVarint(record, 0);
  if (header === undefined || header.value > record.length) return undefined;
  const row: SqliteValue[] = [];
  let at = header.next;
  let body = header.value;
  while (at < header.value) {
    const type = readVarint(record, at);
    if (type === undefined || row.length >= salvagedColumnsMax) return undefined;
    const length = lengthOf(type.value);
    if (length === undefined || body + length > record.length) return undefined;
    row.push(columnOf(type.value, record.subarray(body, body + length)));
    at = type.next;
    body += length;
  }
  return row;
}

function lengthOf(type: number): number | undefined {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type];
}

function columnOf(type: number, bytes: Uint8Array): SqliteValue {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type >= 12) return type % 2 === 0 ? bytes.slice() : textOf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (type === 7) return view.getFloat64(0);
  let value = view.getInt8(0);
  for (let index = 1; index < bytes.length; index += 1) value = value * 256 + view.getUint8(index);
  return value;
}

/** Section 1.6: seven bits a byte, the highest first; the ninth byte has eight. */
function readVarint(bytes: Uint8Array, start: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value = index === 8 ? value * 256 + byte : value * 128 + (byte & 0x7f);
    if (byte < 0x80 || index === 8) return Number.isSafeInteger(value) ? { value, next: start + index + 1 } : undefined;
  }
  return undefined;
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}

/** UTF-8, of which what is not is passed over with its row. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return null;
  }
}
