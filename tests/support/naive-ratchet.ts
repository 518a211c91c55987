/**
 * The Double Ratchet a second time, written from its specification (section 3) and docs/protocol.md alone, on node:crypto instead of
 * what src/crypto has, and naive: it keeps everything, so that it can read any message at any time. A judge, not a secret keeper.
 */
import { createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, type KeyObject } from "node:crypto";
import nacl from "tweetnacl";
import { isSafePublicKey } from "../../src/crypto/x25519.ts";

const headerBytes = 48;
/** Even what is naive ends some time. */
const stepsMax = 10_000;
const rootInfo = "earshot ratchet v1";
const messageInfo = Buffer.from("earshot message v1");

export interface NaiveKeys {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

export function naiveKeys(secret: Uint8Array): NaiveKeys {
  const exported = createPublicKey(secretKey(secret)).export({ format: "der", type: "spki" });
  return { secret, publicKey: Uint8Array.from(exported.subarray(-32)) };
}

/** DH of section 3.1. */
export function naiveAgree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), publicKey]),
    format: "der",
    type: "spki",
  });
  return diffieHellman({ privateKey: secretKey(secret), publicKey: key });
}

/** KDF_RK. */
export function naiveRoot(root: Uint8Array, agreed: Uint8Array): { readonly root: Uint8Array; readonly chain: Uint8Array } {
  const output = new Uint8Array(hkdfSync("sha512", agreed, root, rootInfo, 64));
  return { root: output.subarray(0, 32), chain: output.subarray(32) };
}

/** KDF_CK, `times` over; then the key of the message that is due. */
export function naiveMessageKey(chain: Uint8Array, times: number): Uint8Array {
  let key = chain;
  for (let step = 0; step < times; step += 1) key = half(key, 2);
  return half(key, 1);
}

export function naiveUnbox(messageKey: Uint8Array, associated: Uint8Array, frame: Uint8Array, head = headerBytes): Uint8Array | undefined {
  const { key, nonce } = boxKey(messageKey, associated, frame.subarray(0, head));
  return nacl.secretbox.open(frame.subarray(head), nonce, key) ?? undefined;
}

export const headerOf = (frame: Uint8Array): { readonly theirs: Uint8Array; readonly number: number } => ({
  theirs: frame.slice(0, 32),
  number: Buffer.from(frame).readUInt32BE(36),
});

export class NaiveRatchet {
  readonly #associated: Uint8Array;
  readonly #draw: (length: number) => Uint8Array;
  /** Beginnings of all receiving chains, by ratchet key. */
  readonly #chains = new Map<string, Uint8Array>();
  readonly #opened = new Set<string>();
  #root: Uint8Array;
  #own: NaiveKeys;
  #sending: { readonly chain: Uint8Array; count: number } | undefined;
  #previous = 0;

  private constructor(draw: (length: number) => Uint8Array, associated: Uint8Array, root: Uint8Array, own: NaiveKeys) {
    this.#draw = draw;
    this.#associated = associated;
    this.#root = root;
    this.#own = own;
  }

  static initiator(draw: (length: number) => Uint8Array, secret: Uint8Array, associated: Uint8Array, theirs: Uint8Array): NaiveRatchet {
    const ratchet = new NaiveRatchet(draw, associated, secret, naiveKeys(draw(32)));
    ratchet.#beginSending(theirs);
    return ratchet;
  }

  static responder(draw: (length: number) => Uint8Array, secret: Uint8Array, associated: Uint8Array, own: NaiveKeys): NaiveRatchet {
    return new NaiveRatchet(draw, associated, secret, own);
  }

  seal(plaintext: Uint8Array): Uint8Array | undefined {
    if (this.#sending === undefined) return undefined;
    const header = Buffer.alloc(headerBytes);
    header.set(this.#own.publicKey);
    header.writeUInt32BE(this.#previous, 32);
    header.writeUInt32BE(this.#sending.count, 36);
    header.set(this.#draw(8), 40);
    const { key, nonce } = boxKey(naiveMessageKey(this.#sending.chain, this.#sending.count), this.#associated, header);
    this.#sending.count += 1;
    return Uint8Array.from([...header, ...nacl.secretbox(plaintext, nonce, key)]);
  }

  open(frame: Uint8Array): Uint8Array | undefined {
    if (frame.length < headerBytes + 16) return undefined;
    const { theirs, number } = headerOf(frame);
    if (number > stepsMax || !isSafePublicKey(theirs)) return undefined;
    const name = Buffer.from(theirs).toString("hex");
    const known = this.#chains.get(name);
    const stepped = known === undefined ? naiveRoot(this.#root, naiveAgree(this.#own.secret, theirs)) : undefined;
    const chain = known ?? stepped?.chain;
    const plaintext = chain && naiveUnbox(naiveMessageKey(chain, number), this.#associated, frame);
    if (chain === undefined || plaintext === undefined || this.#opened.has(`${name}/${number}`)) return undefined;
    this.#opened.add(`${name}/${number}`);
    if (stepped !== undefined) {
      this.#chains.set(name, chain);
      this.#root = stepped.root;
      this.#previous = this.#sending?.count ?? 0;
      this.#own = naiveKeys(this.#draw(32));
      this.#beginSending(theirs);
    }
    return plaintext;
  }

  #beginSending(theirs: Uint8Array): void {
    const { root, chain } = naiveRoot(this.#root, naiveAgree(this.#own.secret, theirs));
    this.#root = root;
    this.#sending = { chain, count: 0 };
  }
}

function secretKey(secret: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), secret]),
    format: "der",
    type: "pkcs8",
  });
}

const half = (key: Uint8Array, constant: number): Uint8Array =>
  createHmac("sha512", key).update(Uint8Array.of(constant)).digest().subarray(0, 32);

function boxKey(messageKey: Uint8Array, associated: Uint8Array, header: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  const output = new Uint8Array(hkdfSync("sha512", messageKey, "", Buffer.concat([messageInfo, associated, header]), 56));
  return { key: output.subarray(0, 32), nonce: output.subarray(32) };
}
