/** Nobody sees a message twice, or one author's messages in another order than they were written. */
import type { MessageView } from "../../../src/api/contract.ts";
import type { Checker, Report, Start } from "../seen.ts";

export function createOnceInOrder(report: Report): Checker {
  /** By start and log: the last place shown. */
  const places = new Map<string, Map<string, number>>();

  function shown(start: Start, message: MessageView): void {
    const slash = message.messageId.lastIndexOf("/");
    const log = `${message.in} ${message.messageId.slice(0, slash)}`;
    const place = Number(message.messageId.slice(slash + 1));
    const screen = screenOf(start);
    const before = screen.get(log) ?? 0;
    if (place === before) report(`${start.name} is shown "${excerpt(message)}" twice`);
    // The key of one that disappears may come later than itself.
    if (place < before && message.expiresAt === null)
      report(`${start.name} is shown "${excerpt(message)}" (${place}) after a later one (${before}) of the same author`);
    screen.set(log, Math.max(place, before));
  }

  function screenOf(start: Start): Map<string, number> {
    const key = `${start.name} ${start.count}`;
    const screen = places.get(key) ?? new Map<string, number>();
    places.set(key, screen);
    return screen;
  }

  return {
    name: "once and in order",
    seen(what) {
      if (what.type !== "told") return;
      if (what.event.event === "messageAdded") shown(what.start, what.event.message);
      // A room that is gone from the screen is a new one when it comes back.
      if (what.event.event !== "roomRemoved") return;
      const { roomId } = what.event;
      const screen = screenOf(what.start);
      for (const log of screen.keys()) if (log.startsWith(`${roomId} `)) screen.delete(log);
    },
    conclude(all, reportUnsettled) {
      for (const peer of all.peers) {
        for (const room of peer.ask("rooms.list", {})?.rooms ?? []) {
          const list = peer.ask("messages.list", { in: room.roomId, limit: 500 })?.messages ?? [];
          const ids = new Set(list.map(({ messageId }) => messageId));
          if (ids.size < list.length) reportUnsettled(`${peer.start.name} lists a message of ${room.name} twice`);
        }
      }
    },
  };
}

const excerpt = ({ text }: MessageView): string => text.slice(0, 40);
