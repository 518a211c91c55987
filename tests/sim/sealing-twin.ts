/**
 * Stands in for NaCl box where thousands of runs would spend their time on it: the same lengths, the same refusals, but a
 * key that anybody can calculate. What is sealed shows nothing of its plaintext, and what was altered does not open.
 */
import { boxOverheadBytes, sealedBytesMax } from "../../src/crypto/limits.ts";
import { isPaddedLength, pad, unpad } from "../../src/crypto/padding.ts";
import type { Identity, NetworkSealing, PublicIdentity, RandomBytes, Sealing } from "../../src/crypto/ports.ts";

const nonceBytes = 24;

export function createSealingTwin(self: Identity, randomBytes: RandomBytes): Sealing {
  const keys = new Map<string, number>();
  const keyWith = ({ peerId, agreeKey }: PublicIdentity): number => {
    const kept = keys.get(peerId);
    if (kept !== undefined) return kept;
    // The same for both, as in box.
    const key = (mix(0x51ed270b, self.agreeKey) ^ mix(0x51ed270b, agreeKey)) >>> 0;
    keys.set(peerId, key);
    return key;
  };
  return {
    seal: (audience, plaintext) =>
      audience.readers.map((reader) => ({ to: reader.peerId, sealed: close(keyWith(reader), randomBytes(nonceBytes), pad(plaintext)) })),
    open(from, sealed) {
      if (sealed.length > sealedBytesMax || !isPaddedLength(sealed.length - boxOverheadBytes)) return { ok: false, failure: "malformed" };
      const padded = open(keyWith(from), sealed);
      if (padded === undefined) return { ok: false, failure: "unauthentic" };
      const plaintext = unpad(padded);
      return plaintext === undefined ? { ok: false, failure: "malformed" } : { ok: true, plaintext };
    },
  };
}

export function createNetworkSealingTwin(network: string, randomBytes: RandomBytes): NetworkSealing {
  const key = mix(0x2545f491, Buffer.from(network));
  return {
    seal: (plaintext) => close(key, randomBytes(nonceBytes), pad(plaintext)),
    open(sealed) {
      if (sealed.length > sealedBytesMax || !isPaddedLength(sealed.length - boxOverheadBytes)) return undefined;
      const padded = open(key, sealed);
      return padded === undefined ? undefined : unpad(padded);
    },
  };
}

function close(key: number, nonce: Uint8Array, padded: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(boxOverheadBytes + padded.length);
  sealed.set(nonce);
  sealed.set(padded, boxOverheadBytes);
  writeTag(sealed, tagOf(key, nonce, padded));
  cipher(key, sealed);
  return sealed;
}

function open(key: number, sealed: Uint8Array): Uint8Array | undefined {
  const copy = sealed.slice();
  cipher(key, copy);
  const padded = copy.subarray(boxOverheadBytes);
  const expected = copy.slice();
  writeTag(expected, tagOf(key, copy.subarray(0, nonceBytes), padded));
  for (let i = nonceBytes; i < boxOverheadBytes; i += 1) if (expected[i] !== sealed[i]) return undefined;
  return padded;
}

/** Words of the body, xor those of xorshift32. */
function cipher(key: number, sealed: Uint8Array): void {
  const words = new Uint32Array(sealed.buffer, boxOverheadBytes, (sealed.length - boxOverheadBytes) >> 2);
  let state = mix(key, sealed.subarray(0, nonceBytes)) | 1;
  for (let i = 0; i < words.length; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = ((words[i] ?? 0) ^ Math.imul(state, 0x9e3779b1)) >>> 0;
  }
}

function tagOf(key: number, nonce: Uint8Array, padded: Uint8Array): [number, number] {
  return [mix(mix(key, nonce), padded), mix(mix(key ^ 0x5bd1e995, nonce), padded)];
}

function writeTag(sealed: Uint8Array, [first, second]: readonly [number, number]): void {
  new DataView(sealed.buffer).setUint32(nonceBytes, first);
  new DataView(sealed.buffer).setUint32(nonceBytes + 4, second);
  sealed.fill(0, nonceBytes + 8, boxOverheadBytes);
}

function mix(start: number, bytes: Uint8Array): number {
  let mixed = start >>> 0;
  for (let i = 0; i < bytes.length; i += 1) {
    mixed = Math.imul(mixed ^ (bytes[i] ?? 0), 0x01000193);
    mixed ^= mixed >>> 15;
  }
  return mixed >>> 0;
}
