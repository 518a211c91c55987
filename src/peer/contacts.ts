/**
 * People this person knows, by identity: who is verified, who is blocked, and under which name each is known.
 *
 *   stranger ──talked directly, shared a private room──► known ──compared──► verified
 *   somebody who bears a known person's name, and is not known by it ──► their key is new ──accepted, compared──► known
 *
 * 1. A name belongs to whoever was known by it first; anybody else who takes it is shown as such until accepted.
 * 2. Who is blocked or verified is never forgotten to make room.
 */
import { decode, encode } from "cborg";
import { z } from "zod";
import type { Millis, PeerId } from "../ids.ts";
import type { KeptRecord } from "./effect.ts";
import { contactsMax, keyChangesMax } from "./limits.ts";
import { foldName } from "./names.ts";

export interface Contact {
  /** By which they are known; undefined: only blocked. */
  readonly name: string | undefined;
  /** What somebody who is only blocked was called: to find them again, it gives no right to the name. */
  readonly seenAs?: string | undefined;
  readonly isVerified: boolean;
  readonly isBlocked: boolean;
}

/** Somebody bears the name of a person who is known by another key. */
export interface KeyChange {
  readonly previous: PeerId;
  /** Whom this person has compared the safety number with: all the more reason to ask. */
  readonly wasVerified: boolean;
  readonly since: Millis;
}

const schema = z.strictObject({
  name: z.string().max(200).nullable(),
  seenAs: z.string().max(200).optional(),
  isVerified: z.boolean(),
  isBlocked: z.boolean(),
});
const stranger: Contact = { name: undefined, isVerified: false, isBlocked: false };

export class Contacts {
  readonly #wallNow: () => Millis;
  /** Met longest ago first. */
  readonly #contacts = new Map<PeerId, Contact>();
  /** By folded name: who is known by it, longest first. */
  readonly #bearers = new Map<string, Set<PeerId>>();
  /** When a new key was first seen. */
  readonly #noticed = new Map<PeerId, Millis>();
  readonly #changed = new Set<PeerId>();

  constructor(wallNow: () => Millis, kept: Iterable<readonly [string, Uint8Array]>) {
    this.#wallNow = wallNow;
    for (const [peerId, bytes] of kept) {
      const contact = decodeContact(bytes);
      if (contact !== undefined && this.#contacts.size < contactsMax) this.#put(peerId as PeerId, contact);
    }
  }

  of(peerId: PeerId): Contact {
    return this.#contacts.get(peerId) ?? stranger;
  }

  has(peerId: PeerId): boolean {
    return this.#contacts.has(peerId);
  }

  /** Of all who are known by this name, they have been for longest. */
  ownsName(peerId: PeerId, name: string): boolean {
    const [first] = this.#bearers.get(foldName(name)) ?? [];
    return first === peerId;
  }

  /** Whose name this person, called so now, has taken; undefined where it is theirs. */
  keyChange(peerId: PeerId, name: string): KeyChange | undefined {
    const folded = foldName(name);
    const own = this.of(peerId).name;
    const previous = own !== undefined && foldName(own) === folded ? undefined : this.#bearerOf(folded, peerId);
    if (previous === undefined) {
      this.#noticed.delete(peerId);
      return undefined;
    }
    let since = this.#noticed.get(peerId);
    if (since === undefined) {
      since = this.#wallNow();
      this.#noticed.set(peerId, since);
      for (const oldest of this.#noticed.keys()) {
        if (this.#noticed.size <= keyChangesMax) break;
        this.#noticed.delete(oldest);
      }
    }
    return { previous, wasVerified: this.of(previous).isVerified, since };
  }

  /** The two have to do with each other: they are known by this name from now on, unless it is somebody else's. */
  meet(peerId: PeerId, name: string): void {
    const contact = this.of(peerId);
    if (contact.name === name || this.keyChange(peerId, name) !== undefined) return;
    this.#set(peerId, { ...contact, name });
  }

  /** The name is theirs, too. */
  accept(peerId: PeerId, name: string): void {
    this.#noticed.delete(peerId);
    this.#set(peerId, { ...this.of(peerId), name });
  }

  verify(peerId: PeerId, name: string, isVerified: boolean): void {
    if (isVerified) this.accept(peerId, name);
    this.#set(peerId, { ...this.of(peerId), isVerified });
  }

  /** @param seenAs what they are called now, if that is known */
  block(peerId: PeerId, isBlocked: boolean, seenAs?: string): void {
    const before = this.of(peerId);
    this.#set(peerId, { ...before, isBlocked, seenAs: before.name === undefined ? (seenAs ?? before.seenAs) : undefined });
  }

  /** Met longest ago first. */
  all(): Iterable<readonly [PeerId, Contact]> {
    return this.#contacts;
  }

  takeRecords(): KeptRecord[] {
    const records = [...this.#changed].map((key): KeptRecord => {
      const contact = this.#contacts.get(key);
      return { table: "contacts", key, value: contact && encodeContact(contact) };
    });
    this.#changed.clear();
    return records;
  }

  #bearerOf(folded: string, except: PeerId): PeerId | undefined {
    for (const bearer of this.#bearers.get(folded) ?? []) if (bearer !== except) return bearer;
    return undefined;
  }

  #set(peerId: PeerId, contact: Contact): void {
    this.#put(peerId, contact);
    this.#changed.add(peerId);
    if (this.#contacts.size <= contactsMax) return;
    for (const [oldest, { isVerified, isBlocked }] of this.#contacts) {
      if (isVerified || isBlocked || oldest === peerId) continue;
      this.#remove(oldest);
      this.#changed.add(oldest);
      return;
    }
  }

  #put(peerId: PeerId, contact: Contact): void {
    const before = this.#contacts.get(peerId)?.name;
    if (before === undefined || contact.name === undefined || foldName(before) !== foldName(contact.name)) {
      this.#unname(peerId);
      if (contact.name !== undefined) {
        const folded = foldName(contact.name);
        const bearers = this.#bearers.get(folded) ?? new Set();
        this.#bearers.set(folded, bearers.add(peerId));
      }
    }
    this.#contacts.delete(peerId);
    this.#contacts.set(peerId, contact);
  }

  #remove(peerId: PeerId): void {
    this.#unname(peerId);
    this.#contacts.delete(peerId);
  }

  #unname(peerId: PeerId): void {
    const name = this.#contacts.get(peerId)?.name;
    if (name === undefined) return;
    const bearers = this.#bearers.get(foldName(name));
    bearers?.delete(peerId);
    if (bearers?.size === 0) this.#bearers.delete(foldName(name));
  }
}

function encodeContact({ name, seenAs, isVerified, isBlocked }: Contact): Uint8Array {
  return encode({ name: name ?? null, ...(seenAs !== undefined && { seenAs }), isVerified, isBlocked });
}

/** Undefined for what this peer does not write. */
export function decodeContact(bytes: Uint8Array): Contact | undefined {
  try {
    const { name, seenAs, isVerified, isBlocked } = schema.parse(decode(bytes));
    return { name: name ?? undefined, ...(seenAs !== undefined && { seenAs }), isVerified, isBlocked };
  } catch {
    return undefined;
  }
}
