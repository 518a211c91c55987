/**
 * Mail for those who are away, composed: the mailbox (what lies where), the deposits (what is put there), the sealing, and the
 * keys of people who are not here. See docs/decisions/0019.
 */
import type { Correspondent, Identity, PublicIdentity, Signatures } from "../crypto/ports.ts";
import type { Millis, PeerId } from "../ids.ts";
import type { Mesh, MeshEvent } from "../mesh/index.ts";
import {
  type DeliveryPort,
  Deposits,
  decodeMailFrame,
  encodeMailFrame,
  type IdentityFromKeys,
  type Mail,
  Mailbox,
  type MailStats,
  type Reading,
  type Received,
  type RoomsForMail,
} from "../rooms/index.ts";
import type { RoomsOutcome } from "../rooms/ports.ts";
import type { Correspondence } from "./correspondence.ts";
import type { KeptRecord } from "./effect.ts";
import { KnownKeys } from "./known-keys.ts";
import { earlyMailMax, mailGatherCrowdMs, mailGatherMs, smallCrowd } from "./limits.ts";
import type { OwnSettings } from "./own-settings.ts";

export interface PostOfficeParts {
  readonly self: Identity;
  readonly signatures: Signatures;
  readonly identityFromKeys: IdentityFromKeys;
  readonly wallNow: () => Millis;
  readonly mesh: Mesh;
  readonly correspondence: Correspondence;
  readonly settings: OwnSettings;
  rooms(): RoomsForMail;
  isBlocked(peerId: PeerId): boolean;
  /** A payload that somebody sealed for us, as if it had come directly. */
  receive(from: PeerId, payload: Uint8Array, now: Millis): Received;
  absorb(outcome: RoomsOutcome, now: Millis): void;
}

export class PostOffice {
  readonly delivery: DeliveryPort;
  readonly keys: KnownKeys;
  readonly #parts: PostOfficeParts;
  readonly #mailbox: Mailbox;
  readonly #deposits: Deposits;
  /** Opened, and waiting for what comes before it. */
  readonly #early = new Map<string, readonly Uint8Array[]>();
  #role = "";
  #settleAt: Millis | undefined;
  #settledAt = 0;
  /** Others are here, or hold something, than when states of messages were last looked at. */
  #isOtherwise = false;

