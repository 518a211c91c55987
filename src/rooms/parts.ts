/** Lists that may need several payloads: cutting them, and putting them together again. */
import { listPartsMax, payloadBytesMax, roomsPerPeerMax, signedOverheadBytes } from "./limits.ts";
import type { ListPart } from "./payload.ts";

/** Cuts a list so that each part fits into a payload. At least one part, which may be empty. */
export function cutList<T>(rooms: readonly T[], bytesOf: (room: T) => number): T[][] {
  const parts: T[][] = [[]];
  let bytes = signedOverheadBytes + 64;
  for (const room of rooms) {
    const cost = bytesOf(room);
    let part = parts[parts.length - 1] ?? [];
    if (bytes + cost > payloadBytesMax || part.length >= roomsPerPeerMax) {
      if (parts.length >= listPartsMax) break;
      part = [];
      parts.push(part);
      bytes = signedOverheadBytes + 64;
    }
    part.push(room);
    bytes += cost;
  }
  return parts;
}

/** Collects the parts of the newest list of one sender. */
export class ListCollector<T> {
  #revision = 0;
  #parts = new Map<number, readonly T[]>();

  /** The whole list, once its last part has come. */
  add(list: ListPart<T>): T[] | undefined {
    if (list.revision < this.#revision) return undefined;
    if (list.revision > this.#revision) this.#parts = new Map();
    this.#revision = list.revision;
    this.#parts.set(list.part, list.rooms);
    if (this.#parts.size < list.parts) return undefined;
    return [...this.#parts.keys()].sort((a, b) => a - b).flatMap((part) => this.#parts.get(part) ?? []);
  }
}
