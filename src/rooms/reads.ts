/**
 * Read receipts: up to where somebody has seen each log. What this person has seen of others' logs is told to their authors, beside
 * `have`; what others have seen of one's own is kept beside what they acknowledged. Not in crowds, and only where switched on.
 */
import type { LogId, Millis, PeerId } from "../ids.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { logKey, messageId } from "./event.ts";
import type { Exchange } from "./exchange.ts";
import { keptLogsMax, keptReceiptsPeopleMax, readPlacesMax, restatedMessagesMax, seqMax } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { VectorEntry } from "./payload.ts";
import type { RoomChange } from "./ports.ts";
import type { Room } from "./room.ts";
import { isCount, isList, isLogId, isPeerId } from "./shape.ts";

const isOn = ({ delivery }: Room): boolean => delivery?.readReceipts() !== false;

/** Everything there has been seen; the authors who are here are told so. */
export function markRead(exchange: Exchange, room: Room | undefined, self: PeerId, now: Millis): RoomChange[] {
  if (room === undefined) return [];
  const authors = new Set<PeerId>();
  for (const log of room.isJoined ? room.logs.values() : []) {
    const { peerId } = log.author;
    if (peerId === self || log.seen >= log.seq) continue;
    log.seen = log.seq;
    authors.add(peerId);
  }
  if (authors.size > 0) room.confirmed();
  if (!exchange.isCrowded(room)) for (const peerId of authors) exchange.with(room, peerId, (sync) => sync.seen(now));
  return room.markRead() ? [{ type: "roomChanged", roomId: room.roomId }] : [];
}

/** What an author is told: the newest of its logs. */
export function readsFor(room: Room, author: PeerId): VectorEntry[] {
  if (!room.isJoined || !isOn(room)) return [];
  const logs = room.logs.of(author).filter(({ seen }) => seen > 0);
  return logs.slice(-readPlacesMax).map(({ logId, seen }) => [author, logId, seen]);
}

/** A member says what it has seen of our own. */
export function heardReads(outbox: Outbox, room: Room, self: PeerId, by: PeerId, reads: readonly VectorEntry[]): void {
  if (!room.membership.isMember(by)) return;
  for (const [author, logId, stated] of reads) {
    const log = author === self ? room.logs.get(logKey(author, logId)) : undefined;
    if (log === undefined) continue;
    const seq = Math.min(stated, log.seq);
    const before = log.readBy.get(by) ?? 0;
    if (seq <= before) continue;
    log.readBy.set(by, seq);
    room.confirmed();
    if (!isOn(room)) continue;
    for (let at = seq; at > Math.max(before, log.base, seq - restatedMessagesMax); at--) {
      const entry = log.entry(at);
      if (entry?.shown) outbox.messageChanged(messageId(entry.event));
    }
  }
}

/** Who has seen an entry of our own; nobody is named where this person tells nobody. */
export function readersOf(room: Room, readBy: ReadonlyMap<PeerId, number>, seq: number): PeerId[] {
  if (!isOn(room)) return [];
  return [...readBy]
    .filter(([, place]) => place >= seq)
    .map(([peerId]) => peerId)
    .sort();
}

// ── Kept ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface KeptReads {
  /** Of our own logs: who has seen them up to where. */
  readonly own: readonly (readonly [LogId, readonly (readonly [PeerId, number])[]])[];
  /** Of others': up to where we have. */
  readonly seen: readonly VectorEntry[];
}

export const readsKey = (roomId: string): string => `reads/${roomId}`;
const version = 1;

/** The newest of one's own logs, and all others, as many as have room. */
export function readsOf(room: Room): KeptReads {
  const own: KeptReads["own"][number][] = [];
  let people = 0;
  for (const { logId, readBy } of [...room.ownLogs].reverse()) {
    people += readBy.size;
    if (people > keptReceiptsPeopleMax) break;
    if (readBy.size > 0) own.push([logId, [...readBy]]);
  }
  const seen: VectorEntry[] = [];
  for (const { author, logId, seen: seq } of room.logs.values()) if (seq > 0) seen.push([author.peerId, logId, seq]);
  return { own, seen: seen.slice(0, keptLogsMax) };
}

export function restoreReads(room: Room, self: PeerId, { own, seen }: KeptReads): void {
  for (const [logId, places] of own) {
    const log = room.logs.get(logKey(self, logId));
    for (const [peerId, seq] of places) log?.readBy.set(peerId, Math.min(seq, log.seq));
  }
  for (const [author, logId, seq] of seen) {
    const log = author === self ? undefined : room.logs.get(logKey(author, logId));
    if (log !== undefined) log.seen = Math.min(seq, log.seq);
  }
}

export const encodeKeptReads = ({ own, seen }: KeptReads): Uint8Array => encodeCbor([version, own, seen]);

/** Undefined for what this version does not write. */
export function decodeKeptReads(bytes: Uint8Array): KeptReads | undefined {
  const fields = decodeCbor(bytes);
  if (!Array.isArray(fields) || fields.length !== 3 || fields[0] !== version) return undefined;
  const [, own, seen] = fields as unknown[];
  if (!isList(own, keptLogsMax) || !own.every(isOwn) || !isList(seen, keptLogsMax) || !seen.every(isPlace)) return undefined;
  return { own, seen };
}

const isOwn = (item: unknown): item is KeptReads["own"][number] =>
  isList(item, 2) &&
  item.length === 2 &&
  isLogId(item[0]) &&
  isList(item[1], keptReceiptsPeopleMax) &&
  item[1].every((pair) => isList(pair, 2) && pair.length === 2 && isPeerId(pair[0]) && isCount(pair[1], seqMax));

const isPlace = (item: unknown): item is VectorEntry =>
  isList(item, 3) && item.length === 3 && isPeerId(item[0]) && isLogId(item[1]) && isCount(item[2], seqMax);
