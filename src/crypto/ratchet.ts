/**
 * The Double Ratchet (Perrin and Marlinspike, "The Double Ratchet Algorithm", revision 1, section 3), without header encryption.
 *
 *   root key ──DH step──► sending chain ───► message keys      a step whenever the other has shown a new ratchet key
 *        └─────DH step──► receiving chain ─► message keys      keys of messages that have not come yet are kept, bounded
 *
 * A message: `ratchet key (32) ‖ length of the previous chain (u32) ‖ number (u32) ‖ salt (8) ‖ box`. XSalsa20-Poly1305 has no
 * associated data: identities and header go into the derivation of its key instead, so altered they open nothing. The salt is
 * random: a state that was put back and sends a number again still never uses a key twice.
 *
 * 1. `openMessage` changes nothing unless the message is authentic.
 * 2. A message opens once.
 * 3. A key is overwritten once it is of no use: what was sent cannot be read from a later state.
 */
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { skippedKeysMax, skippedStepMax } from "./limits.ts";
import type { RandomBytes } from "./ports.ts";
import type { Primitives } from "./primitives.ts";
import { type KeyPair, keyPair } from "./x3dh.ts";
import { isSafePublicKey } from "./x25519.ts";

export interface Chain {
  key: Uint8Array;
  /** Of the next message. */
  number: number;
}

export interface Ratchet {
  /** Both identities, as X3DH orders them. */
  readonly associated: Uint8Array;
  root: Uint8Array;
  own: KeyPair;
  theirs: Uint8Array | undefined;
  sending: Chain | undefined;
  receiving: Chain | undefined;
  /** Messages of the sending chain before this one. */
  previous: number;
  /** Message keys by ratchet key and number, oldest first. */
  readonly skipped: Map<string, Uint8Array>;
}

export interface RatchetTools {
  readonly primitives: Primitives;
  readonly randomBytes: RandomBytes;
}

export const saltBytes = 8;
export const headerBytes = 32 + 4 + 4 + saltBytes;
export const tagBytes = 16;

const rootInfo = utf8ToBytes("earshot ratchet v1");
const messageInfo = utf8ToBytes("earshot message v1");
const nextMessage = Uint8Array.of(1);
const nextChain = Uint8Array.of(2);
const zeroSalt = new Uint8Array(64);

/** Section 3.3, the initiator: `theirs` is the other's prekey. `secret` is X3DH's. */
export function startSending(tools: RatchetTools, secret: Uint8Array, associated: Uint8Array, theirs: Uint8Array): Ratchet {
  const own = keyPair(tools.primitives, tools.randomBytes(32));
  const { root, chain } = stepRoot(tools.primitives, secret, own.secret, theirs);
  return { associated, root, own, theirs, sending: chain, receiving: undefined, previous: 0, skipped: new Map() };
}

/** Section 3.3, the responder: `own` is the prekey. It can send once it has received. */
export function startReceiving(secret: Uint8Array, associated: Uint8Array, own: KeyPair): Ratchet {
  return { associated, root: secret, own, theirs: undefined, sending: undefined, receiving: undefined, previous: 0, skipped: new Map() };
}

/** Undefined before the responder has received anything. */
export function sealMessage({ primitives, randomBytes }: RatchetTools, ratchet: Ratchet, plaintext: Uint8Array): Uint8Array | undefined {
  const { sending } = ratchet;
  if (sending === undefined) return undefined;
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  header.set(ratchet.own.publicKey);
  view.setUint32(32, ratchet.previous);
  view.setUint32(36, sending.number);
  header.set(randomBytes(saltBytes), 40);
  const messageKey = stepChain(primitives, sending);
  const { key, nonce } = boxKey(primitives, messageKey, ratchet.associated, header);
  messageKey.fill(0);
  return concatBytes(header, primitives.box(plaintext, nonce, key));
}

