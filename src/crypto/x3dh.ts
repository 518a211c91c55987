/**
 * X3DH (Marlinspike and Perrin, "The X3DH Key Agreement Protocol", revision 1, sections 2 and 3) without one-time prekeys, which
 * need a server that gives each out once; what they would prevent, the replay of a first message, `sessions.ts` prevents by
 * remembering base keys. Identity keys are X25519 here and bound to the Ed25519 key that signs the prekey, so no XEdDSA.
 */
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { PublicIdentity } from "./ports.ts";
import type { Primitives } from "./primitives.ts";

const info = utf8ToBytes("earshot x3dh v1");
/** Section 2.2: 32 bytes 0xFF for X25519 in front, and a salt of zeros. */
const front = new Uint8Array(32).fill(0xff);
const salt = new Uint8Array(64);

/** Secret and public half, 32 bytes each. */
export interface KeyPair {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

export function keyPair(primitives: Primitives, secret: Uint8Array): KeyPair {
  return { secret, publicKey: primitives.publicKey(secret) };
}

/** 32 bytes, the same as `respond` gives on the other side. */
export function initiate(
  primitives: Primitives,
  ownSecret: Uint8Array,
  base: KeyPair,
  theirKey: Uint8Array,
  theirPrekey: Uint8Array,
): Uint8Array {
  const { agree } = primitives;
  return shared(primitives, [agree(ownSecret, theirPrekey), agree(base.secret, theirKey), agree(base.secret, theirPrekey)]);
}

export function respond(
  primitives: Primitives,
  ownSecret: Uint8Array,
  prekey: KeyPair,
  theirKey: Uint8Array,
  theirBase: Uint8Array,
): Uint8Array {
  const { agree } = primitives;
  return shared(primitives, [agree(prekey.secret, theirKey), agree(ownSecret, theirBase), agree(prekey.secret, theirBase)]);
}

function shared(primitives: Primitives, agreements: readonly Uint8Array[]): Uint8Array {
  return primitives.derive(concatBytes(front, ...agreements), salt, info, 32);
}

/**
 * Section 3.3: both identities, the initiator's first; with the signing keys, which the agreement does not contain, and the two keys
 * of the first message as they were written: X25519 takes several writings for one key, and each would begin another session.
 */
export function associatedData(initiator: PublicIdentity, responder: PublicIdentity, baseKey: Uint8Array, prekey: Uint8Array): Uint8Array {
  return concatBytes(initiator.signKey, initiator.agreeKey, responder.signKey, responder.agreeKey, baseKey, prekey);
}
