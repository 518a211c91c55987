/**
 * What one other peer has of one room, and how it gets the rest.
 *
 *   opened ──have (whole)──►  both sides learn what the other has; repeated until it is known
 *   append ──events──► ◄──have──   what is not acknowledged goes again after 1 s, doubling to 15 s
 *   others' entries: their author sends them; only where it does not, this peer asks ("have you these?") and then helps
 *
 * 1. Entries go out in order, log by log, never more than a window unacknowledged.
 * 2. What the other states is believed about itself alone.
 * 3. A peer outside the audience hears of its own entries only.
 */
import type { Millis, PeerId } from "../ids.ts";
import { Backoff, earliest, later } from "./backoff.ts";
import { type Batch, EntryReader, takeBatch } from "./batch.ts";
import { type LogKey, logKey } from "./event.ts";
import { Ledger, type Progress, type Window } from "./ledger.ts";
import { crowdRetryMsMin, gossipMs, haveDelayMs, logsPerSliceMax, retryMsMin, rewindMsMin, windowBytesMax } from "./limits.ts";
import type { AuthorLog } from "./log.ts";
import type { RoomsPayload, VectorEntry } from "./payload.ts";
import { mayRead } from "./reading.ts";
import { readsFor } from "./reads.ts";
import { recentStart } from "./recent.ts";
import type { Room } from "./room.ts";
import { allSlices, type SliceMask } from "./slices.ts";

export interface SyncContext {
  readonly self: PeerId;
  readonly room: Room;
  readonly window: Window;
  sendEvents(to: PeerId, room: Room, batch: Batch): void;
  send(to: PeerId, room: Room, payload: RoomsPayload): void;
  /** Whether it falls to this peer to pass on what that author wrote, so that not everybody does at once. `isStrange`: the other has nothing by that author yet. */
  carries(room: Room, author: PeerId, to: PeerId, isStrange: boolean): boolean;
  /** The room is crowded: the two keep up by comparing, this one ends where nothing waits, and nobody tells unasked. */
  isCrowded(room: Room): boolean;
  /** The other acknowledged entries of this peer's own, up to `seq`. */
  confirmed(log: AuthorLog, by: PeerId, seq: number, floor?: number): void;
}

export class PeerSync {
  readonly peer: PeerId;
  readonly #context: SyncContext;
  readonly #ledger: Ledger;
  readonly #owed = new Set<AuthorLog>();
  readonly #gaps = new Map<LogKey, { seq: number; at: Millis }>();
  readonly #hello = new Backoff();
  readonly #resend: Backoff;
  readonly #ask = new Backoff();
  /** It has told all that it has, and we have. */
  #isKnown = false;
  #hasTold = false;
  /** Slices of which it has not told yet, of those it was asked for. */
  #awaited: SliceMask = allSlices;
  #haveAt: Millis | undefined;
  #owesRead = false;
  #rewoundAt = Number.NEGATIVE_INFINITY;

  constructor(context: SyncContext, peer: PeerId) {
    this.#context = context;
    this.#ledger = new Ledger(context.window);
    this.#resend = new Backoff(context.isCrowded(context.room) ? crowdRetryMsMin : retryMsMin);
    this.peer = peer;
  }

