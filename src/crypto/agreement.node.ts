/** X25519 (RFC 7748) by node:crypto: ten times as fast as tweetnacl, the same bytes. Runs inside Electron too. */
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from "node:crypto";
import { hexToBytes } from "@noble/hashes/utils.js";
import type { Agreement } from "./ports.ts";
import { strict } from "./strict.ts";
import { isSafePublicKey } from "./x25519.ts";

/** DER of RFC 8410, sections 4 and 7, up to the 32 bytes of the key itself. */
const publicKeyHead = hexToBytes("302a300506032b656e032100");
const secretKeyHead = hexToBytes("302e020100300506032b656e04220420");

export function createNodeAgreement(): Agreement {
  const secretKeyOf = rememberWhileHeld((secret) => {
    const encoded = der(secretKeyHead, secret);
    const key = createPrivateKey({ key: encoded, format: "der", type: "pkcs8" });
    encoded.fill(0);
    return key;
  });
  const publicKeyOf = rememberWhileHeld((key) => createPublicKey({ key: der(publicKeyHead, key), format: "der", type: "spki" }));
  return {
    publicKey(secret) {
      strict(secret.length === 32, "a secret is 32 bytes");
      const exported = createPublicKey(secretKeyOf(secret)).export({ format: "der", type: "spki" });
      return Uint8Array.from(exported.subarray(publicKeyHead.length));
    },
    agree(secret, publicKey) {
      strict(secret.length === 32, "a secret is 32 bytes");
      strict(isSafePublicKey(publicKey), "the other's key has been checked");
      return takeOver(diffieHellman({ privateKey: secretKeyOf(secret), publicKey: publicKeyOf(publicKey) }));
    },
  };
}

/**
 * Importing a key takes as long as using it. What was imported is kept with the array that it came from and goes with it: a
 * cache by value would hold ratchet secrets that the ratchet has thrown away. The bytes are compared, since arrays are cleared.
 */
function rememberWhileHeld(make: (bytes: Uint8Array) => KeyObject): (bytes: Uint8Array) => KeyObject {
  const made = new WeakMap<Uint8Array, { readonly copy: Uint8Array; readonly key: KeyObject }>();
  return (bytes) => {
    const known = made.get(bytes);
    if (known?.copy.every((byte, index) => byte === bytes[index])) return known.key;
    known?.copy.fill(0);
    const key = make(bytes);
    made.set(bytes, { copy: bytes.slice(), key });
    return key;
  };
}

/** A copy of one's own, the library's cleared: its buffers may be parts of a pool. */
function takeOver(buffer: Buffer): Uint8Array {
  const bytes = Uint8Array.from(buffer);
  buffer.fill(0);
  return bytes;
}

/** Nothing from a pool: it holds a secret for a moment. */
function der(head: Uint8Array, key: Uint8Array): Buffer {
  const encoded = Buffer.alloc(head.length + key.length);
  encoded.set(head);
  encoded.set(key, head.length);
  return encoded;
}
