/**
 * The handshake by which two peers prove their keys to each other: Noise revision 34, pattern XX, with the modifier psk0 where
 * a pre-shared key is given.
 *
 *   initiator                                     responder
 *   writeMessage ── (psk) e ────────────────────► readMessage     fails here where the pre-shared keys differ
 *   readMessage  ◄──────────── e, ee, s, es ───── writeMessage    the initiator knows `remoteStatic` from here
 *   writeMessage ── s, se ──────────────────────► readMessage     so does the responder
 *   established  ◄═══════ transport ════════════► established
 *
 *   in progress ──last message──► established
 *        └──readMessage refuses──► failed: every later read is refused as "failed"
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { type CipherState, tagBytes } from "./cipher-state.ts";
import { noiseMessageBytesMax, noisePayloadBytesMax } from "./limits.ts";
import type { RandomBytes } from "./ports.ts";
import { strict } from "./strict.ts";
import { type NoiseSuite, SymmetricState } from "./symmetric-state.ts";
import { agree, agreePublicKey, isSafePublicKey } from "./x25519.ts";

export interface HandshakeSettings {
  readonly initiator: boolean;
  /** X25519, 32 bytes each. */
  readonly staticSecret: Uint8Array;
  readonly staticPublic: Uint8Array;
  /** 32 bytes. With it the protocol is XXpsk0, without it XX. */
  readonly psk?: Uint8Array;
  /** Both sides must have seen the same. */
  readonly prologue: Uint8Array;
  readonly randomBytes: RandomBytes;
  readonly suite: NoiseSuite;
}

export type NoiseFailure =
  | "malformed" // too short or too long to be the message that is due
  | "unauthentic" // altered, out of order, or made under another pre-shared key
  | "weakKey" // a public key that would make the shared secret known to everybody
  | "outOfTurn" // the message that is due is ours
  | "failed"; // something was refused before

export type NoiseRead = { readonly ok: true; readonly payload: Uint8Array } | { readonly ok: false; readonly failure: NoiseFailure };

/** Messages between two that have proven their keys. In order and each once: anything else is unauthentic. */
export interface NoiseTransport {
  /** Payloads of at most `noisePayloadBytesMax`. */
  encrypt(payload: Uint8Array): Uint8Array;
  /** Never throws. After the first refusal it refuses everything. */
  decrypt(message: Uint8Array): NoiseRead;
}

export interface Established {
  readonly transport: NoiseTransport;
  readonly remoteStatic: Uint8Array;
  /** The same on both sides of this one handshake, and nowhere else (section 11.2, channel binding). */
  readonly handshakeHash: Uint8Array;
}

/** What Earshot speaks. */
export const noiseSuite: NoiseSuite = { hashName: "SHA512", hash: sha512 };

export function startHandshake(settings: HandshakeSettings): Handshake {
  return new Handshake(settings);
}

type Token = "psk" | "e" | "s" | "ee" | "es" | "se";
type Refused = Exclude<NoiseFailure, "failed">;

/** HandshakeState of section 5.3. */
export class Handshake {
  readonly #settings: HandshakeSettings;
  readonly #symmetric: SymmetricState;
  readonly #messages: readonly (readonly Token[])[];
  #next = 0;
  #failed = false;
  #ephemeral: { readonly secret: Uint8Array; readonly public: Uint8Array } | undefined;
  #remoteEphemeral: Uint8Array | undefined;
  #remoteStatic: Uint8Array | undefined;
  #established: Established | undefined;

  constructor(settings: HandshakeSettings) {
    strict(settings.staticSecret.length === 32 && settings.staticPublic.length === 32, "static keys are 32 bytes");
    strict(settings.psk === undefined || settings.psk.length === 32, "a pre-shared key is 32 bytes");
    this.#settings = settings;
    const withKey = settings.psk !== undefined;
    this.#messages = [withKey ? ["psk", "e"] : ["e"], ["e", "ee", "s", "es"], ["s", "se"]];
    const protocolName = `Noise_${withKey ? "XXpsk0" : "XX"}_25519_ChaChaPoly_${settings.suite.hashName}`;
    this.#symmetric = new SymmetricState(settings.suite.hash, protocolName);
    this.#symmetric.mixHash(settings.prologue);
  }

  /** The other side's static key, once it has proven that it holds the secret. */
  get remoteStatic(): Uint8Array | undefined {
    return this.#failed ? undefined : this.#remoteStatic;
  }

  /** Undefined until the last message was written or read. */
  get established(): Established | undefined {
    return this.#established;
  }

  /** Whether the message that is due is ours. */
  get isWriting(): boolean {
    return !this.#failed && this.#next < this.#messages.length && (this.#next % 2 === 0) === this.#settings.initiator;
  }

