/** Of whom one has blocked nothing is shown: no message as it comes, none in a list, no note of their coming and going. */
import type { Asked, Checker, Report } from "../seen.ts";

export function createShunned(report: Report): Checker {
  /** By peer, over all its starts: a guest's end with it, since the next one is another. */
  const blocked = new Map<string, Set<string>>();
  const of = (peerId: string): ReadonlySet<string> => blocked.get(peerId) ?? new Set();

  function listed(peer: Asked): void {
    const shunned = of(peer.start.peerId);
    if (shunned.size === 0) return;
    for (const room of peer.ask("rooms.list", {})?.rooms ?? []) {
      for (const { from, text } of peer.ask("messages.list", { in: room.roomId, limit: 50 })?.messages ?? [])
        if (shunned.has(from)) report(`${peer.start.name} is listed "${text.slice(0, 40)}" by somebody it has blocked`);
      if (room.invitedBy !== null && shunned.has(room.invitedBy))
        report(`${peer.start.name} is shown an invitation by somebody it has blocked`);
    }
  }

  return {
    name: "shunned",
    seen(what) {
      if (what.type === "shunned") {
        const all = blocked.get(what.start.peerId) ?? new Set<string>();
        blocked.set(what.start.peerId, all);
        if (what.isBlocked) all.add(what.peerId);
        else all.delete(what.peerId);
      }
      // What was decided last before a crash may not have reached the disk.
      if (what.type === "ended") blocked.delete(what.start.peerId);
      if (what.type !== "told") return;
      const { start, event } = what;
      const shunned = of(start.peerId);
      if (event.event === "messageAdded" && shunned.has(event.message.from))
        report(`${start.name} is told "${event.message.text.slice(0, 40)}" by somebody it has blocked`);
      if (event.event === "logged" && event.entry.peerId !== null && shunned.has(event.entry.peerId) && event.entry.kind !== "hostChanged")
        report(`${start.name} is told of the comings and goings of somebody it has blocked: ${event.entry.text}`);
    },
    inspect(all) {
      for (const peer of all.peers) if (!peer.isAsleep) listed(peer);
    },
  };
}
