/** Who a peer is: two keys bound by a signature, and the id that both hash to (docs/protocol.md, section 1). */
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { PeerId } from "../ids.ts";
import type { Identity, PublicIdentity, RandomBytes, Signatures } from "./ports.ts";
import { strict } from "./strict.ts";
import { agreePublicKey, isSafePublicKey } from "./x25519.ts";

const bindingPurpose = "earshot binding v1";
const peerPurpose = "earshot peer v1";

export function createIdentity(randomBytes: RandomBytes, signatures: Signatures): Identity {
  return identityFromSecrets(signatures, randomBytes(32), randomBytes(32));
}

/** The identity whose secrets a profile has kept: Ed25519 seed and X25519 secret, 32 bytes each. */
export function identityFromSecrets(signatures: Signatures, signSeed: Uint8Array, agreeSecret: Uint8Array): Identity {
  strict(signSeed.length === 32 && agreeSecret.length === 32, "both secrets are 32 bytes");
  const signKey = signatures.publicKey(signSeed);
  const agreeKey = agreePublicKey(agreeSecret);
  const binding = signatures.sign(signSeed, boundText(agreeKey));
  return {
    peerId: derivePeerId(signKey, agreeKey),
    signKey,
    agreeKey,
    binding,
    signSeed: signSeed.slice(),
    agreeSecret: agreeSecret.slice(),
  };
}

/** Undefined where a length is wrong, `agreeKey` is of low order, or the binding is not the signature of `signKey` over it. Copies. */
export function publicIdentityFromKeys(
  signatures: Signatures,
  signKey: Uint8Array,
  agreeKey: Uint8Array,
  binding: Uint8Array,
): PublicIdentity | undefined {
  if (signKey.length !== 32 || binding.length !== 64 || !isSafePublicKey(agreeKey)) return undefined;
  if (!signatures.verify(signKey, boundText(agreeKey), binding)) return undefined;
  return { peerId: derivePeerId(signKey, agreeKey), signKey: signKey.slice(), agreeKey: agreeKey.slice(), binding: binding.slice() };
}

export function derivePeerId(signKey: Uint8Array, agreeKey: Uint8Array): PeerId {
  const digest = sha512(concatBytes(utf8ToBytes(peerPurpose), signKey, agreeKey));
  return base32(digest.subarray(0, 20)) as PeerId;
}

const boundText = (agreeKey: Uint8Array): Uint8Array => concatBytes(utf8ToBytes(bindingPurpose), agreeKey);

/** RFC 4648, section 6, in lower case. The length is a multiple of 5, so no padding is needed. */
function base32(bytes: Uint8Array): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  let text = "";
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet.charAt((value >> (bits - 5)) & 31);
  }
  return text;
}
