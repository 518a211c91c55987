/**
 * What is fuzzed: one decoder, or one machine that takes what others send. `run` throws where an invariant does not hold;
 * it keeps nothing between two inputs, so that one input alone reproduces a find.
 */
import { isDeepStrictEqual } from "node:util";
import type * as fc from "fast-check";

/** How an input is built, which says how it is mutated. `steps`: each byte is read as a choice. */
export type Form = "cbor" | "json" | "text" | "bytes" | "steps";

export interface Target {
  readonly name: string;
  /** The decoders it reaches, as "path export"; the test of completeness reads them. */
  readonly covers: readonly string[];
  readonly form: Form;
  /** Inputs that are right; mutations of them go deeper than noise. */
  readonly valid: fc.Arbitrary<Uint8Array>;
  /** Nothing longer arrives: whoever calls the decoder has cut it off. */
  readonly bytesMax: number;
  /** Processor time of one input, far above what the worst honest one needs. */
  readonly cpuMsMax: number;
  run(input: Uint8Array): void | Promise<void>;
}

/** An invariant does not hold. */
export class Violation extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Violation";
  }
}

export function hold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Violation(what);
}

/**
 * What any decoder of values must keep: what it gives out is not larger than what came in warrants, is made of plain
 * values, and says the same after it was written down and read again.
 */
export function holdDecoded<T>(input: Uint8Array, decode: (bytes: Uint8Array) => T | undefined, encode: (value: T) => Uint8Array): void {
  const value = decode(input);
  if (value === undefined) return;
  holdInProportion(value, input.length);
  const again = decode(encode(value));
  hold(
    isDeepStrictEqual(plainZeros(again), plainZeros(value)),
    "what was decoded says something else after it was written down and read again",
  );
}

/** CBOR's -0 is a float that passes for the number 0, and is one to everything that calculates; written again it is 0. */
function plainZeros(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(plainZeros);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plainZeros(field)]));
}

/** Every value costs at least a byte, and no text or bytes are longer than what they were read from. */
export function holdInProportion(value: unknown, inputBytes: number): void {
  const most = 16 * inputBytes + 1_024;
  hold(weigh(value, most) <= most, `the result is out of proportion to ${inputBytes} bytes of input`);
}

function weigh(value: unknown, most: number): number {
  const open = [value];
  let weight = 0;
  while (open.length > 0 && weight <= most) {
    const next = open.pop();
    weight += 1;
    if (typeof next === "string") weight += next.length;
    else if (next instanceof Uint8Array) weight += next.length;
    else if (Array.isArray(next)) {
      // A sparse array is as long as it says, not as it has elements.
      weight += next.length;
      open.push(...next.slice(0, most));
    } else if (next instanceof Map) open.push(...next.keys(), ...next.values());
    else if (typeof next === "object" && next !== null) {
      const prototype: unknown = Object.getPrototypeOf(next);
      hold(prototype === Object.prototype || prototype === null, "a decoded object has a prototype of its own");
      open.push(...Object.values(next));
    } else hold(typeof next !== "function" && typeof next !== "symbol", "a decoded value is no value");
  }
  return weight;
}

export const textOf = (input: Uint8Array): string => Buffer.from(input).toString("utf8");
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "utf8"));
