/**
 * Somebody who has recorded every frame and then gets everything that is kept: tries each stolen value as root key, chain key,
 * message key and secret, each way through two ratchet steps. It calculates with tests/support/naive-ratchet.ts only.
 */
import { isSafePublicKey } from "../../src/crypto/x25519.ts";
import { headerOf, naiveAgree, naiveKeys, naiveMessageKey, naiveRoot, naiveUnbox } from "./naive-ratchet.ts";

/** Further along a chain than any test goes. */
const stepsMax = 12;
const ratchetStepsMax = 2;

export interface Loot {
  /** All that is 32 bytes long in what was stolen, whatever it was. */
  readonly values: readonly Uint8Array[];
  readonly associated: Uint8Array;
}

/** What of these ratchet messages the thief can read, by place. `wire`: all that was ever sent, which shows every public key. */
export function steal({ values, associated }: Loot, frames: readonly Uint8Array[], wire = frames): Map<number, Uint8Array> {
  const read = new Map<number, Uint8Array>();
  const attempt = (place: number, messageKey: Uint8Array): void => {
    const frame = frames[place];
    const plaintext = frame && naiveUnbox(messageKey, associated, frame);
    if (plaintext !== undefined) read.set(place, plaintext);
  };
  const headers = frames.map(headerOf);
  const publics = distinct(wire.map((frame) => headerOf(frame).theirs)).filter(isSafePublicKey);
  const ownKeys = new Map(distinct(values).map((value) => [hex(value), hex(naiveKeys(value).publicKey)]));
  // What is known to be public is no secret of use.
  const notSecret = new Set([...publics.map(hex), ...ownKeys.values()]);
  const stolen = distinct(values).filter((value) => !notSecret.has(hex(value)));
  for (const place of frames.keys()) {
    for (const value of stolen) {
      attempt(place, value);
      for (let step = 0; step < stepsMax; step += 1) attempt(place, naiveMessageKey(value, step));
    }
  }

  const ways = stolen.flatMap((secret) =>
    publics.map((theirs): Way => ({ own: ownKeys.get(hex(secret)) ?? "", theirs: hex(theirs), agreed: naiveAgree(secret, theirs) })),
  );
  let roots: { readonly root: Uint8Array; readonly by?: Way }[] = stolen.map((root) => ({ root }));
  for (let step = 1; step <= ratchetStepsMax; step += 1) {
    roots = roots.flatMap(({ root, by }) =>
      // Of two ratchet steps that follow on each other one key is in both.
      ways
        .filter((way) => by === undefined || way.own === by.own || way.theirs === by.theirs)
        .map((way) => {
          const stepped = naiveRoot(root, way.agreed);
          headers.forEach(({ theirs, number }, place) => {
            const isOfWay = [way.own, way.theirs].includes(hex(theirs));
            if (isOfWay && number < stepsMax && !read.has(place)) attempt(place, naiveMessageKey(stepped.chain, number));
          });
          return { root: stepped.root, by: way };
        }),
    );
  }
  return read;
}

interface Way {
  readonly own: string;
  readonly theirs: string;
  readonly agreed: Uint8Array;
}

/** Every array of 32 bytes, however deep. */
export function valuesIn(kept: unknown): Uint8Array[] {
  if (kept instanceof Uint8Array) return kept.length === 32 ? [kept.slice()] : [];
  if (kept instanceof Map) return [...kept].flatMap(valuesIn);
  if (Array.isArray(kept)) return kept.flatMap(valuesIn);
  if (typeof kept === "object" && kept !== null) return Object.values(kept).flatMap(valuesIn);
  return [];
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const distinct = (values: readonly Uint8Array[]): Uint8Array[] => [...new Map(values.map((value) => [hex(value), value])).values()];
