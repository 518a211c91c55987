/** Fills the rooms of one peer with what was said in them before, and gives others what they ask for of it. */
import type { Millis, PeerId, RoomId } from "../ids.ts";
import { Backfill, type Taken } from "./backfill.ts";
import { earliest } from "./backoff.ts";
import { Circle } from "./circle.ts";
import { deepen } from "./deepening.ts";
import { verifyEvent } from "./event.ts";
import { answersToldMin, pastAsksMax } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import type { Outbox } from "./outbox.ts";
import { olderOf } from "./past.ts";
import { encodePayload, type Older, type PastAsk } from "./payload.ts";
import type { RoomsPorts } from "./ports.ts";
import { thereSince } from "./reading.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";

export interface BackfillsParts {
  readonly ports: Pick<RoomsPorts, "self" | "signatures">;
  readonly registry: Registry;
  readonly outbox: Outbox;
  isReachable(peerId: PeerId): boolean;
  /** The author of a log is to hear what has come of it. */
  acknowledge(room: Room, log: AuthorLog, now: Millis): void;
  /** Membership of a room is different from what it was. */
  membersChanged(room: Room, before: readonly PeerId[], wasJoined: boolean, now: Millis): void;
}

export class Backfills {
  readonly #parts: BackfillsParts;
  readonly #rooms = new Map<RoomId, Backfill>();
  #answers = 0;

  constructor(parts: BackfillsParts) {
    this.#parts = parts;
  }

  nextWakeAt(): Millis | undefined {
    return earliest(...[...this.#rooms.values()].map((backfill) => backfill.nextAt()));
  }

  wake(now: Millis): void {
    const at = this.nextWakeAt();
    if (at === undefined || at > now) return;
    for (const [roomId, backfill] of [...this.#rooms]) {
      backfill.wake(now);
      const room = this.#parts.registry.get(roomId);
      if (room !== undefined) this.pump(room, now);
    }
  }

  peerReachable(now: Millis): void {
    for (const room of this.#parts.registry.all()) this.pump(room, now);
  }

  peerUnreachable(peerId: PeerId, now: Millis): void {
    for (const [roomId, backfill] of [...this.#rooms]) {
      backfill.went(peerId);
      const room = this.#parts.registry.get(roomId);
      if (room !== undefined) this.pump(room, now);
    }
  }

  /** Something of the room has come: perhaps more of what is below it can be asked for. */
  pump(room: Room, now: Millis): void {
    if (room.archive === undefined || !room.isJoined || room.logs.shallow.size === 0) {
      this.#rooms.delete(room.roomId);
      return;
    }
    let backfill = this.#rooms.get(room.roomId);
    if (backfill === undefined) {
      backfill = new Backfill(room);
      this.#rooms.set(room.roomId, backfill);
    }
    for (const [partner, asks] of backfill.asks(this.#partners(room), now))
      for (let at = 0; at < asks.length; at += pastAsksMax) this.#ask(partner, room, asks.slice(at, at + pastAsksMax));
  }

  #ask(partner: PeerId, { roomId }: Room, asks: readonly PastAsk[]): void {
    this.#parts.outbox.post(partner, roomId, encodePayload({ k: "past", roomId, asks }));
  }

  /** Members in the circle of ids from this peer on, so that not all newcomers ask the same first. */
  #partners(room: Room): PeerId[] {
    const reachable = room.audience().filter((peerId) => this.#parts.isReachable(peerId));
    return new Circle(reachable).after(this.#parts.ports.self.peerId, reachable.length);
  }

  /** Another asks for what was said before. */
  asked(room: Room, from: PeerId, asks: readonly PastAsk[]): void {
    if (!room.isJoined || !room.isAudience(from)) return;
    for (const ask of asks) this.#parts.outbox.post(from, room.roomId, encodePayload({ k: "older", ...olderOf(room, from, ask) }));
  }

  /** False where it is not what it claims to be. */
  answered(room: Room, from: PeerId, older: Older, now: Millis): { readonly isTrue: boolean; readonly entries: LogEntry[] } {
    const backfill = this.#rooms.get(room.roomId);
    if (backfill === undefined) return { isTrue: true, entries: [] };
    const before = room.membership.members();
    const { isTrue, taken } = backfill.answered(from, older);
    const entries = taken.flatMap((one) => this.#takeIn(room, one));
    if (taken.length > 0) this.#parts.outbox.historyGrown(room.roomId);
    // How much is missing is not told at each page.
    if (room.logs.shallow.size === 0 || ++this.#answers % answersToldMin === 0) this.#parts.outbox.roomChanged(room.roomId);
    for (const log of new Set(taken.map((one) => one.log))) this.#parts.acknowledge(room, log, now);
    if (room.membership.members() !== before) this.#parts.membersChanged(room, before, room.isJoined, now);
    this.pump(room, now);
    return { isTrue, entries };
  }

  /** Answers what had waited for these. */
  #takeIn(room: Room, { log, page }: Taken): LogEntry[] {
    const { signatures } = this.#parts.ports;
    // What stands below the page is proven only later, by its signature until then.
    const words = page.words.filter((word) => word.seq <= log.floor && verifyEvent(signatures, log.author, word));
    const entries = deepen(room, log, page.events, page.keys, words);
    const since = thereSince(room, this.#parts.ports.self.peerId);
    // What nobody may give us to read need not come.
    if (since !== undefined && (page.events.at(-1)?.clock ?? 0) < since) log.letGo(log.floor);
    room.logs.touch(log);
    return entries;
  }
}
