/** Digests and the names made from them. */
import { sha512 } from "@noble/hashes/sha2.js";
import type { LogId, RoomId } from "../ids.ts";
import { encodeCbor } from "./cbor.ts";

/** The first 16 bytes of SHA-512: 128 bits against a second preimage. */
export const digest16 = (bytes: Uint8Array): Uint8Array => sha512(bytes).slice(0, 16);

/** Purpose and content, so that a signature made for one thing is none for another. */
export function forPurpose(purpose: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(purpose.length + content.length);
  for (let i = 0; i < purpose.length; i++) bytes[i] = purpose.charCodeAt(i);
  bytes.set(content, purpose.length);
  return bytes;
}

/** 26 characters of base32 (RFC 4648, lower case) of 16 bytes. */
export function roomIdOf(digest: Uint8Array): RoomId {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of digest) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(value >> (bits - 5)) & 31];
  }
  return (text + alphabet[(value << (5 - bits)) & 31]) as RoomId;
}

/** One start of a peer writes a log in each room; each has a name of its own, so that a message id tells its room apart too. */
export function logIdIn(start: LogId, roomId: RoomId): LogId {
  const digest = digest16(encodeCbor(["earshot log v1", start, roomId]));
  let text = "";
  for (const byte of digest.subarray(0, 8)) text += byte.toString(16).padStart(2, "0");
  return text as LogId;
}
