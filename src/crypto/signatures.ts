/** Ed25519 (RFC 8032) by tweetnacl, for where there is no native one. Gives the same bytes and verdicts as signatures.node.ts. */
import { bytesToHex } from "@noble/hashes/utils.js";
import nacl from "tweetnacl";
import { signKeysMax } from "./limits.ts";
import type { Signatures } from "./ports.ts";
import { RecentlyUsed } from "./recently-used.ts";
import { isWellFormed } from "./signature-form.ts";

export function createTweetnaclSignatures(): Signatures {
  const keyPairs = new RecentlyUsed<{ publicKey: Uint8Array; secretKey: Uint8Array }>(signKeysMax);
  const keyPair = (seed: Uint8Array) => keyPairs.getOrMake(bytesToHex(seed), () => nacl.sign.keyPair.fromSeed(seed));
  return {
    publicKey: (seed) => keyPair(seed).publicKey.slice(),
    sign: (seed, message) => nacl.sign.detached(message, keyPair(seed).secretKey),
    verify: (publicKey, message, signature) =>
      isWellFormed(publicKey, signature) && nacl.sign.detached.verify(message, signature, publicKey),
  };
}
