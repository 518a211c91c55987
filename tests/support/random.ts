/** mulberry32: small, seeded, good enough to choose latencies and keys in tests. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A source of its own for each name: what one of them draws changes nothing for the others. */
export function streamOf(seed: number, name: string): () => number {
  let mixed = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < name.length; i += 1) mixed = Math.imul(mixed ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return createRandom(Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d));
}

export function bytesFrom(random: () => number): (length: number) => Uint8Array {
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) bytes[i] = Math.floor(random() * 256);
    return bytes;
  };
}
