/**
 * A client's side of one connection: matches answers to calls and hands out events. The socket is the adapter's
 * (client.node.ts, client.dom.ts), so that this file runs anywhere.
 *
 * Invariants
 * 1. Every call settles: with its result, with the peer's refusal, or with "disconnected" when the connection ends.
 * 2. Events reach each listener in the order in which the peer told them.
 */
import type { EarshotEvent, ErrorCode, MethodName, Params, Result } from "./contract.ts";
import { eventMethod } from "./wire.ts";

/** The peer's own codes, and two for a call that never reached it. `tokenRefused`: trying again does not help. */
export type CallFailureCode = ErrorCode | "disconnected" | "tokenRefused";

export class ApiCallError extends Error {
  readonly code: CallFailureCode;

  constructor(code: CallFailureCode, message: string) {
    super(message);
    this.name = "ApiCallError";
    this.code = code;
  }
}

export type EventListener = (event: EarshotEvent) => void;

export interface ApiClient {
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Returns how to stop listening. */
  onEvent(listener: EventListener): () => void;
}

export interface ClientConnection extends ApiClient {
  /** What the socket received. */
  receive(text: string): void;
  /** The socket has ended. */
  end(): void;
}

interface PendingCall {
  resolve(result: never): void;
  reject(error: ApiCallError): void;
}

interface ServerMessage {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message?: unknown; readonly data?: { readonly code?: unknown } };
}

export function disconnected(): ApiCallError {
  return new ApiCallError("disconnected", "The connection to Earshot on this computer is gone. Is it still running?");
}

export function createClientConnection(send: (text: string) => void): ClientConnection {
  const pending = new Map<number, PendingCall>();
  const listeners = new Set<EventListener>();
  let lastId = 0;
  let isEnded = false;

  return {
    call(method, params) {
      if (isEnded) return Promise.reject(disconnected());
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      });
    },

    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    receive(text) {
      const message = JSON.parse(text) as ServerMessage;
      if (message.method === eventMethod) {
        for (const listener of listeners) listener(message.params as EarshotEvent);
        return;
      }
      const call = typeof message.id === "number" ? pending.get(message.id) : undefined;
      if (call === undefined) return;
      pending.delete(message.id as number);
      if (message.error === undefined) call.resolve(message.result as never);
      else call.reject(new ApiCallError(message.error.data?.code as ErrorCode, String(message.error.message)));
    },

    end() {
      isEnded = true;
      for (const call of pending.values()) call.reject(disconnected());
      pending.clear();
    },
  };
}