  /** @param kept records of the table "mail" */
  constructor(parts: PostOfficeParts, kept: Iterable<readonly [string, Uint8Array]>) {
    this.#parts = parts;
    const records = [...kept];
    const { self, signatures, identityFromKeys, mesh, isBlocked } = parts;
    const wallNow = (): Millis => Math.floor(parts.wallNow()) as Millis;
    const isReachable = (peerId: PeerId): boolean => mesh.isReachable(peerId);
    this.keys = new KnownKeys(identityFromKeys, records);
    this.#mailbox = new Mailbox(
      {
        self,
        signSeed: self.signSeed,
        signatures,
        identityFromKeys,
        wallNow,
        isReachable,
        role: () => this.#holders(),
        read: (from, mail, again, now) => this.#read(from, mail, again, now),
        send: (to, frame, now) => parts.correspondence.tellOfMail(to, encodeMailFrame(frame), now),
        ended: (id, how) => this.#deposits.ended(id, how),
        changed: () => {
          this.#isOtherwise = true;
          this.#settleAt ??= 0 as Millis;
        },
      },
      records,
    );
    this.#deposits = new Deposits({
      self,
      signSeed: self.signSeed,
      signatures,
      wallNow,
      mailbox: this.#mailbox,
      rooms: () => parts.rooms().rooms(),
      room: (roomId) => parts.rooms().room(roomId),
      isReachable,
      isBlocked,
      byLastMet: (peerIds) => this.keys.byLastMet(peerIds),
      encode: (room, batch) => parts.rooms().encode(room, batch),
      seal: (to, payload, now) => {
        const known = this.#correspondent(to);
        return known && parts.correspondence.sealAway(known, payload, now);
      },
      confirm: (room, log, by, seq) => parts.rooms().confirm(room, log, by, seq),
    });
    this.#deposits.restore(records);
    this.delivery = {
      isHere: isReachable,
      holders: (log, seq, to) => this.#deposits.holders(log, seq, to),
      readReceipts: () => parts.settings.all.readReceipts,
      whyNot: (log, seq, to) => this.#deposits.whyNot(log, seq, to),
    };
  }

  nextWakeAt(): Millis | undefined {
    const due = [this.#settleAt, this.#mailbox.nextWakeAt(), this.#deposits.nextWakeAt()].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : (Math.min(...due) as Millis);
  }

  meshEvent(event: MeshEvent, now: Millis): void {
    switch (event.type) {
      case "reachable":
        this.#met(event.peerId);
        this.#deposits.peerReachable(event.peerId);
        this.#mailbox.peerReachable(event.peerId, now);
        this.#isOtherwise = true;
        this.changed(now);
        return;
      case "unreachable":
        this.#mailbox.peerUnreachable(event.peerId, now);
        this.#isOtherwise = true;
        this.changed(now);
        return;
      case "peerChanged":
        this.#met(event.peerId);
        return;
      default:
    }
  }

  /** Something was said, acknowledged, or is true of other people now. */
  changed(now: Millis): void {
    const gatherMs = this.#parts.mesh.reachable().length > smallCrowd ? mailGatherCrowdMs : mailGatherMs;
    this.#settleAt ??= Math.max(now + mailGatherMs, this.#settledAt + gatherMs) as Millis;
  }

  /** False for what no peer that follows the protocol sends. */
  arrived(from: PeerId, payload: Uint8Array, now: Millis): boolean {
    const frame = decodeMailFrame(payload);
    return frame !== undefined && this.#mailbox.receive(from, frame, now);
  }

  /** After every input. */
  step(now: Millis): void {
    const { hostId, successors } = this.#parts.mesh.host;
    const role = `${hostId} ${successors.join(" ")}`;
    if (role !== this.#role) this.#mailbox.roleChanged(now);
    this.#role = role;
    this.#mailbox.wake(now);
    const patientUntil = this.#deposits.nextWakeAt();
    if (this.#settleAt !== undefined && this.#settleAt <= now) this.settle(now);
    else if (patientUntil !== undefined && patientUntil <= now) this.settle(now);
  }

  /** Puts what is to be put where it can be; and before this peer leaves. */
  settle(now: Millis): void {
    this.#settleAt = undefined;
    this.#settledAt = now;
    const rooms = this.#parts.rooms();
    if (this.#deposits.settle(now) || this.#isOtherwise) rooms.restate();
    this.#isOtherwise = false;
    const outcome = rooms.take();
    const settleAt = this.#settleAt;
    this.#parts.absorb(outcome, now);
    // What was just told changes nothing by being told.
    this.#settleAt = settleAt;
  }

  /** Whether this person tells others what they have seen and is shown the same may be different now. */
  settingsChanged(now: Millis): void {
    this.#parts.rooms().retell();
    this.#parts.absorb(this.#parts.rooms().take(), now);
  }

  stats(): MailStats {
    return this.#mailbox.stats();
  }

  takeRecords(): KeptRecord[] {
    const records = [...this.#mailbox.takeRecords(), ...this.#deposits.takeRecords()];
    return [...records.map((record): KeptRecord => ({ table: "mail", ...record })), ...this.keys.takeRecords()];
  }

  #holders(): PeerId[] {
    const { role, hostId, successors } = this.#parts.mesh.host;
    return role === "alone" ? [] : [...new Set([hostId, ...successors])];
  }

  #met(peerId: PeerId): void {
    const known = this.#parts.mesh.known(peerId);
    if (known !== undefined) this.keys.met(known);
  }

  #correspondent(peerId: PeerId): Correspondent | undefined {
    const known = this.#parts.mesh.known(peerId);
    return known === undefined ? this.keys.get(peerId) : { identity: known.identity, prekey: known.card.prekey };
  }

  #read(from: PublicIdentity, mail: Mail, again: boolean, now: Millis): Reading {
    if (this.#parts.isBlocked(from.peerId)) return "ignored";
    this.keys.heardOf(from);
    const waiting = again ? this.#early.get(mail.id) : undefined;
    const correspondent = this.#correspondent(from.peerId) ?? { identity: from, prekey: undefined };
    const payloads = waiting ?? this.#parts.correspondence.openAway(correspondent, mail.sealed, now);
    if (payloads === undefined) return "unreadable";
    for (const payload of payloads) {
      const received = this.#parts.receive(from.peerId, payload, now);
      if (!received.ok) return received.failure === "notAllowed" ? "ignored" : "unreadable";
      this.#parts.absorb(received.outcome, now);
    }
    if (payloads.every((payload) => this.#parts.rooms().hasAll(payload))) {
      this.#early.delete(mail.id);
      return "read";
    }
    if (this.#early.size < earlyMailMax) this.#early.set(mail.id, payloads);
    return "early";
  }
}