/** Undefined for what is not authentic, has been opened before, or skips more than is kept. */
export function openMessage({ primitives, randomBytes }: RatchetTools, ratchet: Ratchet, message: Uint8Array): Uint8Array | undefined {
  if (message.length < headerBytes + tagBytes) return undefined;
  const header = message.subarray(0, headerBytes);
  const boxed = message.subarray(headerBytes);
  const theirs = message.slice(0, 32);
  const view = new DataView(message.buffer, message.byteOffset);
  const previous = view.getUint32(32);
  const number = view.getUint32(36);
  const unbox = (messageKey: Uint8Array): Uint8Array | undefined => {
    const { key, nonce } = boxKey(primitives, messageKey, ratchet.associated, header);
    return primitives.openBox(boxed, nonce, key);
  };

  const name = skippedName(theirs, number);
  const kept = ratchet.skipped.get(name);
  if (kept !== undefined) {
    const plaintext = unbox(kept);
    if (plaintext === undefined) return undefined;
    ratchet.skipped.delete(name);
    kept.fill(0);
    return plaintext;
  }

  const isCurrent = ratchet.theirs !== undefined && isSame(ratchet.theirs, theirs);
  if (isCurrent) {
    if (ratchet.receiving === undefined) return undefined;
    const ahead = runAhead(primitives, ratchet.receiving, theirs, number);
    const plaintext = ahead && unbox(ahead.messageKey);
    if (plaintext === undefined || ahead === undefined) return undefined;
    ahead.messageKey.fill(0);
    ratchet.receiving.key.fill(0);
    ratchet.receiving = ahead.chain;
    keep(ratchet.skipped, ahead.skipped);
    return plaintext;
  }

  if (!isSafePublicKey(theirs)) return undefined;
  const rest =
    ratchet.receiving === undefined || ratchet.theirs === undefined
      ? emptyRun
      : runAhead(primitives, ratchet.receiving, ratchet.theirs, previous, false);
  if (rest === undefined) return undefined;
  const received = stepRoot(primitives, ratchet.root, ratchet.own.secret, theirs);
  const ahead = runAhead(primitives, received.chain, theirs, number);
  const plaintext = ahead && unbox(ahead.messageKey);
  if (plaintext === undefined || ahead === undefined) return undefined;

  ahead.messageKey.fill(0);
  keep(ratchet.skipped, rest.skipped);
  keep(ratchet.skipped, ahead.skipped);
  const own = keyPair(primitives, randomBytes(32));
  const sent = stepRoot(primitives, received.root, own.secret, theirs);
  for (const key of [ratchet.root, received.root, ratchet.receiving?.key, ratchet.sending?.key]) key?.fill(0);
  // The first own key of a responder is its prekey, which other sessions need.
  if (ratchet.sending !== undefined) ratchet.own.secret.fill(0);
  ratchet.previous = ratchet.sending?.number ?? 0;
  ratchet.root = sent.root;
  ratchet.own = own;
  ratchet.theirs = theirs;
  ratchet.sending = sent.chain;
  ratchet.receiving = ahead.chain;
  return plaintext;
}

interface Run {
  readonly messageKey: Uint8Array;
  readonly chain: Chain;
  readonly skipped: ReadonlyMap<string, Uint8Array>;
}

const emptyRun: Pick<Run, "skipped"> = { skipped: new Map() };

/** The key of message `number` and those before it, on a copy of the chain; without `takes`, only those before it. */
function runAhead(primitives: Primitives, from: Chain, theirs: Uint8Array, number: number, takes = true): Run | undefined {
  if (takes ? number < from.number : false) return undefined;
  if (number - from.number > skippedStepMax) return undefined;
  const chain: Chain = { key: from.key.slice(), number: from.number };
  const skipped = new Map<string, Uint8Array>();
  while (chain.number < number) {
    const at = chain.number;
    skipped.set(skippedName(theirs, at), stepChain(primitives, chain));
  }
  const messageKey = takes ? stepChain(primitives, chain) : new Uint8Array(0);
  return { messageKey, chain, skipped };
}

function keep(skipped: Map<string, Uint8Array>, added: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, key] of added) skipped.set(name, key);
  for (const [name, key] of skipped) {
    if (skipped.size <= skippedKeysMax) break;
    key.fill(0);
    skipped.delete(name);
  }
}

/** KDF_RK of section 5.2: HKDF with the root key as salt. */
function stepRoot(
  primitives: Primitives,
  root: Uint8Array,
  secret: Uint8Array,
  theirs: Uint8Array,
): { readonly root: Uint8Array; readonly chain: Chain } {
  const agreed = primitives.agree(secret, theirs);
  const output = primitives.derive(agreed, root, rootInfo, 64);
  agreed.fill(0);
  const stepped = { root: output.slice(0, 32), chain: { key: output.slice(32), number: 0 } };
  output.fill(0);
  return stepped;
}

/** KDF_CK of section 5.2: HMAC with two constants. Moves the chain on and gives the message's key, 32 bytes. */
export function stepChain(primitives: Pick<Primitives, "mac">, chain: Chain): Uint8Array {
  const messageKey = primitives.mac(chain.key, nextMessage).slice(0, 32);
  const next = primitives.mac(chain.key, nextChain).slice(0, 32);
  chain.key.fill(0);
  chain.key = next;
  chain.number += 1;
  return messageKey;
}

/** Key and nonce of a box that only opens with these associated data and this header. */
export function boxKey(
  primitives: Pick<Primitives, "derive">,
  messageKey: Uint8Array,
  associated: Uint8Array,
  header: Uint8Array,
): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const output = primitives.derive(messageKey, zeroSalt, concatBytes(messageInfo, associated, header), 56);
  return { key: output.subarray(0, 32), nonce: output.subarray(32) };
}

const skippedName = (theirs: Uint8Array, number: number): string => `${bytesToHex(theirs)}/${number}`;

/** Public keys: no secret is compared. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
