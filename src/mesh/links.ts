/**
 * All connections of this peer, and which of two to the same peer lives.
 *
 *   authenticated ──negotiate──► negotiating ──linkOpened──► open ──► (gone)
 *        └── loses against another: closed as "duplicate"
 */
import type { ConnectionId, Millis, PeerId } from "../ids.ts";
import type { Claim } from "./election.ts";
import { duplicateWindowMs, negotiationTimeoutMs } from "./limits.ts";
import type { RemotePeer } from "./transport.ts";

export interface Connection {
  readonly connectionId: ConnectionId;
  readonly dialled: boolean;
  readonly remote: RemotePeer;
  readonly authenticatedAt: Millis;
  openedAt: Millis | undefined;
  heardAt: Millis;
  /** Its `hello` has come. */
  greeted: boolean;
  /** The view of the host last told on it, and last heard. */
  toldView: Claim | undefined;
  heardView: Claim | undefined;
  /** The host has signed it. */
  isViewProven: boolean;
}

export class Links {
  readonly #self: PeerId;
  readonly #byId = new Map<ConnectionId, Connection>();
  readonly #byPeer = new Map<PeerId, Connection>();

  constructor(self: PeerId) {
    this.#self = self;
  }

  /** Decides between this connection and the one there is, if any. Returns the one to close; both sides choose alike. */
  authenticated(
    connectionId: ConnectionId,
    dialled: boolean,
    remote: RemotePeer,
    now: Millis,
  ): { added?: Connection; closed?: Connection } {
    const peerId = remote.identity.peerId;
    const existing = this.#byPeer.get(peerId);
    if (existing !== undefined && !this.#replaces(existing, dialled, remote, now)) return {};
    if (existing !== undefined) this.remove(existing.connectionId);
    const added: Connection = {
      connectionId,
      dialled,
      remote,
      authenticatedAt: now,
      openedAt: undefined,
      heardAt: now,
      greeted: false,
      toldView: undefined,
      heardView: undefined,
      isViewProven: false,
    };
    this.#byId.set(connectionId, added);
    this.#byPeer.set(peerId, added);
    return existing === undefined ? { added } : { added, closed: existing };
  }

  #replaces(existing: Connection, dialled: boolean, remote: RemotePeer, now: Millis): boolean {
    if (existing.remote.instance !== remote.instance) return true;
    if (existing.dialled === dialled) return true;
    if (existing.openedAt !== undefined && now - existing.openedAt >= duplicateWindowMs) return true;
    const diallerOfNew = dialled ? this.#self : remote.identity.peerId;
    return diallerOfNew < (dialled ? remote.identity.peerId : this.#self);
  }

  opened(connectionId: ConnectionId, now: Millis): Connection | undefined {
    const connection = this.#byId.get(connectionId);
    if (connection === undefined || connection.openedAt !== undefined) return undefined;
    connection.openedAt = now;
    connection.heardAt = now;
    return connection;
  }

  remove(connectionId: ConnectionId): Connection | undefined {
    const connection = this.#byId.get(connectionId);
    if (connection === undefined) return undefined;
    this.#byId.delete(connectionId);
    if (this.#byPeer.get(connection.remote.identity.peerId) === connection) this.#byPeer.delete(connection.remote.identity.peerId);
    return connection;
  }

  get(connectionId: ConnectionId): Connection | undefined {
    return this.#byId.get(connectionId);
  }

  /** Connected at least as far as the handshake. */
  has(peerId: PeerId): boolean {
    return this.#byPeer.has(peerId);
  }

  /** The open link to this peer. */
  to(peerId: PeerId): Connection | undefined {
    const connection = this.#byPeer.get(peerId);
    return connection?.openedAt === undefined ? undefined : connection;
  }

  all(): Connection[] {
    return [...this.#byId.values()];
  }

  open(): Connection[] {
    return this.all().filter((connection) => connection.openedAt !== undefined);
  }

  get count(): number {
    return this.#byId.size;
  }

  /** Connections that have been silent, or unopened, for too long. */
  overdue(now: Millis, silenceMaxMs: number): Connection[] {
    return [...this.#byId.values()].filter((connection) => now >= deadline(connection, silenceMaxMs));
  }

  nextDeadline(silenceMaxMs: number): Millis | undefined {
    let next: Millis | undefined;
    for (const connection of this.#byId.values()) {
      const at = deadline(connection, silenceMaxMs);
      if (next === undefined || at < next) next = at;
    }
    return next;
  }
}

function deadline(connection: Connection, silenceMaxMs: number): Millis {
  return (
    connection.openedAt === undefined ? connection.authenticatedAt + negotiationTimeoutMs : connection.heardAt + silenceMaxMs
  ) as Millis;
}
