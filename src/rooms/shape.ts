/** What a decoded value must look like, in small questions. */
import type { LogId, PeerId, RoomId } from "../ids.ts";

export const isBytes = (value: unknown, bytesMax: number): value is Uint8Array => value instanceof Uint8Array && value.length <= bytesMax;

export const isBytesOf = (value: unknown, length: number): value is Uint8Array => value instanceof Uint8Array && value.length === length;

export const isText = (value: unknown, bytesMax: number): value is string => typeof value === "string" && utf8Length(value) <= bytesMax;

export const isCount = (value: unknown, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;

export const isList = (value: unknown, lengthMax: number): value is unknown[] => Array.isArray(value) && value.length <= lengthMax;

export const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

export const isPeerId = (value: unknown): value is PeerId => typeof value === "string" && /^[a-z2-7]{32}$/.test(value);

export const isLogId = (value: unknown): value is LogId => typeof value === "string" && /^[0-9a-f]{16}$/.test(value);

export const isRoomId = (value: unknown): value is RoomId =>
  typeof value === "string" && (value === "lobby" || /^[a-z2-7]{26}$/.test(value) || isDirect(value));

const isDirect = (value: string): boolean => /^@[a-z2-7]{64}$/.test(value) && value.slice(1, 33) < value.slice(33);

/** Bytes that a text takes in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    // A pair of surrogates is one character of four bytes.
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 1;
      i++;
    }
  }
  return bytes;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
