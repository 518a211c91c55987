/** One connection to a running peer, for the command line, tests and bots. Gone is gone: whoever needs it again connects again. */
import { WebSocket } from "ws";
import { ApiCallError, type ApiClient, createClientConnection, disconnected } from "./client.ts";
import { apiPath, apiSubprotocol, apiTokenPrefix } from "./wire.ts";

export interface NodeApiClient extends ApiClient {
  /** Called once when the connection has ended, from whichever side. */
  onClosed(listener: (code: number) => void): void;
  close(): void;
}

/**
 * @param address as it stands in `api.json`: url "http://127.0.0.1:PORT"
 * Rejects with `ApiCallError`: "tokenRefused" where the server turns us away, "disconnected" where none answers.
 */
export function connectApi(address: { readonly url: string; readonly token: string }): Promise<NodeApiClient> {
  const socket = new WebSocket(`${address.url.replace(/^http/u, "ws")}${apiPath}`, [apiSubprotocol, apiTokenPrefix + address.token]);
  const connection = createClientConnection((text) => socket.send(text));
  const closedListeners = new Set<(code: number) => void>();
  // A message may come in the same packet as the answer to the handshake.
  socket.on("message", (data) => connection.receive(String(data)));
  socket.on("close", (code) => {
    connection.end();
    for (const listener of closedListeners) listener(code);
  });
  return new Promise((resolve, reject) => {
    socket.on("unexpected-response", (request, response) => {
      request.destroy();
      reject(new ApiCallError("tokenRefused", `The running Earshot turned the connection away (HTTP ${response.statusCode ?? 0}).`));
    });
    socket.on("error", () => reject(disconnected()));
    socket.on("open", () =>
      resolve({
        call: (method, params) => connection.call(method, params),
        onEvent: (listener) => connection.onEvent(listener),
        onClosed: (listener) => void closedListeners.add(listener),
        close: () => socket.close(),
      }),
    );
  });
}
