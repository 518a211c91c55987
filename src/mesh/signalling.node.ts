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
import { createConnection, createServer, isIP, type Server, type Socket } from "node:net";
import type { PublicIdentity } from "../crypto/ports.ts";
import type { Address } from "../ids.ts";
import {
  dialConnectTimeoutMs,
  handshakeBytesMax,
  handshakeStepsMax,
  handshakeTimeoutMs,
  inboundMax,
  keepAliveMs,
  lingerMs,
  messageBytesMax,
  messagesPerConnectionMax,
  refusalReportIntervalMs,
  signallingPort,
  signallingPortsTried,
  unauthenticatedMax,
  unauthenticatedPerHostMax,
  unsentBytesMax,
} from "./signalling-limits.ts";
import {
  decodeIntroduction,
  decodeMessage,
  encodeIntroduction,
  encodeMessage,
  frameMessage,
  MessageReader,
  prologue,
  type SignallingMessage,
} from "./signalling-messages.ts";
import type { CreateHandshake, IdentityFromKeys, NoiseTransport } from "./signalling-ports.ts";
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
  readonly refused: (cause: RefusalCause, host: string, count: number) => void;
}

export type RefusalCause = "tooMany" | "badHandshake" | "timedOut";
export type ChannelEnd = "ended" | "protocolViolation";

export interface SignallingChannel {
  readonly remote: RemotePeer;
  /** This side's and the other side's address of the TCP connection. */
  readonly localHost: string;
  readonly remoteHost: string;
  /** Once, at once: what arrives before is not lost. */
  listen(listeners: { readonly message: (message: SignallingMessage) => void; readonly ended: (end: ChannelEnd) => void }): void;
  send(message: SignallingMessage): void;
  /** What was sent before leaves first, within `lingerMs`. */
  end(): void;
  destroy(): void;
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

export type ListenFailure = "portInUse" | "portForbidden" | "addressMissing" | "failed";

/** Why the port could not be opened, in words for the person who started it. */
export class ListenError extends Error {
  readonly code: ListenFailure;

  constructor(code: ListenFailure, message: string) {
    super(message);
    this.name = "ListenError";
    this.code = code;
  }
}

/** Throws `ListenError`. */
export async function startSignalling(options: SignallingOptions): Promise<Signalling> {
  const sockets = new Set<Socket>();
  const refusals = reportInSums(options.refused);
  const steps = createStepQueue();
  const unauthenticatedByHost = new Map<string, number>();
  let unauthenticated = 0;

  const { servers, port } = await listenOnFreePort(options);
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
      return refusals.add("tooMany", host);
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
          inTurn: (step) => step(),
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
      if (message === "broken") return settle("badHandshake");
      socket.pause();
      const isTaken = side.inTurn(() => {
        if (!socket.destroyed) take(message);
      });
      if (isTaken === false) settle("tooMany");
    }

