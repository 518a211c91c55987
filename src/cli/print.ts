/** Tables and lines for people at a terminal. Whatever comes from others is made harmless to the terminal first. */
import type { HostStats, HostView, PeerView, Result, RoomView, Session } from "../api/contract.ts";

export interface InterfaceAddress {
  readonly interface: string;
  readonly host: string;
}

export function formatPeers(peers: readonly PeerView[]): string {
  if (peers.length === 0) return "Nobody else is here yet.";
  const rows = peers.map((peer) => [
    peer.name + (peer.nameClash ? ` (${peer.peerId.slice(0, 6)})` : ""),
    peer.online ? linkWords(peer, peers) : "away",
    peer.address ?? "",
    peer.isHost ? "host" : "",
    trustWords(peer),
    `@${peer.peerId}`,
  ]);
  return table(["name", "", "address", "", "", "id"], rows);
}

export function formatPeople(people: Result<"people.list">["people"]): string {
  if (people.length === 0) return "Nobody is known yet.";
  const rows = people.map(({ name, online, verified, blocked, peerId }) => [
    name,
    online ? "here" : "away",
    blocked ? "blocked" : verified ? "verified" : "",
    `@${peerId}`,
  ]);
  return table(["name", "", "", "id"], rows);
}

function trustWords({ blocked, keyChange, verified }: PeerView): string {
  if (blocked) return "blocked";
  if (keyChange !== null) return "their key is new";
  return verified ? "verified" : "";
}

export function formatRooms(rooms: readonly RoomView[]): string {
  const rows = rooms.map((room) => [
    `#${room.name}`,
    room.invitedBy !== null && !room.joined ? "invited" : room.joined ? "joined" : "",
    room.visibility,
    String(room.memberCount),
    room.unread === 0 ? "" : String(room.unread),
    room.topic,
  ]);
  return table(["room", "", "", "members", "unread", "topic"], rows);
}

export interface DoctorFindings {
  readonly session: Session;
  readonly host: HostView;
  readonly peers: readonly PeerView[];
  readonly stats: HostStats;
  readonly interfaces: readonly InterfaceAddress[];
}

export function formatDoctor({ session, host, peers, stats, interfaces }: DoctorFindings): string {
  const online = peers.filter((peer) => peer.online);
  const hostName = host.isSelf ? "you" : (peers.find(({ peerId }) => peerId === host.hostId)?.name ?? host.hostId);
  const { refused } = stats;
  const facts = [
    ["you are", `${session.name}, ${session.profile === null ? "a guest" : `profile ${session.profile}`}, version ${session.version}`],
    ["id", session.peerId],
    ["network", session.network],
    ["reachable at", session.addresses.join(", ") || "nowhere: no network interface is up"],
    ["interfaces", interfaces.map((found) => `${found.interface} ${found.host}`).join(", ") || "none"],
    ["here", `${online.length} of ${peers.length} known`],
    ["host", `${hostName}, term ${host.term}`],
    [
      "refused",
      `${refused.badHandshake} of another network or no Earshot, ${refused.timedOut} too slow, ${refused.tooMany} too many, ` +
        `${refused.badFrames} malformed, ${refused.unauthentic} not authentic`,
    ],
  ];
  return [
    table([], facts),
    "",
    formatPeers(peers),
    "",
    "Not checked yet: whether a firewall blocks the port, whether multicast passes, whether the access point isolates its clients.",
  ].join("\n");
}

function linkWords(peer: PeerView, peers: readonly PeerView[]): string {
  if (peer.link !== "relayed") return peer.link === "direct" ? "direct" : "not linked";
  const via = peers.find(({ peerId }) => peerId === peer.via)?.name;
  return via === undefined ? "relayed" : `relayed by ${via}`;
}

/** Left-aligned columns; an empty head prints none. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [...(head.length === 0 ? [] : [head]), ...rows].map((row) => row.map(printable));
  const widths: number[] = [];
  for (const line of lines) {
    line.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const lineText = (line: readonly string[]) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return lines.map(lineText).join("\n");
}

/** Without control and direction characters, by which a name could move the cursor or repaint what stands beside it. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}
