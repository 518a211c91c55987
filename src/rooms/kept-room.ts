/** How a room is written down for the next start: one record a room, one of its acknowledgements, one row an entry. CBOR. */
import type { LogId, PeerId, RoomId } from "../ids.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { decodeEvent, decodeOwnEvent, type RoomEvent } from "./event.ts";
import { clockMax, eventBytesMax, keptLogsMax, keptPeopleMax, keptReceiptsPeopleMax, recordBytesMax, seqMax } from "./limits.ts";
import { isBytes, isBytesOf, isCount, isFlag, isList, isLogId, isPeerId } from "./shape.ts";
import { isTimedKey } from "./timed.ts";

/** What does not follow from a room's entries. */
export interface KeptRoom {
  /** Undefined for the lobby and for conversations of two. */
  readonly record: Uint8Array | undefined;
  readonly newsSince: number;
  readonly unread: number;
  readonly mentioned: boolean;
  readonly invitedBy: PeerId | undefined;
  readonly introducers: readonly PeerId[];
  readonly inviters: readonly PeerId[];
  readonly pendingInvites: readonly PeerId[];
  readonly isClosed: boolean;
  /** Logs whose beginning was let go, or whose author contradicted itself. */
  readonly logs: readonly KeptLog[];
  /** Invitations that are known without those entries of their authors that came before. */
  readonly learnt: readonly RoomEvent[];
}

export interface KeptLog {
  readonly author: PeerId;
  readonly logId: LogId;
  readonly floor: number;
  /** What was let go on purpose; the rest below the floor has not come yet. */
  readonly cut: number;
  readonly isFrozen: boolean;
}

/** Who has acknowledged which of our own logs up to where. */
export interface KeptReceipts {
  readonly logId: LogId;
  readonly confirmed: readonly (readonly [peerId: PeerId, seq: number, floor: number])[];
}

export interface KeptEntry {
  readonly event: RoomEvent;
  readonly sentTo: readonly PeerId[] | undefined;
  /** Of a message that disappears, until it does. */
  readonly key?: Uint8Array | undefined;
}

/** Of 1, no entry can be found by its target (upgrading.ts). */
export const keptVersion = 2;

export function encodeKeptRoom(room: KeptRoom): Uint8Array {
  return encodeCbor([
    keptVersion,
    room.record ?? null,
    room.newsSince,
    room.unread,
    room.mentioned,
    room.invitedBy ?? null,
    room.introducers,
    room.inviters,
    room.pendingInvites,
    room.isClosed,
    room.logs.map(({ author, logId, floor, cut, isFrozen }) => [author, logId, floor, isFrozen, cut]),
    room.learnt.map(({ bytes }) => bytes),
  ]);
}

/** Undefined for what this version does not write. */
export function decodeKeptRoom(bytes: Uint8Array, version = keptVersion): KeptRoom | undefined {
  const fields = decodeCbor(bytes);
  if (!Array.isArray(fields) || fields.length !== 12 || fields[0] !== version) return undefined;
  const [, record, newsSince, unread, mentioned, invitedBy, introducers, inviters, pendingInvites, isClosed, logs, learnt] =
    fields as unknown[];
  if (record !== null && !isBytes(record, recordBytesMax)) return undefined;
  if (!isCount(newsSince, clockMax) || !isCount(unread, seqMax) || !isFlag(mentioned) || !isFlag(isClosed)) return undefined;
  if (invitedBy !== null && !isPeerId(invitedBy)) return undefined;
  if (!isPeers(introducers) || !isPeers(inviters) || !isPeers(pendingInvites)) return undefined;
  const keptLogs = listOf(logs, keptLogsMax, decodeLog);
  const keptLearnt = listOf(learnt, keptLogsMax, (item) => (isBytes(item, eventBytesMax) ? decodeEvent(item) : undefined));
  if (keptLogs === undefined || keptLearnt === undefined) return undefined;
  return {
    record: record ?? undefined,
    newsSince,
    unread,
    mentioned,
    invitedBy: invitedBy ?? undefined,
    introducers,
    inviters,
    pendingInvites,
    isClosed,
    logs: keptLogs,
    learnt: keptLearnt,
  };
}

