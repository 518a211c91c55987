/** What has become of a message, said so that it is true at this moment. See docs/decisions/0019. */
import type { PeerId } from "../ids.ts";
import type { NotHeld } from "./deposits.ts";
import type { LogKey } from "./event.ts";
import { heldByMin } from "./limits.ts";
import type { AuthorLog, LogEntry } from "./log.ts";
import { readersOf } from "./reads.ts";
import type { Room } from "./room.ts";

/**
 * queued: if this peer and one other were lost, somebody would not get it. held: everybody would, though some have not yet.
 * delivered: everybody for whom it is meant has it, and that is at least one. read: and has seen it.
 */
export type MessageState = "queued" | "held" | "delivered" | "read";

/** Who is here, and who holds mail for those who are not. */
export interface DeliveryPort {
  isHere(peerId: PeerId): boolean;
  holders(log: AuthorLog, seq: number, to: PeerId): readonly PeerId[];
  whyNot(log: AuthorLog, seq: number, to: PeerId): NotHeld;
  /** Whether this person tells others what they have seen, and is shown the same. */
  readReceipts(): boolean;
}

export interface Delivered {
  /** Of one's own; others' are delivered, since they are here. */
  readonly state: MessageState;
  /** Of one's own: who has acknowledged it. */
  readonly receivedBy: readonly PeerId[];
  /** Of one's own: who has seen it, and says so. */
  readonly readBy: readonly PeerId[];
  /** For how many others it is meant. */
  readonly readers: number;
  /** Of one's own: how many others have it now for everybody who lacks it; of those, where all have it. */
  readonly heldBy: number;
  /** Why it is not held, where it is not. */
  readonly notHeld: NotHeld | undefined;
}

export function deliveryOf(room: Room, self: PeerId, entry: LogEntry): Delivered {
  const { event } = entry;
  if (event.author !== self) {
    const readers = meantFor(room, self, entry, []).size;
    return { state: "delivered", receivedBy: [], readBy: [], readers, heldBy: 0, notHeld: undefined };
  }
  const log = room.logs.get(`${event.author}/${event.logId}` as LogKey);
  const receivedBy = log === undefined ? [] : receiversOf(log, event.seq);
  const meant = meantFor(room, self, entry, receivedBy);
  const readers = meant.size;
  const readBy = log === undefined ? [] : readersOf(room, log.readBy, event.seq);
  const received = new Set(receivedBy);
  const missing = [...meant].filter((peerId) => !received.has(peerId));
  if (readers > 0 && missing.length === 0) {
    const state = readBy.length >= readers && [...meant].every((peerId) => readBy.includes(peerId)) ? "read" : "delivered";
    return { state, receivedBy, readBy, readers, heldBy: receivedBy.length, notHeld: undefined };
  }
  const { heldBy, least } = heldFor(room, log, event.seq, receivedBy, missing);
  const isHeld = heldBy >= heldByMin;
  const notHeld = isHeld || log === undefined || least === undefined ? undefined : room.delivery?.whyNot(log, event.seq, least);
  return { state: isHeld ? "held" : "queued", receivedBy, readBy, readers, heldBy, notHeld };
}

/** Members who are here pass it on to whoever comes; holders of mail have it for one. */
function heldFor(
  { delivery }: Room,
  log: AuthorLog | undefined,
  seq: number,
  receivedBy: readonly PeerId[],
  missing: readonly PeerId[],
): { readonly heldBy: number; readonly least: PeerId | undefined } {
  const here = delivery === undefined ? receivedBy : receivedBy.filter((peerId) => delivery.isHere(peerId));
  if (here.length >= heldByMin || delivery === undefined || log === undefined) return { heldBy: here.length, least: undefined };
  let heldBy: number | undefined;
  let least: PeerId | undefined;
  for (const to of missing) {
    const count = new Set([...here, ...delivery.holders(log, seq, to)]).size;
    if (heldBy !== undefined && count >= heldBy) continue;
    heldBy = count;
    // Who is here gets it at once: nothing has to be held.
    least = delivery.isHere(to) ? undefined : to;
  }
  return { heldBy: heldBy ?? here.length, least };
}

const receiversOf = (log: AuthorLog, seq: number): PeerId[] =>
  [...log.confirmed.keys()].filter((peerId) => log.isConfirmed(peerId, seq)).sort();

/** Members other than the author; in the lobby those who were here when it was sent, and whoever got it later. */
function meantFor(room: Room, self: PeerId, entry: LogEntry, receivedBy: readonly PeerId[]): ReadonlySet<PeerId> {
  const inLobby = room.membership.isMember(self) && !room.membership.isWritten && room.roomId === "lobby";
  const isOwn = entry.event.author === self;
  const meant = new Set<PeerId>(inLobby && isOwn ? [...(entry.sentTo ?? []), ...receivedBy] : room.membership.members());
  meant.delete(entry.event.author);
  return meant;
}
