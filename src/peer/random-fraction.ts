/** Chance for those who want a number: uniform in [0, 1). */
import type { RandomBytes } from "../crypto/ports.ts";

export function randomFraction(randomBytes: RandomBytes): number {
  let value = 0;
  for (const byte of randomBytes(4)) value = value * 256 + byte;
  return value / 2 ** 32;
}
