/** What its author took back is shown to nobody to whom it was said to be deleted, in none of its versions, ever again. */
import type { MessageView } from "../../../src/api/contract.ts";
import type { Checker, Report, Start } from "../seen.ts";

export function createTakenBack(report: Report): Checker {
  /** By start of a peer. */
  const deleted = new Map<string, Set<string>>();
  /** By the API of their authors. */
  const takenBack = new Set<string>();

  function look(start: Start, message: MessageView): void {
    const key = `${start.name} ${start.count}`;
    const gone = deleted.get(key) ?? new Set<string>();
    deleted.set(key, gone);
    if (message.deleted) gone.add(message.messageId);
    if (message.deleted && message.text !== "")
      report(`${start.name} is told the text of what was deleted: "${message.text.slice(0, 40)}"`);
    if (!message.deleted && gone.has(message.messageId)) report(`"${message.text.slice(0, 40)}" was deleted, and is back at ${start.name}`);
  }

  return {
    name: "taken-back",
    seen(what) {
      if (what.type === "deleted") takenBack.add(what.messageId);
      if (what.type === "listed") for (const message of what.messages) look(what.start, message);
      if (what.type === "told" && (what.event.event === "messageAdded" || what.event.event === "messageChanged"))
        look(what.start, what.event.message);
    },
    conclude(all, reportUnsettled) {
      for (const peer of all.peers) {
        for (const room of peer.ask("rooms.list", {})?.rooms ?? []) {
          if (!room.joined) continue;
          for (const message of peer.ask("messages.list", { in: room.roomId, limit: 500 })?.messages ?? []) {
            look(peer.start, message);
            // What was decided right before a crash may have been heard by nobody, its author included.
            const isKnown = all.peers.some((other) => deleted.get(`${other.start.name} ${other.start.count}`)?.has(message.messageId));
            if (isKnown && takenBack.has(message.messageId) && !message.deleted)
              reportUnsettled(`"${message.text.slice(0, 40)}" was deleted, and is still shown to ${peer.start.name}`);
          }
        }
      }
    },
  };
}
