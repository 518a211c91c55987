/** What mail for those who are away is made from, and what comes of it: rooms as the post office sees them. */
import type { PeerId, RoomId } from "../ids.ts";
import type { Batch } from "./batch.ts";
import { deliveryOf } from "./delivery.ts";
import { decodeEvent, logKey, messageId } from "./event.ts";
import type { Exchange } from "./exchange.ts";
import { statesLookedAtMax, statesWatchedMax } from "./limits.ts";
import type { AuthorLog } from "./log.ts";
import type { Outbox } from "./outbox.ts";
import { decodePayload } from "./payload.ts";
import type { RoomsOutcome } from "./ports.ts";
import { confirm, restate } from "./receipts.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";

export class RoomsForMail {
  readonly #self: PeerId;
  readonly #registry: Registry;
  readonly #exchange: Exchange;
  readonly #outbox: Outbox;
  /** What was last told of the newest of one's own messages that not everybody has. */
  #states = new Map<string, string>();

  constructor(self: PeerId, registry: Registry, exchange: Exchange, outbox: Outbox) {
    this.#self = self;
    this.#registry = registry;
    this.#exchange = exchange;
    this.#outbox = outbox;
  }

  rooms(): Iterable<Room> {
    return this.#registry.all();
  }

  room(roomId: RoomId): Room | undefined {
    return this.#registry.get(roomId);
  }

  encode(room: Room, batch: Batch): Uint8Array {
    return this.#exchange.encoder.encode(room.roomId, this.#self, batch);
  }

  confirm(room: Room, log: AuthorLog, by: PeerId, seq: number): void {
    confirm(this.#outbox, room, log, by, seq);
  }

  /** Whether every entry of a payload is here, in its order. */
  hasAll(bytes: Uint8Array): boolean {
    const payload = decodePayload(bytes);
    if (payload?.k !== "events") return true;
    const room = this.#registry.get(payload.roomId);
    return payload.events.every((entry) => {
      const event = decodeEvent(entry);
      const log = event && room?.logs.get(logKey(event.author, event.logId));
      return log !== undefined && event !== undefined && log.stated >= event.seq;
    });
  }

  /** Somebody came or went, or holds something now: messages of whose state other things are true are told anew. */
  restate(): void {
    const states = new Map<string, string>();
    for (const room of this.#registry.all()) if (room.isJoined) this.#restate(room, states);
    this.#states = states;
  }

  /** The newest of one's own messages, whatever has become of them. */
  retell(): void {
    for (const room of this.#registry.all()) if (room.isJoined) restate(this.#outbox, room, this.#self);
  }

  take(): RoomsOutcome {
    return this.#outbox.take();
  }

  #restate(room: Room, states: Map<string, string>): void {
    const { messages } = room.timeline;
    let own = 0;
    for (let at = messages.length - 1; at >= Math.max(0, messages.length - statesLookedAtMax) && own < statesWatchedMax; at--) {
      const entry = messages[at];
      if (entry?.event.author !== this.#self) continue;
      own++;
      const { state, heldBy, notHeld } = deliveryOf(room, this.#self, entry);
      const id = messageId(entry.event);
      const before = this.#states.get(id);
      if (state === "delivered" || state === "read") {
        if (before !== undefined) this.#outbox.messageChanged(id);
        continue;
      }
      const now = `${state} ${heldBy} ${notHeld ?? ""}`;
      states.set(id, now);
      if (before !== now) this.#outbox.messageChanged(id);
    }
  }
}
