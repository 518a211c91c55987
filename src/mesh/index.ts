/**
 * The mesh: links to other peers, who is host, and how a frame reaches whom. It knows nothing of rooms or texts;
 * what it carries is sealed. It is not the transport (that is a port, transport.ts) and not discovery.
 *
 * Invariants
 * 1. At most one connection a peer survives, the same one on both sides (links.ts).
 * 2. Any two peers that talk agree on the host within a heartbeat (election.ts).
 * 3. A frame for a reachable peer is sent over its own link, or by relays; never back to where it came from.
 * 4. A peer keeps at most `linksMax` links, and a broadcast reaches everybody who is connected by whatever chain of them.
 * 5. Nothing is believed before it is decoded, bounded and, for cards, verified; what fails is counted in `refused`.
 * 6. No neighbour has us do more than its budgets allow (rates.ts), and an honest one never needs as much (turns.ts).
 */
export { type About, byId, formatAddress, type IdentityFromKeys, type KnownPeer, parseAddress } from "./card.ts";
export type { HostView } from "./election.ts";
export type { Flood } from "./floods.ts";
export { addressesMax, farewellMs, sealedBytesMax } from "./limits.ts";
export type { Connection } from "./links.ts";
export { Mesh } from "./mesh.ts";
export type { MeshEvent, MeshOutcome } from "./outcome.ts";
