/** Makes a new input of old ones: blindly by bytes, and knowingly by the form of the input. Everything is drawn from `random`. */
import { everyItem, head, type Item, oddItems, parseTree, writeTree } from "./cbor-tree.ts";
import { below, join, pick, type Random, repeat } from "./drawing.ts";
import { mutateJson, mutateText } from "./mutate-text.ts";
import type { Form } from "./target.ts";

const opsMax = 4;
const nestingsMax = 40_000;
const oddBytes = [0, 1, 0x17, 0x18, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xf6, 0xf7, 0xff];
const oddKeys = ["__proto__", "constructor", "k", "t", "length", "x".repeat(300)];
const nestings = [Uint8Array.of(0x81), Uint8Array.of(0xa1, 0x61, 0x61), Uint8Array.of(0xc1), Uint8Array.of(0x9f)];
const headSizes = [2, 3, 5, 9] as const;

/** `other` is another entry of the pool, to splice with. */
export function mutate(input: Uint8Array, other: Uint8Array, form: Form, bytesMax: number, random: Random): Uint8Array {
  let bytes = input;
  const ops = 1 + below(random, opsMax);
  for (let i = 0; i < ops; i += 1) {
    const isKnowing = random() < 0.7;
    if (form === "cbor" && isKnowing) bytes = mutateCbor(bytes, other, random);
    else if (form === "json" && isKnowing) bytes = mutateJson(bytes, other, random);
    else if (form === "text" && isKnowing) bytes = mutateText(bytes, other, random);
    else bytes = mutateBytes(bytes, other, random);
  }
  return bytes.length > bytesMax ? bytes.slice(0, bytesMax) : bytes;
}

function mutateBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = below(random, bytes.length + 1);
  const length = 1 + below(random, random() < 0.8 ? 8 : Math.max(1, bytes.length));
  switch (below(random, 9)) {
    case 0:
      return withByte(bytes, at, (byte) => byte ^ (1 << below(random, 8)));
    case 1:
      return withByte(bytes, at, () => pick(random, oddBytes) ?? 0);
    case 2:
      return withByte(bytes, at, (byte) => (byte + (random() < 0.5 ? 1 : 255)) & 0xff);
    case 3:
      return join(bytes.subarray(0, at), bytes.subarray(at + length));
    case 4:
      return join(
        bytes.subarray(0, at),
        Uint8Array.from({ length }, () => below(random, 256)),
        bytes.subarray(at),
      );
    case 5:
      return join(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    case 6:
      return join(bytes.subarray(0, at), other.subarray(below(random, other.length + 1)));
    case 7: {
      const from = below(random, other.length + 1);
      return join(bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(random() < 0.5 ? at : at + length));
    }
    default:
      return bytes.slice(0, at);
  }
}

function withByte(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const changed = bytes.slice();
  if (at < changed.length) changed[at] = change(changed[at] ?? 0);
  return changed;
}

function mutateCbor(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const root = parseTree(bytes);
  const found = root && pick(random, everyItem(root));
  if (root === undefined || found === undefined) return mutateBytes(bytes, other, random);
  const { item, parent, place } = found;
  const replace = (by: Item): Uint8Array => {
    if (parent === undefined) return writeTree(place === 0 ? by : root);
    parent.items[place] = by;
    return writeTree(root);
  };
  const replaceRaw = (content: Uint8Array): Uint8Array => replace({ kind: "raw", bytes: content });
  switch (below(random, 10)) {
    case 0:
    case 1:
      return replaceRaw(pick(random, oddItems) ?? new Uint8Array());
    case 2:
      return replaceRaw(head(below(random, 2), oddCount(random), undefined));
    case 3: {
      const depth = random() < 0.8 ? 1 + below(random, 4) : below(random, nestingsMax);
      return replaceRaw(join(repeat(pick(random, nestings) ?? new Uint8Array(), depth), writeTree(item)));
    }
    case 4: {
      const donor = parseTree(other);
      const gift = donor && pick(random, everyItem(donor));
      return gift === undefined ? bytes : replace(gift.item);
    }
    case 5:
      if (item.kind === "raw") return replaceRaw(widened(item.bytes, random));
      item.shape.headBytes = pick(random, headSizes);
      break;
    case 6:
      if (item.kind !== "raw") item.shape.count = oddCount(random);
      break;
    case 7:
      if (item.kind !== "raw") item.shape.isIndefinite = true;
      break;
    case 8:
      if (item.kind === "list") bendList(item, random);
      break;
    default:
      if (item.kind === "string") {
        item.content = random() < 0.5 ? mutateBytes(item.content, other, random) : repeat(item.content.subarray(0, 64), below(random, 200));
        item.inner = undefined;
      }
  }
  return writeTree(root);
}

/** Entries that come again, are missing, or were never asked for. */
function bendList({ major, items }: Extract<Item, { kind: "list" }>, random: Random): void {
  const isMap = major === 5;
  const from = isMap ? 2 * below(random, items.length >> 1) : below(random, items.length);
  const width = isMap ? 2 : 1;
  const kind = random();
  if (kind < 0.3) items.splice(from, width);
  else if (kind < 0.7 || !isMap) {
    const entry = items.slice(from, from + width);
    const times = random() < 0.7 ? 1 : below(random, 700);
    for (let i = 0; i < times; i += 1) items.push(...entry);
  } else {
    const key = pick(random, oddKeys) ?? "";
    items.push(
      { kind: "raw", bytes: join(head(3, BigInt(key.length), undefined), Buffer.from(key)) },
      { kind: "raw", bytes: pick(random, oddItems) ?? new Uint8Array() },
    );
  }
}

function widened(item: Uint8Array, random: Random): Uint8Array {
  const [first = 0] = item;
  return first >> 5 <= 1 && (first & 31) < 24 ? head(first >> 5, BigInt(first & 31), pick(random, headSizes)) : item;
}

/** At, or just beside, a power of two. */
function oddCount(random: Random): bigint {
  const near = (1n << BigInt(below(random, 65))) + BigInt(below(random, 3)) - 1n;
  const most = 0xffff_ffff_ffff_ffffn;
  return near > most ? most : near;
}
