/**
 * Sender keys of all rooms: this peer's own chains with who holds them, and those of others.
 *
 * 1. A chain is changed for everyone before the next message where somebody who holds it may not read any more, after a number of
 *    messages, and after some days.
 * 2. Whoever gets a chain reads from there on.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { decode, encode } from "cborg";
import type { Millis, PeerId } from "../ids.ts";
import { foreignChainsMax, foreignChainsPerAuthorMax, ownChainsMax, senderKeyLifetimeMs, senderKeyMessagesMax } from "./limits.ts";
import type { PublicIdentity } from "./ports.ts";
import { bytesIn, chainIn, chainOut, count, items, list, text } from "./ratchet-record.ts";
import {
  type ForeignChain,
  followChain,
  handedOut,
  keyIdOf,
  type OwnChain,
  openInChain,
  type SenderKey,
  type SenderTools,
  sealInChain,
  startChain,
} from "./sender-key.ts";

interface Own extends OwnChain {
  readonly holders: Set<PeerId>;
  readonly madeAt: Millis;
}
interface Foreign extends ForeignChain {
  readonly author: PeerId;
}

export type SenderOpened = "unknownKey" | "unreadable" | { readonly plaintext: Uint8Array; readonly roomId: string };

export class SenderKeys {
  readonly #self: PublicIdentity;
  readonly #tools: SenderTools;
  readonly #own = new Map<string, Own>();
  /** By author and key id, which relays see: somebody else's key under the same id is another. Used longest ago first. */
  readonly #foreign = new Map<string, Foreign>();
  readonly #changed = new Set<string>();

  constructor(self: PublicIdentity, tools: SenderTools, kept: Iterable<readonly [string, Uint8Array]>) {
    this.#self = self;
    this.#tools = tools;
    for (const [key, bytes] of kept) {
      const [kind, name = ""] = splitKey(key);
      if (kind === "own") {
        const own = decodeOwn(name, bytes);
        if (own !== undefined && this.#own.size < ownChainsMax) this.#own.set(name, own);
      } else {
        const foreign = decodeForeign(bytes);
        if (foreign !== undefined && this.#foreign.size < foreignChainsMax) this.#foreign.set(name, foreign);
      }
    }
  }

  /** Which of the readers lack the key of the next message. `members` undefined: everybody may read. */
  lacking(roomId: string, members: ReadonlySet<PeerId> | undefined, readers: readonly PeerId[], wallNow: Millis): PeerId[] {
    const { holders } = this.#current(roomId, members, wallNow);
    return readers.filter((peerId) => !holders.has(peerId));
  }

  handOut(roomId: string, to: PeerId): SenderKey | undefined {
    const own = this.#own.get(roomId);
    if (own === undefined) return undefined;
    own.holders.add(to);
    this.#changed.add(`own/${roomId}`);
    return handedOut(own);
  }

  /** After `lacking`. */
  seal(roomId: string, plaintext: Uint8Array): Uint8Array | undefined {
    const own = this.#own.get(roomId);
    if (own === undefined) return undefined;
    this.#changed.add(`own/${roomId}`);
    return sealInChain(this.#tools, this.#self, own, plaintext);
  }

  accept(author: PeerId, key: SenderKey): void {
    const name = foreignName(author, key.keyId);
    // Taking an earlier number of a chain would open old frames again.
    if ((this.#foreign.get(name)?.chain.number ?? -1) >= key.number) return;
    this.#foreign.set(name, { ...followChain(key), author });
    this.#changed.add(`from/${name}`);
    const ofAuthor = [...this.#foreign].flatMap(([other, chain]) => (chain.author === author ? [other] : []));
    for (const oldest of ofAuthor.slice(0, -foreignChainsPerAuthorMax)) this.#drop(oldest);
    for (const oldest of this.#foreign.keys()) {
      if (this.#foreign.size <= foreignChainsMax) break;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    this.#foreign.delete(name);
    this.#changed.add(`from/${name}`);
  }

  open(author: PublicIdentity, frame: Uint8Array): SenderOpened {
    const name = foreignName(author.peerId, keyIdOf(frame));
    const chain = this.#foreign.get(name);
    if (chain === undefined) return "unknownKey";
    const plaintext = openInChain(this.#tools, author, chain, frame);
    if (plaintext === undefined) return "unreadable";
    this.#foreign.delete(name);
    this.#foreign.set(name, chain);
    this.#changed.add(`from/${name}`);
    return { plaintext, roomId: chain.roomId };
  }

  /** The room of an own chain in use that this peer may hold. */
  roomOf(keyId: Uint8Array, holder: PeerId): string | undefined {
    const name = bytesToHex(keyId);
    for (const [roomId, own] of this.#own) if (bytesToHex(own.keyId) === name && own.holders.has(holder)) return roomId;
    return undefined;
  }

  /** The next message in there begins a new chain. */
  abandon(roomId: string): void {
    if (this.#own.delete(roomId)) this.#changed.add(`own/${roomId}`);
  }

  takeChanges(): [string, Uint8Array | undefined][] {
    const changes = [...this.#changed].map((key): [string, Uint8Array | undefined] => {
      const [kind, name = ""] = splitKey(key);
      const own = kind === "own" ? this.#own.get(name) : undefined;
      const foreign = kind === "own" ? undefined : this.#foreign.get(name);
      return [key, own ? encodeOwn(own) : foreign && encodeForeign(foreign)];
    });
    this.#changed.clear();
    return changes;
  }

  dropChanges(): void {
    this.#changed.clear();
  }

  #current(roomId: string, members: ReadonlySet<PeerId> | undefined, wallNow: Millis): Own {
    const own = this.#own.get(roomId);
    const isStale =
      own === undefined ||
      own.chain.number >= senderKeyMessagesMax ||
      Math.abs(wallNow - own.madeAt) >= senderKeyLifetimeMs ||
      (members !== undefined && [...own.holders].some((holder) => !members.has(holder)));
    if (!isStale) return own;
    const fresh: Own = { ...startChain(this.#tools, roomId), holders: new Set(), madeAt: wallNow };
    own?.chain.key.fill(0);
    own?.signSeed.fill(0);
    this.#own.delete(roomId);
    this.#own.set(roomId, fresh);
    for (const oldest of this.#own.keys()) {
      if (this.#own.size <= ownChainsMax) break;
      this.abandon(oldest);
    }
    this.#changed.add(`own/${roomId}`);
    return fresh;
  }
}

const foreignName = (author: PeerId, keyId: Uint8Array): string => `${author}/${bytesToHex(keyId)}`;

function splitKey(key: string): [string, string | undefined] {
  const at = key.indexOf("/");
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)];
}

function encodeOwn({ keyId, chain, signSeed, signKey, holders, madeAt }: Own): Uint8Array {
  return encode([1, keyId, chainOut(chain), signSeed, signKey, [...holders], madeAt]);
}

function decodeOwn(roomId: string, bytes: Uint8Array): Own | undefined {
  try {
    const [version, keyId, chain, signSeed, signKey, holders, madeAt] = list(decode(bytes), 7);
    const read = chainIn(chain);
    if (version !== 1 || read === undefined) return undefined;
    return {
      roomId,
      keyId: bytesIn(keyId, 16),
      chain: read,
      signSeed: bytesIn(signSeed, 32),
      signKey: bytesIn(signKey, 32),
      holders: new Set(items(holders).map((holder) => text(holder) as PeerId)),
      madeAt: count(madeAt) as Millis,
    };
  } catch {
    return undefined;
  }
}

function encodeForeign({ author, roomId, keyId, chain, signKey, skipped }: Foreign): Uint8Array {
  return encode([1, author, roomId, keyId, chainOut(chain), signKey, [...skipped]]);
}

function decodeForeign(bytes: Uint8Array): Foreign | undefined {
  try {
    const [version, author, roomId, keyId, chain, signKey, skipped] = list(decode(bytes), 7);
    const read = chainIn(chain);
    if (version !== 1 || read === undefined) return undefined;
    const keys = items(skipped).map((entry) => {
      const [number, key] = list(entry, 2);
      return [count(number), bytesIn(key, 32)] as const;
    });
    return {
      author: text(author) as PeerId,
      roomId: text(roomId),
      keyId: bytesIn(keyId, 16),
      chain: read,
      signKey: bytesIn(signKey, 32),
      skipped: new Map(keys),
    };
  } catch {
    return undefined;
  }
}