const receiptsVersion = 1;

export const encodeKeptReceipts = (receipts: readonly KeptReceipts[]): Uint8Array =>
  encodeCbor([receiptsVersion, receipts.map(({ logId, confirmed }) => [logId, confirmed])]);

export function decodeKeptReceipts(bytes: Uint8Array): KeptReceipts[] | undefined {
  const fields = decodeCbor(bytes);
  if (!Array.isArray(fields) || fields.length !== 2 || fields[0] !== receiptsVersion) return undefined;
  return listOf(fields[1], keptLogsMax, (item) => {
    if (!isList(item, 2) || !isLogId(item[0])) return undefined;
    const confirmed = listOf(item[1], keptReceiptsPeopleMax, (item): KeptReceipts["confirmed"][number] | undefined => {
      if (!isList(item, 3)) return undefined;
      const [peerId, seq, floor = 0] = item;
      return isPeerId(peerId) && isCount(seq, seqMax) && isCount(floor, seq) ? [peerId, seq, floor] : undefined;
    });
    return confirmed && { logId: item[0], confirmed };
  });
}

export const encodeKeptEntry = ({ event, sentTo, key }: KeptEntry): Uint8Array =>
  encodeCbor([event.bytes, sentTo?.slice(0, keptPeopleMax) ?? null, ...(key === undefined ? [] : [key])]);

export function decodeKeptEntry(roomId: RoomId, bytes: Uint8Array): KeptEntry | undefined {
  const fields = decodeCbor(bytes);
  if (!isList(fields, 3) || !isBytes(fields[0], eventBytesMax)) return undefined;
  const [eventBytes, sentTo, key] = fields as [Uint8Array, unknown, unknown];
  const event = decodeOwnEvent(eventBytes);
  if (event?.roomId !== roomId || (sentTo !== null && !isPeers(sentTo))) return undefined;
  if (key !== undefined && !isTimedKey(key)) return undefined;
  return { event, sentTo: sentTo ?? undefined, key };
}

/** What opens an author's signatures: 32, 32 and 64 bytes. */
export interface AuthorKeyBytes {
  readonly signKey: Uint8Array;
  readonly agreeKey: Uint8Array;
  readonly binding: Uint8Array;
}

export const encodeKeptAuthor = ({ signKey, agreeKey, binding }: AuthorKeyBytes): Uint8Array => encodeCbor([signKey, agreeKey, binding]);

export function decodeKeptAuthor(bytes: Uint8Array): AuthorKeyBytes | undefined {
  const fields = decodeCbor(bytes);
  if (!isList(fields, 3)) return undefined;
  const [signKey, agreeKey, binding] = fields;
  return isBytesOf(signKey, 32) && isBytesOf(agreeKey, 32) && isBytesOf(binding, 64) ? { signKey, agreeKey, binding } : undefined;
}

function decodeLog(item: unknown): KeptLog | undefined {
  if (!isList(item, 5)) return undefined;
  // Version 1 let go of what memory did not hold: it is welcome again.
  const [author, logId, floor, isFrozen, cut = 0] = item;
  const isLog = isPeerId(author) && isLogId(logId) && isCount(floor, seqMax) && isFlag(isFrozen) && isCount(cut, floor);
  return isLog ? { author, logId, floor, isFrozen, cut } : undefined;
}

const isPeers = (value: unknown): value is PeerId[] => isList(value, keptPeopleMax) && value.every(isPeerId);

/** Undefined where any of it is. */
function listOf<T>(value: unknown, lengthMax: number, one: (item: unknown) => T | undefined): T[] | undefined {
  if (!isList(value, lengthMax)) return undefined;
  const items: T[] = [];
  for (const item of value) {
    const decoded = one(item);
    if (decoded === undefined) return undefined;
    items.push(decoded);
  }
  return items;
}
