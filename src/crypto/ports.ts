/** What the crypto module offers to the others, as ports: pure twins and native adapters pass one contract suite. */
import type { Millis, PeerId } from "../ids.ts";

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

/** Somebody to seal for: who it is, and the signed prekey of its card, where one is known. */
export interface Correspondent {
  readonly identity: PublicIdentity;
  /** X25519, 32 bytes. */
  readonly prekey: Uint8Array | undefined;
}

/** For whom a text is sealed. A direct conversation is a room of two. */
export interface Audience {
  /** Empty for what concerns no room. */
  readonly roomId: string;
  /** Whoever may read what is said there; undefined where everybody may. Somebody not among them reads nothing any more. */
  readonly members: readonly PeerId[] | undefined;
  readonly readers: readonly Correspondent[];
}

/** One reader's copy. */
export interface SealedCopy {
  readonly to: PeerId;
  readonly sealed: Uint8Array;
}

/** "malformed": no peer that follows the protocol sends it. "unreadable": keys are missing or differ, which is being repaired. */
export type OpenFailure = "malformed" | "unreadable";
/** A frame may hold no text (it was for the sealing itself), or bring those that waited for a key. */
export type Opened =
  | { readonly ok: true; readonly plaintexts: readonly Uint8Array[] }
  | { readonly ok: false; readonly failure: OpenFailure };

/** What has to be kept before any frame leaves that was sealed since: `value` undefined forgets. */
export interface SealingRecord {
  readonly table: "sessions" | "senderKeys";
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

/** End-to-end sealing: the Double Ratchet for two, sender keys where several read the same. `now` is monotonic. */
export interface Sealing {
  /** This peer's prekey for its card, 32 bytes. Another one after some days: ask again. */
  prekey(): Uint8Array;
  /** Readers without a session and without a prekey are left out; copies may be more than readers, since keys go along. */
  seal(audience: Audience, plaintext: Uint8Array, now: Millis): SealedCopy[];
  /** `from` is who claims to have sealed it; success proves it. */
  open(from: Correspondent, sealed: Uint8Array, now: Millis): Opened;
  /** What the sealing has to tell others by itself: keys, requests for keys, new sessions. */
  takePosts(): SealedCopy[];
  takeRecords(): SealingRecord[];
  /** Whose frames of this room wait for a key. */
  waitingFor(roomId: string): PeerId[];
  /** Another number whenever that may be different. */
  waitingRevision(): number;
  nextWakeAt(): Millis | undefined;
  wake(now: Millis): void;
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
