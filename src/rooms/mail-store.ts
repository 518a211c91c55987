/** Mail as it lies here, bounded: for others, and of one's own until its readers have it; and proofs that mail was taken. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import {
  clockMax,
  mailAgeMs,
  mailBytesMax,
  mailItemsMax,
  mailPerPairMax,
  mailPerReaderBytesMax,
  mailPerReaderMax,
  mailPerSenderBytesMax,
  mailPerSenderMax,
  mailProofsMax,
  mailTotalBytesMax,
} from "./limits.ts";
import { decodeMail, decodeTaken, encodeTaken, type Mail, type MailId, type MailRefusal, type Taken } from "./mail-frames.ts";
import { isBytes, isCount, isList } from "./shape.ts";

export interface HeldMail {
  readonly mail: Mail;
  readonly from: PeerId;
  /** Wall time of its coming here. */
  readonly since: Millis;
  /** Who else has said that they hold it, and has been within reach since. */
  readonly copies: Set<PeerId>;
  /** Who does not take it, why, and since when. */
  readonly refusals: Map<PeerId, { readonly why: MailRefusal; readonly at: Millis }>;
}

export interface MailStats {
  readonly items: number;
  readonly bytes: number;
  /** Wall time. */
  readonly oldestAt: Millis | undefined;
  readonly forPeople: number;
}

/** `value` undefined forgets. */
export interface MailRecord {
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

interface Amount {
  items: number;
  bytes: number;
}

const heldPrefix = "held/";
const proofPrefix = "proof/";

export class MailStore {
  readonly #self: PeerId;
  /** Oldest first. */
  readonly #held = new Map<MailId, HeldMail>();
  readonly #proofs = new Map<MailId, Taken>();
  /** By sender, by reader, by both, and in all; of others' mail only, but for pairs. */
  readonly #amounts = new Map<string, Amount>();
  #records: MailRecord[] = [];

  constructor(self: PeerId) {
    this.#self = self;
  }

