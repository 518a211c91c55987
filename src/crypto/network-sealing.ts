/**
 * Sealing with NaCl secretbox (XSalsa20-Poly1305) under a key that everybody on the network derives from its secret:
 * `nonce (24 bytes) ‖ box` over the padded plaintext (docs/protocol.md, section 7).
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import nacl from "tweetnacl";
import { boxOverheadBytes, plaintextBytesMax, sealedBytesMax } from "./limits.ts";
import { isPaddedLength, pad, unpad } from "./padding.ts";
import type { NetworkSealing, RandomBytes } from "./ports.ts";
import { strict } from "./strict.ts";

export function createNetworkSealing(networkSecret: Uint8Array, randomBytes: RandomBytes): NetworkSealing {
  const key = hkdf(sha512, networkSecret, utf8ToBytes("earshot network v1"), utf8ToBytes("broadcast"), nacl.secretbox.keyLength);
  return {
    seal(plaintext) {
      strict(plaintext.length <= plaintextBytesMax, "what is sealed fits a broadcast");
      const nonce = randomBytes(nacl.secretbox.nonceLength);
      return concatBytes(nonce, nacl.secretbox(pad(plaintext), nonce, key));
    },
    open(sealed) {
      if (sealed.length > sealedBytesMax || !isPaddedLength(sealed.length - boxOverheadBytes)) return undefined;
      const nonce = sealed.subarray(0, nacl.secretbox.nonceLength);
      const padded = nacl.secretbox.open(sealed.subarray(nacl.secretbox.nonceLength), nonce, key);
      return padded === null ? undefined : unpad(padded);
    },
  };
}
