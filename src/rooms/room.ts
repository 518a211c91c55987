/** One room as this peer knows it: logs, members, merged history. Decides nothing about who is told what. */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import { actOn, isMessage, showTakenBack } from "./acting.ts";
import { Acts } from "./acts.ts";
import { RoomArchive, type RoomStore } from "./archive.ts";
import { HybridClock } from "./clock.ts";
import type { DeliveryPort } from "./delivery.ts";
import { logIdIn } from "./digest.ts";
import { type EventBody, type LogKey, logKey, type RoomEvent, signEvent } from "./event.ts";
import { Expiry } from "./expiry.ts";
import type { RoomKeeper } from "./keeping.ts";
import type { KeptReceipts, KeptRoom } from "./kept-room.ts";
import { Learnt } from "./learnt.ts";
import { newcomerMs, ownLogsMax } from "./limits.ts";
import type { Accepted, AuthorLog, LogEntry } from "./log.ts";
import { Logs } from "./logs.ts";
import { Membership, ruleOf } from "./membership.ts";
import { lobbyId } from "./names.ts";
import { noteNews } from "./news.ts";
import type { RoomsPorts } from "./ports.ts";
import type { History, RoomRecord } from "./record.ts";
import type { RestoredLog } from "./restoring.ts";
import { Threads } from "./threads.ts";
import { Timeline } from "./timeline.ts";
import { trim } from "./trimming.ts";
import { Unread } from "./unread.ts";

export class Room {
  readonly roomId: RoomId;
  /** Undefined for the lobby and for direct conversations. */
  readonly record: RoomRecord | undefined;
  readonly membership: Membership;
  readonly timeline: Timeline;
  /** Undefined where memory alone holds what was said. */
  readonly archive: RoomArchive | undefined;
  readonly logs = new Logs();
  ownKey: LogKey;
  invitedBy: PeerId | undefined;
  /** Whose word brought the record here; undefined for rooms made here. */
  learntFrom: PeerId | undefined;
  /** Who told this peer of the room before it was in: the first to turn to, until the room's own entries say who else is in. */
  readonly introducers = new Set<PeerId>();
  /** Who sent this peer an invitation. */
  readonly inviters = new Set<PeerId>();
  /** Members according to the host: where to turn for joining. */
  listed: readonly PeerId[] = [];
  /** How many they are in all, where the host names only some; else 0. */
  listedCount = 0;
  /**
   * Nobody lists it any more, and this peer has left it. It is kept unseen: those who were out of reach have not heard of the
   * `left` yet, and a second log under the same name would contradict the first.
   */
  isClosed = false;
  /** Invitations of one's own that the invited has not confirmed. */
  readonly pendingInvites = new Set<PeerId>();
  readonly learnt = new Learnt();
  /** When what is too old was let go last (retention.ts); wall time. */
  lookedBackAt: Millis | undefined;
  isLettingGo = false;
  /** Whose log has just turned out to be two, until it is told. */
  readonly forked = new Set<PeerId>();
  readonly news = new Unread();
  readonly acts = new Acts();
  readonly threads = new Threads();
  /** Of the lobby nothing disappears: nobody may decide that for everybody. */
  readonly expiry = new Expiry();
  readonly delivery: DeliveryPort | undefined;
  readonly ports: RoomsPorts;
  readonly keeper: RoomKeeper;
  #ownLogId: LogId;
  /** When others' first word came. */
  #heardAt: number | undefined;
  readonly #clock = new HybridClock();
  /** Older messages were there before this peer was: they are history, not news. */
  newsSince = 0;

