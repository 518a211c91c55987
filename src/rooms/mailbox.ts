/**
 * Mail for those who are away: what this peer holds for others, its own that others hold for it, and what others hold for it.
 * It does not know what is in a piece (the owner opens it) nor who is host (it is told). See docs/decisions/0019.
 *
 *   own:     keep ──offered to host and successors──► copies ──taken, withdrawn, old──► gone
 *   others': put ──► held ──reader comes: offered──► taken ──► destroyed, the proof kept
 *                      └── host or successors changed: offered to those who lack it
 *   for us:  offered ──► asked for ──► opened ──► taken, said to all who offered it
 *
 * 1. Nothing is believed of a piece but what its sender signed, and of its being taken but what its reader signed.
 * 2. A piece is given to its reader and to those in the role, to nobody else.
 * 3. Only its sender, its reader, and age end it.
 */
import type { PublicIdentity, Signatures } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import { earliest, later } from "./backoff.ts";
import { mailCopies, mailExpiryMs, mailGatherMs, mailPerFrameMax, mailRetryMsMax, mailSeenMax, mailWindowBytes } from "./limits.ts";
import { MailAsking } from "./mail-asking.ts";
import {
  type IdentityFromKeys,
  type Mail,
  type MailFrame,
  type MailId,
  type MailRefusal,
  type MailWord,
  senderOf,
  signTaken,
  type Taken,
  takerOf,
} from "./mail-frames.ts";
import { MailOffering } from "./mail-offering.ts";
import { MailSeen, type Seen } from "./mail-seen.ts";
import { type HeldMail, type MailRecord, type MailStats, MailStore } from "./mail-store.ts";
import { MailWords } from "./mail-words.ts";

/** How a piece for this peer was taken in. "early": what comes before it is still missing; it is to be tried again. */
export type Reading = Seen | "early";

export interface MailboxPorts {
  readonly self: PublicIdentity;
  readonly signSeed: Uint8Array;
  readonly signatures: Signatures;
  readonly identityFromKeys: IdentityFromKeys;
  readonly wallNow: () => Millis;
  isReachable(peerId: PeerId): boolean;
  /** The host, then its successors. */
  role(): readonly PeerId[];
  /** `again`: it was "early" before. */
  read(from: PublicIdentity, mail: Mail, again: boolean, now: Millis): Reading;
  send(to: PeerId, frame: MailFrame, now: Millis): void;
  /** One's own piece has been taken, or is let go because it is too old. */
  ended(id: MailId, how: "read" | "unreadable" | "old", by: PeerId | undefined): void;
  /** Who holds one's own is different now. */
  changed(): void;
}

export class Mailbox {
  readonly #ports: MailboxPorts;
  readonly #self: PeerId;
  readonly #store: MailStore;
  readonly #asking = new MailAsking();
  readonly #offerings = new Map<PeerId, MailOffering>();
  readonly #words = new MailWords();
  readonly #seen = new MailSeen();
  readonly #early = new Map<MailId, { readonly mail: Mail; readonly from: PublicIdentity; readonly offeredBy: readonly PeerId[] }>();
  #planAt: Millis | undefined;
  #expireAt: Millis | undefined;

  constructor(ports: MailboxPorts, kept: Iterable<readonly [string, Uint8Array]>) {
    this.#ports = ports;
    this.#self = ports.self.peerId;
    this.#store = new MailStore(this.#self);
    const records = [...kept];
    this.#store.restore(records, (mail) => senderOf(ports.signatures, ports.identityFromKeys, mail));
    this.#seen.restore(records);
  }