  /** As it was kept. `senderOf` proves whose a piece is. */
  restore(records: Iterable<readonly [string, Uint8Array]>, senderOf: (mail: Mail) => PublicIdentity | undefined): void {
    const pieces: HeldMail[] = [];
    for (const [key, value] of records) {
      if (key.startsWith(proofPrefix)) {
        const taken = decodeTaken(value);
        if (taken !== undefined && this.#proofs.size < mailProofsMax) this.#proofs.set(taken.id, taken);
      }
      const held = key.startsWith(heldPrefix) ? decodeHeld(value) : undefined;
      const sender = held && senderOf(held.mail);
      if (held !== undefined && sender !== undefined)
        pieces.push({ ...held, from: sender.peerId, copies: new Set<PeerId>(), refusals: new Map() });
    }
    pieces.sort((a, b) => a.since - b.since || a.mail.at - b.mail.at || (a.mail.id < b.mail.id ? -1 : 1));
    for (const piece of pieces) if (this.#refusal(piece.mail, piece.from) === undefined) this.#put(piece);
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  get(id: MailId): HeldMail | undefined {
    return this.#held.get(id);
  }

  all(): Iterable<HeldMail> {
    return this.#held.values();
  }

  /** Others' mail for this reader, in the order of each sender. */
  forReader(to: PeerId): HeldMail[] {
    return [...this.#held.values()].filter((held) => held.mail.to === to && held.from !== this.#self).sort((a, b) => a.mail.at - b.mail.at);
  }

  /** Whether there is no space for a piece of so many bytes, whoever it is from. */
  isFull(bytes: number): boolean {
    const all = this.#amount("all");
    return all.items >= mailItemsMax || all.bytes + bytes > mailTotalBytesMax;
  }

  proof(id: MailId): Taken | undefined {
    return this.#proofs.get(id);
  }

  /** Undefined where it is held now. */
  add(mail: Mail, from: PeerId, wallNow: Millis): MailRefusal | undefined {
    if (this.#held.has(mail.id)) return undefined;
    if (isTooOld(mail.at, wallNow)) return "old";
    const refusal = this.#refusal(mail, from);
    if (refusal !== undefined) return refusal;
    const held: HeldMail = { mail, from, since: wallNow, copies: new Set(), refusals: new Map() };
    this.#put(held);
    this.#records.push({ key: `${heldPrefix}${mail.id}`, value: encodeCbor([wallNow, mail.bytes]) });
    return undefined;
  }

  remove(id: MailId): HeldMail | undefined {
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    this.#held.delete(id);
    for (const key of this.#keys(held.mail, held.from)) {
      const amount = this.#amount(key);
      amount.items -= 1;
      amount.bytes -= held.mail.bytes.length;
      if (amount.items === 0) this.#amounts.delete(key);
    }
    this.#records.push({ key: `${heldPrefix}${id}`, value: undefined });
    return held;
  }

  /** Its reader has it. */
  addProof(taken: Taken): void {
    if (this.#proofs.has(taken.id)) return;
    this.#proofs.set(taken.id, taken);
    this.#records.push({ key: `${proofPrefix}${taken.id}`, value: encodeTaken(taken) });
    for (const oldest of this.#proofs.keys()) {
      if (this.#proofs.size <= mailProofsMax) break;
      this.#proofs.delete(oldest);
      this.#records.push({ key: `${proofPrefix}${oldest}`, value: undefined });
    }
  }

  /** Lets go of what has lain here for too long. A clock set back keeps nothing for longer than it was wrong. */
  expire(wallNow: Millis): HeldMail[] {
    const old = [...this.#held.values()].filter(({ since, mail }) => Math.abs(wallNow - since) > mailAgeMs || isTooOld(mail.at, wallNow));
    for (const { mail } of old) this.remove(mail.id);
    return old;
  }

  /** Of others' mail. */
  stats(): MailStats {
    let oldestAt: Millis | undefined;
    const readers = new Set<PeerId>();
    for (const { mail, from, since } of this.#held.values()) {
      if (from === this.#self) continue;
      oldestAt = oldestAt === undefined || since < oldestAt ? since : oldestAt;
      readers.add(mail.to);
    }
    return { ...this.#amount("all"), oldestAt, forPeople: readers.size };
  }

  takeRecords(): MailRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  #put(held: HeldMail): void {
    this.#held.set(held.mail.id, held);
    for (const key of this.#keys(held.mail, held.from)) {
      const amount = this.#amount(key);
      amount.items += 1;
      amount.bytes += held.mail.bytes.length;
      this.#amounts.set(key, amount);
    }
  }

  #refusal(mail: Mail, from: PeerId): MailRefusal | undefined {
    const bytes = mail.bytes.length;
    const [pair, sender, reader] = this.#keys(mail, from).map((key) => this.#amount(key));
    const isFull =
      (pair?.items ?? 0) >= mailPerPairMax ||
      (sender?.items ?? 0) >= mailPerSenderMax ||
      (sender?.bytes ?? 0) + bytes > mailPerSenderBytesMax ||
      (reader?.items ?? 0) >= mailPerReaderMax ||
      (reader?.bytes ?? 0) + bytes > mailPerReaderBytesMax ||
      (from !== this.#self && this.isFull(bytes));
    return isFull ? "full" : undefined;
  }

  /** Pair, sender, and for others' mail reader and all. */
  #keys({ to }: Mail, from: PeerId): string[] {
    const own = [`pair ${from} ${to}`, `sender ${from}`];
    return from === this.#self ? own : [...own, `reader ${to}`, "all"];
  }

  #amount(key: string): Amount {
    return this.#amounts.get(key) ?? { items: 0, bytes: 0 };
  }
}

/** A day ahead is a clock that is wrong; more is a lie about how long it is to be held. */
const isTooOld = (at: Millis, wallNow: Millis): boolean => at < wallNow - mailAgeMs || at > wallNow + 24 * 3_600_000;

/** Undefined for what this version does not write. */
export function decodeHeld(bytes: Uint8Array): { readonly mail: Mail; readonly since: Millis } | undefined {
  const fields = decodeCbor(bytes);
  if (!isList(fields, 2) || !isCount(fields[0], clockMax) || !isBytes(fields[1], mailBytesMax)) return undefined;
  const mail = decodeMail(fields[1]);
  return mail && { mail, since: fields[0] as Millis };
}
