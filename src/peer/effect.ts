/** Orders that a peer gives; the driver carries them out in order. */
import type { ApiError, EarshotEvent } from "../api/contract.ts";
import type { Address, ConnectionId, PeerId, RequestId } from "../ids.ts";
import type { CloseReason } from "../mesh/transport.ts";
import type { KeptEvent, KeptEventKey } from "../rooms/index.ts";

export interface RememberedPeer {
  readonly peerId: PeerId;
  readonly addresses: readonly Address[];
}

/** `value` undefined forgets. */
export interface KeptRecord {
  readonly table: "sessions" | "senderKeys" | "contacts" | "rooms" | "mail" | "settings" | "own";
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

/** What has to be on disk before the frames that follow leave. A guest's stay in memory. */
export interface SaveRecords {
  readonly type: "saveRecords";
  readonly records: readonly KeptRecord[];
}

/** Entries of rooms, to be written down; like records, before the frames that follow leave. */
export interface AppendEvents {
  readonly type: "appendEvents";
  readonly events: readonly KeptEvent[];
}

/** They are different now; nothing of what they were may be left on disk. */
export interface RewriteEvents {
  readonly type: "rewriteEvents";
  readonly events: readonly KeptEvent[];
}

/** Nothing of them may be left on disk. */
export interface DeleteEvents {
  readonly type: "deleteEvents";
  readonly keys: readonly KeptEventKey[];
}

export type Effect =
  | SaveRecords
  | AppendEvents
  | RewriteEvents
  | DeleteEvents
  | { readonly type: "dial"; readonly connectionId: ConnectionId; readonly address: Address }
  | { readonly type: "negotiate"; readonly connectionId: ConnectionId }
  | { readonly type: "sendFrame"; readonly connectionId: ConnectionId; readonly bytes: Uint8Array }
  | { readonly type: "closeConnection"; readonly connectionId: ConnectionId; readonly reason: CloseReason }
  /** Replaces what was remembered; a guest's store keeps it in memory. */
  | { readonly type: "rememberPeers"; readonly peers: readonly RememberedPeer[] }
  | { readonly type: "rememberName"; readonly name: string }
  | { readonly type: "replied"; readonly requestId: RequestId; readonly outcome: ApiOutcome }
  | { readonly type: "notifyView"; readonly event: EarshotEvent }
  | { readonly type: "stopped" };

export type ApiOutcome = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: ApiError };
