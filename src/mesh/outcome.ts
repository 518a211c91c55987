/** What the mesh orders of its transport, and what it tells its owner. */
import type { Address, ConnectionId, PeerId } from "../ids.ts";
import type { Flood } from "./floods.ts";
import { encodeFrame, type Frame } from "./frames.ts";
import type { Links } from "./links.ts";
import type { CloseReason } from "./transport.ts";

export type MeshOrder =
  | { readonly type: "dial"; readonly connectionId: ConnectionId; readonly address: Address }
  | { readonly type: "negotiate"; readonly connectionId: ConnectionId }
  | { readonly type: "sendFrame"; readonly connectionId: ConnectionId; readonly bytes: Uint8Array }
  | { readonly type: "closeConnection"; readonly connectionId: ConnectionId; readonly reason: CloseReason };

export type MeshEvent =
  | { readonly type: "reachable"; readonly peerId: PeerId }
  | { readonly type: "unreachable"; readonly peerId: PeerId; readonly saidGoodbye: boolean }
  /** Card, link or relay of a known peer changed. */
  | { readonly type: "peerChanged"; readonly peerId: PeerId }
  /** We have a link of our own to this peer, or no longer. */
  | { readonly type: "linked"; readonly peerId: PeerId }
  | { readonly type: "unlinked"; readonly peerId: PeerId }
  | { readonly type: "hostChanged" }
  /** Who it says it is from; `isDirect` where that peer's own link brought it. */
  | { readonly type: "arrived"; readonly from: PeerId; readonly sealed: Uint8Array; readonly isDirect?: true }
  /** Somebody's broadcast, opened, once; who began it is for the body to prove. */
  | { readonly type: "broadcastArrived"; readonly body: Uint8Array }
  /** An address that a person typed was reached, or (undefined) was not in time. */
  | { readonly type: "connectSettled"; readonly ticket: number; readonly peerId: PeerId | undefined; readonly isForeign?: true }
  /** A card of ours is about that is newer than ours: our clock was set back since. Ours is to be newer still. */
  | { readonly type: "outbid"; readonly revision: number }
  /** A neighbour asks too much of us, or (not `isNew`) goes on with it. */
  | { readonly type: "flooded"; readonly flood: Flood; readonly isNew: boolean }
  | { readonly type: "handOffSettled"; readonly to: PeerId; readonly ok: boolean }
  /** The handshake succeeded but no data channel came about. */
  | { readonly type: "linkFailed"; readonly peerId: PeerId };

export interface MeshOutcome {
  readonly orders: MeshOrder[];
  readonly events: MeshEvent[];
}

/** Collects what one input brings about, in order. */
export class Outbox {
  readonly #links: Links;
  #orders: MeshOrder[] = [];
  #events: MeshEvent[] = [];

  constructor(links: Links) {
    this.#links = links;
  }

  order(order: MeshOrder): void {
    this.#orders.push(order);
  }

  tell(...events: MeshEvent[]): void {
    this.#events.push(...events);
  }

  send(connectionId: ConnectionId, frame: Frame): void {
    this.#orders.push({ type: "sendFrame", connectionId, bytes: encodeFrame(frame) });
  }

  broadcast(frame: Frame, except?: PeerId): void {
    const bytes = encodeFrame(frame);
    for (const link of this.#links.open()) {
      if (link.remote.identity.peerId !== except) this.#orders.push({ type: "sendFrame", connectionId: link.connectionId, bytes });
    }
  }

  take(): MeshOutcome {
    const outcome = { orders: this.#orders, events: this.#events };
    this.#orders = [];
    this.#events = [];
    return outcome;
  }
}
