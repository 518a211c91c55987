/**
 * This peer's signed prekeys (X3DH, section 3.2). The newest stands in the card, whose signature is the prekey's; older ones open
 * first messages that were under way when it changed.
 */
import { decode, encode } from "cborg";
import type { Millis } from "../ids.ts";
import { oldPrekeysMax, prekeyLifetimeMs } from "./limits.ts";
import type { RatchetTools } from "./ratchet.ts";
import { isSame } from "./ratchet.ts";
import { bytesIn, count, items, list } from "./ratchet-record.ts";
import { type KeyPair, keyPair } from "./x3dh.ts";

interface Prekey extends KeyPair {
  readonly madeAt: Millis;
}

export class Prekeys {
  readonly #tools: RatchetTools;
  /** Newest first. */
  #keys: Prekey[];

  constructor(tools: RatchetTools, kept: Uint8Array | undefined, wallNow: Millis) {
    this.#tools = tools;
    this.#keys = kept === undefined ? [] : (decodeKeys(tools, kept) ?? []);
    if (this.#keys.length === 0) this.#keys = [this.#make(wallNow)];
  }

  get current(): Uint8Array {
    return (this.#keys[0] as Prekey).publicKey;
  }

  find(publicKey: Uint8Array): KeyPair | undefined {
    return this.#keys.find((key) => isSame(key.publicKey, publicKey));
  }

  /** Whether there is a new one. A clock that was put back does not keep an old one in use for longer than it was wrong. */
  renew(wallNow: Millis): boolean {
    const madeAt = (this.#keys[0] as Prekey).madeAt;
    if (Math.abs(wallNow - madeAt) < prekeyLifetimeMs) return false;
    this.#keys.unshift(this.#make(wallNow));
    for (const old of this.#keys.splice(1 + oldPrekeysMax)) old.secret.fill(0);
    return true;
  }

  encode(): Uint8Array {
    return encode(this.#keys.map(({ secret, madeAt }) => [secret, madeAt]));
  }

  #make(wallNow: Millis): Prekey {
    return { ...keyPair(this.#tools.primitives, this.#tools.randomBytes(32)), madeAt: wallNow };
  }
}

function decodeKeys({ primitives }: RatchetTools, bytes: Uint8Array): Prekey[] | undefined {
  try {
    return items(decode(bytes)).map((item) => {
      const [secret, madeAt] = list(item, 2);
      return { ...keyPair(primitives, bytesIn(secret, 32)), madeAt: count(madeAt) as Millis };
    });
  } catch {
    return undefined;
  }
}
