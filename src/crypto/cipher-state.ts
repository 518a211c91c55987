/** CipherState of Noise revision 34, section 5.1, with ChaChaPoly (section 12.3). It always has a key: without one there is none. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { noiseMessagesMax } from "./limits.ts";
import { strict } from "./strict.ts";

export const tagBytes = 16;

export class CipherState {
  readonly #key: Uint8Array;
  #nonce: number;
  #spent = false;

  /** `firstNonce` is 0 but in tests of the last one. */
  constructor(key: Uint8Array, firstNonce = 0) {
    strict(key.length === 32, "a cipher key is 32 bytes");
    this.#key = key;
    this.#nonce = firstNonce;
  }

  encrypt(associated: Uint8Array, plaintext: Uint8Array): Uint8Array {
    strict(!this.#spent && this.#nonce < noiseMessagesMax, "no message is encrypted after the last nonce");
    return chacha20poly1305(this.#key, this.#takeNonce(), associated).encrypt(plaintext);
  }

  /** Undefined for what is not authentic, or came after the last nonce; from then on for everything. */
  decrypt(associated: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
    if (this.#spent) return undefined;
    if (ciphertext.length >= tagBytes && this.#nonce < noiseMessagesMax) {
      try {
        return chacha20poly1305(this.#key, this.#takeNonce(), associated).decrypt(ciphertext);
      } catch {
        // The library's way to say that the tag is wrong.
      }
    }
    this.spend();
    return undefined;
  }

  /** Forgets the key. */
  spend(): void {
    this.#spent = true;
    this.#key.fill(0);
  }

  /** 32 bits of zeros, then the nonce as 64 bits, little endian. */
  #takeNonce(): Uint8Array {
    const bytes = new Uint8Array(12);
    new DataView(bytes.buffer).setBigUint64(4, BigInt(this.#nonce), true);
    this.#nonce += 1;
    return bytes;
  }
}
