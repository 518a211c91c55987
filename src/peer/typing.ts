/** That somebody is writing: a word to those of a conversation who are here, neither acknowledged nor kept. */
import type { EarshotEvent } from "../api/contract.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import type { Control } from "./control.ts";
import { typingHeardMs, typingMembersMax, typingRoomsMax, typingSaidMs, typingShownMs } from "./limits.ts";
import type { OwnSettings } from "./own-settings.ts";

export interface TypingParts {
  readonly self: PeerId;
  readonly settings: OwnSettings;
  readonly wallNow: () => Millis;
  /** Members, itself among them; empty where this peer is in no such room. */
  membersOf(roomId: RoomId): readonly PeerId[];
  isReachable(peerId: PeerId): boolean;
  isBlocked(peerId: PeerId): boolean;
  tell(to: PeerId, control: Control, now: Millis): void;
  conversation(roomId: RoomId): string;
  notify(event: EarshotEvent): void;
}

export class Typing {
  readonly #parts: TypingParts;
  /** When it was last said, by room. */
  readonly #saidAt = new Map<RoomId, Millis>();
  /** When it was last heard, by room and person. */
  readonly #heardAt = new Map<string, Millis>();

  constructor(parts: TypingParts) {
    this.#parts = parts;
  }

  /** This person is writing there. Said once in a while, however often it is called. */
  say(roomId: RoomId, now: Millis): void {
    const { self, settings, membersOf, isReachable, isBlocked, tell } = this.#parts;
    if (!settings.all.typing || now - (this.#saidAt.get(roomId) ?? Number.NEGATIVE_INFINITY) < typingSaidMs) return;
    const members = membersOf(roomId);
    if (members.length > typingMembersMax) return;
    note(this.#saidAt, roomId, now, typingRoomsMax);
    for (const peerId of members)
      if (peerId !== self && isReachable(peerId) && !isBlocked(peerId)) tell(peerId, { k: "typing", roomId }, now);
  }

  heard(from: PeerId, roomId: RoomId, now: Millis): void {
    const { settings, membersOf, isBlocked, conversation, notify, wallNow } = this.#parts;
    const key = `${roomId} ${from}`;
    if (!settings.all.typing || isBlocked(from) || now - (this.#heardAt.get(key) ?? Number.NEGATIVE_INFINITY) < typingHeardMs) return;
    const members = membersOf(roomId);
    if (members.length > typingMembersMax || !members.includes(from)) return;
    note(this.#heardAt, key, now, typingRoomsMax);
    notify({ event: "typing", in: conversation(roomId), peerId: from, until: wallNow() + typingShownMs });
  }
}

function note<Key>(times: Map<Key, Millis>, key: Key, now: Millis, most: number): void {
  times.delete(key);
  times.set(key, now);
  for (const oldest of times.keys()) {
    if (times.size <= most) return;
    times.delete(oldest);
  }
}
