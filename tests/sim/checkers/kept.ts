/** What a kept profile has shown it shows after a restart: nobody has to tell it again. Guests begin anew each time, under new names. */
import type { Checker, Report } from "../seen.ts";

/** A disk is synced by then. */
const syncedMs = 200;

interface Shown {
  readonly room: string;
  readonly count: number;
  readonly at: number;
}

export function createKept(report: Report): Checker {
  /** By peer and message. */
  const shown = new Map<string, Map<string, Shown>>();
  /** By peer and start. */
  const endedAt = new Map<string, number>();

  const ofPeer = (peerId: string): Map<string, Shown> => {
    const known = shown.get(peerId) ?? new Map<string, Shown>();
    shown.set(peerId, known);
    return known;
  };

  return {
    name: "kept",
    seen(what, now) {
      if (what.type === "ended") endedAt.set(`${what.start.peerId} ${what.start.count}`, now);
      if (what.type !== "told") return;
      const { start, event } = what;
      const known = ofPeer(start.peerId);
      // What others said in a room that one has left is kept no longer.
      const left =
        event.event === "roomRemoved" ? event.roomId : event.event === "roomChanged" && !event.room.joined ? event.room.roomId : undefined;
      if (left !== undefined) for (const [messageId, { room }] of known) if (room === left) known.delete(messageId);
      if (event.event !== "messageAdded") return;
      const { messageId, in: room, text } = event.message;
      const before = known.get(messageId);
      const ended = before && endedAt.get(`${start.peerId} ${before.count}`);
      if (before !== undefined && before.count !== start.count && ended !== undefined && ended - before.at > syncedMs)
        report(`${start.name} has shown "${text.slice(0, 40)}" before its restart, and has to be told of it again`);
      known.set(messageId, { room, count: start.count, at: now });
    },
  };
}
