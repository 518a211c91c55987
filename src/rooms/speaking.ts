/** What this peer writes into its rooms: each act is one entry of its own log, on its way to everybody at once. */
import type { MessageId, Millis } from "../ids.ts";
import type { ActBody } from "./acts.ts";
import { type EventBody, messageId } from "./event.ts";
import { personNameBytesMax, textBytesMax } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import { lobbyId } from "./names.ts";
import type { Outbox } from "./outbox.ts";
import type { RoomsPorts } from "./ports.ts";
import type { RoomsFailure } from "./result.ts";
import type { Room } from "./room.ts";
import { isText, utf8Length } from "./shape.ts";
import { type InThread, type Said, sealText } from "./timed.ts";

export interface SpeakingParts {
  readonly ports: RoomsPorts;
  readonly outbox: Outbox;
  appended(room: Room, now: Millis): void;
}

/** Rooms that are handed in are joined. */
export class Speaking {
  readonly #parts: SpeakingParts;

  constructor(parts: SpeakingParts) {
    this.#parts = parts;
  }

  say(room: Room, said: Said, now: Millis, inThread?: InThread): MessageId | { readonly code: RoomsFailure } {
    if (utf8Length(said.text) > textBytesMax) return { code: "textTooLong" };
    const { body, key } = sealText(this.#parts.ports.randomBytes, said, room.expiry.timerMs ?? null, inThread);
    return this.#shown(room, body, now, key);
  }

  /** Says something else instead. `entry` is a message of one's own. */
  edit(room: Room, entry: LogEntry, said: Said, now: Millis): void {
    const { body, key } = sealText(this.#parts.ports.randomBytes, said, null);
    this.act(room, entry, { kind: "edit", of: messageId(entry.event), check: body.check, box: body.box }, now, key);
  }

  /** Does something to a message. */
  act(room: Room, entry: LogEntry, body: ActBody, now: Millis, key?: Uint8Array): void {
    if (room.mustRejoin) this.append(room, this.joinedBody(), now);
    this.append(room, body, now, key);
    this.#parts.outbox.messageChanged(messageId(entry.event));
    this.#parts.outbox.roomChanged(room.roomId);
  }

  /** Messages written from here on disappear after so long; null: they stay. False in the lobby, where nobody may decide that. */
  setTimer(room: Room, afterMs: number | null, now: Millis): boolean {
    if (room.roomId === lobbyId) return false;
    if ((room.expiry.timerMs ?? null) !== afterMs) this.#shown(room, { kind: "timer", afterMs }, now);
    return true;
  }

  #shown(room: Room, body: EventBody, now: Millis, key?: Uint8Array): MessageId {
    if (room.mustRejoin) this.append(room, this.joinedBody(), now);
    const id = this.append(room, body, now, key);
    this.#parts.outbox.messageAdded(id);
    this.#parts.outbox.roomChanged(room.roomId);
    return id;
  }

  append(room: Room, body: EventBody, now: Millis, key?: Uint8Array): MessageId {
    const entry = room.append(body, key);
    this.#parts.appended(room, now);
    return messageId(entry.event);
  }

  joinedBody(): EventBody {
    const { ports } = this.#parts;
    const name = ports.nameOf(ports.self.peerId) ?? "";
    return { kind: "joined", name: isText(name, personNameBytesMax) ? name : "" };
  }
}
