/**
 * Cryptography that a thousand peers in one process can afford. It changes how long a run takes, never what is sent:
 * signatures are real, but what one peer has verified is not calculated again for the next; seals have their true length,
 * but no cipher, and so a tap can see what a frame carries.
 */
import { boxOverheadBytes } from "../src/crypto/limits.ts";
import { pad, unpad } from "../src/crypto/padding.ts";
import type { Identity, NetworkSealing, PublicIdentity, RandomBytes, Sealing, Signatures } from "../src/crypto/ports.ts";

/** Verdicts kept; a run of a thousand peers has some ten thousand signatures. */
const verdictsMax = 100_000;

interface Verdict {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly holds: boolean;
}

/** The same verdicts as `signatures` gives: a kept one counts only where key, message and signature are the very same bytes. */
export function shareVerdicts(signatures: Signatures): Signatures {
  const verdicts = new Map<string, Verdict>();
  return {
    publicKey: (seed) => signatures.publicKey(seed),
    sign: (seed, message) => signatures.sign(seed, message),
    verify(publicKey, message, signature) {
      const key = Buffer.from(signature.buffer, signature.byteOffset, signature.length).toString("latin1");
      const kept = verdicts.get(key);
      if (kept !== undefined && Buffer.compare(kept.publicKey, publicKey) === 0 && Buffer.compare(kept.message, message) === 0) {
        return kept.holds;
      }
      const holds = signatures.verify(publicKey, message, signature);
      if (kept === undefined && verdicts.size < verdictsMax) {
        verdicts.set(key, { publicKey: publicKey.slice(), message: message.slice(), holds });
      }
      return holds;
    },
  };
}

/** The plaintext, padded as ever, behind a head that names both ends, as long as nonce and tag of the real one. */
export function createOpenSealing(self: Identity): Sealing {
  const prekey = new Uint8Array(32).fill(9);
  const headOf = (from: PublicIdentity, to: PublicIdentity): Uint8Array => {
    const head = new Uint8Array(boxOverheadBytes);
    head.set(from.agreeKey.subarray(0, 20));
    head.set(to.agreeKey.subarray(0, 20), 20);
    return head;
  };
  return {
    seal(audience, plaintext) {
      const padded = pad(plaintext);
      return audience.readers.map(({ identity }) => ({ to: identity.peerId, sealed: behind(headOf(self, identity), padded) }));
    },
    open(from, sealed) {
      const head = headOf(from.identity, self);
      if (sealed.length < head.length || Buffer.compare(sealed.subarray(0, head.length), head) !== 0) {
        return { ok: false, failure: "malformed" };
      }
      const plaintext = unpad(sealed.subarray(head.length));
      return plaintext === undefined ? { ok: false, failure: "malformed" } : { ok: true, plaintexts: [plaintext] };
    },
    prekey: () => prekey,
    takePosts: () => [],
    takeRecords: () => [],
    waitingFor: () => [],
    waitingRevision: () => 0,
    nextWakeAt: () => undefined,
    wake: () => undefined,
  };
}

/** What everybody on the network may read: a nonce, so that no two are alike, room for the tag, and the padded plaintext. */
export function createOpenNetworkSealing(randomBytes: RandomBytes): NetworkSealing {
  return {
    seal(plaintext) {
      const head = new Uint8Array(boxOverheadBytes);
      head.set(randomBytes(24));
      return behind(head, pad(plaintext));
    },
    open: (sealed) => (sealed.length < boxOverheadBytes ? undefined : unpad(sealed.subarray(boxOverheadBytes))),
  };
}

function behind(head: Uint8Array, body: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.length + body.length);
  joined.set(head);
  joined.set(body, head.length);
  return joined;
}
