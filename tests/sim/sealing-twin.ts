/**
 * Stands in for the primitives where thousands of runs would spend their time on them: the same lengths, the same refusals, but keys
 * that anybody can calculate. What is sealed shows nothing of its plaintext, and what was altered does not open. Sessions and sender
 * keys on top are the product's own.
 */
import { boxOverheadBytes, sealedBytesMax } from "../../src/crypto/limits.ts";
import { isPaddedLength, pad, unpad } from "../../src/crypto/padding.ts";
import type { Identity, NetworkSealing, RandomBytes } from "../../src/crypto/ports.ts";
import type { Primitives } from "../../src/crypto/primitives.ts";

const nonceBytes = 24;

/** Each peer has its own: its identity's keys are real ones, whose public half no twin can calculate. */
export function createTwinPrimitives(self: Identity): Primitives {
  const publicKey = (secret: Uint8Array): Uint8Array => {
    if (secret.every((byte, index) => byte === self.agreeSecret[index])) return self.agreeKey;
    const key = secret.slice();
    key[0] = (secret[0] ?? 0) ^ 0x55;
    return key;
  };
  return {
    publicKey,
    agree: (secret, other) => stretch((mix(0x51ed270b, publicKey(secret)) ^ mix(0x51ed270b, other)) >>> 0, 32),
    mac: (key, message) => stretch(mix(mix(0x3c6ef372, key), message), 64),
    derive: (material, salt, info, length) => stretch(mix(mix(mix(0x2545f491, material), salt), info), length),
    box: (plaintext, nonce, key) => close(mix(0x9e3779b1, key), nonce, plaintext).slice(nonceBytes),
    openBox(boxed, nonce, key) {
      const sealed = new Uint8Array(nonceBytes + boxed.length);
      sealed.set(nonce);
      sealed.set(boxed, nonceBytes);
      return open(mix(0x9e3779b1, key), sealed);
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

function stretch(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state >>> 11;
  }
  return bytes;
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
