/** Sessions as bytes, for the vault. What the vault gives back is authentic; what is not well-formed all the same is forgotten. */
import { decode, encode } from "cborg";
import type { Chain, Ratchet } from "./ratchet.ts";
import type { KeyPair } from "./x3dh.ts";

export interface Session {
  /** The first message's base key: names the session on both sides. */
  readonly baseKey: Uint8Array;
  /** The initiator's, until the other has answered: goes with each message, since the first may be lost. */
  opening: Uint8Array | undefined;
  readonly ratchet: Ratchet;
}

/** All that is kept of one peer: its sessions, the one that sends first, and base keys that were taken. */
export interface PeerSessions {
  sessions: Session[];
  baseKeys: string[];
}

export function encodeSessions({ sessions, baseKeys }: PeerSessions): Uint8Array {
  return encode([
    1,
    sessions.map(({ baseKey, opening, ratchet }) => [
      baseKey,
      opening ?? null,
      ratchet.associated,
      ratchet.root,
      ratchet.own.secret,
      ratchet.own.publicKey,
      ratchet.theirs ?? null,
      chainOut(ratchet.sending),
      chainOut(ratchet.receiving),
      ratchet.previous,
      [...ratchet.skipped],
    ]),
    baseKeys,
  ]);
}

export function decodeSessions(bytes: Uint8Array): PeerSessions | undefined {
  try {
    const [version, sessions, baseKeys] = list(decode(bytes), 3);
    if (version !== 1) return undefined;
    return { sessions: items(sessions).map(sessionIn), baseKeys: items(baseKeys).map(text) };
  } catch {
    return undefined;
  }
}

function sessionIn(value: unknown): Session {
  const [baseKey, opening, associated, root, secret, publicKey, theirs, sending, receiving, previous, skipped] = list(value, 11);
  const own: KeyPair = { secret: bytesIn(secret, 32), publicKey: bytesIn(publicKey, 32) };
  return {
    baseKey: bytesIn(baseKey, 32),
    opening: opening === null ? undefined : bytesIn(opening),
    ratchet: {
      associated: bytesIn(associated),
      root: bytesIn(root, 32),
      own,
      theirs: theirs === null ? undefined : bytesIn(theirs, 32),
      sending: chainIn(sending),
      receiving: chainIn(receiving),
      previous: count(previous),
      skipped: new Map(
        items(skipped).map((entry) => {
          const [name, key] = list(entry, 2);
          return [text(name), bytesIn(key, 32)] as const;
        }),
      ),
    },
  };
}

export const chainOut = (chain: Chain | undefined): unknown => (chain === undefined ? null : [chain.key, chain.number]);

export function chainIn(value: unknown): Chain | undefined {
  if (value === null) return undefined;
  const [key, number] = list(value, 2);
  return { key: bytesIn(key, 32), number: count(number) };
}

/** These throw what the caller takes for "not well-formed". */
export function list(value: unknown, length: number): unknown[] {
  const found = items(value);
  if (found.length !== length) throw new Error("another length");
  return found;
}
export function items(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error("no list");
  return value as unknown[];
}
export function bytesIn(value: unknown, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length)) throw new Error("no bytes");
  return Uint8Array.from(value);
}
export function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Error("no count");
  return value as number;
}
export function text(value: unknown): string {
  if (typeof value !== "string") throw new Error("no text");
  return value;
}
