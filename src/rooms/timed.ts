/**
 * Messages that disappear, or that whoever comes later must not read. What is said stands in its entry sealed under a key of its own, which travels beside the entry and is
 * no part of the chain: with the key destroyed the log is whole, and nobody can read what was said.
 *
 * 1. The entry names its key by a digest, so an author cannot give different people different texts.
 * 2. Each reader counts from the moment the message came to it; nobody beyond the author's own clock, the time, and a day.
 * 3. `forget` is the one place where a key ends.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import nacl from "tweetnacl";
import type { RandomBytes } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { forPurpose } from "./digest.ts";
import type { EventBody, EventContent } from "./event.ts";
import { clockMax, personNameBytesMax, replyToCharsMax, textBytesMax, timedBoxBytesMax, timedPadBytes, timerGraceMs } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import { isBytes, isBytesOf, isCount, isList, isPeerId, isText, sameBytes } from "./shape.ts";

export interface Said {
  readonly text: string;
  readonly replyTo?: string;
  readonly forwarded?: Forwarded;
}

/** Who said it first, and when, by the word of who passes it on. */
export interface Forwarded {
  readonly from: PeerId;
  readonly name: string;
  /** Wall time. */
  readonly at: Millis;
}

/** What makes a timed entry readable. */
export interface Secret {
  readonly key: Uint8Array;
  readonly said: Said;
  /** Wall time; undefined where it stays. */
  readonly expiresAt: Millis | undefined;
}

/** Where it stands if not in the room alone. */
export type InThread = Pick<TimedBody, "thread" | "alsoInRoom">;
export type TimedBody = Extract<EventBody, { readonly kind: "timed" }>;
/** What stands sealed under a key of its own. */
export type SealedBody = Extract<EventBody, { readonly box: Uint8Array }>;

export const isSealed = (body: EventBody): body is SealedBody => "box" in body;

export const timedKeyBytes = 32;
const checkBytes = 32;
/** A key seals one text. */
const nonce = new Uint8Array(24);

export const isTimedKey = (value: unknown): value is Uint8Array => isBytesOf(value, timedKeyBytes);

export function sealText(
  randomBytes: RandomBytes,
  said: Said,
  afterMs: number | null,
  inThread: InThread = {},
): { readonly body: TimedBody; readonly key: Uint8Array } {
  const key = randomBytes(timedKeyBytes).slice();
  const box = nacl.secretbox(encodeSaid(said), nonce, key);
  return { body: { kind: "timed", afterMs, check: checkOf(key), box, ...inThread }, key };
}

/** Undefined where the key is another, or opens nothing that can be read. */
export function openText({ check, box }: SealedBody, key: Uint8Array): Said | undefined {
  if (!isTimedKey(key) || !sameBytes(checkOf(key), check)) return undefined;
  const padded = nacl.secretbox.open(box, nonce, key);
  return padded === null ? undefined : decodeSaid(padded);
}

/** Undefined where the entry is none that disappears, its time is over, or the key does not open it. */
export function secretOf(event: EventContent, key: Uint8Array | undefined, arrivedAt: Millis): Secret | undefined {
  const { body } = event;
  if (!isSealed(body) || key === undefined) return undefined;
  const said = openText(body, key);
  return said && { key: key.slice(), said, expiresAt: expiryOf(event, body.kind === "timed" ? body.afterMs : null, arrivedAt) };
}

/** A clock that is wrong by hours makes no message vanish before it is read; and being passed on late makes none live for ever. */
export const expiryOf = ({ at }: EventContent, afterMs: number | null, arrivedAt: Millis): Millis | undefined =>
  afterMs === null ? undefined : (Math.min(arrivedAt + afterMs, at + afterMs + timerGraceMs) as Millis);

/** Nobody can read it here any more. */
export function forget(entry: LogEntry): void {
  entry.secret?.key.fill(0);
  entry.secret = undefined;
  entry.shown = false;
}

/** What a message says; undefined for an entry that is none, or whose time is over. */
export function saidIn({ event, secret }: LogEntry): Said | undefined {
  if (event.body.kind === "message") return event.body;
  return event.body.kind === "timed" ? secret?.said : undefined;
}

const checkOf = (key: Uint8Array): Uint8Array => sha512(forPurpose("earshot timed key v1", key)).slice(0, checkBytes);

/** Length, text, and zeros: what is left of a message when it has disappeared tells its length only roughly. */
function encodeSaid({ text, replyTo, forwarded }: Said): Uint8Array {
  const origin = forwarded && [forwarded.from, forwarded.name, forwarded.at];
  const content = encodeCbor([text, replyTo ?? null, ...(origin === undefined ? [] : [origin])]);
  const padded = new Uint8Array(Math.ceil((content.length + 2) / timedPadBytes) * timedPadBytes);
  padded.set([content.length >> 8, content.length & 0xff]);
  padded.set(content, 2);
  return padded;
}

export function decodeSaid(padded: Uint8Array): Said | undefined {
  const [high = 0, low = 0] = padded;
  const length = high * 256 + low;
  if (!isBytes(padded, timedBoxBytesMax) || length + 2 > padded.length) return undefined;
  const fields = decodeCbor(padded.subarray(2, length + 2));
  if (!isList(fields, 3) || fields.length < 2) return undefined;
  const [text, replyTo, origin] = fields;
  if (!isText(text, textBytesMax)) return undefined;
  if (replyTo !== null && !(typeof replyTo === "string" && replyTo.length <= replyToCharsMax)) return undefined;
  const said: Said = replyTo === null ? { text } : { text, replyTo };
  if (fields.length === 2) return said;
  const forwarded = decodeForwarded(origin);
  return forwarded && { ...said, forwarded };
}

function decodeForwarded(fields: unknown): Forwarded | undefined {
  if (!isList(fields, 3) || fields.length !== 3) return undefined;
  const [from, name, at] = fields;
  if (!isPeerId(from) || !isText(name, personNameBytesMax) || !isCount(at, clockMax)) return undefined;
  return { from, name, at: at as Millis };
}
