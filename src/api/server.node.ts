/**
 * The API for the window, the command line and bots of one person, on 127.0.0.1: the built page over HTTP, calls and
 * events over a WebSocket. It decides nothing about the chat; it checks, bounds and passes on.
 *
 * Invariants
 * 1. Nobody reads or does anything without the token, and no page of another origin with it.
 * 2. A call is answered once, in whatever order the peer settles them; events reach every client in order.
 * 3. What a client can make the server hold is bounded (limits.ts); one that stops reading is let go and may come again.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type Access, createAccess, type Refusal } from "./access.node.ts";
import {
  callsInFlightMax,
  clientsMax,
  closePatienceMs,
  requestBytesMax,
  requestTimeoutMs,
  socketsMax,
  stopPatienceMs,
  unreadBytesMax,
} from "./limits.ts";
import { pageHeaders, servePage } from "./page.node.ts";
import type { CallOutcome, PeerPort } from "./peer-port.ts";
import { answer, type Call } from "./rpc.ts";
import { apiPath, apiSubprotocol, closeCodes, eventMethod } from "./wire.ts";

export interface ApiServerOptions {
  readonly peer: PeerPort;
  readonly token: string;
  /** 0: any free one. */
  readonly port: number;
  /** Of the built page. */
  readonly pageDir: string;
  /** One line for the person who looks into what happened; never the token, never a message. */
  readonly log: (line: string) => void;
}

export interface ApiServer {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Rejects with the system's error where the port cannot be had. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { peer, log } = options;
  const clients = new Set<WebSocket>();
  const http = createServer({ requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs });
  http.maxConnections = socketsMax;
  http.listen({ host: "127.0.0.1", port: options.port, exclusive: true });
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const access = createAccess(port, options.token);
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: requestBytesMax,
    perMessageDeflate: false,
    handleProtocols: () => apiSubprotocol,
  });

  http.on("request", (request, response) => {
    serveRequest(access, options.pageDir, request, response).catch((error: unknown) => {
      log(`the page could not be served: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  http.on("upgrade", (request, socket, head) => {
    const refusal = refuseClient(access, request, clients.size);
    if (refusal === undefined) webSockets.handleUpgrade(request, socket, head, welcome);
    else refuse(socket, refusal);
  });
  const unsubscribe = peer.subscribe((event) => {
    if (clients.size === 0) return;
    const text = JSON.stringify({ jsonrpc: "2.0", method: eventMethod, params: event });
    for (const client of clients) send(client, text);
  });

  function welcome(client: WebSocket): void {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    // Too large, not UTF-8, reset: ws closes the connection with the fitting code.
    client.on("error", (error) => log(`a client was let go: ${error.message}`));
    const call = boundedCalls(peer);
    client.on("message", (data, isBinary) => {
      void answer(isBinary ? "" : String(data), call).then((reply) => {
        if (reply !== undefined) send(client, reply);
      });
    });
  }

  function send(client: WebSocket, text: string): void {
    if (client.readyState !== client.OPEN) return;
    if (client.bufferedAmount <= unreadBytesMax) {
      client.send(text);
      return;
    }
    clients.delete(client);
    client.close(closeCodes.readsTooSlowly, "reads too slowly");
    setTimeout(() => client.terminate(), closePatienceMs).unref();
    log("a client was let go: it does not read");
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async stop() {
      unsubscribe();
      const closed = once(http, "close");
      http.close();
      http.closeIdleConnections();
      for (const client of clients) client.close(closeCodes.stopping, "Earshot is closing");
      const impatience = setTimeout(() => {
        for (const client of clients) client.terminate();
        http.closeAllConnections();
      }, stopPatienceMs);
      await closed;
      clearTimeout(impatience);
    },
  };
}

async function serveRequest(access: Access, pageDir: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = access.checkHost(request);
  if (refusal !== undefined) return end(response, refusal.status, refusal.message);
  for (const [name, value] of Object.entries(pageHeaders(request.headers.host ?? ""))) response.setHeader(name, value);
  if (request.url !== apiPath) return servePage(pageDir, request, response);
  const wrong = access.checkBearer(request);
  if (wrong !== undefined) return end(response, wrong.status, wrong.message);
  response.setHeader("upgrade", "websocket");
  end(response, 426, "Open a WebSocket here.");
}

function end(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(message);
}

function refuseClient(
  access: Access,
  request: IncomingMessage,
  clientCount: number,
): Refusal | { status: 404 | 503; message: string } | undefined {
  const refusal = access.checkHost(request);
  if (refusal !== undefined) return refusal;
  if (request.url !== apiPath) return { status: 404, message: `WebSockets are served at ${apiPath}.` };
  return access.checkClient(request) ?? (clientCount < clientsMax ? undefined : { status: 503, message: "Too many clients." });
}

function refuse(socket: Duplex, { status, message }: { readonly status: number; readonly message: string }): void {
  socket.on("error", () => socket.destroy());
  const head = [`HTTP/1.1 ${status} ${message}`, "connection: close", "content-type: text/plain; charset=utf-8"];
  socket.end(`${head.join("\r\n")}\r\ncontent-length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
}

/** One client's calls: beyond the bound it is told to wait, and its other calls go on. */
function boundedCalls(peer: PeerPort): Call {
  let inFlight = 0;
  return async (method, params): Promise<CallOutcome> => {
    if (inFlight >= callsInFlightMax) {
      return {
        ok: false,
        error: { code: "busy", message: `More than ${callsInFlightMax} calls wait for an answer. Wait for some of them.` },
      };
    }
    inFlight += 1;
    try {
      return await peer.call(method, params);
    } finally {
      inFlight -= 1;
    }
  };
}
