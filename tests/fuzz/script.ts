/**
 * Inputs of machines: CBOR arrays of acts, each an array that begins with its verb. Mutation bends acts and what they carry
 * alike; what is no act is passed over.
 */
import { decode, encode } from "cborg";
import { decodeFirst } from "./cbor-first.ts";

export type Act = readonly [verb: string, ...rest: unknown[]];

const actsMax = 64;

export const writeScript = (acts: readonly Act[]): Uint8Array => Uint8Array.from(encode(acts.map((act) => [...act])) as Uint8Array);

export function readScript(input: Uint8Array): Act[] {
  let value: unknown;
  try {
    value = decode(input, { useMaps: true });
  } catch {
    value = decodeFirst(input);
  }
  if (!Array.isArray(value)) return [];
  return value.filter((act): act is Act => Array.isArray(act) && typeof act[0] === "string").slice(0, actsMax);
}

/** A number from 0 up to but not including `count`, whatever stands there. */
export function choice(value: unknown, count: number): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.floor(Math.abs(value)) % count : 0;
}

export const bytesIn = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());
export const textIn = (value: unknown): string => (typeof value === "string" ? value : "");
