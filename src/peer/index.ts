/**
 * A peer and its driver: the whole of the chat behind `handle(input, now)` and `nextWakeAt()`.
 * It is not a process: sockets, disk, clock and window are wired to it by `cli/composition.node.ts`.
 *
 * Invariants
 * 1. Same inputs, same randomness, same times: same effects.
 * 2. An API call is answered exactly once.
 * 3. The view is told of every change after the effects that caused it were ordered.
 */

export type { KeptChanges } from "../rooms/index.ts";
export { type Clock, createDriver, type Driver, type DriverPorts } from "./driver.ts";
export type { ApiOutcome, Effect, KeptRecord, RememberedPeer } from "./effect.ts";
export type { Input } from "./input.ts";
export type { PeerOptions } from "./options.ts";
export { Peer } from "./peer.ts";
