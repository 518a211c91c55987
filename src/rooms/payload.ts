/** The payloads that rooms exchange, as CBOR maps; `k` names the kind. Decoding bounds everything and believes nothing. */
import type { LogId, PeerId, RoomId } from "../ids.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import {
  eventBytesMax,
  eventsPerPayloadMax,
  invitedBesideMax,
  listedCountMax,
  listedMembersMax,
  listPartsMax,
  logsPerSliceMax,
  pastAsksMax,
  pastEntriesMax,
  payloadBytesMax,
  provenInvitesMax,
  readPlacesMax,
  recordBytesMax,
  roomsPerPeerMax,
  seqMax,
  sliceCount,
  sliceDigestBytes,
} from "./limits.ts";
import { isBytes, isBytesOf, isCount, isFlag, isList, isLogId, isPeerId, isRoomId } from "./shape.ts";
import { allSlices, type SliceMask } from "./slices.ts";

export interface AuthorKeys {
  readonly signKey: Uint8Array;
  readonly agreeKey: Uint8Array;
  readonly binding: Uint8Array;
}

/** "Of this log, everything up to seq"; or, with a floor, what stands between the two: the rest has not come yet. */
export type VectorEntry = readonly [author: PeerId, logId: LogId, seq: number, floor?: number];

/** The key of a message that disappears, and the place of its event in the payload. */
export type TimedKey = readonly [at: number, key: Uint8Array];

export type PastAsk = readonly [author: PeerId, logId: LogId, to: number, count: number];

/** The answer to one of them. */
export interface Older {
  readonly roomId: RoomId;
  readonly author: PeerId;
  readonly logId: LogId;
  readonly to: number;
  /** From `to` downward, as many as have room. */
  readonly events: readonly Uint8Array[];
  /** The last coming or going of the author before these. */
  readonly words: readonly Uint8Array[];
  readonly keys: readonly TimedKey[];
  /** The sender has nothing up to here. */
  readonly floor: number;
}

export interface Announced {
  readonly record: Uint8Array;
  readonly joined: boolean;
}

export interface Listed {
  readonly record: Uint8Array;
  readonly members: readonly PeerId[];
  /** All members, where not all are named. */
  readonly count?: number;
}

/** A list that may need several payloads. `revision` grows with each list of this sender. */
export interface ListPart<T> {
  readonly revision: number;
  readonly part: number;
  readonly parts: number;
  readonly rooms: readonly T[];
}

export type RoomsPayload =
  | {
      readonly k: "events";
      readonly roomId: RoomId;
      readonly authors: readonly AuthorKeys[];
      readonly events: readonly Uint8Array[];
      readonly floors: readonly VectorEntry[];
      /** Of messages that have not disappeared yet. */
      readonly keys?: readonly TimedKey[];
      /** The sender does not wait for an acknowledgement. */
      readonly quiet?: true;
    }
  | {
      readonly k: "have";
      readonly roomId: RoomId;
      readonly vector: readonly VectorEntry[];
      /** The vector names every log that the sender has; otherwise it says nothing of those left out. */
      readonly whole: boolean;
      /** `whole` speaks of these slices only. */
      readonly slices?: SliceMask;
      /** Asks for the other's vector of these logs, and for what the sender lacks. */
      readonly reply: boolean;
      /** Of logs of which nothing is stated, what was said lately is enough. */
      readonly recent?: true;
      /** So that a member who has been restarted learns which room this is. */
      readonly record?: Uint8Array;
      /** What the sender's person has seen of the receiver's logs. */
      readonly read?: readonly VectorEntry[];
    }
  /** "Of these logs, the entries up to `to`, newest first, so many at most." */
  | { readonly k: "past"; readonly roomId: RoomId; readonly asks: readonly PastAsk[] }
  | ({ readonly k: "older" } & Older)
  /** "Where these are not your digests, let us compare." */
  | { readonly k: "compare"; readonly roomId: RoomId; readonly digests: Uint8Array; readonly record?: Uint8Array }
  /** `events` are the `invited` entries that lead from the creator to the receiver, in this order: nobody else may be left to show them. */
  | {
      readonly k: "invite";
      readonly record: Uint8Array;
      readonly authors: readonly AuthorKeys[];
      readonly events: readonly Uint8Array[];
    }
  /** `seen` is the newest revision of the receiver's directory that the sender has. */
  | ({ readonly k: "announceRooms"; readonly seen?: number } & ListPart<Announced>)
  /** `heard` is the revision of the receiver's announcement that this takes into account. */
  | ({ readonly k: "directory"; readonly heard: number } & ListPart<Listed>)
  | { readonly k: "directorySeen"; readonly revision: number }
  /** "My directory is at this revision, and contains this announcement of yours." */
  | { readonly k: "directoryAt"; readonly revision: number; readonly heard: number }
  /** As a broadcast: a `directory` or `directoryAt` that the host has signed. */
  | { readonly k: "signedDirectory"; readonly list: Uint8Array; readonly signature: Uint8Array };

