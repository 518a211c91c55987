/**
 * CBOR (RFC 8949) as a tree that can be bent in ways no encoder would write: lengths that lie, items without an end, keys
 * that come twice. Byte strings that hold CBOR themselves are opened, and their lengths follow what is done inside.
 */

export type Item =
  | { readonly kind: "raw"; bytes: Uint8Array }
  | { readonly kind: "string"; readonly major: 2 | 3; content: Uint8Array; inner: Item | undefined; shape: Shape }
  | { readonly kind: "list"; readonly major: 4 | 5; items: Item[]; shape: Shape };

/** How a head is written. `count` lies about the length. */
export interface Shape {
  headBytes: 1 | 2 | 3 | 5 | 9 | undefined;
  count: bigint | undefined;
  isIndefinite: boolean;
}

const depthMax = 24;
const plain = (): Shape => ({ headBytes: undefined, count: undefined, isIndefinite: false });

/** Undefined for what is not exactly one item of definite length. */
export function parseTree(bytes: Uint8Array): Item | undefined {
  const read = readItem(bytes, 0, 0);
  return read !== undefined && read.end === bytes.length ? read.item : undefined;
}

function readItem(bytes: Uint8Array, at: number, depth: number): { item: Item; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined || depth > depthMax) return undefined;
  const major = first >> 5;
  const info = first & 31;
  if (info > 27) return undefined;
  const extra = info < 24 ? 0 : 2 ** (info - 24);
  if (at + 1 + extra > bytes.length) return undefined;
  let argument = info < 24 ? info : 0;
  for (let i = 0; i < extra; i += 1) argument = argument * 256 + (bytes[at + 1 + i] ?? 0);
  const start = at + 1 + extra;
  if (major === 2 || major === 3) {
    const end = start + argument;
    if (end > bytes.length) return undefined;
    const content = bytes.slice(start, end);
    // Shorter ones are names and flags that only look like CBOR.
    const inner = major === 2 && content.length > 64 ? parseTree(content) : undefined;
    return { item: { kind: "string", major, content, inner: inner?.kind === "list" ? inner : undefined, shape: plain() }, end };
  }
  if (major !== 4 && major !== 5) {
    if (major === 6) return undefined;
    return { item: { kind: "raw", bytes: bytes.slice(at, start) }, end: start };
  }
  const items: Item[] = [];
  let end = start;
  const count = major === 5 ? 2 * argument : argument;
  if (count > bytes.length) return undefined;
  for (let i = 0; i < count; i += 1) {
    const read = readItem(bytes, end, depth + 1);
    if (read === undefined) return undefined;
    items.push(read.item);
    end = read.end;
  }
  return { item: { kind: "list", major, items, shape: plain() }, end };
}

export function writeTree(item: Item): Uint8Array {
  const parts: Uint8Array[] = [];
  write(item, parts);
  return Uint8Array.from(Buffer.concat(parts));
}

function write(item: Item, parts: Uint8Array[]): void {
  if (item.kind === "raw") {
    parts.push(item.bytes);
    return;
  }
  const content = item.kind === "string" ? (item.inner === undefined ? item.content : writeTree(item.inner)) : undefined;
  const length = item.kind === "list" ? (item.major === 5 ? item.items.length >> 1 : item.items.length) : (content?.length ?? 0);
  if (item.shape.isIndefinite) parts.push(Uint8Array.of((item.major << 5) | 31));
  else parts.push(head(item.major, item.shape.count ?? BigInt(length), item.shape.headBytes));
  if (item.kind === "list") for (const inner of item.items) write(inner, parts);
  else if (content !== undefined) {
    if (item.shape.isIndefinite) parts.push(head(item.major, BigInt(content.length), undefined));
    parts.push(content);
  }
  if (item.shape.isIndefinite) parts.push(Uint8Array.of(0xff));
}

/** The shortest head, or one of that many bytes. */
export function head(major: number, argument: bigint, bytes: Shape["headBytes"]): Uint8Array {
  const shortest = argument < 24n ? 1 : argument < 0x100n ? 2 : argument < 0x10000n ? 3 : argument < 0x100000000n ? 5 : 9;
  const size = Math.max(bytes ?? shortest, shortest);
  const written = new Uint8Array(size);
  if (size === 1) written[0] = (major << 5) | Number(argument);
  else {
    written[0] = (major << 5) | (24 + Math.log2(size - 1));
    for (let i = 1; i < size; i += 1) written[i] = Number((argument >> BigInt(8 * (size - 1 - i))) & 0xffn);
  }
  return written;
}

/** Every item, with the list that holds it. */
export function everyItem(
  root: Item,
): { readonly item: Item; readonly parent: Extract<Item, { kind: "list" }> | undefined; readonly place: number }[] {
  const all: ReturnType<typeof everyItem> = [{ item: root, parent: undefined, place: 0 }];
  for (let i = 0; i < all.length && all.length < 5_000; i += 1) {
    const item = all[i]?.item;
    if (item?.kind === "list") for (const [place, inner] of item.items.entries()) all.push({ item: inner, parent: item, place });
    else if (item?.kind === "string" && item.inner !== undefined) all.push({ item: item.inner, parent: undefined, place: -1 });
  }
  return all;
}

/** Items that a decoder should never be surprised by. */
export const oddItems: readonly Uint8Array[] = [
  "f6",
  "f7",
  "f4",
  "f5",
  "e0",
  "f820",
  "f8ff",
  "ff",
  "f97e00",
  "f97c00",
  "f9fc00",
  "f98000",
  "f93c00",
  "fa7f800000",
  "fb7ff8000000000000",
  "fb3ff0000000000000",
  "fb4340000000000000",
  "00",
  "20",
  "17",
  "1817",
  "1800",
  "190000",
  "1a00000000",
  "1b0000000000000000",
  "1bffffffffffffffff",
  "1b0020000000000000",
  "1b001fffffffffffff",
  "3bffffffffffffffff",
  "3b001fffffffffffff",
  "1affffffff",
  "1a80000000",
  "40",
  "60",
  "80",
  "a0",
  "5f40ff",
  "5fff",
  "7fff",
  "9fff",
  "bfff",
  "9f",
  "bf",
  "5bffffffffffffffff",
  "7bffffffffffffffff",
  "9bffffffffffffffff",
  "bbffffffffffffffff",
  "9affffffff",
  "baffffffff",
  "5affffffff",
  "9a7fffffff",
  "9b001fffffffffffff",
  "c0f6",
  "c249010000000000000000",
  "c349ffffffffffffffffff",
  "c482201903e8",
  "d8406161",
  "d9d9f700",
  "dbffffffffffffffff00",
  "61ff",
  "62c328",
  "63eda080",
  "64f0908080",
  "6100",
  "695f5f70726f746f5f5f",
  "6b636f6e7374727563746f72",
  "68746f537472696e67",
  "a1695f5f70726f746f5f5fa16161f5",
  "a1f600",
  "a10000",
  "a14100f6",
  "a2616100616101",
  "1c",
  "1f",
  "3c",
  "5c",
  "7c",
  "9c",
  "bc",
  "fc",
  "fe",
].map((hex) => Uint8Array.from(Buffer.from(hex, "hex")));
