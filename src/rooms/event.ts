/**
 * One signed entry of a room's log: CBOR `[roomId, author, logId, seq, prev, clock, at, kind, body, signature]`.
 * The signature covers "earshot event v1" and every byte before the signature's own element.
 */
import type { PublicIdentity, Signatures } from "../crypto/ports.ts";
import type { LogId, MessageId, Millis, PeerId, RoomId } from "../ids.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { digest16, forPurpose } from "./digest.ts";
import {
  clockMax,
  emojiBytesMax,
  eventBytesMax,
  personNameBytesMax,
  recordBytesMax,
  replyToCharsMax,
  seqMax,
  textBytesMax,
  timedBoxBytesMax,
  timerMsMax,
  timerMsMin,
} from "./limits.ts";
import { isBytes, isBytesOf, isCount, isFlag, isLogId, isPeerId, isRoomId, isText, sameBytes } from "./shape.ts";

export type EventBody =
  | { readonly kind: "created"; readonly record: Uint8Array }
  | { readonly kind: "joined"; readonly name: string }
  | { readonly kind: "left" }
  | { readonly kind: "invited"; readonly peerId: PeerId }
  | { readonly kind: "message"; readonly text: string; readonly replyTo?: string }
  /** The message `of` says this instead: sealed as a message's text is. */
  | { readonly kind: "edit"; readonly of: string; readonly check: Uint8Array; readonly box: Uint8Array }
  | { readonly kind: "delete"; readonly of: string }
  | { readonly kind: "react"; readonly of: string; readonly emoji: string; readonly on: boolean }
  | { readonly kind: "pin"; readonly of: string; readonly on: boolean }
  /** Messages from here on disappear after so long; null: they stay. */
  | { readonly kind: "timer"; readonly afterMs: number | null }
  /** A message that disappears, or (null) that not everybody may read: sealed under a key that is not in here (timed.ts). */
  | {
      readonly kind: "timed";
      readonly afterMs: number | null;
      readonly check: Uint8Array;
      readonly box: Uint8Array;
      /** It answers in the thread of this message; with `alsoInRoom` it stands in the room as well (threads.ts). */
      readonly thread?: string;
      readonly alsoInRoom?: true;
    };

/** Where an event stands and what it says; what its author signs. */
export interface EventContent {
  readonly roomId: RoomId;
  readonly author: PeerId;
  readonly logId: LogId;
  /** From 1, without gaps. */
  readonly seq: number;
  /** Digest of the event before it; empty for the first. */
  readonly prev: Uint8Array;
  readonly clock: number;
  readonly at: Millis;
  readonly body: EventBody;
}

export interface RoomEvent extends EventContent {
  readonly bytes: Uint8Array;
  /** What the next event of this log carries as `prev`. */
  readonly digest: Uint8Array;
}

/** What orders the entries of a room. */
export type Place = Pick<EventContent, "clock" | "author" | "logId" | "seq">;

/** `${author}/${logId}`: one log of one room. */
export type LogKey = string & { readonly logKey: true };
export const logKey = (author: PeerId, logId: LogId): LogKey => `${author}/${logId}` as LogKey;
export const messageId = (event: EventContent): MessageId => `${event.author}/${event.logId}/${event.seq}` as MessageId;

/** The order on every screen. Within a log it is the order of `seq`, since clocks never fall there. */
export function compareEvents(a: Place, b: Place): number {
  return a.clock - b.clock || compareText(a.author, b.author) || compareText(a.logId, b.logId) || a.seq - b.seq;
}
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const purpose = "earshot event v1";
const signatureBytes = 64;

export function signEvent(signatures: Signatures, signSeed: Uint8Array, content: EventContent): RoomEvent {
  const bytes = encodeEvent(content, new Uint8Array(signatureBytes));
  bytes.set(signatures.sign(signSeed, forPurpose(purpose, signed(bytes))), bytes.length - signatureBytes);
  const event = decodeEvent(bytes);
  if (event === undefined) throw new Error("an event of our own is malformed");
  return event;
}

export const verifyEvent = (signatures: Signatures, author: PublicIdentity, event: RoomEvent): boolean =>
  author.peerId === event.author &&
  signatures.verify(author.signKey, forPurpose(purpose, signed(event.bytes)), event.bytes.subarray(-signatureBytes));

/** Undefined for anything but the one way to write a well-formed event. Says nothing about who wrote it. */
export function decodeEvent(bytes: Uint8Array): RoomEvent | undefined {
  const event = decodeOwnEvent(bytes.slice());
  return event !== undefined && sameBytes(encodeEvent(event, bytes.subarray(-signatureBytes)), bytes) ? event : undefined;
}

