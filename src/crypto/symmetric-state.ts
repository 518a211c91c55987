/** SymmetricState of Noise revision 34, section 5.2: the chaining key, the hash of all that was said, and the cipher they give. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { type CHash, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { CipherState, tagBytes } from "./cipher-state.ts";

/** The hash function, and its name as section 12 of the specification spells it. */
export interface NoiseSuite {
  readonly hashName: string;
  readonly hash: CHash;
}

export class SymmetricState {
  readonly #hash: CHash;
  #chainingKey: Uint8Array;
  #transcript: Uint8Array;
  #cipher: CipherState | undefined;

  constructor(hash: CHash, protocolName: string) {
    this.#hash = hash;
    const name = utf8ToBytes(protocolName);
    this.#transcript = new Uint8Array(hash.outputLen);
    if (name.length <= hash.outputLen) this.#transcript.set(name);
    else this.#transcript = hash(name);
    this.#chainingKey = this.#transcript.slice();
  }

  mixKey(material: Uint8Array): void {
    const { first, second } = this.#derive(material);
    this.#chainingKey = first;
    this.#cipher = new CipherState(second.slice(0, 32));
  }

  mixHash(data: Uint8Array): void {
    this.#transcript = this.#hash(concatBytes(this.#transcript, data));
  }

  mixKeyAndHash(material: Uint8Array): void {
    const { first, second, third } = this.#derive(material);
    this.#chainingKey = first;
    this.mixHash(second);
    this.#cipher = new CipherState(third.slice(0, 32));
  }

  /** How much longer than its plaintext a ciphertext is now. */
  get overheadBytes(): number {
    return this.#cipher === undefined ? 0 : tagBytes;
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const ciphertext = this.#cipher === undefined ? plaintext : this.#cipher.encrypt(this.#transcript, plaintext);
    this.mixHash(ciphertext);
    return ciphertext;
  }

  /** Undefined where it is not authentic. */
  decryptAndHash(ciphertext: Uint8Array): Uint8Array | undefined {
    const plaintext = this.#cipher === undefined ? ciphertext.slice() : this.#cipher.decrypt(this.#transcript, ciphertext);
    if (plaintext !== undefined) this.mixHash(ciphertext);
    return plaintext;
  }

  handshakeHash(): Uint8Array {
    return this.#transcript.slice();
  }

  /** Ciphers of the initiator's and of the responder's transport messages. This state is of no use afterwards. */
  split(): { readonly ofInitiator: CipherState; readonly ofResponder: CipherState } {
    const { first, second } = this.#derive(new Uint8Array(0));
    this.forget();
    return { ofInitiator: new CipherState(first.slice(0, 32)), ofResponder: new CipherState(second.slice(0, 32)) };
  }

  forget(): void {
    this.#chainingKey.fill(0);
    this.#cipher?.spend();
  }

  /** HKDF of section 4.3. Asking for two outputs gives the first two of three. */
  #derive(material: Uint8Array): { readonly first: Uint8Array; readonly second: Uint8Array; readonly third: Uint8Array } {
    const length = this.#hash.outputLen;
    const outputs = hkdf(this.#hash, material, this.#chainingKey, undefined, 3 * length);
    return { first: outputs.slice(0, length), second: outputs.slice(length, 2 * length), third: outputs.slice(2 * length) };
  }
}