export const encodePayload = (payload: RoomsPayload): Uint8Array => encodeCbor(payload);

/** Undefined for anything else. */
export function decodePayload(bytes: Uint8Array): RoomsPayload | undefined {
  if (bytes.length > payloadBytesMax) return undefined;
  const map = decodeCbor(bytes);
  if (!(map instanceof Map)) return undefined;
  const k: unknown = map.get("k");
  switch (k) {
    case "events":
      return decodeEvents(map);
    case "have":
      return decodeHave(map);
    case "past":
      return decodePast(map);
    case "older":
      return decodeOlder(map);
    case "compare":
      return decodeCompare(map);
    case "invite":
      return decodeInvite(map);
    case "announceRooms": {
      const list = decodeList(map, announced);
      const seen: unknown = map.get("seen");
      if (list === undefined || !map.has("seen")) return list && { k, ...list };
      return isCount(seen, seqMax) ? { k, ...list, seen } : undefined;
    }
    case "directory": {
      const list = decodeList(map, listed);
      const heard: unknown = map.get("heard");
      return list && isCount(heard, seqMax) ? { k, heard, ...list } : undefined;
    }
    case "directorySeen": {
      const revision: unknown = map.get("revision");
      return isCount(revision, seqMax) ? { k, revision } : undefined;
    }
    case "directoryAt": {
      const revision: unknown = map.get("revision");
      const heard: unknown = map.get("heard");
      return isCount(revision, seqMax) && isCount(heard, seqMax) ? { k, revision, heard } : undefined;
    }
    case "signedDirectory": {
      const list: unknown = map.get("list");
      const signature: unknown = map.get("signature");
      return isBytes(list, payloadBytesMax) && isBytesOf(signature, 64) ? { k, list, signature } : undefined;
    }
    default:
      return undefined;
  }
}

type Fields = Map<unknown, unknown>;

function decodeEvents(map: Fields): RoomsPayload | undefined {
  const roomId = map.get("roomId");
  const events = map.get("events");
  const authors = listOf(map.get("authors"), eventsPerPayloadMax, authorKeys);
  const floors = listOf(map.get("floors"), eventsPerPayloadMax, vectorEntry);
  if (!isRoomId(roomId) || !isList(events, eventsPerPayloadMax) || authors === undefined || floors === undefined) return undefined;
  if (!events.every((event): event is Uint8Array => isBytes(event, eventBytesMax))) return undefined;
  const keys = map.has("keys") ? listOf(map.get("keys"), events.length, timedKey) : [];
  if (keys === undefined || (map.has("quiet") && map.get("quiet") !== true)) return undefined;
  return {
    k: "events",
    roomId,
    authors,
    events,
    floors,
    ...(map.has("keys") && { keys }),
    ...(map.has("quiet") && { quiet: true }),
  };
}

function decodeHave(map: Fields): RoomsPayload | undefined {
  const roomId = map.get("roomId");
  const vector = listOf(map.get("vector"), logsPerSliceMax, vectorEntry);
  const whole = map.get("whole");
  const reply = map.get("reply");
  const record = map.get("record");
  if (!isRoomId(roomId) || vector === undefined || !isFlag(whole) || !isFlag(reply)) return undefined;
  const slices = map.get("slices");
  if (map.has("recent") && map.get("recent") !== true) return undefined;
  if (map.has("record") && !isBytes(record, recordBytesMax)) return undefined;
  if (map.has("slices") && !isCount(slices, allSlices)) return undefined;
  const read = map.has("read") ? listOf(map.get("read"), readPlacesMax, vectorEntry) : [];
  if (read === undefined) return undefined;
  return {
    k: "have",
    roomId,
    vector,
    whole,
    reply,
    ...(map.has("recent") && { recent: true as const }),
    ...(slices !== undefined && { slices: slices as SliceMask }),
    ...(record !== undefined && { record: record as Uint8Array }),
    ...(map.has("read") && { read }),
  };
}

function decodePast(map: Fields): RoomsPayload | undefined {
  const roomId = map.get("roomId");
  const asks = listOf(map.get("asks"), pastAsksMax, (value): PastAsk | undefined => {
    if (!isList(value, 4)) return undefined;
    const [author, logId, to, count] = value;
    const isAsk = isPeerId(author) && isLogId(logId) && isCount(to, seqMax) && isCount(count, pastEntriesMax) && count > 0;
    return isAsk ? [author, logId, to, count] : undefined;
  });
  return isRoomId(roomId) && asks !== undefined ? { k: "past", roomId, asks } : undefined;
}