/** As `decodeEvent`, of bytes that passed it once, and that nobody changes: a start reads a hundred thousand. */
export function decodeOwnEvent(bytes: Uint8Array): RoomEvent | undefined {
  if (bytes.length > eventBytesMax) return undefined;
  const fields = decodeCbor(bytes);
  if (!Array.isArray(fields) || fields.length !== 10) return undefined;
  const [roomId, author, logId, seq, prev, clock, at, kind, map, signature] = fields as unknown[];
  if (!isRoomId(roomId) || !isPeerId(author) || !isLogId(logId)) return undefined;
  if (!isCount(seq, seqMax) || seq < 1 || !isBytesOf(prev, seq === 1 ? 0 : 16)) return undefined;
  if (!isCount(clock, clockMax) || !isCount(at, clockMax) || !isBytesOf(signature, signatureBytes)) return undefined;
  const body = map instanceof Map ? decodeBody(kind, map) : undefined;
  if (body === undefined) return undefined;
  const content: EventContent = { roomId, author, logId, seq, prev, clock, at: at as Millis, body };
  let digest: Uint8Array | undefined;
  return {
    ...content,
    bytes,
    // Where it is asked for: of a log that is read from disk, the last one's alone.
    get digest() {
      digest ??= digest16(bytes);
      return digest;
    },
  };
}

function encodeEvent(content: EventContent, signature: Uint8Array): Uint8Array {
  const { kind, ...body } = content.body;
  const { roomId, author, logId, seq, prev, clock, at } = content;
  return encodeCbor([roomId, author, logId, seq, prev, clock, at, kind, body, signature]);
}

/** Everything before the signature and its two bytes of header. */
const signed = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - signatureBytes - 2);

function decodeBody(kind: unknown, map: Map<unknown, unknown>): EventBody | undefined {
  switch (kind) {
    case "created": {
      const record = map.get("record");
      return isBytes(record, recordBytesMax) ? { kind, record } : undefined;
    }
    case "joined": {
      const name = map.get("name");
      return isText(name, personNameBytesMax) ? { kind, name } : undefined;
    }
    case "left":
      return { kind };
    case "invited": {
      const peerId = map.get("peerId");
      return isPeerId(peerId) ? { kind, peerId } : undefined;
    }
    case "message": {
      const text = map.get("text");
      if (!isText(text, textBytesMax)) return undefined;
      if (!map.has("replyTo")) return { kind, text };
      const replyTo = map.get("replyTo");
      return typeof replyTo === "string" && replyTo.length <= replyToCharsMax ? { kind, text, replyTo } : undefined;
    }
    case "timer": {
      const afterMs = map.get("afterMs");
      return afterMs === null || isTimerMs(afterMs) ? { kind, afterMs } : undefined;
    }
    case "timed": {
      const afterMs = map.get("afterMs");
      const check = map.get("check");
      const box = map.get("box");
      if (!(afterMs === null || isTimerMs(afterMs)) || !isBytesOf(check, 32) || !isBytes(box, timedBoxBytesMax)) return undefined;
      if (!map.has("thread")) return map.has("alsoInRoom") ? undefined : { kind, afterMs, check, box };
      const thread = map.get("thread");
      if (!isTarget(thread)) return undefined;
      if (!map.has("alsoInRoom")) return { kind, afterMs, check, box, thread };
      return map.get("alsoInRoom") === true ? { kind, afterMs, check, box, thread, alsoInRoom: true } : undefined;
    }
    case "edit": {
      const of = map.get("of");
      const check = map.get("check");
      const box = map.get("box");
      return isTarget(of) && isBytesOf(check, 32) && isBytes(box, timedBoxBytesMax) ? { kind, of, check, box } : undefined;
    }
    case "delete": {
      const of = map.get("of");
      return isTarget(of) ? { kind, of } : undefined;
    }
    case "react": {
      const of = map.get("of");
      const emoji = map.get("emoji");
      const on = map.get("on");
      return isTarget(of) && isText(emoji, emojiBytesMax) && emoji !== "" && isFlag(on) ? { kind, of, emoji, on } : undefined;
    }
    case "pin": {
      const of = map.get("of");
      const on = map.get("on");
      return isTarget(of) && isFlag(on) ? { kind, of, on } : undefined;
    }
    default:
      return undefined;
  }
}

const isTarget = (value: unknown): value is string => typeof value === "string" && value.length > 0 && value.length <= replyToCharsMax;

export const isTimerMs = (value: unknown): value is number => isCount(value, timerMsMax) && value >= timerMsMin;
