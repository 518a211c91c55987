/**
 * The page's client: one WebSocket, opened again by itself after every interruption.
 *
 *   connecting ──► open ◄──► reconnecting ──► refused
 *        └───────────────────────────────────────┘   (final: the token is missing or wrong)
 *
 * A call while there is no connection fails at once, so that nothing waits unseen.
 */
import { type ApiClient, type ClientConnection, createClientConnection, disconnected, type EventListener } from "./client.ts";
import { reconnectPauseMaxMs, reconnectPauseMinMs } from "./client-limits.ts";
import { apiSubprotocol, apiTokenPrefix } from "./wire.ts";

export type ConnectionState = "connecting" | "open" | "reconnecting" | "refused";

export interface PageApiClient extends ApiClient {
  /** Every change after the first state, which is "connecting". */
  onState(listener: (state: ConnectionState) => void): void;
  close(): void;
}

/** @param options.url of the WebSocket, "ws://127.0.0.1:PORT/api" */
export function createApiClient(options: { readonly url: string; readonly token: string | undefined }): PageApiClient {
  const { url, token } = options;
  const eventListeners = new Set<EventListener>();
  const stateListeners = new Set<(state: ConnectionState) => void>();
  let state: ConnectionState = "connecting";
  let socket: WebSocket | undefined;
  let connection: ClientConnection | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isClosed = false;

  function become(next: ConnectionState): void {
    if (next === state) return;
    state = next;
    for (const listener of stateListeners) listener(next);
  }

  function connect(tokenGiven: string): void {
    const opening = new WebSocket(url, [apiSubprotocol, apiTokenPrefix + tokenGiven]);
    const opened = createClientConnection((text) => opening.send(text));
    socket = opening;
    opened.onEvent((event) => {
      for (const listener of eventListeners) listener(event);
    });
    opening.onopen = () => {
      failures = 0;
      connection = opened;
      become("open");
    };
    opening.onmessage = ({ data }) => opened.receive(String(data));
    opening.onclose = () => {
      const wasOpen = connection === opened;
      connection = undefined;
      opened.end();
      if (isClosed) return;
      if (wasOpen) connectLater(tokenGiven);
      else void afterFailure(tokenGiven);
    };
  }

  /** A browser does not tell a page why a WebSocket did not open: the same address, asked plainly, does. */
  async function afterFailure(tokenGiven: string): Promise<void> {
    if (await isTokenRefused(url, tokenGiven)) become("refused");
    else if (!isClosed) connectLater(tokenGiven);
  }

  function connectLater(tokenGiven: string): void {
    become("reconnecting");
    const pauseMs = Math.min(reconnectPauseMaxMs, reconnectPauseMinMs * 2 ** failures);
    failures += 1;
    retry = setTimeout(() => connect(tokenGiven), pauseMs);
  }

  // Listeners are there before the first change.
  queueMicrotask(() => {
    if (token === undefined) become("refused");
    else if (!isClosed) connect(token);
  });

  return {
    call: (method, params) => connection?.call(method, params) ?? Promise.reject(disconnected()),
    onEvent(listener) {
      eventListeners.add(listener);
      return () => void eventListeners.delete(listener);
    },
    onState(listener) {
      stateListeners.add(listener);
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
      socket?.close();
    },
  };
}

async function isTokenRefused(webSocketUrl: string, token: string): Promise<boolean> {
  try {
    const response = await fetch(webSocketUrl.replace(/^ws/u, "http"), {
      headers: { authorization: `Bearer ${token}` },
      cache: "no-store",
    });
    return response.status === 401;
  } catch {
    return false;
  }
}
