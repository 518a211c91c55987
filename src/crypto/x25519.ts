/** X25519 (RFC 7748) without the points that would make a shared secret known to everybody. */
import { hexToBytes } from "@noble/hashes/utils.js";
import nacl from "tweetnacl";
import type { Agreement } from "./ports.ts";
import { strict } from "./strict.ts";

/** For where there is no native one. Gives the same bytes and verdicts as agreement.node.ts. */
export function createTweetnaclAgreement(): Agreement {
  return {
    publicKey: agreePublicKey,
    agree(secret, publicKey) {
      strict(isSafePublicKey(publicKey), "the other's key has been checked");
      return agree(secret, publicKey);
    },
  };
}

/** `publicKey` must have passed `isSafePublicKey`. */
export function agree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const shared = nacl.scalarMult(secret, publicKey);
  strict(
    shared.some((byte) => byte !== 0),
    "the shared secret is not all zero",
  );
  return shared;
}

export const agreePublicKey = (secret: Uint8Array): Uint8Array => nacl.scalarMult.base(secret);

/**
 * u-coordinates of the points of order 1, 2, 4 and 8 on the curve and its twist, with those encodings at or above p = 2^255 - 19
 * that decode to one of them. Every clamped scalar takes exactly these to zero (RFC 7748, section 6.1).
 */
const lowOrderPoints: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map((hex) => hexToBytes(hex));

/** 32 bytes, and not a point of low order. The highest bit does not count, as RFC 7748 has it. */
export function isSafePublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  return !lowOrderPoints.some((point) => point.every((byte, index) => byte === ((publicKey[index] ?? 0) & (index === 31 ? 0x7f : 0xff))));
}
