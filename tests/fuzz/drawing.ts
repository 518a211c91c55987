/** Drawing at random, and putting bytes together. */

/** Uniform in [0, 1). */
export type Random = () => number;

export const below = (random: Random, count: number): number => Math.floor(random() * count);

export function pick<T>(random: Random, values: readonly T[]): T | undefined {
  return values[below(random, values.length)];
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

export function repeat(bytes: Uint8Array, times: number): Uint8Array {
  const repeated = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i += 1) repeated.set(bytes, i * bytes.length);
  return repeated;
}
