/**
 * What is said to be delivered to somebody is on that person's screen, and once acknowledged it ends on the screen of every
 * member, as long as anybody is left who had it.
 */
import type { Checker, Report, Start } from "../seen.ts";
import { isServed } from "./served.ts";

interface Text {
  readonly in: string;
  readonly text: string;
  readonly author: string;
  isAcknowledged: boolean;
  /** Starts that have shown it and still run. */
  readonly holders: Set<string>;
}

export function createAcknowledged(report: Report): Checker {
  const texts = new Map<string, Text>();
  /** By peer id, over all its starts. */
  const shown = new Map<string, Set<string>>();
  const liars = new Set<string>();
  /** Rooms in which a newcomer acknowledges what it may not read. */
  const untold = new Set<string>();
  /** Who was ever blocked by whom: they keep what the other says for everybody else, and are not told. */
  const shunned = new Set<string>();

  function note(start: Start, conversation: string, messageId: string, text: string, author: string): void {
    const screen = shown.get(start.peerId) ?? new Set<string>();
    shown.set(start.peerId, screen.add(messageId));
    const known = texts.get(messageId) ?? { in: conversation, text: text.slice(0, 40), author, isAcknowledged: false, holders: new Set() };
    texts.set(messageId, known);
    known.holders.add(keyOf(start));
  }

  function forget(start: Start, roomId: string): void {
    for (const text of texts.values()) if (text.in === roomId) text.holders.delete(keyOf(start));
  }

  return {
    name: "acknowledged",
    seen(what) {
      if (what.type === "started" && what.start.isLiar) liars.add(what.start.peerId);
      if (what.type === "shunned") shunned.add(`${what.start.peerId} ${what.peerId}`);
      if (what.type === "ended") for (const text of texts.values()) text.holders.delete(keyOf(what.start));
      if (what.type === "listed")
        for (const { in: conversation, messageId, text, from } of what.messages) note(what.start, conversation, messageId, text, from);
      if (what.type !== "told") return;
      const { event, start } = what;
      if (event.event === "roomChanged" && event.room.history === "fromJoin") untold.add(event.room.roomId);
      // Who leaves a room takes nothing along.
      if (event.event === "roomRemoved") forget(start, event.roomId);
      if (event.event === "roomChanged" && !event.room.joined) forget(start, event.room.roomId);
      if (event.event !== "messageAdded" && event.event !== "messageChanged") return;
      const { message } = event;
      // Who comes too late for it acknowledges what nobody can read any more.
      if (message.expiresAt !== null || untold.has(message.in)) return;
      if (event.event === "messageAdded") note(start, message.in, message.messageId, message.text, message.from);
      if (message.from !== start.peerId) return;
      const holders = message.receivedBy.filter((peerId) => !liars.has(peerId) && !shunned.has(`${peerId} ${start.peerId}`));
      for (const receiver of holders) {
        if (shown.get(receiver)?.has(message.messageId)) continue;
        report(`${start.name} is told that somebody has "${message.text.slice(0, 40)}", whose screen never showed it`);
      }
      if (message.state === "delivered" && message.receivedBy.length === 0) {
        report(`${start.name}: "${message.text.slice(0, 40)}" is delivered to nobody`);
      }
      const text = texts.get(message.messageId);
      if (text !== undefined && holders.length > 0) text.isAcknowledged = true;
    },
    conclude(all, reportUnsettled) {
      const running = new Set(all.peers.map(({ start }) => keyOf(start)));
      for (const [messageId, { in: conversation, text, isAcknowledged, holders }] of texts) {
        // A direct conversation has another name for each of the two: agreement looks at it.
        if (!isAcknowledged || conversation.startsWith("@") || ![...holders].some((holder) => running.has(holder))) continue;
        for (const peer of all.peers) {
          const room = peer.ask("rooms.list", {})?.rooms.find(({ roomId, joined }) => roomId === conversation && joined);
          if (room?.visibility === "public" && !isServed(all, peer)) continue;
          if (room === undefined || all.networkOf(messageId) !== peer.start.network) continue;
          // Whoever comes back to a room may still have what it had.
          if (!holders.has(keyOf(peer.start)) && peer.ask("messages.get", { messageId }) === undefined)
            reportUnsettled(`"${text}" was acknowledged, but is not on the screen of ${peer.start.name}`);
        }
      }
    },
  };
}

const keyOf = ({ name, count }: Start): string => `${name} ${count}`;
