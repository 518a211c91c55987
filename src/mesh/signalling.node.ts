/**
 * TCP on every peer: dials, accepts, and proves on both sides who is there. What it hands out is an authenticated,
 * encrypted channel for a handful of small messages. It knows nothing of WebRTC.
 *
 * Invariants
 * 1. A stranger without the network secret gets not one byte from us, and holds a place for `handshakeTimeoutMs` at most.
 * 2. What strangers can make us hold and compute is bounded by signalling-limits.ts, however many they are.
 * 3. A dial ends in exactly one of `authenticated` and `failed`, unless it is cancelled; a channel's `ended` comes at most
 *    once, and never after `end` or `destroy`.
 */
import { createConnection, isIP, type Socket } from "node:net";
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Address } from "../ids.ts";
import { listenOnFreePort } from "./listening.node.ts";
import { type RefusalCause, type ReportRefusals, reportInSums } from "./refusals.node.ts";
import { createChannel, plainHost, type SignallingChannel } from "./signalling-channel.node.ts";
import {
  dialConnectTimeoutMs,
  handshakeBytesMax,
  handshakeStepsMax,
  handshakeTimeoutMs,
  inboundMax,
  keepAliveMs,
  unauthenticatedMax,
  unauthenticatedPerHostMax,
} from "./signalling-limits.ts";
import { decodeIntroduction, encodeIntroduction, frameMessage, MessageReader, prologue } from "./signalling-messages.ts";
import type { CreateHandshake, IdentityFromKeys } from "./signalling-ports.ts";
import { strict } from "./strict.ts";
import type { RemotePeer } from "./transport.ts";

export interface SignallingOptions {
  readonly self: PublicIdentity;
  /** 16 hex digits. */
  readonly instance: string;
  readonly createHandshake: CreateHandshake;
  readonly identityFromKeys: IdentityFromKeys;
  /** Addresses to listen on; ["0.0.0.0"] for all. */
  readonly hosts: readonly string[];
  /** Only this port, or the first free one of ten from `signallingPort`. */
  readonly port?: number | undefined;
  /** Own address from which to dial, where interfaces were named; undefined leaves it to the system. */
  readonly sourceFor?: ((host: string) => string | undefined) | undefined;
  readonly accepted: (channel: SignallingChannel) => void;
  readonly refused: ReportRefusals;
}

export interface DialListeners {
  readonly authenticated: (channel: SignallingChannel) => void;
  readonly failed: (failure: "unreachable" | "handshakeFailed") => void;
}

export interface Signalling {
  readonly port: number;
  /** Returns how to cancel; then neither listener is called. */
  dial(address: Address, listeners: DialListeners): () => void;
  /** Closes the port and every connection. */
  stop(): Promise<void>;
}

