/**
 * The sender's side of mail: which of one's own entries somebody who is away has not acknowledged, and which pieces of mail
 * bring them there. A piece carries the entries of one log from where the last one ended, so that its reader can put them in order.
 */
import type { PublicIdentity, Signatures } from "../crypto/ports.ts";
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import { earliest, later } from "./backoff.ts";
import { type Batch, EntryReader, takeBatch } from "./batch.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { type LogKey, logKey } from "./event.ts";
import { heldByMin, mailAgeMs, mailPatienceMs, mailReadersPerRoomMax, seqMax } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import { type MailId, signMail } from "./mail-frames.ts";
import type { MailRecord } from "./mail-store.ts";
import type { Mailbox } from "./mailbox.ts";
import { lobbyId } from "./names.ts";
import { mayRead } from "./reading.ts";
import type { Room } from "./room.ts";
import { isCount, isList, isLogId, isPeerId, isRoomId } from "./shape.ts";

/** Why a message waits although it was to be held: nobody to hold it, too few, no space, no keys of its reader, or the reader cannot open it. */
export type NotHeld = "noHolders" | "full" | "noKeys" | "unreadable";

export interface DepositsPorts {
  readonly self: PublicIdentity;
  readonly signSeed: Uint8Array;
  readonly signatures: Signatures;
  readonly wallNow: () => Millis;
  readonly mailbox: Mailbox;
  rooms(): Iterable<Room>;
  room(roomId: RoomId): Room | undefined;
  isReachable(peerId: PeerId): boolean;
  isBlocked(peerId: PeerId): boolean;
  /** Those who were here last first. */
  byLastMet(peerIds: readonly PeerId[]): PeerId[];
  encode(room: Room, batch: Batch): Uint8Array;
  /** As it would go over the link; undefined where there are no keys of that reader. */
  seal(to: PeerId, payload: Uint8Array, now: Millis): Uint8Array | undefined;
  /** The reader has everything of a log of our own up to `seq`. */
  confirm(room: Room, log: AuthorLog, by: PeerId, seq: number): void;
}

export interface Deposit {
  readonly roomId: RoomId;
  readonly logId: LogId;
  readonly to: PeerId;
  /** It carries the entries after `from`, up to `upTo`. */
  readonly from: number;
  readonly upTo: number;
}

type Way = `${LogKey} ${PeerId}`;

const depositPrefix = "deposit/";

export class Deposits {
  readonly #ports: DepositsPorts;
  readonly #deposits = new Map<MailId, Deposit>();
  /** By log and reader, in order. */
  readonly #ways = new Map<Way, MailId[]>();
  /** Places of the entries whose keys a piece brings; of pieces made in this start. */
  readonly #keyed = new Map<MailId, readonly number[]>();
  readonly #failures = new Map<Way, NotHeld>();
  /** Who could not open what was sealed for them: until they come, more of it is of no use. */
  readonly #givenUp = new Set<PeerId>();
  /** Younger entries are left to the members who are here. */
  #patientUntil: Millis | undefined;
  #lastAt = 0;
  /** Pieces, since the start. */
  #made = 0;
  #records: MailRecord[] = [];

  constructor(ports: DepositsPorts) {
    this.#ports = ports;
  }