function decodeOlder(map: Fields): RoomsPayload | undefined {
  const roomId = map.get("roomId");
  const author = map.get("author");
  const logId = map.get("logId");
  const to = map.get("to");
  const floor = map.get("floor");
  const events = listOf(map.get("events"), pastEntriesMax, eventBytes);
  const words = listOf(map.get("words"), 1, eventBytes);
  if (!isRoomId(roomId) || !isPeerId(author) || !isLogId(logId) || !isCount(to, seqMax) || !isCount(floor, seqMax)) return undefined;
  if (events === undefined || words === undefined) return undefined;
  const keys = listOf(map.get("keys"), events.length, timedKey);
  return keys && { k: "older", roomId, author, logId, to, events, words, keys, floor };
}

const eventBytes = (value: unknown): Uint8Array | undefined => (isBytes(value, eventBytesMax) ? value : undefined);

function decodeInvite(map: Fields): RoomsPayload | undefined {
  const record = map.get("record");
  const authors = listOf(map.get("authors"), 2 * provenInvitesMax, authorKeys);
  const events = listOf(map.get("events"), 2 * provenInvitesMax + invitedBesideMax, (event) =>
    isBytes(event, eventBytesMax) ? event : undefined,
  );
  if (!isBytes(record, recordBytesMax) || authors === undefined || events === undefined) return undefined;
  return { k: "invite", record, authors, events };
}

function decodeCompare(map: Fields): RoomsPayload | undefined {
  const roomId = map.get("roomId");
  const digests = map.get("digests");
  const record = map.get("record");
  if (!isRoomId(roomId) || !isBytesOf(digests, sliceCount * sliceDigestBytes)) return undefined;
  if (!map.has("record")) return { k: "compare", roomId, digests };
  return isBytes(record, recordBytesMax) ? { k: "compare", roomId, digests, record } : undefined;
}

function decodeList<T>(map: Fields, item: (value: unknown) => T | undefined): ListPart<T> | undefined {
  const revision = map.get("revision");
  const part = map.get("part");
  const parts = map.get("parts");
  const rooms = listOf(map.get("rooms"), roomsPerPeerMax, item);
  if (!isCount(revision, seqMax) || !isCount(parts, listPartsMax) || !isCount(part, parts - 1) || rooms === undefined) return undefined;
  return { revision, part, parts, rooms };
}

function listOf<T>(value: unknown, lengthMax: number, item: (value: unknown) => T | undefined): T[] | undefined {
  if (!isList(value, lengthMax)) return undefined;
  const items: T[] = [];
  for (const element of value) {
    const decoded = item(element);
    if (decoded === undefined) return undefined;
    items.push(decoded);
  }
  return items;
}

function vectorEntry(value: unknown): VectorEntry | undefined {
  if (!isList(value, 4)) return undefined;
  const [author, logId, seq, floor] = value;
  if (!isPeerId(author) || !isLogId(logId) || !isCount(seq, seqMax)) return undefined;
  if (floor === undefined) return [author, logId, seq];
  return isCount(floor, seq) && floor > 0 ? [author, logId, seq, floor] : undefined;
}

function timedKey(value: unknown): TimedKey | undefined {
  if (!isList(value, 2)) return undefined;
  const [at, key] = value;
  return isCount(at, eventsPerPayloadMax) && isBytesOf(key, 32) ? [at, key] : undefined;
}

function authorKeys(value: unknown): AuthorKeys | undefined {
  if (!(value instanceof Map)) return undefined;
  const signKey: unknown = value.get("signKey");
  const agreeKey: unknown = value.get("agreeKey");
  const binding: unknown = value.get("binding");
  return isBytesOf(signKey, 32) && isBytesOf(agreeKey, 32) && isBytesOf(binding, 64) ? { signKey, agreeKey, binding } : undefined;
}

function announced(value: unknown): Announced | undefined {
  if (!(value instanceof Map)) return undefined;
  const record: unknown = value.get("record");
  const joined: unknown = value.get("joined");
  return isBytes(record, recordBytesMax) && isFlag(joined) ? { record, joined } : undefined;
}

function listed(value: unknown): Listed | undefined {
  if (!(value instanceof Map)) return undefined;
  const record: unknown = value.get("record");
  const members = listOf(value.get("members"), listedMembersMax, (member) => (isPeerId(member) ? member : undefined));
  if (!isBytes(record, recordBytesMax) || members === undefined) return undefined;
  if (!value.has("count")) return { record, members };
  const count: unknown = value.get("count");
  return isCount(count, listedCountMax) ? { record, members, count } : undefined;
}
