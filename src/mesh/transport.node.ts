/**
 * The real transport: a signalling connection (TCP, Noise) and the data channel negotiated inside it make one connection.
 *
 *   dial/accept ──► authenticated ──negotiate──► negotiating ──channel open──► open
 *                        └───────────────┴────── either ends ──────────────────┴──► gone, `connectionClosed` once
 *
 * A TCP connection that ends without "bye" is a process that died: the link ends at once. After "bye" the channel has
 * `lingerMs` to deliver what was sent before.
 */
import type { ConnectionId } from "../ids.ts";
import { type Signalling, type SignallingOptions, startSignalling } from "./signalling.node.ts";
import type { ChannelEnd, SignallingChannel } from "./signalling-channel.node.ts";
import { lingerMs } from "./signalling-limits.ts";
import type { SignallingMessage } from "./signalling-messages.ts";
import { strict } from "./strict.ts";
import type { CloseReason, Transport, TransportInput } from "./transport.ts";
import { type Link, openLink, type Signal, type WebRtcClasses } from "./webrtc.node.ts";

export interface TransportOptions extends Omit<SignallingOptions, "accepted" | "refused"> {
  readonly classes: WebRtcClasses;
  readonly deliver: (input: TransportInput) => void;
}

export interface NodeTransport extends Transport {
  /** Where connections are accepted. */
  readonly port: number;
  /** Closes every connection, lets what was sent leave, and closes the port. No input follows. */
  stop(): Promise<void>;
}

interface Connection {
  readonly id: ConnectionId;
  readonly dialled: boolean;
  readonly channel: SignallingChannel;
  link: Link | undefined;
  /** What the other side signalled before the core said `negotiate`. */
  readonly early: Signal[];
  isOpen: boolean;
  saidBye: boolean;
}

/** Throws `ListenError`. */
export async function startTransport(options: TransportOptions): Promise<NodeTransport> {
  const connections = new Map<ConnectionId, Connection>();
  const dials = new Map<ConnectionId, () => void>();
  const closing = new Set<Promise<void>>();
  let inboundCount = 0;
  let isStopped = false;

  const signalling: Signalling = await startSignalling({
    ...options,
    accepted: (channel) => {
      if (isStopped) return channel.destroy();
      add(`in-${++inboundCount}` as ConnectionId, false, channel);
    },
    refused: (cause, host, count) => deliver({ type: "connectionRefused", cause, host, count }),
  });

  function deliver(input: TransportInput): void {
    if (!isStopped) options.deliver(input);
  }

  function add(id: ConnectionId, dialled: boolean, channel: SignallingChannel): void {
    const connection: Connection = { id, dialled, channel, link: undefined, early: [], isOpen: false, saidBye: false };
    connections.set(id, connection);
    channel.listen({ message: (message) => onMessage(connection, message), ended: (end) => onChannelEnd(connection, end) });
    deliver({ type: "connectionAuthenticated", connectionId: id, dialled, remote: channel.remote });
  }

  function onMessage(connection: Connection, message: SignallingMessage): void {
    if (message.k === "bye") {
      connection.saidBye = true;
      if (!connection.isOpen) end(connection, message.reason === "negotiationFailed" ? "negotiationFailed" : "remoteClosed");
    } else if (connection.link === undefined) connection.early.push(message);
    else connection.link.signal(message);
  }

  function onChannelEnd(connection: Connection, reason: ChannelEnd): void {
    if (reason === "protocolViolation") end(connection, "protocolViolation");
    else if (!connection.saidBye) end(connection, "remoteClosed");
    else setTimeout(() => end(connection, "remoteClosed"), lingerMs);
  }

  function negotiate(connection: Connection): void {
    if (connection.link !== undefined) return;
    const { channel, id } = connection;
    const link = openLink({
      isInitiator: connection.dialled,
      classes: options.classes,
      // A scope is the other machine's business and not part of a candidate.
      localHost: channel.localHost.includes("%") ? undefined : channel.localHost,
      remoteHost: channel.remoteHost,
      signal: (signal) => channel.send(signal),
      opened: () => {
        connection.isOpen = true;
        deliver({ type: "linkOpened", connectionId: id });
      },
      frame: (bytes) => deliver({ type: "frameArrived", connectionId: id, bytes }),
      ended: (reason) => end(connection, reason),
    });
    connection.link = link;
    for (const signal of connection.early.splice(0)) link.signal(signal);
  }

  /** The connection ended by itself: the core hears of it. */
  function end(connection: Connection, reason: CloseReason): void {
    if (connections.get(connection.id) !== connection) return;
    release(connection, reason);
    deliver({ type: "connectionClosed", connectionId: connection.id, reason });
  }

  function release(connection: Connection, reason: CloseReason): void {
    connections.delete(connection.id);
    connection.channel.send({ k: "bye", reason });
    const released = (connection.link?.close() ?? Promise.resolve()).then(() => connection.channel.end());
    closing.add(released);
    void released.finally(() => closing.delete(released));
  }

  return {
    port: signalling.port,

    dial(connectionId, address) {
      strict(!connections.has(connectionId) && !dials.has(connectionId), `connection id ${connectionId} is in use`);
      if (isStopped) return;
      const cancel = signalling.dial(address, {
        authenticated: (channel) => {
          dials.delete(connectionId);
          add(connectionId, true, channel);
        },
        failed: (failure) => {
          dials.delete(connectionId);
          deliver({ type: "dialFailed", connectionId, failure });
        },
      });
      dials.set(connectionId, cancel);
    },

    negotiate(connectionId) {
      const connection = connections.get(connectionId);
      if (connection !== undefined) negotiate(connection);
    },

    sendFrame(connectionId, bytes) {
      connections.get(connectionId)?.link?.sendFrame(bytes);
    },

    closeConnection(connectionId, reason) {
      dials.get(connectionId)?.();
      dials.delete(connectionId);
      const connection = connections.get(connectionId);
      if (connection !== undefined) release(connection, reason);
    },

    async stop() {
      isStopped = true;
      for (const cancel of dials.values()) cancel();
      dials.clear();
      for (const connection of [...connections.values()]) release(connection, "stopped");
      await Promise.all(closing);
      await signalling.stop();
    },
  };
}
