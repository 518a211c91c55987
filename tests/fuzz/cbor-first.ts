/** The acts before the one that cannot be read: one bent act must not cost all others. */
import { decodeFirst as decodeOne } from "cborg";

export function decodeFirst(input: Uint8Array): unknown[] {
  const values: unknown[] = [];
  // Behind the head of the outer array, which a mutation leaves as it is more often than not.
  let rest = input.subarray((input[0] ?? 0) === 0x98 ? 2 : 1);
  while (rest.length > 0) {
    try {
      const [value, remainder] = decodeOne(rest, { useMaps: true });
      values.push(value);
      rest = remainder;
    } catch {
      return values;
    }
  }
  return values;
}
