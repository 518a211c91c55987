/**
 * What this peer may read and cannot: it came by way of somebody who was not there, and had no key to give. Whoever was there is
 * asked to send it again, each once.
 */
import type { Millis, PeerId } from "../ids.ts";
import { isTakenBack } from "./acting.ts";
import { logKey } from "./event.ts";
import type { Exchange } from "./exchange.ts";
import { keyAsksMax } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import type { RoomsPorts } from "./ports.ts";
import { mayRead } from "./reading.ts";
import { isTooOld } from "./retention.ts";
import type { Room } from "./room.ts";
import { expiryOf } from "./timed.ts";

/** @param among whom; those who are not here, or were not there, are left out */
export function askForKeys(
  room: Room,
  ports: Pick<RoomsPorts, "self" | "wallNow">,
  exchange: Exchange,
  among: Iterable<PeerId>,
  now: Millis,
): void {
  const { keyless } = room.expiry;
  if (keyless.size === 0 || !room.isJoined) return;
  const self = ports.self.peerId;
  for (const entry of [...keyless.keys()]) if (isOver(entry, ports.wallNow()) || isUnwanted(room, entry)) keyless.delete(entry);
  let asked = 0;
  for (const peerId of among) {
    if (asked >= keyAsksMax) return;
    if (peerId === self || !exchange.isReachable(peerId) || !room.membership.isMember(peerId)) continue;
    let hasAsked = false;
    for (const [entry, known] of lowest(room, self, peerId)) {
      for (const other of known) keyless.get(other)?.add(peerId);
      const { author, logId, seq } = entry.event;
      const log = room.logs.get(logKey(author, logId));
      if (log !== undefined) exchange.with(room, peerId, (sync) => sync.askAgain(log, seq, now));
      hasAsked = true;
    }
    if (hasAsked) asked++;
  }
}

/** What it says is destroyed here. */
const isUnwanted = (room: Room, entry: LogEntry): boolean => isTooOld(room, entry.event) || isTakenBack(room, entry);

/** It has disappeared, or would have: nobody gives its key any more. */
function isOver({ event, arrivedAt }: LogEntry, wall: Millis): boolean {
  const expiresAt = event.body.kind === "timed" ? expiryOf(event, event.body.afterMs, arrivedAt) : undefined;
  return expiresAt !== undefined && expiresAt <= wall;
}

/** Of each log the first entry of which this one has not been asked, with all those after it. */
function lowest(room: Room, self: PeerId, peerId: PeerId): [LogEntry, LogEntry[]][] {
  const byLog = new Map<string, LogEntry[]>();
  for (const [entry, asked] of room.expiry.keyless) {
    if (asked.has(peerId) || !mayRead(room, self, entry) || !mayRead(room, peerId, entry)) continue;
    const key = logKey(entry.event.author, entry.event.logId);
    byLog.set(key, [...(byLog.get(key) ?? []), entry]);
  }
  return [...byLog.values()].flatMap((entries): [LogEntry, LogEntry[]][] => {
    const [first] = entries.sort((a, b) => a.event.seq - b.event.seq);
    return first === undefined ? [] : [[first, entries]];
  });
}
