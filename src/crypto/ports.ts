/** What the crypto module offers to the others, as ports: pure twins and native adapters pass one contract suite. */
import type { PeerId } from "../ids.ts";

/** Public half of an identity. `peerId` is derived from both keys, `binding` is the signature of `signKey` over `agreeKey`. */
export interface PublicIdentity {
  readonly peerId: PeerId;
  /** Ed25519, 32 bytes. */
  readonly signKey: Uint8Array;
  /** X25519, 32 bytes; also the Noise static key. */
  readonly agreeKey: Uint8Array;
  /** Ed25519 signature, 64 bytes. */
  readonly binding: Uint8Array;
}

/** Secret half. Never leaves the process but into the vault. */
export interface Identity extends PublicIdentity {
  /** Ed25519 seed, 32 bytes. */
  readonly signSeed: Uint8Array;
  /** X25519 secret, 32 bytes. */
  readonly agreeSecret: Uint8Array;
}

/** Ed25519 (RFC 8032). */
export interface Signatures {
  /** 32-byte public key of a 32-byte seed. */
  publicKey(seed: Uint8Array): Uint8Array;
  /** 64-byte signature. */
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /** False for anything that is not a valid signature, keys and signatures of wrong length included. Never throws. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** X25519 (RFC 7748). */
export interface Agreement {
  /** 32-byte public key of a 32-byte secret. */
  publicKey(secret: Uint8Array): Uint8Array;
  /** 32 bytes, never all zero. `publicKey` must have passed `isSafePublicKey`: throws on one of low order, and on wrong lengths. */
  agree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array;
}

/** HMAC-SHA-512 (RFC 2104) and HKDF on it (RFC 5869). */
export interface KeyDerivation {
  /** 64 bytes. */
  mac(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** `length` bytes, at most 255 times 64. An empty salt is 64 zeros. */
  derive(material: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
}

/** Cryptographically secure random bytes, or a seeded source in a simulation. */
export type RandomBytes = (length: number) => Uint8Array;

/** For whom a text is sealed. A direct conversation is a room of two. */
export interface Audience {
  readonly roomId: string;
  readonly readers: readonly PublicIdentity[];
}

/** One reader's copy. */
export interface SealedCopy {
  readonly to: PeerId;
  readonly sealed: Uint8Array;
}

export type OpenFailure = "malformed" | "unauthentic";
export type Opened = { readonly ok: true; readonly plaintext: Uint8Array } | { readonly ok: false; readonly failure: OpenFailure };

/**
 * End-to-end sealing. Today every reader gets a copy sealed with NaCl box between two identities;
 * the Double Ratchet and sender keys fill the same port later (then a copy may also carry a key).
 */
export interface Sealing {
  seal(audience: Audience, plaintext: Uint8Array): SealedCopy[];
  /** `from` is who claims to have sealed it; success proves it. */
  open(from: PublicIdentity, sealed: Uint8Array): Opened;
}

/**
 * Sealing for everybody on the network, for what is broadcast: who has the network's name and key can open it, and could
 * have sealed it. What it carries has to prove by itself who wrote it.
 */
export interface NetworkSealing {
  seal(plaintext: Uint8Array): Uint8Array;
  /** Undefined for what was not sealed on this network, or altered. Never throws. */
  open(sealed: Uint8Array): Uint8Array | undefined;
}
