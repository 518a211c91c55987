/** Peers of different networks never link, and never learn of each other. */
import type { Checker, Report } from "../seen.ts";

export function createNetworks(report: Report): Checker {
  const networks = new Map<string, string>();
  return {
    name: "networks",
    seen(what) {
      if (what.type === "started") networks.set(what.start.peerId, what.start.network);
      if (what.type === "linkOpened" && networks.get(what.to) !== what.start.network) {
        report(`${what.start.name} is linked to somebody of another network`);
      }
      if (what.type !== "told" || what.event.event !== "peerChanged") return;
      const network = networks.get(what.event.peer.peerId);
      if (network !== undefined && network !== what.start.network) report(`${what.start.name} is shown somebody of another network`);
    },
  };
}
