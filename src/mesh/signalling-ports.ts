/** What signalling needs of cryptography, in the shape of crypto's own handshake. See docs/protocol.md section 4. */
import type { PublicIdentity } from "../crypto/ports.ts";

export type NoiseReading = { readonly ok: true; readonly payload: Uint8Array } | { readonly ok: false };

/** One side of a Noise handshake of three messages (XXpsk0), written and read in turn. */
export interface NoiseSession {
  writeMessage(payload: Uint8Array): Uint8Array;
  /** Never throws for bytes from the network. A refusal is final. */
  readMessage(message: Uint8Array): NoiseReading;
  /** The other side's static X25519 key, once proven. */
  readonly remoteStatic: Uint8Array | undefined;
  /** Once all three messages have passed. */
  readonly established: { readonly transport: NoiseTransport } | undefined;
}

/** Both directions of an established session. Messages are read in the order in which they were written. */
export interface NoiseTransport {
  encrypt(payload: Uint8Array): Uint8Array;
  /** Never throws for bytes from the network. A refusal is final. */
  decrypt(message: Uint8Array): NoiseReading;
}

/** A fresh session; own static key and the network secret are the composition root's to mix in. */
export type CreateHandshake = (side: { readonly initiator: boolean; readonly prologue: Uint8Array }) => NoiseSession;

/** Undefined where the binding is false. Throws nothing. */
export type IdentityFromKeys = (signKey: Uint8Array, agreeKey: Uint8Array, binding: Uint8Array) => PublicIdentity | undefined;
