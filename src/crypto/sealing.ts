/**
 * Sealing with NaCl box (X25519, XSalsa20-Poly1305) between two identities: one copy for each reader,
 * `nonce (24 bytes) ‖ box` over the padded plaintext (docs/protocol.md, section 7).
 */
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import nacl from "tweetnacl";
import { boxOverheadBytes, plaintextBytesMax, sealedBytesMax, sharedKeysMax } from "./limits.ts";
import { isPaddedLength, pad, unpad } from "./padding.ts";
import type { Identity, Opened, OpenFailure, PublicIdentity, RandomBytes, Sealing } from "./ports.ts";
import { RecentlyUsed } from "./recently-used.ts";
import { strict } from "./strict.ts";
import { isSafePublicKey } from "./x25519.ts";

export function createBoxSealing(self: Identity, randomBytes: RandomBytes): Sealing {
  const sharedKeys = new RecentlyUsed<Uint8Array>(sharedKeysMax);
  // By key, not by peer id: an identity that nobody has checked can name another's id.
  const sharedKeyWith = ({ agreeKey }: PublicIdentity): Uint8Array =>
    sharedKeys.getOrMake(bytesToHex(agreeKey), () => nacl.box.before(agreeKey, self.agreeSecret));
  return {
    seal(audience, plaintext) {
      strict(plaintext.length <= plaintextBytesMax, "what is sealed fits an envelope");
      const padded = pad(plaintext);
      return audience.readers.map((reader) => {
        strict(isSafePublicKey(reader.agreeKey), "readers' keys have been checked");
        const nonce = randomBytes(nacl.box.nonceLength);
        return { to: reader.peerId, sealed: concatBytes(nonce, nacl.box.after(padded, nonce, sharedKeyWith(reader))) };
      });
    },
    open(from, sealed) {
      if (sealed.length > sealedBytesMax || !isPaddedLength(sealed.length - boxOverheadBytes)) return refused("malformed");
      if (!isSafePublicKey(from.agreeKey)) return refused("unauthentic");
      const nonce = sealed.subarray(0, nacl.box.nonceLength);
      const padded = nacl.box.open.after(sealed.subarray(nacl.box.nonceLength), nonce, sharedKeyWith(from));
      if (padded === null) return refused("unauthentic");
      const plaintext = unpad(padded);
      return plaintext === undefined ? refused("malformed") : { ok: true, plaintext };
    },
  };
}

const refused = (failure: OpenFailure): Opened => ({ ok: false, failure });
