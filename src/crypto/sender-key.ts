/**
 * One member's chain in one room: the sender keys of Signal's groups (described in Balbás, Collins and Gajland, "WhatsUpp with Sender
 * Keys?", 2023, section 3): a chain of message keys that moves on with each message, and a signing key of its own, so that a member who
 * can read cannot write in another's name.
 *
 * A frame: `3 ‖ key id (16) ‖ hint (8) ‖ number (u32) ‖ salt (8) ‖ box ‖ signature (64)`. The signature is over all before it. The hint
 * tells whoever knows the room which room it is, and nobody else anything.
 */
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { senderSkippedMax, skippedStepMax } from "./limits.ts";
import type { PublicIdentity, RandomBytes, Signatures } from "./ports.ts";
import type { Primitives } from "./primitives.ts";
import { boxKey, type Chain, saltBytes, stepChain, tagBytes } from "./ratchet.ts";

export const senderFrame = 3;
export const keyIdBytes = 16;
export const hintBytes = 8;
const headerBytes = 1 + keyIdBytes + hintBytes + 4 + saltBytes;
const signatureBytes = 64;

export interface SenderTools {
  readonly primitives: Primitives;
  readonly signatures: Signatures;
  readonly randomBytes: RandomBytes;
}

/** What a member hands out: who has it reads from this number on. */
export interface SenderKey {
  readonly roomId: string;
  /** 16 bytes, random. */
  readonly keyId: Uint8Array;
  readonly number: number;
  /** 32 bytes. */
  readonly chainKey: Uint8Array;
  /** Ed25519, 32 bytes. */
  readonly signKey: Uint8Array;
}

export interface OwnChain {
  readonly roomId: string;
  readonly keyId: Uint8Array;
  readonly chain: Chain;
  readonly signSeed: Uint8Array;
  readonly signKey: Uint8Array;
}

export interface ForeignChain {
  readonly roomId: string;
  readonly keyId: Uint8Array;
  chain: Chain;
  readonly signKey: Uint8Array;
  /** Message keys by number, oldest first. */
  readonly skipped: Map<number, Uint8Array>;
}

export function startChain({ signatures, randomBytes }: SenderTools, roomId: string): OwnChain {
  const signSeed = randomBytes(32);
  const chain = { key: randomBytes(32), number: 0 };
  return { roomId, keyId: randomBytes(keyIdBytes), chain, signSeed, signKey: signatures.publicKey(signSeed) };
}

export function handedOut({ roomId, keyId, chain, signKey }: OwnChain): SenderKey {
  return { roomId, keyId, number: chain.number, chainKey: chain.key.slice(), signKey };
}

export function followChain({ roomId, keyId, number, chainKey, signKey }: SenderKey): ForeignChain {
  return { roomId, keyId, chain: { key: chainKey.slice(), number }, signKey, skipped: new Map() };
}

export function sealInChain(tools: SenderTools, author: PublicIdentity, own: OwnChain, plaintext: Uint8Array): Uint8Array {
  const { primitives, signatures, randomBytes } = tools;
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, own.chain.number);
  const hint = roomHint(primitives, own.roomId, own.keyId);
  const header = concatBytes(Uint8Array.of(senderFrame), own.keyId, hint, number, randomBytes(saltBytes));
  const messageKey = stepChain(primitives, own.chain);
  const { key, nonce } = boxKey(primitives, messageKey, associated(author, own.roomId), header);
  messageKey.fill(0);
  const frame = concatBytes(header, primitives.box(plaintext, nonce, key));
  return concatBytes(frame, signatures.sign(own.signSeed, frame));
}

/** Undefined for what is not authentic, has been opened before, or skips more than is kept; then nothing has changed. */
export function openInChain(tools: SenderTools, author: PublicIdentity, chain: ForeignChain, frame: Uint8Array): Uint8Array | undefined {
  const { primitives, signatures } = tools;
  const signed = frame.subarray(0, frame.length - signatureBytes);
  if (!signatures.verify(chain.signKey, signed, frame.subarray(frame.length - signatureBytes))) return undefined;
  const number = new DataView(frame.buffer, frame.byteOffset).getUint32(1 + keyIdBytes + hintBytes);
  const unbox = (messageKey: Uint8Array): Uint8Array | undefined => {
    const { key, nonce } = boxKey(primitives, messageKey, associated(author, chain.roomId), frame.subarray(0, headerBytes));
    return primitives.openBox(signed.subarray(headerBytes), nonce, key);
  };
  if (number < chain.chain.number) {
    const kept = chain.skipped.get(number);
    const plaintext = kept && unbox(kept);
    if (kept === undefined || plaintext === undefined) return undefined;
    chain.skipped.delete(number);
    kept.fill(0);
    return plaintext;
  }
  if (number - chain.chain.number > skippedStepMax) return undefined;
  const ahead: Chain = { key: chain.chain.key.slice(), number: chain.chain.number };
  const skipped = new Map<number, Uint8Array>();
  while (ahead.number < number) skipped.set(ahead.number, stepChain(primitives, ahead));
  const messageKey = stepChain(primitives, ahead);
  const plaintext = unbox(messageKey);
  messageKey.fill(0);
  if (plaintext === undefined) return undefined;
  chain.chain.key.fill(0);
  chain.chain = ahead;
  for (const [at, key] of skipped) chain.skipped.set(at, key);
  for (const at of chain.skipped.keys()) {
    if (chain.skipped.size <= senderSkippedMax) break;
    chain.skipped.delete(at);
  }
  return plaintext;
}

export const isSenderFrame = (frame: Uint8Array): boolean =>
  frame[0] === senderFrame && frame.length >= headerBytes + tagBytes + signatureBytes;

export const keyIdOf = (frame: Uint8Array): Uint8Array => frame.slice(1, 1 + keyIdBytes);
export const hintOf = (frame: Uint8Array): Uint8Array => frame.subarray(1 + keyIdBytes, 1 + keyIdBytes + hintBytes);

/** 8 bytes. */
export function roomHint(primitives: Pick<Primitives, "mac">, roomId: string, keyId: Uint8Array): Uint8Array {
  return primitives.mac(utf8ToBytes(`earshot room hint v1 ${roomId}`), keyId).slice(0, hintBytes);
}

const associated = (author: PublicIdentity, roomId: string): Uint8Array =>
  concatBytes(author.signKey, author.agreeKey, utf8ToBytes(roomId));
