/** Keys of people met, so that something can be sealed for them while they are away: identity, the prekey of their last card, its name. */
import { decode, encode } from "cborg";
import { z } from "zod";
import type { Correspondent, PublicIdentity } from "../crypto/ports.ts";
import type { PeerId } from "../ids.ts";
import type { KnownPeer } from "../mesh/index.ts";
import type { IdentityFromKeys } from "../rooms/index.ts";
import type { KeptRecord } from "./effect.ts";
import { knownKeysMax } from "./limits.ts";

const bytes = (length: number) => z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length);
const schema = z.strictObject({
  signKey: bytes(32),
  agreeKey: bytes(32),
  binding: bytes(64),
  prekey: bytes(32).nullable(),
  name: z.string().max(200),
});

const prefix = "keys/";

interface Known extends Correspondent {
  /** What they called themselves; empty where that is not known. */
  readonly name: string;
}

export class KnownKeys {
  /** Met longest ago first. */
  readonly #known = new Map<PeerId, Known>();
  readonly #changed = new Set<PeerId>();

  /** @param kept records of the table "mail" */
  constructor(identityFromKeys: IdentityFromKeys, kept: Iterable<readonly [string, Uint8Array]>) {
    for (const [key, value] of kept) {
      const keys = key.startsWith(prefix) ? decodeKnownKeys(value) : undefined;
      const identity = keys && identityFromKeys(keys.signKey, keys.agreeKey, keys.binding);
      if (identity !== undefined && this.#known.size < knownKeysMax)
        this.#known.set(identity.peerId, { identity, prekey: keys?.prekey ?? undefined, name: keys?.name ?? "" });
    }
  }

  get(peerId: PeerId): Correspondent | undefined {
    return this.#known.get(peerId);
  }

  nameOf(peerId: PeerId): string | undefined {
    return this.#known.get(peerId)?.name || undefined;
  }

  /** Those met last first; of whom nothing is known, last. */
  byLastMet(peerIds: readonly PeerId[]): PeerId[] {
    const places = new Map([...this.#known.keys()].map((peerId, place) => [peerId, place]));
    return [...peerIds].sort((a, b) => (places.get(b) ?? -1) - (places.get(a) ?? -1) || (a < b ? -1 : 1));
  }

  met({ identity, card }: KnownPeer): void {
    this.#note({ identity, prekey: card.prekey, name: card.name });
  }

  /** Somebody whose mail came, and who may never have been met. */
  heardOf(identity: PublicIdentity): void {
    if (!this.#known.has(identity.peerId)) this.#note({ identity, prekey: undefined, name: "" });
  }

  takeRecords(): KeptRecord[] {
    const records = [...this.#changed].map((peerId): KeptRecord => {
      const known = this.#known.get(peerId);
      return { table: "mail", key: `${prefix}${peerId}`, value: known && encodeKnownKeys(known) };
    });
    this.#changed.clear();
    return records;
  }

  #note(known: Known): void {
    const { peerId } = known.identity;
    const before = this.#known.get(peerId);
    this.#known.delete(peerId);
    this.#known.set(peerId, known);
    if (before?.name !== known.name || !isSame(before.prekey, known.prekey)) this.#changed.add(peerId);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= knownKeysMax) break;
      this.#known.delete(oldest);
      this.#changed.add(oldest);
    }
  }
}

function encodeKnownKeys({ identity: { signKey, agreeKey, binding }, prekey, name }: Known): Uint8Array {
  return encode({ signKey, agreeKey, binding, prekey: prekey ?? null, name });
}

/** Undefined for what this peer does not write. */
export function decodeKnownKeys(value: Uint8Array): z.output<typeof schema> | undefined {
  try {
    return schema.safeParse(decode(value, { strict: true })).data;
  } catch {
    return undefined;
  }
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.length === b.length && a.every((byte, at) => byte === b[at]);
