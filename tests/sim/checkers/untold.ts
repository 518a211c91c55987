/** In a room whose past is not told nobody reads what whoever invited them had seen before they did. */
import type { Checker, Report, Start } from "../seen.ts";

interface Invitation {
  readonly roomId: string;
  readonly peerId: string;
  /** What was on the inviter's screen. */
  readonly seen: ReadonlySet<string>;
}

export function createUntold(report: Report): Checker {
  const closed = new Set<string>();
  const invitations: Invitation[] = [];
  /** By peer and room, over all its starts. */
  const shown = new Map<string, Set<string>>();
  const screenOf = ({ peerId }: Start, roomId: string): Set<string> => {
    const key = `${peerId} ${roomId}`;
    const known = shown.get(key) ?? new Set<string>();
    shown.set(key, known);
    return known;
  };
  return {
    name: "untold",
    seen(what) {
      if (what.type === "invited") {
        const { start, roomId, peerId } = what;
        invitations.push({ roomId, peerId, seen: new Set(screenOf(start, roomId)) });
      }
      if (what.type !== "told") return;
      const { event, start } = what;
      if (event.event === "roomChanged" && event.room.history === "fromJoin") closed.add(event.room.roomId);
      if (event.event !== "messageAdded") return;
      const { in: roomId, messageId, text, notice, from } = event.message;
      screenOf(start, roomId).add(messageId);
      if (!closed.has(roomId) || notice !== null || from === start.peerId) return;
      const own = invitations.filter((invitation) => invitation.roomId === roomId && invitation.peerId === start.peerId);
      if (own.length > 0 && own.every(({ seen }) => seen.has(messageId)))
        report(`${start.name} reads "${text.slice(0, 40)}", which was said before anybody invited them`);
    },
  };
}
