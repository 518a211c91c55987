/** The primitives that sessions and sender keys stand on, as one port: real ones, and cheap ones for simulations. */
import nacl from "tweetnacl";
import { createNobleKeyDerivation } from "./key-derivation.ts";
import type { Agreement, KeyDerivation } from "./ports.ts";
import { createTweetnaclAgreement } from "./x25519.ts";

export interface Primitives extends Agreement, KeyDerivation {
  /** XSalsa20-Poly1305: 16 bytes longer than `plaintext`. Key 32 bytes, nonce 24. */
  box(plaintext: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array;
  openBox(boxed: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined;
}

/** On tweetnacl and noble alone where nothing else is handed in. */
export function createPrimitives(
  agreement: Agreement = createTweetnaclAgreement(),
  derivation: KeyDerivation = createNobleKeyDerivation(),
): Primitives {
  return {
    ...agreement,
    ...derivation,
    box: (plaintext, nonce, key) => nacl.secretbox(plaintext, nonce, key),
    openBox: (boxed, nonce, key) => nacl.secretbox.open(boxed, nonce, key) ?? undefined,
  };
}
