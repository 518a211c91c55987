/**
 * At most one host per term in a connected group, and one host at all once the group has had time to settle. A group is
 * connected where open links, over which everything arrives, lead from each to each.
 */
import type { Asked, Checker, Inspected, Report } from "../seen.ts";

/** A cut link is noticed after 3.5 s, a silent host after 5 s, then candidates step in one by one. */
const settleMs = 12_000;

export function createOneHost(_report: Report): Checker {
  /** Pairs of hosts that are linked, and since when. */
  const since = new Map<string, number>();
  return {
    name: "one host",
    inspect(all, report) {
      const hosts = hostsOf(all);
      const now = new Set<string>();
      for (const [place, one] of hosts.entries()) {
        for (const other of hosts.slice(place + 1)) {
          if (!all.isLinked(one.start, other.start)) continue;
          const key = `${one.start.name} ${one.start.count} ${other.start.name} ${other.start.count}`;
          now.add(key);
          const from = since.get(key) ?? all.now;
          since.set(key, from);
          if (all.now - from >= settleMs)
            report(`${one.start.name} and ${other.start.name} have both been host for ${settleMs / 1_000} s, linked`);
        }
      }
      for (const key of since.keys()) if (!now.has(key)) since.delete(key);
    },
    conclude(all, report) {
      for (const network of new Set(all.peers.map(({ start }) => start.network))) concludeNetwork(all, network, report);
    },
  };
}

function concludeNetwork(all: Inspected, network: string, report: Report): void {
  const peers = all.peers.filter(({ start }) => start.network === network);
  const hosts = hostsOf(all).filter(({ start }) => start.network === network);
  // A liar that stays may be host, as anybody may, under any identity of which it has the keys.
  if (hosts.length !== 1 && peers.length > 1 && (all.liar === undefined || hosts.length > 1)) {
    report(`${hosts.length} hosts: ${hosts.map(({ start }) => start.name).join(", ")}`);
  }
  const views = new Map<string, string[]>();
  for (const peer of peers) {
    const host = peer.ask("host.get", {});
    if (host === undefined) continue;
    const view = `${all.nameOf(host.hostId)}, term ${host.term}`;
    views.set(view, [...(views.get(view) ?? []), peer.start.name]);
  }
  if (views.size > 1) report(`hosts differ: ${[...views].map(([view, names]) => `${names.join(" ")} say ${view}`).join("; ")}`);
}

function hostsOf(all: Inspected): Asked[] {
  return all.peers.filter((peer) => {
    const host = peer.ask("host.get", {});
    return host?.isSelf === true && host.term > 0;
  });
}
