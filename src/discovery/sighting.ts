import type { Address, PeerId } from "../ids.ts";

/** Which rung of the ladder produced a sighting. */
export type SightingSource = "mdns" | "remembered" | "introduced" | "typed";

/** "A peer may be at one of these addresses." Never trusted, only dialled. */
export interface Sighting {
  readonly source: SightingSource;
  /** In the order to try; 1 to 8. */
  readonly addresses: readonly Address[];
  /** Who it says it is; the handshake decides. Absent for typed addresses. */
  readonly peerId?: PeerId;
}
