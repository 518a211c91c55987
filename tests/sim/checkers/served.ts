/** Whether a peer can know what only its host tells: who is in a public room. A liar that is host, or invents one, tells nobody. */
import type { Asked, Inspected } from "../seen.ts";

export function isServed(all: Inspected, peer: Asked): boolean {
  if (all.liar === undefined) return true;
  const hostId = peer.ask("host.get", {})?.hostId;
  return all.peers.some(({ start }) => start.peerId === hostId);
}