  /** The message that is due, of at most `noiseMessageBytesMax`; to be called only while `isWriting`. */
  writeMessage(payload: Uint8Array): Uint8Array {
    strict(this.isWriting, "the message that is due is ours");
    const parts: Uint8Array[] = [];
    for (const token of this.#messages[this.#next] ?? []) {
      if (token === "e") parts.push(this.#writeEphemeral());
      else if (token === "s") parts.push(this.#symmetric.encryptAndHash(this.#settings.staticPublic));
      else this.#mix(token);
    }
    parts.push(this.#symmetric.encryptAndHash(payload));
    const message = concatBytes(...parts);
    strict(message.length <= noiseMessageBytesMax, "a handshake message fits the bound of Noise");
    this.#advance();
    return message;
  }

  /** Takes bytes as they come from the network; never throws. The first refusal ends the handshake. */
  readMessage(message: Uint8Array): NoiseRead {
    if (this.#failed) return { ok: false, failure: "failed" };
    const read = this.#read(message);
    if (read.ok) this.#advance();
    else this.#fail();
    return read;
  }

  #read(message: Uint8Array): NoiseRead {
    if (this.isWriting || this.#next >= this.#messages.length) return refused("outOfTurn");
    if (message.length > noiseMessageBytesMax) return refused("malformed");
    let rest = message;
    for (const token of this.#messages[this.#next] ?? []) {
      if (token !== "e" && token !== "s") {
        this.#mix(token);
        continue;
      }
      const length = token === "e" ? 32 : 32 + this.#symmetric.overheadBytes;
      if (rest.length < length) return refused("malformed");
      const refusal = token === "e" ? this.#readEphemeral(rest.slice(0, length)) : this.#readStatic(rest.slice(0, length));
      if (refusal !== undefined) return refused(refusal);
      rest = rest.subarray(length);
    }
    if (rest.length < this.#symmetric.overheadBytes) return refused("malformed");
    const payload = this.#symmetric.decryptAndHash(rest);
    return payload === undefined ? refused("unauthentic") : { ok: true, payload };
  }

  #writeEphemeral(): Uint8Array {
    const secret = this.#settings.randomBytes(32);
    this.#ephemeral = { secret, public: agreePublicKey(secret) };
    this.#mixEphemeral(this.#ephemeral.public);
    return this.#ephemeral.public;
  }

  #readEphemeral(key: Uint8Array): Refused | undefined {
    if (!isSafePublicKey(key)) return "weakKey";
    this.#remoteEphemeral = key;
    this.#mixEphemeral(key);
    return undefined;
  }

  #readStatic(bytes: Uint8Array): Refused | undefined {
    const key = this.#symmetric.decryptAndHash(bytes);
    if (key === undefined) return "unauthentic";
    if (!isSafePublicKey(key)) return "weakKey";
    this.#remoteStatic = key;
    return undefined;
  }

  #mixEphemeral(key: Uint8Array): void {
    this.#symmetric.mixHash(key);
    // Section 9.2: with a pre-shared key the ephemerals randomise the encryption keys.
    if (this.#settings.psk !== undefined) this.#symmetric.mixKey(key);
  }

  /** A pair of letters names whose keys agree: the initiator's first, then the responder's. */
  #mix(token: Exclude<Token, "e" | "s">): void {
    if (token === "psk") {
      this.#symmetric.mixKeyAndHash(present(this.#settings.psk));
      return;
    }
    const [own, other] = this.#settings.initiator ? [token[0], token[1]] : [token[1], token[0]];
    const secret = own === "e" ? this.#ephemeral?.secret : this.#settings.staticSecret;
    const publicKey = other === "e" ? this.#remoteEphemeral : this.#remoteStatic;
    this.#symmetric.mixKey(agree(present(secret), present(publicKey)));
  }

  #advance(): void {
    this.#next += 1;
    if (this.#next < this.#messages.length) return;
    const handshakeHash = this.#symmetric.handshakeHash();
    const { ofInitiator, ofResponder } = this.#symmetric.split();
    const [own, other] = this.#settings.initiator ? [ofInitiator, ofResponder] : [ofResponder, ofInitiator];
    this.#established = { transport: transportOf(own, other), remoteStatic: present(this.#remoteStatic), handshakeHash };
    this.#ephemeral?.secret.fill(0);
  }

  #fail(): void {
    // An established transport lives on by itself: a late handshake message is the caller's to judge.
    this.#failed = true;
    this.#symmetric.forget();
    this.#ephemeral?.secret.fill(0);
  }
}

function transportOf(own: CipherState, other: CipherState): NoiseTransport {
  const nothing = new Uint8Array(0);
  let failed = false;
  const refuse = (failure: Refused): NoiseRead => {
    failed = true;
    other.spend();
    return refused(failure);
  };
  return {
    encrypt(payload) {
      strict(payload.length <= noisePayloadBytesMax, "a payload fits one message");
      return own.encrypt(nothing, payload);
    },
    decrypt(message) {
      if (failed) return { ok: false, failure: "failed" };
      if (message.length < tagBytes || message.length > noiseMessageBytesMax) return refuse("malformed");
      const payload = other.decrypt(nothing, message);
      return payload === undefined ? refuse("unauthentic") : { ok: true, payload };
    },
  };
}

const refused = (failure: Refused): NoiseRead => ({ ok: false, failure });

/** The pattern itself orders its tokens so that what one needs is there. */
function present<Value>(value: Value | undefined): Value {
  strict(value !== undefined, "the pattern has provided the key");
  return value;
}
