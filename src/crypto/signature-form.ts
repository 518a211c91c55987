/**
 * What every Ed25519 adapter refuses before it calculates. Libraries differ on these (FIPS 186-5 and RFC 8032 leave room), and
 * peers that judge one log differently never agree again; so the verdict is ours.
 */
import { hexToBytes } from "@noble/hashes/utils.js";

/** 32 and 64 bytes, S below the order of the group, and a public key in its one form (RFC 8032, 5.1.3 and 5.1.7), not of low order. */
export function isWellFormed(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const y = publicKey.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(signature.subarray(32), groupOrder) && isBelow(y, fieldPrime) && !lowOrder.some((point) => compare(point, y) === 0);
}

/** Little endian, as all numbers here. */
const groupOrder = hexToBytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
const fieldPrime = hexToBytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
/** y-coordinates of the points of order 1, 2, 4 and 8: a signature by one of them holds for many texts. */
const lowOrder: readonly Uint8Array[] = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => hexToBytes(hex));

const isBelow = (number: Uint8Array, bound: Uint8Array): boolean => compare(number, bound) < 0;

/** Of two public numbers of 32 bytes: negative, zero or positive. */
function compare(left: Uint8Array, right: Uint8Array): number {
  for (let index = 31; index >= 0; index -= 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
