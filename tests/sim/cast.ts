/** What all runs share: identities, since making one takes a millisecond (each run draws its own from them), and the look inside. */
import { createIdentity } from "../../src/crypto/index.ts";
import type { Identity, Signatures } from "../../src/crypto/ports.ts";
import { bytesFrom, streamOf } from "../support/random.ts";
import { Inside } from "./inside.ts";

const castMax = 1_024;

export class Cast {
  readonly signatures: Signatures;
  readonly inside = new Inside();
  readonly #identities: (Identity | undefined)[] = [];

  constructor(signatures: Signatures) {
    this.signatures = signatures;
  }

  /** Somebody who exists on paper only. */
  ghost(place: number): Identity {
    return this.#identity(castMax + (place % castMax));
  }

  /** Identities in the order of this source, none twice. */
  draw(random: () => number): () => Identity {
    const taken = new Set<number>();
    return () => {
      let place = Math.floor(random() * castMax);
      while (taken.has(place)) place = (place + 1) % castMax;
      taken.add(place);
      return this.#identity(place);
    };
  }

  #identity(place: number): Identity {
    const identity = this.#identities[place] ?? createIdentity(bytesFrom(streamOf(place, "identity")), this.signatures);
    this.#identities[place] = identity;
    return identity;
  }
}

/** Verdicts of one run: checking one signature for each receiver proves nothing more. */
export function rememberVerdicts(signatures: Signatures): Signatures {
  const verdicts = new Map<string, boolean>();
  const latin = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return {
    publicKey: (seed) => signatures.publicKey(seed),
    sign: (seed, message) => signatures.sign(seed, message),
    verify(publicKey, message, signature) {
      const key = `${latin(publicKey)} ${latin(signature)} ${latin(message)}`;
      const kept = verdicts.get(key);
      if (kept !== undefined) return kept;
      const holds = signatures.verify(publicKey, message, signature);
      verdicts.set(key, holds);
      return holds;
    },
  };
}
