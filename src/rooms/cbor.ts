/** CBOR (RFC 8949) as everything on the network is written: decoding is strict, and never throws. */
import { decode, encode } from "cborg";

const strict = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  // As plain objects, a key named __proto__ would reach into the prototype.
  useMaps: true,
};

export const encodeCbor = (value: unknown): Uint8Array => encode(value);

/** Undefined for anything but one well-formed value; maps come as Map. */
export function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, strict);
  } catch {
    return undefined;
  }
}