    function take(message: Uint8Array): void {
      const reading = session.readMessage(message);
      if (!reading.ok) return settle("badHandshake");
      messagesRead++;
      if (!side.isInitiator && messagesRead === 1) {
        socket.write(frameMessage(session.writeMessage(introduce())));
        socket.resume();
        return advance();
      }
      const remote = identify(reading.payload);
      if (remote === undefined) return settle("badHandshake");
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
  readonly inTurn: (step: () => void) => boolean | void;
  readonly remoteAddress: (statedPort: number) => Address;
  /** Once. */
  readonly settled: (outcome: RefusalCause | SignallingChannel) => void;
}

function createChannel(socket: Socket, reader: MessageReader, transport: NoiseTransport, remote: RemotePeer): SignallingChannel {
  let listeners: Parameters<SignallingChannel["listen"]>[0] | undefined;
  let messageCount = 0;

  const finish = (end: ChannelEnd): void => {
    const heard = listeners;
    listeners = undefined;
    socket.off("data", onData);
    if (end === "protocolViolation") socket.destroy();
    heard?.ended(end);
  };

  function onData(chunk: Uint8Array): void {
    reader.push(chunk);
    drain();
  }

  function drain(): void {
    for (let next = reader.next(messageBytesMax); next !== "none"; next = reader.next(messageBytesMax)) {
      if (listeners === undefined) return;
      const reading = next === "broken" || ++messageCount > messagesPerConnectionMax ? undefined : transport.decrypt(next);
      const message = reading?.ok ? decodeMessage(reading.payload) : undefined;
      if (message === undefined) return finish("protocolViolation");
      listeners.message(message);
    }
  }

  function release(): void {
    listeners = undefined;
    socket.off("data", onData);
  }

  return {
    remote,
    localHost: plainHost(socket.localAddress),
    remoteHost: plainHost(socket.remoteAddress),
    listen(given) {
      listeners = given;
      socket.on("data", onData);
      socket.once("end", () => finish("ended"));
      socket.once("close", () => finish("ended"));
      if (socket.destroyed) setImmediate(finish, "ended");
      else socket.resume();
      setImmediate(drain);
    },
    send(message) {
      if (socket.destroyed || socket.writableEnded) return;
      if (socket.writableLength > unsentBytesMax) return finish("protocolViolation");
      socket.write(frameMessage(transport.encrypt(encodeMessage(message))));
    },
    end() {
      release();
      socket.resume();
      socket.end();
      const timer = setTimeout(() => socket.destroy(), lingerMs);
      socket.once("close", () => clearTimeout(timer));
    },
    destroy() {
      release();
      socket.destroy();
    },
  };
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

/** The first of each cause at once, then sums. */
function reportInSums(report: SignallingOptions["refused"]): { add: (cause: RefusalCause, host: string) => void; stop: () => void } {
  const sums = new Map<RefusalCause, { host: string; count: number; readonly timer: NodeJS.Timeout }>();
  return {
    add(cause, host) {
      const sum = sums.get(cause);
      if (sum !== undefined) {
        sum.host = host;
        sum.count++;
        return;
      }
      const timer = setInterval(() => {
        const due = sums.get(cause);
        if (due === undefined) return;
        if (due.count > 0) report(cause, due.host, due.count);
        else {
          clearInterval(due.timer);
          sums.delete(cause);
        }
        due.count = 0;
      }, refusalReportIntervalMs);
      timer.unref();
      sums.set(cause, { host, count: 0, timer });
      report(cause, host, 1);
    },
    stop() {
      for (const { timer } of sums.values()) clearInterval(timer);
    },
  };
}

async function listenOnFreePort(options: SignallingOptions): Promise<{ servers: Server[]; port: number }> {
  const ports =
    options.port === undefined ? Array.from({ length: signallingPortsTried }, (_, index) => signallingPort + index) : [options.port];
  let last: ListenError | undefined;
  for (const wanted of ports) {
    const servers: Server[] = [];
    try {
      let port = wanted;
      for (const host of options.hosts) {
        const server = await listen(host, port);
        servers.push(server);
        const bound = server.address();
        if (typeof bound === "object" && bound !== null) port = bound.port;
      }
      return { servers, port };
    } catch (error) {
      for (const server of servers) server.close();
      strict(error instanceof ListenError, "listening fails with a reason");
      last = error;
      if (error.code !== "portInUse") throw error;
    }
  }
  if (options.port === undefined) {
    const end = signallingPort + signallingPortsTried - 1;
    throw new ListenError(
      "portInUse",
      `All ports from ${signallingPort} to ${end} are in use. Close another Earshot, or choose one with --port.`,
    );
  }
  throw last ?? new ListenError("failed", "There is no address to listen on.");
}

async function listen(host: string, port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners("error");
      // Accepting can fail for want of file descriptors; the next one may succeed.
      server.on("error", ignore);
      resolve(server);
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  switch (error.code) {
    case "EADDRINUSE":
      return new ListenError("portInUse", `Port ${port} is in use. Close the program that uses it, or choose another with --port.`);
    case "EACCES":
      return new ListenError("portForbidden", `This system does not let you use port ${port}. Choose one above 1023 with --port.`);
    case "EADDRNOTAVAIL":
      return new ListenError("addressMissing", `This computer has no address ${host}.`);
    default:
      return new ListenError("failed", `Cannot listen on ${host} port ${port}: ${error.message}`);
  }
}

/** Without the form in which IPv6 sockets show IPv4 addresses. */
function plainHost(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
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
