/** What this peer says of itself in its card, and when that is new. */
import type { RandomBytes } from "../crypto/ports.ts";
import type { Address, Millis } from "../ids.ts";
import type { About } from "../mesh/index.ts";

export interface OwnCardParts {
  readonly randomBytes: RandomBytes;
  readonly wallNow: () => Millis;
  /** What the person is called, now. */
  readonly self: { readonly name: string; readonly named: boolean };
  readonly prekey: () => Uint8Array;
}

export class OwnCard {
  readonly #parts: OwnCardParts;
  readonly #instance: string;
  #addresses: readonly Address[] = [];
  #prekey: Uint8Array;
  #revision: number;

  constructor(parts: OwnCardParts) {
    this.#parts = parts;
    this.#revision = Math.floor(parts.wallNow());
    this.#instance = Array.from(parts.randomBytes(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#prekey = parts.prekey();
  }

  about(): About {
    const { name, named } = this.#parts.self;
    return { name, named, revision: this.#revision, instance: this.#instance, addresses: this.#addresses, prekey: this.#prekey };
  }

  /** Wall time, so that a profile's card after a restart is newer than the one before. */
  next(): About {
    this.#revision = Math.max(this.#revision + 1, Math.floor(this.#parts.wallNow()));
    return this.about();
  }

  /** There is a card of an earlier start with this revision. */
  outbid(revision: number): About {
    this.#revision = Math.max(this.#revision, revision);
    return this.next();
  }

  /** Whether these are the first. */
  setAddresses(addresses: readonly Address[]): boolean {
    const isFirst = this.#addresses.length === 0;
    this.#addresses = addresses;
    return isFirst;
  }

  /** Where the prekey has changed. */
  withNewPrekey(): About | undefined {
    const prekey = this.#parts.prekey();
    if (prekey === this.#prekey) return undefined;
    this.#prekey = prekey;
    return this.next();
  }
}
