/** The primitives that sessions and sender keys stand on, as one port: the real ones, and cheap ones for simulations. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import nacl from "tweetnacl";
import { agree, agreePublicKey, isSafePublicKey } from "./x25519.ts";

export interface Primitives {
  /** X25519 (RFC 7748): 32-byte public key of a 32-byte secret. */
  publicKey(secret: Uint8Array): Uint8Array;
  /** 32 bytes. `publicKey` must have passed `isSafePublicKey`. */
  agree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array;
  isSafePublicKey(publicKey: Uint8Array): boolean;
  /** HMAC-SHA-512 (RFC 2104): 64 bytes. */
  mac(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** HKDF-SHA-512 (RFC 5869). */
  derive(material: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /** XSalsa20-Poly1305: 16 bytes longer than `plaintext`. Key 32 bytes, nonce 24. */
  box(plaintext: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array;
  openBox(boxed: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined;
}

export const purePrimitives: Primitives = {
  publicKey: agreePublicKey,
  agree,
  isSafePublicKey,
  mac: (key, message) => hmac(sha512, key, message),
  derive: (material, salt, info, length) => hkdf(sha512, material, salt, info, length),
  box: (plaintext, nonce, key) => nacl.secretbox(plaintext, nonce, key),
  openBox: (boxed, nonce, key) => nacl.secretbox.open(boxed, nonce, key) ?? undefined,
};