  nextWakeAt(): Millis | undefined {
    const offeringAt = earliest(...[...this.#offerings.values()].map((offering) => offering.nextAt()));
    return earliest(this.#planAt, offeringAt, this.#asking.nextAt(), this.#store.isEmpty ? undefined : (this.#expireAt ?? (0 as Millis)));
  }

  /** Does what is due. */
  wake(now: Millis): void {
    if ((this.nextWakeAt() ?? Number.POSITIVE_INFINITY) > now) return;
    if (this.#expireAt === undefined || this.#expireAt <= now) {
      this.#expireAt = later(now, mailExpiryMs);
      for (const held of this.#store.expire(this.#ports.wallNow())) this.#letGo(held);
    }
    if (this.#planAt !== undefined && this.#planAt <= now) this.#plan(now);
    this.#offer(now);
    this.#ask(now);
    this.#flush(now);
  }

  stats(): MailStats {
    return this.#store.stats();
  }

  takeRecords(): MailRecord[] {
    return [...this.#store.takeRecords(), ...this.#seen.takeRecords()];
  }

  // ── One's own ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A piece of one's own is to be held by others: it goes to them at once. */
  keep(mail: Mail, now: Millis): MailRefusal | undefined {
    const refusal = this.#store.add(mail, this.#self, this.#ports.wallNow());
    const held = this.#store.get(mail.id);
    if (held === undefined) return refusal;
    for (const target of this.#targets(held, now)) {
      this.#offering(target).put(mail.id, mail.bytes.length, now);
      this.#ports.send(target, { k: "put", mail: [mail] }, now);
    }
    return undefined;
  }

  /** It is not needed any more. */
  withdraw(id: MailId, now: Millis): void {
    const held = this.#store.remove(id);
    if (held === undefined) return;
    for (const [peerId, offering] of this.#offerings)
      if (offering.settled(id) || held.copies.has(peerId)) this.#words.to(peerId).gone.push(id);
    for (const peerId of held.copies) if (!this.#offerings.has(peerId)) this.#words.to(peerId).gone.push(id);
    this.#flush(now);
  }

  own(id: MailId): HeldMail | undefined {
    const held = this.#store.get(id);
    return held?.from === this.#self ? held : undefined;
  }

  /** Everything of one's own, in order. */
  *allOwn(): Iterable<HeldMail> {
    for (const held of this.#store.all()) if (held.from === this.#self) yield held;
  }

  // ── Who is there ──────────────────────────────────────────────────────────────────────────────────────────────────

  peerReachable(peerId: PeerId, now: Millis): void {
    for (const { mail } of this.#store.forReader(peerId)) this.#offering(peerId).add(mail.id, mail.bytes.length, now);
    this.#planSoon(now);
    this.#offer(now);
  }

  peerUnreachable(peerId: PeerId, now: Millis): void {
    this.#offerings.delete(peerId);
    this.#asking.unreachable(peerId);
    this.#words.unreachable(peerId);
    let hasChanged = false;
    for (const held of this.#store.all()) {
      held.refusals.delete(peerId);
      if (held.copies.delete(peerId) && held.from === this.#self) hasChanged = true;
    }
    if (hasChanged) this.#ports.changed();
    this.#planSoon(now);
  }

  /** The host or its successors are others. */
  roleChanged(now: Millis): void {
    this.#planSoon(now);
  }

  #planSoon(now: Millis): void {
    this.#planAt ??= later(now, mailGatherMs);
  }

  /** Whoever should have a piece, and has not said so, is offered it. */
  #plan(now: Millis): void {
    this.#planAt = undefined;
    let hasRefusal = false;
    for (const held of this.#store.all()) {
      if (held.refusals.size > 0) hasRefusal = true;
      for (const target of this.#targets(held, now)) this.#offering(target).add(held.mail.id, held.mail.bytes.length, now);
    }
    if (hasRefusal) this.#planAt = later(now, mailRetryMsMax);
  }

  /** Those of the first in the role that lack it, as far as is known. */
  #targets({ mail, from, copies, refusals }: HeldMail, now: Millis): PeerId[] {
    const holders: PeerId[] = [];
    for (const peerId of this.#ports.role()) {
      if (holders.length >= mailCopies) break;
      const refusal = refusals.get(peerId);
      if (peerId === from || peerId === mail.to || (refusal !== undefined && now - refusal.at < mailRetryMsMax)) continue;
      if (peerId === this.#self || this.#ports.isReachable(peerId)) holders.push(peerId);
    }
    return holders.filter((peerId) => peerId !== this.#self && !copies.has(peerId));
  }

  #offering(to: PeerId): MailOffering {
    let offering = this.#offerings.get(to);
    if (offering === undefined) {
      offering = new MailOffering();
      this.#offerings.set(to, offering);
    }
    return offering;
  }

  #offer(now: Millis): void {
    for (const [peerId, offering] of this.#offerings) {
      const mail = offering.take(now);
      if (mail.length > 0) this.#ports.send(peerId, { k: "offer", mail }, now);
      if (offering.isEmpty) this.#offerings.delete(peerId);
    }
  }

  #ask(now: Millis): void {
    for (const [peerId, ids] of this.#asking.take(now)) this.#words.to(peerId).wanted.push(...ids);
  }

  // ── What comes ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** False for what no peer that follows the protocol sends. */
  receive(from: PeerId, frame: MailFrame, now: Millis): boolean {
    let holds = true;
    if (frame.k === "offer") for (const [id, bytes] of frame.mail) this.#offered(from, id, bytes);
    else if (frame.k === "put") for (const mail of frame.mail) holds = this.#put(from, mail, now) && holds;
    else holds = this.#heard(from, frame, now);
    this.#ask(now);
    this.#offer(now);
    this.#flush(now);
    return holds;
  }

  #offered(from: PeerId, id: MailId, bytes: number): void {
    const proof = this.#store.proof(id);
    const seen = this.#seen.get(id);
    const held = this.#store.get(id);
    if (held !== undefined) {
      if (from !== held.mail.to && this.#ports.role().includes(from)) this.#copied(held, from);
      this.#words.to(from).held.push(id);
    } else if (proof !== undefined) this.#words.to(from).taken.push(proof);
    else if (seen !== undefined) this.#sayTaken(from, id, seen);
    else if (this.#early.has(id)) return;
    else this.#asking.offered(from, id, bytes);
  }

  #put(from: PeerId, mail: Mail, now: Millis): boolean {
    const { signatures, identityFromKeys, wallNow } = this.#ports;
    const { id } = mail;
    const offeredBy = new Set([from, ...this.#asking.settled(id)]);
    const proof = this.#store.proof(id);
    const seen = this.#seen.get(id);
    if (this.#store.get(id) !== undefined) {
      this.#words.to(from).held.push(id);
      return true;
    }
    if (proof !== undefined) this.#words.to(from).taken.push(proof);
    else if (seen !== undefined) this.#sayTaken(from, id, seen);
    if (proof !== undefined || seen !== undefined || this.#early.has(id)) return true;
    const sender = senderOf(signatures, identityFromKeys, mail);
    if (sender === undefined || sender.peerId === this.#self) return false;
    if (mail.to === this.#self) {
      this.#read(mail, sender, [...offeredBy], false, now);
      return true;
    }
    const refusal = this.#store.add(mail, sender.peerId, wallNow());
    if (refusal !== undefined) this.#words.to(from).refused.push([id, refusal]);
    else {
      this.#words.to(from).held.push(id);
      if (from !== sender.peerId) this.#store.get(id)?.copies.add(from);
      // Its reader may be here already, unknown to whoever brought it.
      if (this.#ports.isReachable(mail.to)) this.#offering(mail.to).add(id, mail.bytes.length, now);
    }
    return true;
  }

  #read(mail: Mail, from: PublicIdentity, offeredBy: readonly PeerId[], again: boolean, now: Millis): void {
    const { id } = mail;
    const reading = this.#ports.read(from, mail, again, now);
    if (reading === "early") {
      if (this.#early.size < mailSeenMax) this.#early.set(id, { mail, from, offeredBy });
      return;
    }
    this.#early.delete(id);
    this.#seen.add(id, reading);
    for (const peerId of offeredBy) if (this.#ports.isReachable(peerId)) this.#sayTaken(peerId, id, reading);
    if (reading !== "read") return;
    for (const [, early] of this.#early) {
      if (early.from.peerId !== from.peerId) continue;
      this.#read(early.mail, early.from, early.offeredBy, true, now);
      return;
    }
  }

  #sayTaken(to: PeerId, id: MailId, reading: Seen): void {
    const { signatures, signSeed, self } = this.#ports;
    if (reading !== "ignored") this.#words.to(to).taken.push(signTaken(signatures, signSeed, self, id, reading === "read"));
  }

  #heard(from: PeerId, word: MailWord, now: Millis): boolean {
    for (const id of word.held) {
      const held = this.#answered(from, id);
      if (held !== undefined) this.#copied(held, from);
    }
    for (const [id, why] of word.refused) {
      const held = this.#answered(from, id);
      if (held === undefined) continue;
      held.refusals.set(from, { why, at: now });
      this.#planSoon(now);
      if (held.from === this.#self) this.#ports.changed();
    }
    for (const id of word.gone) this.#gone(from, id, now);
    let holds = true;
    for (const taken of word.taken) holds = this.#taken(from, taken) && holds;
    this.#serve(from, word.wanted, now);
    return holds;
  }

  /** What it answers of; undefined where it was not asked. */
  #answered(from: PeerId, id: MailId): HeldMail | undefined {
    const wasAsked = this.#offerings.get(from)?.settled(id) === true;
    const held = this.#store.get(id);
    return wasAsked && from !== held?.mail.to ? held : undefined;
  }

  #copied(held: HeldMail, by: PeerId): void {
    if (held.copies.has(by)) return;
    held.copies.add(by);
    if (held.from === this.#self) this.#ports.changed();
  }

  #gone(from: PeerId, id: MailId, now: Millis): void {
    const held = this.#store.get(id);
    this.#asking.settled(id);
    if (held === undefined) return;
    if (from === held.from) {
      this.#store.remove(id);
      for (const offering of this.#offerings.values()) offering.settled(id);
      return;
    }
    if (!held.copies.delete(from)) return;
    held.refusals.set(from, { why: "old", at: now });
    if (held.from === this.#self) this.#ports.changed();
    this.#planSoon(now);
  }

  /** Its reader has it, and proves it: nobody needs to hold it any more. */
  #taken(from: PeerId, taken: Taken): boolean {
    const held = this.#store.get(taken.id);
    this.#offerings.get(from)?.settled(taken.id);
    if (held === undefined) return true;
    if (takerOf(this.#ports.signatures, this.#ports.identityFromKeys, taken) !== held.mail.to) return false;
    this.#store.remove(taken.id);
    this.#store.addProof(taken);
    for (const offering of this.#offerings.values()) offering.settled(taken.id);
    for (const peerId of new Set([held.from, ...held.copies])) {
      if (peerId !== from && peerId !== this.#self && this.#ports.isReachable(peerId)) this.#words.to(peerId).taken.push(taken);
    }
    if (held.from === this.#self) this.#ports.ended(taken.id, taken.isRead ? "read" : "unreadable", held.mail.to);
    return true;
  }

  /** No more at once than one window; whoever follows the protocol asks for no more. */
  #serve(to: PeerId, ids: readonly MailId[], now: Millis): void {
    const isInRole = this.#ports.role().includes(to);
    let bytes = 0;
    let together: Mail[] = [];
    let togetherBytes = 0;
    const send = (): void => {
      if (together.length > 0) this.#ports.send(to, { k: "put", mail: together }, now);
      together = [];
      togetherBytes = 0;
    };
    for (const id of ids) {
      const mail = this.#store.get(id)?.mail;
      if (mail === undefined || (mail.to !== to && !isInRole)) continue;
      const length = mail.bytes.length;
      if (bytes + length > mailWindowBytes) break;
      bytes += length;
      if (togetherBytes + length > mailWindowBytes / 4 || together.length >= mailPerFrameMax) send();
      together.push(mail);
      togetherBytes += length + 3;
      this.#offerings.get(to)?.put(id, length, now);
    }
    send();
  }

  #letGo(held: HeldMail): void {
    const { mail, from, copies } = held;
    for (const offering of this.#offerings.values()) offering.settled(mail.id);
    if (from === this.#self) {
      for (const peerId of copies) this.#words.to(peerId).gone.push(mail.id);
      this.#ports.ended(mail.id, "old", undefined);
    } else if (this.#ports.isReachable(from)) this.#words.to(from).gone.push(mail.id);
  }

  #flush(now: Millis): void {
    for (const [to, word] of this.#words.take()) this.#ports.send(to, word, now);
  }
}