  constructor(ports: RoomsPorts, roomId: RoomId, record: RoomRecord | undefined, keeper: RoomKeeper, kept?: RoomStore) {
    this.ports = ports;
    this.keeper = keeper;
    this.delivery = ports.delivery;
    this.archive = kept && new RoomArchive(this, kept);
    this.timeline = new Timeline(kept?.tail);
    this.roomId = roomId;
    this.record = record;
    this.membership = new Membership(ruleOf(roomId, record), ports.self.peerId);
    this.#ownLogId = logIdIn(ports.logId, roomId);
    this.ownKey = logKey(ports.self.peerId, this.#ownLogId);
    if (roomId === lobbyId) this.newsSince = ports.wallNow();
  }

  get unread(): number {
    return this.news.count;
  }
  get mentioned(): boolean {
    return this.news.mentioned;
  }

  get isJoined(): boolean {
    return this.membership.isMember(this.ports.self.peerId);
  }
  get history(): History {
    return this.record?.history ?? "all";
  }

  /** Others' words have only begun to come in: what was said lately is enough, the rest is asked for. */
  get isNewcomer(): boolean {
    return this.archive !== undefined && (this.#heardAt === undefined || this.ports.wallNow() - this.#heardAt < newcomerMs);
  }

  get isPublic(): boolean {
    return this.record?.visibility === "public";
  }
  /** Of this start of this peer, and of those before it. */
  get ownLogs(): readonly AuthorLog[] {
    return this.logs.of(this.ports.self.peerId);
  }
  get hasOwnLog(): boolean {
    return this.ownLogs.length > 0;
  }

  /** A conversation of two never has more than two. */
  get mayCrowd(): boolean {
    return this.record !== undefined || this.roomId === lobbyId;
  }

  /** Whether a peer may tell this one about the room, and hear that it exists. */
  admits(peerId: PeerId): boolean {
    return this.isPublic || this.membership.permits(peerId) || this.introducers.has(peerId);
  }

  /** Everyone else to whom the room's events go. */
  audience(): PeerId[] {
    const audience = new Set(this.membership.members());
    for (const peerId of [...this.listed, ...this.introducers]) if (!this.membership.hasLeft(peerId)) audience.add(peerId);
    audience.delete(this.ports.self.peerId);
    return [...audience];
  }

  isAudience(peerId: PeerId): boolean {
    if (this.membership.isMember(peerId)) return true;
    // Whom this peer invited before it left: its own entries are all that proves that the other may be there.
    if (!this.isJoined && this.hasOwnLog && this.membership.isAwaited(peerId)) return true;
    return !this.membership.hasLeft(peerId) && (this.introducers.has(peerId) || this.listed.includes(peerId));
  }

  /** Wherever it is. */
  entry(key: LogKey, seq: number): LogEntry | undefined {
    const log = this.logs.get(key);
    return log?.entry(seq) ?? (log && this.archive?.entry(log, seq));
  }

  /** Of one log from `seq` on, some at least where there are any. */
  entriesFrom(log: AuthorLog, seq: number, limit: number): readonly LogEntry[] {
    if (seq <= log.base) return this.archive?.ofLog(log, seq, limit) ?? [];
    return log.entries().slice(seq - log.base - 1, seq - log.base - 1 + limit);
  }

  /** As it was kept, before anything else. `state` undefined where it was lost: then its entries alone tell. */
  restore(
    state: KeptRoom | undefined,
    logs: readonly RestoredLog[],
    learnt: readonly (readonly [RoomEvent, PublicIdentity])[],
    receipts: readonly KeptReceipts[],
  ): void {
    for (const [event, author] of learnt) {
      this.learnt.add(event, author);
      this.membership.apply(event);
    }
    const entries = logs.flatMap((log) => this.#restoreLog(log)).filter((entry) => !entry.isPaged);
    for (const entry of entries) {
      this.acts.add(entry);
      this.threads.add(entry);
    }
    this.timeline.restore(entries);
    for (const entry of entries) showTakenBack(this, entry);
    for (const { logId, confirmed } of receipts) {
      const log = this.logs.get(logKey(this.ports.self.peerId, logId));
      for (const [peerId, seq, lacking] of confirmed) {
        log?.confirmed.set(peerId, seq);
        if (lacking > 0) log?.lacking.set(peerId, lacking);
      }
    }
    if (state === undefined) return;
    this.newsSince = state.newsSince;
    this.news.restore(state.unread, state.mentioned, this.timeline.messages, this.ports.self.peerId);
    // The entry that goes with it may have been lost: entries count.
    this.invitedBy = this.isJoined ? undefined : state.invitedBy;
    this.isClosed = state.isClosed && !this.isJoined;
    for (const peerId of state.introducers) this.introducers.add(peerId);
    for (const peerId of state.inviters) this.inviters.add(peerId);
    for (const peerId of state.pendingInvites) this.pendingInvites.add(peerId);
  }

  #restoreLog({ author, logId, floor, cut, base, words, entries, isFrozen }: RestoredLog): LogEntry[] {
    const log = this.logs.open(author, logId);
    if (author.peerId !== this.ports.self.peerId) this.#heardAt = 0;
    log.restore(floor, cut, base, words);
    const restored = entries.map(({ event, arrivedAt, sentTo, key, isPaged }) => {
      const entry = log.append(event, arrivedAt, !this.membership.isWritten, sentTo, key);
      entry.isPaged = isPaged;
      return entry;
    });
    for (const event of log.pinned) this.expiry.noteTimer(event);
    for (const entry of restored) this.#noteTimed(entry);
    for (const event of [...words, ...restored.map((entry) => entry.event)]) {
      this.#clock.observe(event.clock);
      this.membership.apply(event);
    }
    if (isFrozen) log.freeze();
    this.logs.touch(log);
    if (base > floor || restored.some((entry) => entry.isPaged)) this.archive?.use();
    return restored;
  }

  /** The last start wrote everything down: this one need not begin yet another log, where there are many. */
  goOn(): void {
    const last = this.ownLogs.length < ownLogsMax ? undefined : this.ownLogs.reduce((a, b) => (b.clock > a.clock ? b : a));
    if (last === undefined || last.isFrozen) return;
    this.#ownLogId = last.logId;
    this.ownKey = last.key;
  }

  /** Appends to one's own log. */
  append(body: EventBody, key?: Uint8Array): LogEntry {
    const { self, signatures, signSeed, wallNow } = this.ports;
    const log = this.logs.open(self, this.#ownLogId);
    const at = wallNow();
    const content = {
      roomId: this.roomId,
      author: self.peerId,
      logId: this.#ownLogId,
      seq: log.seq + 1,
      prev: log.head,
      clock: this.#clock.next(at),
      at,
      body,
    };
    return this.#enter(log, signEvent(signatures, signSeed, content), at, [], key);
  }

  /** Whether this peer has to write `joined` before its next message: it has been restarted since. */
  get mustRejoin(): boolean {
    return this.membership.isWritten && this.logs.get(this.ownKey)?.speaking !== true;
  }

  /** Whether an event would change anything here; then its signature is worth checking. */
  wants(event: RoomEvent): boolean {
    const key = logKey(event.author, event.logId);
    if (event.roomId !== this.roomId || key === this.ownKey) return false;
    if (!this.isJoined && event.author !== this.ports.self.peerId) return false;
    const log = this.logs.get(key);
    return log === undefined ? this.logs.hasSpaceFor(event.author) : event.seq > log.stated;
  }

  /** `event` is wanted, and proven to be by `author`. */
  accept(event: RoomEvent, author: PublicIdentity, key?: Uint8Array): Accepted {
    const log = this.logs.open(author, event.logId);
    // A key that waits is a key to destroy in time: whoever has the entry sends it again.
    const mayWait = event.body.kind !== "timed" || event.body.afterMs === null;
    if (!this.#counts(log)) {
      if (mayWait) log.hold(event, key);
      return { entries: [], hasGap: false };
    }
    const entries: LogEntry[] = [];
    const place = log.place(event);
    if (place === "early" && mayWait) log.hold(event, key);
    if (place === "broken") this.#freeze(log);
    if (place === "next") {
      this.#enter(log, event, this.ports.wallNow(), entries, key);
      this.#drain(log, entries);
    }
    return { entries, hasGap: place === "early" || place === "full" };
  }

  /**
   * A log whose beginning was let go by those who had it: `pinned` are membership entries of that part, `next` the first
   * kept one, still to be accepted. Returns what had waited for these.
   */
  acceptFloor(author: PublicIdentity, floor: number, pinned: readonly RoomEvent[], next: RoomEvent): LogEntry[] {
    const log = this.logs.open(author, next.logId);
    const entries: LogEntry[] = [];
    if (log.stated >= floor) return entries;
    for (const event of pinned) {
      if (!this.#counts(log) || !log.pin(event)) continue;
      this.keeper.pinned(this, log, event);
      this.expiry.noteTimer(event);
      this.drainPermitted(this.membership.apply(event), entries);
    }
    if (this.#counts(log)) {
      // They come again, from below.
      if (this.archive !== undefined) this.#drop(log.entries().filter((entry) => !entry.isPaged));
      log.startAbove(floor, next);
      this.logs.touch(log);
      this.keeper.changed(this);
    }
    return entries;
  }

  /** Whoever has written here, or given a permission. */
  authorOf(peerId: PeerId): PublicIdentity | undefined {
    return this.logs.of(peerId)[0]?.author ?? this.learnt.authorOf(peerId);
  }

  /** Somebody's `invited` entry, shown without those before it. Returns what had waited for it. */
  learnInvited(event: RoomEvent, author: PublicIdentity): LogEntry[] {
    const entries: LogEntry[] = [];
    this.learnt.add(event, author);
    // What we say now comes after it.
    this.#clock.observe(event.clock);
    this.keeper.learnt(this, event, author);
    this.drainPermitted(this.membership.apply(event), entries);
    return entries;
  }

  /** Somebody has acknowledged what this peer wrote here. */
  confirmed(): void {
    this.keeper.confirmed(this);
  }

  /** Something of it is different that does not follow from its entries. */
  changed(): void {
    this.keeper.changed(this);
  }

  markRead(): boolean {
    const changed = this.news.markRead();
    if (changed) this.keeper.changed(this);
    return changed;
  }

  #drop(entries: readonly LogEntry[]): void {
    this.timeline.drop(entries);
    this.threads.remove(entries);
  }

  #freeze(log: AuthorLog): void {
    this.forked.add(log.author.peerId);
    log.freeze();
    this.logs.touch(log);
    this.keeper.changed(this);
  }

  #counts(log: AuthorLog): boolean {
    return log.author.peerId === this.ports.self.peerId || this.membership.permits(log.author.peerId);
  }

  #drain(log: AuthorLog, entries: LogEntry[]): void {
    for (let held = log.takeHeld(); held !== undefined; held = log.takeHeld()) {
      const { event, key } = held;
      if (log.place(event) !== "next") {
        this.#freeze(log);
        return;
      }
      this.#enter(log, event, this.ports.wallNow(), entries, key);
    }
  }

