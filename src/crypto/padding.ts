/** Hides how long a text is: ISO/IEC 7816-4 padding (0x80, then zeros) to one of a few sizes. */
import { paddingBuckets, paddingStepBytes } from "./limits.ts";

export function pad(plaintext: Uint8Array): Uint8Array {
  const padded = new Uint8Array(paddedLength(plaintext.length + 1));
  padded.set(plaintext);
  padded[plaintext.length] = 0x80;
  return padded;
}

/** Undefined where it is not what `pad` produces: each plaintext has one padded form. */
export function unpad(padded: Uint8Array): Uint8Array | undefined {
  let end = padded.length - 1;
  while (end > 0 && padded[end] === 0) end -= 1;
  if (padded[end] !== 0x80 || paddedLength(end + 1) !== padded.length) return undefined;
  return padded.slice(0, end);
}

/** Whether some plaintext has this length when padded. */
export const isPaddedLength = (length: number): boolean => length > 0 && paddedLength(length) === length;

const paddedLength = (atLeast: number): number =>
  paddingBuckets.find((size) => size >= atLeast) ?? Math.ceil(atLeast / paddingStepBytes) * paddingStepBytes;