  nextAt(): Millis | undefined {
    return earliest(this.#haveAt, this.#hello.at, this.#resend.at, this.#ask.at);
  }

  /** Nothing is to be said, sent or waited for. */
  get isQuiet(): boolean {
    return this.nextAt() === undefined && this.#ledger.unacked.size === 0 && this.#ledger.doubtful.size === 0;
  }

  get room(): Room {
    return this.#context.room;
  }

  get hasBacklog(): boolean {
    return this.#ledger.hasBacklog;
  }

  /** The two can talk about the room from now on. */
  open(now: Millis): void {
    if (this.#hasTold) return;
    if (!this.#isKnown) this.#hello.begin(now);
    this.#sendWhole(!this.#isKnown && this.#context.self < this.peer);
  }

  /** The two differ in these slices: each is to learn what the other has. */
  catchUp(slices: SliceMask, now: Millis): void {
    if (!this.#maySendWhole()) return;
    this.#awaited = slices;
    this.#hello.begin(now);
    this.#sendWhole(true, slices);
  }

  /** Nothing more is sent; gives back its part of the window. */
  close(): void {
    this.#ledger.clear();
  }

  wake(now: Millis): void {
    if (this.#haveAt !== undefined && this.#haveAt <= now) this.#acknowledge();
    if (!this.#mayTalk()) {
      this.#hush();
      return;
    }
    if (this.#hello.take(now)) this.#sendWhole(true, this.#context.isCrowded(this.#context.room) ? this.#awaited : allSlices);
    if (this.#resend.take(now)) {
      for (const progress of this.#ledger.unacked) this.#ledger.rewind(progress);
      this.#ledger.recount();
      this.pump(now);
    }
    if (this.#ask.take(now)) this.#sendAsk();
  }

  /** An entry of our own is new: it goes at once, after what still waits; or it is on its way already, by broadcast. */
  appended(log: AuthorLog, now: Millis, isUnderWay = false): void {
    const progress = this.#of(log, log.seq - 1);
    this.#ledger.assign(progress);
    if (isUnderWay && progress.sent === log.seq - 1) {
      progress.sent = log.seq;
      this.#ledger.recount();
    }
    this.pump(now);
  }

  /** Entries by others have come to us. Unless the other says so by itself, it is asked whether it has them. */
  doubt(logs: Iterable<AuthorLog>, now: Millis): void {
    for (const log of logs) {
      const progress = this.#of(log);
      if (this.#mayTell(log) && progress.stated < log.seq && progress.target < log.seq) this.#ledger.doubtful.add(progress);
    }
    if (this.#ledger.doubtful.size === 0 || this.#ask.at !== undefined) return;
    this.#ask.begin(now);
    this.#sendAsk();
  }

  /**
   * It sent us this entry, so it has it; unless that was before a restart and comes late. Of a log of which it has not spoken
   * it is asked: where that is its own at once, else with all others, when they are asked about what is new here.
   */
  showed(log: AuthorLog, seq: number, now: Millis): void {
    const isNew = this.#ledger.get(log) === undefined;
    const progress = this.#of(log);
    const isUnsure = isNew || !progress.hasSpoken || this.#ledger.doubtful.has(progress);
    if (isUnsure && !this.#context.isCrowded(this.#context.room)) {
      if (log.author.peerId === this.peer) this.doubt([log], now);
      return;
    }
    const shown = Math.min(seq, log.seq);
    if (shown <= progress.stated && progress.hasSpoken) return;
    this.#state(progress, shown, now);
    this.#ledger.recount();
  }

  /** Entries of our own from before a restart are here again: what the other said of them counts from now on. */
  recalled(log: AuthorLog): void {
    const progress = this.#ledger.get(log);
    if (progress?.hasSpoken) this.#context.confirmed(log, this.peer, Math.min(progress.stated, log.seq));
  }

  /** This person has seen what the other wrote. */
  seen(now: Millis): void {
    this.#owesRead = true;
    this.#haveAt ??= later(now, haveDelayMs);
  }

  /** What came from it is acknowledged soon, together with what else comes. */
  owe(log: AuthorLog, now: Millis, delayMs = haveDelayMs): void {
    if (!this.#mayTell(log)) return;
    this.#owed.add(log);
    this.#haveAt ??= later(now, delayMs);
  }

  /** Predecessors are missing: asks at once, once for each gap. */
  askGap(log: AuthorLog, now: Millis): void {
    if (!this.#mayTell(log)) return;
    const asked = this.#gaps.get(log.key);
    if (asked !== undefined && asked.seq === log.seq && now - asked.at < retryMsMin) return;
    this.#gaps.set(log.key, { seq: log.seq, at: now });
    this.#send([stateOf(log)], { reply: true, whole: false });
  }

  /** Entries from `seq` on are here, and cannot be read: the other sends them again, with the keys that it has. */
  askAgain(log: AuthorLog, seq: number, now: Millis): void {
    if (!this.#mayTell(log)) return;
    this.#send([[log.author.peerId, log.logId, seq - 1]], { reply: true, whole: false });
    this.owe(log, now);
  }

  heard({ vector, whole, reply: isAsked, recent, slices = allSlices }: Omit<Have, "record" | "read">, now: Millis): void {
    const { room, self } = this.#context;
    // Who has come in through somebody else takes us to tell it by ourselves, as members do who know of each other.
    const reply = isAsked || (whole && !room.isAudience(this.peer));
    const isCrowded = this.#context.isCrowded(room);
    const stated = new Map(vector.map(([author, logId, seq]) => [logKey(author, logId), seq]));
    const floors = new Map(vector.map(([author, logId, , floor = 0]) => [logKey(author, logId), floor]));
    if (whole) {
      this.#awaited &= ~slices;
      // What was compared in a crowd are some slices, at one moment.
      if (this.#awaited === 0) this.#isKnown = !isCrowded;
      if (this.#awaited === 0) this.#hello.end();
    }
    const authors = new Set(vector.map(([author]) => author));
    const answer: VectorEntry[] = [];
    const isRewind = (whole || reply) && now - this.#rewoundAt >= rewindMsMin;
    for (const log of whole ? room.logs.in(slices) : namedIn(room, stated)) {
      const seq = stated.get(log.key) ?? (whole ? 0 : undefined);
      if (seq === undefined || !this.#mayTell(log)) continue;
      const progress = this.#of(log);
      const before = progress.hasSpoken ? progress.stated : undefined;
      const floor = floors.get(log.key);
      if (whole || reply || !progress.hasSpoken || seq > progress.stated || floor !== undefined) this.#state(progress, seq, now, floor);
      if (progress.stated >= log.seq) {
        answer.push(stateOf(log));
        continue;
      }
      const isOwn = log.author.peerId === self;
      const isStrange = !authors.has(log.author.peerId);
      const isOurs =
        isOwn ||
        (whole ? this.#context.carries(room, log.author.peerId, this.peer, isStrange) : reply || this.#isStuck(progress, seq, before));
      if (isOurs) {
        this.#ledger.assign(progress);
        if (seq === 0) progress.above = recent === true ? recentStart(room, log) : 0;
        if (isRewind) this.#ledger.rewind(progress);
      } else if (progress.target < log.seq && !isCrowded) this.#ledger.doubtful.add(progress);
    }
    if (!room.isJoined && this.#hasOwnEntries()) this.#hello.end();
    for (const [author, logId] of vector) if (!room.logs.has(logKey(author, logId))) answer.push([author, logId, 0]);
    if (isRewind) this.#rewoundAt = now;
    this.#ledger.recount();
    if (this.#ledger.doubtful.size > 0) this.#ask.begin(later(now, gossipMs - retryMsMin));
    else this.#ask.end();
    // Whoever had nothing to say yet has been silent so far; nothing is an answer too.
    // Where we may not tell the whole, the other still has to hear what we lack of what it named: its `joined`, for one.
    const isUnasked = whole && !this.#hasTold && !isCrowded;
    if (((whole && reply) || isUnasked) && this.#maySendWhole()) this.#sendWhole(false, isUnasked ? allSlices : slices);
    else if (reply) this.#send(answer, { reply: false, whole: false });
    else if (isUnasked) this.#sendWhole(false);
    this.pump(now);
  }

  /** Sends what waits, as far as the window allows. */
  pump(now: Millis): void {
    const { room, window } = this.#context;
    const entries = new EntryReader(room);
    while (window.bytes < windowBytesMax) {
      const queues = [...this.#ledger.unacked].filter((progress) => progress.sent < progress.target && this.#mayTell(progress.log));
      const batch = queues.length === 0 ? undefined : takeBatch(queues, this.peer, entries, (entry) => mayRead(room, this.peer, entry));
      if (batch === undefined) break;
      this.#context.sendEvents(this.peer, room, batch);
      this.#ledger.recount();
    }
    if (this.#ledger.unacked.size > 0) this.#resend.begin(now);
    else this.#resend.end();
  }

  /** Until the other has spoken, it is taken to have what came before: its first vector corrects that. */
  #of(log: AuthorLog, assumed = 0): Progress {
    return this.#ledger.open(log, this.#isKnown ? 0 : assumed, this.#isKnown);
  }

  #state(progress: Progress, seq: number, now: Millis, floor?: number): void {
    if (this.#ledger.state(progress, seq)) this.#resend.renew(now);
    const { log } = progress;
    if (log.author.peerId === this.#context.self) this.#context.confirmed(log, this.peer, Math.min(seq, log.seq), floor);
  }

  /** After leaving, all there is to say is that: it has to get there. */
  #hasOwnEntries(): boolean {
    const { room } = this.#context;
    for (const log of room.ownLogs) {
      const progress = this.#ledger.get(log);
      if (!progress?.hasSpoken || progress.stated < log.seq) return false;
    }
    return true;
  }

  /** Asked before, and no further since: its author does not reach it. */
  #isStuck(progress: Progress, seq: number, before: number | undefined): boolean {
    return this.#ledger.doubtful.has(progress) && (before === undefined || seq <= before);
  }

  #mayTalk(): boolean {
    const { room } = this.#context;
    return room.isAudience(this.peer) && (room.isJoined || room.hasOwnLog);
  }

  #mayTell(log: AuthorLog): boolean {
    const { room, self } = this.#context;
    const author = log.author.peerId;
    return room.isJoined ? author === this.peer || room.isAudience(this.peer) : author === self && room.isAudience(this.peer);
  }

  /** Should the two have to talk again, they begin anew. */
  #hush(): void {
    this.#awaited = allSlices;
    this.#isKnown = false;
    this.#hasTold = false;
    this.#hello.end();
    this.#resend.end();
    this.#ask.end();
    this.#ledger.clear();
  }

  #acknowledge(): void {
    this.#haveAt = undefined;
    const logs = [...this.#owed];
    this.#owed.clear();
    // Where we have left, the other does not know it yet: it is to say what it has of our own entries.
    this.#send(logs.map(stateOf), {
      reply: !this.#context.room.isJoined && logs.some((log) => log.author.peerId === this.#context.self),
      whole: false,
    });
  }

  #sendAsk(): void {
    if (this.#ledger.doubtful.size === 0) this.#ask.end();
    else
      this.#send(
        [...this.#ledger.doubtful].map(({ log }) => stateOf(log)),
        { reply: true, whole: false },
      );
  }

  /** Somebody who has left still holds the others' entries, but neither gives nor takes them any more. */
  #maySendWhole(): boolean {
    const { room } = this.#context;
    return room.isAudience(this.peer) && (room.isJoined || !room.hasOwnLog);
  }

  #sendWhole(reply: boolean, slices: SliceMask = allSlices): void {
    const { room } = this.#context;
    this.#hasTold = true;
    const form = { reply, whole: this.#maySendWhole(), ...(room.record !== undefined && { record: room.record.bytes }) };
    const tellable = (log: AuthorLog): boolean => this.#mayTell(log);
    if (slices === allSlices && room.logs.size <= logsPerSliceMax) {
      this.#send([...room.logs.values()].filter(tellable).map(stateOf), form);
      return;
    }
    for (const { mask, logs } of room.logs.slices.grouped(slices))
      this.#send(logs.filter(tellable).map(stateOf), { ...form, slices: mask });
  }

  /** `vector` holds nothing that the other may not hear of. */
  #send(vector: readonly VectorEntry[], form: Omit<Have, "k" | "roomId" | "vector">): void {
    const { room } = this.#context;
    const tells = (this.#owesRead || form.whole) && !this.#context.isCrowded(room);
    const read = tells ? readsFor(room, this.peer) : [];
    this.#owesRead = false;
    if (vector.length > 0 || form.whole || form.reply || read.length > 0)
      this.#context.send(this.peer, room, {
        k: "have",
        roomId: room.roomId,
        vector,
        ...form,
        ...(read.length > 0 && { read }),
        ...(room.isNewcomer && { recent: true }),
      });
  }
}

type Have = Extract<RoomsPayload, { k: "have" }>;

/** Those of our logs that a vector names. */
function namedIn(room: Room, stated: ReadonlyMap<LogKey, number>): AuthorLog[] {
  const logs: AuthorLog[] = [];
  for (const key of stated.keys()) {
    const log = room.logs.get(key);
    if (log !== undefined) logs.push(log);
  }
  return logs;
}

function stateOf({ author, logId, stated, floor, isShallow }: AuthorLog): VectorEntry {
  return isShallow ? [author.peerId, logId, stated, floor] : [author.peerId, logId, stated];
}
