/** A signed description of one peer: its keys, what people call it, where it can be dialled. */
import { encode } from "cborg";
import { z } from "zod";
import type { Identity, PublicIdentity, Signatures } from "../crypto/ports.ts";
import type { Address, PeerId } from "../ids.ts";
import { addressesMax, nameCharsMax } from "./limits.ts";

const bytes = (length: number) => z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length);

export const cardSchema = z.strictObject({
  signKey: bytes(32),
  agreeKey: bytes(32),
  binding: bytes(64),
  name: z.string().min(1).max(nameCharsMax),
  named: z.boolean(),
  revision: z.number().int().nonnegative(),
  instance: z.string().regex(/^[0-9a-f]{16}$/),
  /** X3DH's signed prekey; the card's signature is its. */
  prekey: bytes(32),
  addresses: z.array(z.string().regex(/^[\x21-\x7e]{1,64}$/)).max(addressesMax),
  signature: bytes(64),
});

/** As it travels. Higher `revision` replaces lower. */
export type Card = z.output<typeof cardSchema>;

/** What a peer says of itself. */
export interface About {
  readonly name: string;
  readonly named: boolean;
  readonly revision: number;
  /** Random per start, 16 hex digits: another one means that the peer has forgotten what only memory held. */
  readonly instance: string;
  readonly addresses: readonly Address[];
  /** With which others begin a session: X25519, 32 bytes. */
  readonly prekey: Uint8Array;
}

/** A card that has been checked. */
export interface KnownPeer {
  readonly identity: PublicIdentity;
  readonly card: Card;
  readonly addresses: readonly Address[];
}

export type IdentityFromKeys = (signKey: Uint8Array, agreeKey: Uint8Array, binding: Uint8Array) => PublicIdentity | undefined;

function signedBytes(card: Omit<Card, "signature">): Uint8Array {
  return encode([
    "earshot card v1",
    card.signKey,
    card.agreeKey,
    card.binding,
    card.name,
    card.named,
    card.revision,
    card.instance,
    card.prekey,
    [...card.addresses],
  ]) as Uint8Array;
}

export function signCard(identity: Identity, signatures: Signatures, about: About): Card {
  const unsigned = {
    signKey: identity.signKey,
    agreeKey: identity.agreeKey,
    binding: identity.binding,
    name: presentable(about.name),
    named: about.named,
    revision: about.revision,
    instance: about.instance,
    prekey: about.prekey,
    addresses: about.addresses.slice(0, addressesMax).map(formatAddress),
  };
  return { ...unsigned, signature: signatures.sign(identity.signSeed, signedBytes(unsigned)) };
}

/** Undefined where keys, binding, signature or an address do not hold. */
export function checkCard(card: Card, signatures: Signatures, identityFromKeys: IdentityFromKeys): KnownPeer | undefined {
  const identity = identityFromKeys(card.signKey, card.agreeKey, card.binding);
  if (identity === undefined || card.name !== presentable(card.name)) return undefined;
  if (!signatures.verify(card.signKey, signedBytes(card), card.signature)) return undefined;
  const addresses: Address[] = [];
  for (const text of card.addresses) {
    const address = parseAddress(text);
    if (address === undefined) return undefined;
    addresses.push(address);
  }
  return { identity, card, addresses };
}

/** A name as cards carry it: one line, nothing that turns the writing direction of what stands around it. */
function presentable(name: string): string {
  const line = name.slice(0, nameCharsMax).replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ");
  return line.trim() || "Someone";
}

/** Two cards that say the same in the same words: what held for one holds for the other. */
export function sameCard(a: Card, b: Card): boolean {
  return (
    a.revision === b.revision &&
    a.name === b.name &&
    a.named === b.named &&
    a.instance === b.instance &&
    a.addresses.join() === b.addresses.join() &&
    sameBytes(a.signature, b.signature) &&
    sameBytes(a.signKey, b.signKey) &&
    sameBytes(a.agreeKey, b.agreeKey) &&
    sameBytes(a.binding, b.binding)
  );
}

export function formatAddress(address: Address): string {
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** "host:port" or "[v6]:port"; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  const host = match[1] ?? match[2];
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

export function byId(a: PeerId, b: PeerId): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
