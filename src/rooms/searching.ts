/**
 * Messages by their words. What is written down is found by its index, wherever it stands; without one, memory is looked
 * through. A correction is indexed under itself: its hit is the message, as it reads now.
 */
import type { LogId, Millis, PeerId, RoomId } from "../ids.ts";
import { messageId } from "./event.ts";
import { listMessagesMax, searchedHitsMax, searchedMessagesMax, searchPageMax } from "./limits.ts";
import { type IsBlocked, messageOf, type RoomMessage } from "./messages.ts";
import { findMessage, shownBefore } from "./pages.ts";
import type { Registry } from "./registry.ts";

export interface SoughtText {
  readonly words: string;
  readonly roomIds?: readonly RoomId[] | undefined;
  readonly authors?: readonly PeerId[] | undefined;
  readonly notAuthors?: readonly PeerId[] | undefined;
  /** When it was written: before, exclusive; from then on. */
  readonly before?: Millis | undefined;
  readonly after?: Millis | undefined;
  readonly has?: readonly ("link" | "code" | "mention")[] | undefined;
}

/** The index of what was written down. */
export interface TextSearch {
  /** Newest first; `past` goes on after the hit with that place. */
  find(
    sought: SoughtText,
    limit: number,
    past: number | undefined,
  ): readonly {
    readonly key: { readonly roomId: RoomId; readonly author: PeerId; readonly logId: LogId; readonly seq: number };
    readonly target?: string | undefined;
    readonly place: number;
  }[];
  /** Whether a text would be found. */
  matches(text: string, sought: SoughtText): boolean;
}

/** Newest first. */
export function searchRooms(registry: Registry, self: PeerId, sought: SoughtText, limit: number, isBlocked: IsBlocked): RoomMessage[] {
  const searched = { registry, self, isBlocked, bound: Math.min(limit, listMessagesMax) };
  const found = registry.texts === undefined ? inMemory(searched, sought) : inIndex(searched, registry.texts, sought);
  return found.sort((a, b) => b.sentAt - a.sentAt).slice(0, searched.bound);
}

interface Searched {
  readonly registry: Registry;
  readonly self: PeerId;
  readonly isBlocked: IsBlocked;
  readonly bound: number;
}

function inIndex({ registry, self, isBlocked, bound }: Searched, index: TextSearch, sought: SoughtText): RoomMessage[] {
  const found = new Map<string, RoomMessage>();
  let past: number | undefined;
  for (let looked = 0; looked < searchedHitsMax && found.size < bound; looked += searchPageMax) {
    const hits = index.find(sought, searchPageMax, past);
    for (const { key, target, place } of hits) {
      past = place;
      const room = registry.get(key.roomId);
      const id = target ?? messageId(key);
      if (room === undefined || found.size >= bound || found.has(id)) continue;
      const message = findMessage([room], self, id, isBlocked);
      if (message !== undefined && isMessage(message) && index.matches(message.text, sought)) found.set(id, message);
    }
    if (hits.length < searchPageMax) break;
  }
  return [...found.values()];
}

/** Words anywhere in the text, in whatever case. Nothing tells what else is in it. */
function inMemory({ registry, self, isBlocked, bound }: Searched, sought: SoughtText): RoomMessage[] {
  const wanted = sought.words.toLowerCase().split(/\s+/u).filter(Boolean);
  const found: RoomMessage[] = [];
  if ((sought.has?.length ?? 0) > 0) return found;
  for (const room of registry.all()) {
    if (!room.isJoined || sought.roomIds?.includes(room.roomId) === false) continue;
    let [inRoom, looked] = [0, 0];
    for (const entry of shownBefore(room, undefined)) {
      if (inRoom >= bound || ++looked > searchedMessagesMax) break;
      const { author, clock } = entry.event;
      if (isBlocked(author) || !isWithin(sought, author, clock)) continue;
      const message = messageOf(room, self, entry);
      if (message === undefined || !isMessage(message)) continue;
      const text = message.text.toLowerCase();
      if (!wanted.every((word) => text.includes(word))) continue;
      found.push(message);
      inRoom++;
    }
  }
  return found;
}

const isMessage = ({ isDeleted, timerMs }: RoomMessage): boolean => !isDeleted && timerMs === undefined;

function isWithin({ authors, notAuthors, before, after }: SoughtText, author: PeerId, clock: number): boolean {
  if (authors?.includes(author) === false || notAuthors?.includes(author) === true) return false;
  return clock < (before ?? Number.POSITIVE_INFINITY) && clock >= (after ?? 0);
}
