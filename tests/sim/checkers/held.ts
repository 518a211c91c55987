/**
 * What a sender was shown as held reaches its reader, though the sender is gone and any one other with it. Of conversations of
 * two: in rooms "acknowledged" looks at what members pass on.
 */
import type { Checker, Report } from "../seen.ts";

/** Who died so shortly before may have been counted as a holder still: it takes as long to be sure that somebody is gone. */
const noticedMs = 30_000;
/** A disk is synced by then: keys that are as old as on it are still those that others seal for. */
const syncedMs = 2_000;

interface Promised {
  readonly reader: string;
  readonly sender: string;
  readonly text: string;
  /** When the sender went. */
  readonly at: number;
}

export function createHeld(_report: Report): Checker {
  /** As last shown to their sender, by its start: who is to read it, and what it says. */
  const states = new Map<string, Map<string, { readonly reader: string; readonly text: string; readonly state: string }>>();
  const promised = new Map<string, Promised>();
  const shown = new Map<string, Set<string>>();
  const ended: { readonly peerId: string; readonly at: number }[] = [];
  const toldAt = new Map<string, number>();
  /** Whose keys may be older than what others know of them. */
  const tainted = new Set<string>();
  const shunned = new Set<string>();

  return {
    name: "held",
    seen(what, now) {
      if (what.type === "shunned") shunned.add(`${what.start.peerId} ${what.peerId}`);
      if (what.type === "ended") {
        const { peerId, isLiar } = what.start;
        ended.push({ peerId, at: now });
        if (what.how !== "quit" && now - (toldAt.get(peerId) ?? 0) < syncedMs) tainted.add(peerId);
        for (const [messageId, { reader, text, state }] of isLiar ? [] : (states.get(peerId) ?? []))
          if (state === "held") promised.set(messageId, { reader, sender: peerId, text, at: now });
        states.delete(peerId);
      }
      if (what.type !== "told") return;
      const { start, event } = what;
      toldAt.set(start.peerId, now);
      if (event.event !== "messageAdded" && event.event !== "messageChanged") return;
      const { message } = event;
      if (event.event === "messageAdded") shown.set(start.peerId, (shown.get(start.peerId) ?? new Set()).add(message.messageId));
      if (message.from !== start.peerId || !message.in.startsWith("@") || message.notice !== null || message.expiresAt !== null) return;
      const ofStart = states.get(start.peerId) ?? new Map<string, { reader: string; text: string; state: string }>();
      states.set(start.peerId, ofStart.set(message.messageId, { reader: message.in.slice(1), text: message.text, state: message.state }));
    },
    conclude(all, reportUnsettled) {
      // A liar may have been one of those who said that they hold it.
      const lossesMax = all.liar === undefined ? 1 : 0;
      for (const [messageId, { reader, sender, text, at }] of promised) {
        const peer = all.peers.find(({ start }) => start.peerId === reader);
        if (peer === undefined || tainted.has(reader) || shown.get(reader)?.has(messageId) === true) continue;
        if (shunned.has(`${reader} ${sender}`)) continue;
        const lost = new Set(ended.filter((one) => one.at >= at - noticedMs).map(({ peerId }) => peerId));
        lost.delete(sender);
        lost.delete(reader);
        if (lost.size <= lossesMax) reportUnsettled(`"${text.slice(0, 40)}" was shown as held, and does not reach ${peer.start.name}`);
      }
    },
  };
}
