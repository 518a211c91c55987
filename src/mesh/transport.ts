/**
 * The port between the mesh and what carries its bytes: one TCP connection with a Noise handshake (signalling),
 * then one WebRTC data channel negotiated inside it. The TCP connection stays open beside the channel: a process
 * that dies closes it at once, which WebRTC would notice only after seconds.
 *
 *   dial ──► (TCP, Noise) ──► connectionAuthenticated ──► negotiate ──► linkOpened ──► sendFrame / frameArrived
 *     └────► dialFailed              └── closeConnection ──► (no more inputs)      └──► connectionClosed
 *
 * Inbound connections appear as `connectionAuthenticated` with `dialled: false`. The responder also waits for
 * `negotiate` before it answers an offer, so that the core alone decides which of two connections lives.
 */
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Address, ConnectionId } from "../ids.ts";

/** A link's closed list of ends. */
export type CloseReason =
  | "remoteClosed" // TCP connection or data channel ended by the other side, or its process died
  | "negotiationFailed" // no data channel within the time, e.g. UDP is blocked
  | "protocolViolation"
  | "overloaded" // the other side reads too slowly, the send queue passed its bound
  | "flooding" // the other side asks too much of us, and goes on
  | "duplicate" // the other of two connections to one peer was kept
  | "silent" // nothing heard for too long
  | "surplus" // a crowd's link that neither side needs
  | "goodbye"
  | "self" // we reached ourselves
  | "stopped";

export type DialFailure =
  | "unreachable" // connection refused, no route, timed out
  | "handshakeFailed" // not an Earshot peer, another network, wrong network key
  | "stopped";

export interface RemotePeer {
  readonly identity: PublicIdentity;
  /** Random per process start, 16 hex digits. */
  readonly instance: string;
  /** Where the other side accepts connections, as far as known: the dialled address, or its source address and stated port. */
  readonly address: Address;
}

export type TransportInput =
  | {
      readonly type: "connectionAuthenticated";
      readonly connectionId: ConnectionId;
      readonly dialled: boolean;
      readonly remote: RemotePeer;
    }
  | { readonly type: "dialFailed"; readonly connectionId: ConnectionId; readonly failure: DialFailure }
  | { readonly type: "linkOpened"; readonly connectionId: ConnectionId }
  | { readonly type: "connectionClosed"; readonly connectionId: ConnectionId; readonly reason: CloseReason }
  | { readonly type: "frameArrived"; readonly connectionId: ConnectionId; readonly bytes: Uint8Array }
  /** An inbound connection was turned away before it had proven who it is. Counted, never answered. */
  | {
      readonly type: "connectionRefused";
      readonly cause: "tooMany" | "badHandshake" | "timedOut";
      readonly host: string;
      readonly count?: number;
    };

export interface Transport {
  /** `connectionId` is drawn by the caller and begins with "out-"; inbound ones begin with "in-". */
  dial(connectionId: ConnectionId, address: Address): void;
  negotiate(connectionId: ConnectionId): void;
  /** One message of at most `frameBytesMax`; ordered and reliable while the link is open, silently dropped otherwise. */
  sendFrame(connectionId: ConnectionId, bytes: Uint8Array): void;
  /** Idempotent. What was sent before leaves first, within a short bound. No `connectionClosed` follows. */
  closeConnection(connectionId: ConnectionId, reason: CloseReason): void;
}