/** Throws `ListenError`. */
export async function startSignalling(options: SignallingOptions): Promise<Signalling> {
  const sockets = new Set<Socket>();
  const refusals = reportInSums(options.refused);
  const steps = createStepQueue();
  const unauthenticatedByHost = new Map<string, number>();
  let unauthenticated = 0;

  const { servers, port } = await listenOnFreePort(options.hosts, options.port);
  for (const server of servers) {
    server.maxConnections = inboundMax;
    server.on("connection", accept);
    server.on("drop", (data) => refusals.add("tooMany", plainHost(data?.remoteAddress)));
  }

  function introduce(): Uint8Array {
    return encodeIntroduction({ signKey: options.self.signKey, binding: options.self.binding, instance: options.instance, port });
  }

  function accept(socket: Socket): void {
    const host = plainHost(socket.remoteAddress);
    const fromHost = unauthenticatedByHost.get(host) ?? 0;
    if (unauthenticated >= unauthenticatedMax || (fromHost >= unauthenticatedPerHostMax && !isLoopback(host))) {
      socket.on("error", ignore);
      drop(socket);
      refusals.add("tooMany", host);
      return;
    }
    unauthenticated++;
    unauthenticatedByHost.set(host, fromHost + 1);
    prepare(socket);
    handshake(socket, {
      isInitiator: false,
      inTurn: steps.run,
      remoteAddress: (statedPort) => ({ host, port: statedPort }),
      settled: (outcome) => {
        unauthenticated--;
        const rest = (unauthenticatedByHost.get(host) ?? 1) - 1;
        if (rest > 0) unauthenticatedByHost.set(host, rest);
        else unauthenticatedByHost.delete(host);
        if (typeof outcome === "string") refusals.add(outcome, host);
        else options.accepted(outcome);
      },
    });
  }

  function dial(address: Address, listeners: DialListeners): () => void {
    let isSettled = false;
    const fail = (failure: "unreachable" | "handshakeFailed"): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      drop(socket);
      listeners.failed(failure);
    };
    const timer = setTimeout(() => fail("unreachable"), dialConnectTimeoutMs);
    let socket: Socket | undefined;
    // A name would be looked up outside the LAN.
    if (isIP(address.host.split("%")[0] ?? "") === 0) {
      setImmediate(fail, "unreachable");
    } else {
      const localAddress = options.sourceFor?.(address.host);
      socket = createConnection({ host: address.host, port: address.port, ...(localAddress === undefined ? {} : { localAddress }) });
      const dialled = socket;
      prepare(dialled);
      const onClose = (): void => fail("unreachable");
      dialled.once("close", onClose);
      dialled.once("connect", () => {
        clearTimeout(timer);
        dialled.off("close", onClose);
        handshake(dialled, {
          isInitiator: true,
          inTurn: (step) => {
            step();
            return true;
          },
          remoteAddress: () => address,
          settled: (outcome) => {
            if (typeof outcome === "string") return fail("handshakeFailed");
            if (isSettled) return outcome.destroy();
            isSettled = true;
            listeners.authenticated(outcome);
          },
        });
      });
    }
    return () => {
      isSettled = true;
      clearTimeout(timer);
      drop(socket);
    };
  }

  function prepare(socket: Socket): void {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // "close" follows and says all there is to say.
    socket.on("error", ignore);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
  }

  /** Three messages, then a channel. On failure the socket is destroyed without an answer. */
  function handshake(socket: Socket, side: HandshakeSide): void {
    const session = options.createHandshake({ initiator: side.isInitiator, prologue });
    const reader = new MessageReader(side.isInitiator ? new Uint8Array(0) : prologue);
    const timer = setTimeout(() => settle("timedOut"), handshakeTimeoutMs);
    let messagesRead = 0;

    socket.on("data", onData);
    socket.once("close", onClose);
    if (side.isInitiator) {
      socket.write(prologue);
      socket.write(frameMessage(session.writeMessage(new Uint8Array(0))));
    }

    function onData(chunk: Uint8Array): void {
      reader.push(chunk);
      advance();
    }

    function advance(): void {
      const message = reader.next(handshakeBytesMax);
      if (message === "none") return;
      if (message === "broken") {
        settle("badHandshake");
        return;
      }
      socket.pause();
      const isTaken = side.inTurn(() => {
        if (!socket.destroyed) take(message);
      });
      if (!isTaken) settle("tooMany");
    }

    function take(message: Uint8Array): void {
      const reading = session.readMessage(message);
      messagesRead++;
      if (reading.ok && !side.isInitiator && messagesRead === 1) {
        socket.write(frameMessage(session.writeMessage(introduce())));
        socket.resume();
        advance();
        return;
      }
      const remote = reading.ok ? identify(reading.payload) : undefined;
      if (remote === undefined) {
        settle("badHandshake");
        return;
      }
      if (side.isInitiator) socket.write(frameMessage(session.writeMessage(introduce())));
      const transport = session.established?.transport;
      strict(transport !== undefined, "a handshake of three messages leaves a transport");
      settle(createChannel(socket, reader, transport, remote));
    }

    function identify(payload: Uint8Array): RemotePeer | undefined {
      const introduction = decodeIntroduction(payload);
      const agreeKey = session.remoteStatic;
      if (introduction === undefined || agreeKey === undefined) return undefined;
      const identity = options.identityFromKeys(introduction.signKey, agreeKey, introduction.binding);
      if (identity === undefined) return undefined;
      return { identity, instance: introduction.instance, address: side.remoteAddress(introduction.port) };
    }

    function onClose(): void {
      settle("badHandshake");
    }

    function settle(outcome: RefusalCause | SignallingChannel): void {
      clearTimeout(timer);
      socket.off("data", onData);
      socket.off("close", onClose);
      if (typeof outcome === "string") drop(socket);
      side.settled(outcome);
    }
  }

  async function stop(): Promise<void> {
    refusals.stop();
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  }

  return { port, dial, stop };
}

interface HandshakeSide {
  readonly isInitiator: boolean;
  /** Runs the step now or later; false where no place is left. */
  readonly inTurn: (step: () => void) => boolean;
  readonly remoteAddress: (statedPort: number) => Address;
  /** Once. */
  readonly settled: (outcome: RefusalCause | SignallingChannel) => void;
}

/** One step a turn of the event loop, so that whatever else is ready comes between two of them. */
function createStepQueue(): { run: (step: () => void) => boolean } {
  const waiting: (() => void)[] = [];
  let isScheduled = false;
  const schedule = (): void => {
    if (isScheduled || waiting.length === 0) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      waiting.shift()?.();
      schedule();
    });
  };
  return {
    run(step) {
      if (waiting.length >= handshakeStepsMax) return false;
      waiting.push(step);
      schedule();
      return true;
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}

/** Without the closing exchange: no memory of the stranger stays in the system. */
function drop(socket: Socket | undefined): void {
  if (socket?.connecting === false) socket.resetAndDestroy();
  else socket?.destroy();
}

function ignore(): void {}
