/** Ed25519 (RFC 8032) by node:crypto: a hundred times as fast as signatures.ts, the same bytes. Runs inside Electron too. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { signKeysMax, verifyKeysMax } from "./limits.ts";
import type { Signatures } from "./ports.ts";
import { RecentlyUsed } from "./recently-used.ts";
import { isWellFormed } from "./signature-form.ts";
import { strict } from "./strict.ts";

/** DER of RFC 8410, sections 4 and 7, up to the 32 bytes of the key itself. */
const publicKeyHead = hexToBytes("302a300506032b6570032100");
const secretKeyHead = hexToBytes("302e020100300506032b657004220420");

export function createNodeSignatures(): Signatures {
  const publicKeys = new RecentlyUsed<KeyObject>(verifyKeysMax);
  const secretKeys = new RecentlyUsed<KeyObject>(signKeysMax);
  const publicKeyOf = (key: Uint8Array): KeyObject =>
    publicKeys.getOrMake(bytesToHex(key), () => createPublicKey({ key: der(publicKeyHead, key), format: "der", type: "spki" }));
  const secretKeyOf = (seed: Uint8Array): KeyObject => {
    strict(seed.length === 32, "a seed is 32 bytes");
    return secretKeys.getOrMake(bytesToHex(seed), () => createPrivateKey({ key: der(secretKeyHead, seed), format: "der", type: "pkcs8" }));
  };
  return {
    publicKey(seed) {
      const exported = createPublicKey(secretKeyOf(seed)).export({ format: "der", type: "spki" });
      return Uint8Array.from(exported.subarray(publicKeyHead.length));
    },
    sign: (seed, message) => Uint8Array.from(sign(null, message, secretKeyOf(seed))),
    verify(publicKey, message, signature) {
      if (!isWellFormed(publicKey, signature)) return false;
      try {
        return verify(null, message, publicKeyOf(publicKey), signature);
      } catch {
        // The library may refuse bytes that are no point of the curve when they are imported instead of when they are used.
        return false;
      }
    },
  };
}

const der = (head: Uint8Array, key: Uint8Array): Buffer => Buffer.from(concatBytes(head, key));
