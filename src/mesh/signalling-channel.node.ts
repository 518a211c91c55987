/**
 * An authenticated TCP connection: a handful of small messages each way, sealed by Noise. Whoever says more than
 * `messagesPerConnectionMax`, or anything malformed, is cut off.
 */
import type { Socket } from "node:net";
import { lingerMs, messageBytesMax, messagesPerConnectionMax, unsentBytesMax } from "./signalling-limits.ts";
import { decodeMessage, encodeMessage, frameMessage, type MessageReader, type SignallingMessage } from "./signalling-messages.ts";
import type { NoiseTransport } from "./signalling-ports.ts";
import type { RemotePeer } from "./transport.ts";

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

/** `reader` may hold messages that came with the end of the handshake. */
export function createChannel(socket: Socket, reader: MessageReader, transport: NoiseTransport, remote: RemotePeer): SignallingChannel {
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
      if (message !== undefined) listeners.message(message);
      else finish("protocolViolation");
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

/** Without the form in which IPv6 sockets show IPv4 addresses. */
export function plainHost(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
}