  /** After the mailbox. Mail whose purpose was lost is withdrawn. */
  restore(records: Iterable<readonly [string, Uint8Array]>): void {
    const { mailbox } = this.#ports;
    for (const [key, value] of records) {
      if (!key.startsWith(depositPrefix)) continue;
      const id = key.slice(depositPrefix.length) as MailId;
      const deposit = decodeDeposit(value);
      if (deposit !== undefined && mailbox.own(id) !== undefined) this.#deposits.set(id, deposit);
      else this.#records.push({ key, value: undefined });
    }
    for (const { mail } of mailbox.allOwn()) {
      this.#lastAt = Math.max(this.#lastAt, mail.at);
      const deposit = this.#deposits.get(mail.id);
      if (deposit !== undefined) this.#way(deposit).push(mail.id);
    }
    for (const ids of this.#ways.values()) ids.sort((a, b) => (this.#deposits.get(a)?.from ?? 0) - (this.#deposits.get(b)?.from ?? 0));
  }

  nextWakeAt(): Millis | undefined {
    return this.#patientUntil;
  }

  takeRecords(): MailRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** Makes what is missing, and withdraws what is not needed any more. Answers whether messages wait otherwise than before. */
  settle(now: Millis): boolean {
    const before = new Map(this.#failures);
    const made = this.#made;
    this.#patientUntil = undefined;
    for (const [id, deposit] of [...this.#deposits]) if (!this.#isNeeded(deposit) || this.#isOutdated(id, deposit)) this.#drop(id, now);
    this.#failures.clear();
    for (const room of this.#ports.rooms()) if (room.isJoined && room.roomId !== lobbyId) this.#settleRoom(room, now);
    const isSame = before.size === this.#failures.size && [...before].every(([way, why]) => this.#failures.get(way) === why);
    return !isSame || made !== this.#made;
  }

  peerReachable(peerId: PeerId): void {
    this.#givenUp.delete(peerId);
  }

  /** The mailbox is done with one of ours. */
  ended(id: MailId, how: "read" | "unreadable" | "old"): void {
    const deposit = this.#deposits.get(id);
    this.#forget(id);
    if (deposit === undefined) return;
    const room = this.#ports.room(deposit.roomId);
    const log = room?.logs.get(logKey(this.#ports.self.peerId, deposit.logId));
    if (how === "unreadable") this.#givenUp.add(deposit.to);
    if (how === "read" && room !== undefined && log !== undefined)
      this.#ports.confirm(room, log, deposit.to, Math.min(deposit.upTo, log.seq));
  }

  /** Who holds this entry for that reader, and can be reached. */
  holders(log: AuthorLog, seq: number, to: PeerId): readonly PeerId[] {
    for (const id of this.#ways.get(wayOf(log.key, to)) ?? []) {
      const deposit = this.#deposits.get(id);
      if (deposit !== undefined && deposit.from < seq && seq <= deposit.upTo) return [...(this.#ports.mailbox.own(id)?.copies ?? [])];
    }
    return [];
  }

  /** Why nobody, or too few, hold this entry for that reader. */
  whyNot(log: AuthorLog, seq: number, to: PeerId): NotHeld {
    const failure = this.#failures.get(wayOf(log.key, to));
    if (failure !== undefined) return failure;
    for (const id of this.#ways.get(wayOf(log.key, to)) ?? []) {
      const deposit = this.#deposits.get(id);
      const refusals = this.#ports.mailbox.own(id)?.refusals;
      if (deposit !== undefined && deposit.from < seq && seq <= deposit.upTo && (refusals?.size ?? 0) > 0) return "full";
    }
    return "noHolders";
  }

  #settleRoom(room: Room, now: Millis): void {
    const { self, isReachable, isBlocked, byLastMet } = this.#ports;
    const others = room.membership.members().filter((peerId) => peerId !== self.peerId);
    const absent = others.filter((peerId) => !isReachable(peerId) && !isBlocked(peerId));
    // Guests stay members of public rooms, and never come back.
    const away = absent.length <= mailReadersPerRoomMax ? absent : byLastMet(absent).slice(0, mailReadersPerRoomMax);
    const here = others.filter((peerId) => isReachable(peerId));
    for (const log of away.length === 0 ? [] : room.ownLogs) {
      const having = here.filter((peerId) => (log.confirmed.get(peerId) ?? 0) >= log.seq);
      if (having.length >= heldByMin || (here.length >= heldByMin && this.#isPatient(log, now))) continue;
      for (const to of away) this.#settleWay(room, log, to, now);
    }
  }

  /** Whether those who are here may still acknowledge it. */
  #isPatient(log: AuthorLog, now: Millis): boolean {
    const arrivedAt = log.entry(log.seq)?.arrivedAt ?? 0;
    const waitMs = arrivedAt + mailPatienceMs - this.#ports.wallNow();
    if (waitMs <= 0 || waitMs > mailPatienceMs) return false;
    this.#patientUntil = earliest(this.#patientUntil, later(now, waitMs));
    return true;
  }

  #settleWay(room: Room, log: AuthorLog, to: PeerId, now: Millis): void {
    const confirmed = log.confirmed.get(to) ?? 0;
    if (confirmed >= log.seq || !this.#hasWord(log, confirmed)) return;
    const way = wayOf(log.key, to);
    if (this.#givenUp.has(to)) {
      this.#failures.set(way, "unreadable");
      return;
    }
    const pieces = (this.#ways.get(way) ?? []).flatMap((id) => this.#deposits.get(id) ?? []).sort((a, b) => a.from - b.from);
    let covered = confirmed;
    for (const { from, upTo } of [...pieces, { from: log.seq, upTo: log.seq }]) {
      while (covered < from) {
        const reached = this.#deposit(room, log, to, covered, from, now);
        if (typeof reached === "string") {
          this.#failures.set(way, reached);
          return;
        }
        covered = reached;
      }
      covered = Math.max(covered, upTo);
    }
  }

  /** Whether something that people wrote not too long ago comes after `seq`. */
  #hasWord(log: AuthorLog, seq: number): boolean {
    const since = this.#ports.wallNow() - mailAgeMs;
    for (let at = log.seq; at > Math.max(seq, log.base); at--) {
      const entry = log.entry(at);
      if (entry !== undefined && entry.arrivedAt < since) return false;
      if (entry !== undefined && isWord(entry)) return true;
    }
    return false;
  }

  /** Up to where it reaches, or why it did not come about. */
  #deposit(room: Room, log: AuthorLog, to: PeerId, from: number, target: number, now: Millis): number | NotHeld {
    const { self, signSeed, signatures, mailbox, wallNow } = this.#ports;
    const queue = { log, sent: from, target, above: 0 };
    const batch = takeBatch([queue], to, new EntryReader(room), (entry) => mayRead(room, to, entry));
    if (batch === undefined) return "noKeys";
    const sealed = this.#ports.seal(to, this.#ports.encode(room, batch), now);
    if (sealed === undefined) return "noKeys";
    this.#lastAt = Math.max(this.#lastAt + 1, wallNow());
    const mail = signMail(signatures, signSeed, self, to, this.#lastAt as Millis, sealed);
    if (mailbox.keep(mail, now) !== undefined) return "full";
    const deposit = { roomId: room.roomId, logId: log.logId, to, from, upTo: queue.sent };
    this.#made += 1;
    this.#deposits.set(mail.id, deposit);
    this.#keyed.set(
      mail.id,
      batch.keys.flatMap(([place]) => batch.events[place]?.seq ?? []),
    );
    this.#way(deposit).push(mail.id);
    this.#records.push({ key: `${depositPrefix}${mail.id}`, value: encodeDeposit(deposit) });
    return queue.sent;
  }

  #isNeeded({ roomId, logId, to, upTo }: Deposit): boolean {
    const room = this.#ports.room(roomId);
    const log = room?.logs.get(logKey(this.#ports.self.peerId, logId));
    return log !== undefined && room?.isJoined === true && room.membership.isMember(to) && (log.confirmed.get(to) ?? 0) < upTo;
  }

  /** It brings the key of a message that has been destroyed here: it is made again without it. */
  #isOutdated(id: MailId, { roomId, logId }: Deposit): boolean {
    const log = this.#ports.room(roomId)?.logs.get(logKey(this.#ports.self.peerId, logId));
    return this.#keyed.get(id)?.some((seq) => isDestroyed(log?.entry(seq))) === true;
  }

  #drop(id: MailId, now: Millis): void {
    this.#forget(id);
    this.#ports.mailbox.withdraw(id, now);
  }

  #forget(id: MailId): void {
    const deposit = this.#deposits.get(id);
    if (deposit === undefined) return;
    this.#deposits.delete(id);
    this.#keyed.delete(id);
    const key = wayOf(logKey(this.#ports.self.peerId, deposit.logId), deposit.to);
    const left = (this.#ways.get(key) ?? []).filter((other) => other !== id);
    if (left.length === 0) this.#ways.delete(key);
    else this.#ways.set(key, left);
    this.#records.push({ key: `${depositPrefix}${id}`, value: undefined });
  }

  #way({ logId, to }: Deposit): MailId[] {
    const key = wayOf(logKey(this.#ports.self.peerId, logId), to);
    const ids = this.#ways.get(key) ?? [];
    this.#ways.set(key, ids);
    return ids;
  }
}

const isDestroyed = (entry: LogEntry | undefined): boolean => entry !== undefined && entry.secret === undefined;
const wayOf = (key: LogKey, to: PeerId): Way => `${key} ${to}`;

/** Who came or went is no reason to trouble anybody. */
function isWord({ event }: LogEntry): boolean {
  const { kind } = event.body;
  return kind !== "created" && kind !== "joined" && kind !== "left" && kind !== "invited";
}

export const encodeDeposit = ({ roomId, logId, to, from, upTo }: Deposit): Uint8Array => encodeCbor([roomId, logId, to, from, upTo]);

/** Undefined for what this version does not write. */
export function decodeDeposit(bytes: Uint8Array): Deposit | undefined {
  const fields = decodeCbor(bytes);
  if (!isList(fields, 5)) return undefined;
  const [roomId, logId, to, from, upTo] = fields;
  if (!isRoomId(roomId) || !isLogId(logId) || !isPeerId(to) || !isCount(from, seqMax) || !isCount(upTo, seqMax)) return undefined;
  return { roomId, logId, to, from, upTo };
}