  /** What had waited for these permissions. */
  drainPermitted(permitted: readonly PeerId[], entries: LogEntry[]): void {
    for (const peerId of permitted) for (const log of this.logs.of(peerId)) this.#drain(log, entries);
  }

  #enter(log: AuthorLog, event: RoomEvent, arrivedAt: Millis, entries: LogEntry[], key?: Uint8Array): LogEntry {
    this.#clock.observe(event.clock);
    const isOwn = event.author === this.ports.self.peerId;
    if (!isOwn) this.#heardAt ??= arrivedAt;
    const isWritten = this.membership.isWritten;
    const sentTo = isOwn && this.roomId === lobbyId && isMessage(event) ? this.membership.members() : undefined;
    const entry = log.append(event, arrivedAt, !isWritten, sentTo, key);
    this.logs.touch(log);
    this.#noteTimed(entry);
    this.timeline.insert(entry);
    this.threads.add(entry);
    this.keeper.entered(this, log, entry);
    actOn(this, entry);
    entries.push(entry);
    // Else once this step is over: what is written down in it can be read only then.
    if (this.archive === undefined) trim(this, this.keeper);
    if (isOwn && (log.key !== this.ownKey || (event.body.kind === "joined" && !this.isJoined)))
      this.newsSince = Math.max(this.newsSince, event.clock);
    noteNews(this, entry);
    this.drainPermitted(this.membership.apply(event), entries);
    return entry;
  }

  #noteTimed(entry: LogEntry): void {
    this.expiry.add(entry);
    if (entry.event.body.kind !== "timer") return;
    if (this.roomId === lobbyId) entry.shown = false;
    else if (entry.isSpoken) this.expiry.noteTimer(entry.event);
  }
}
