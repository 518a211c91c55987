/**
 * A test aid: an API server that speaks the contract and plays a small script instead of running a peer, so that the page
 * can be looked at alone. What the page is worth against a real peer is the end-to-end tests' to say.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { apiSubprotocol, apiTokenPrefix, type EarshotEvent, methods, rpcErrorNumbers } from "../../../src/api/contract.ts";
import type { FakeWorld } from "./fake-world.node.ts";

export interface FakeApi {
  readonly url: string;
  emit(event: EarshotEvent): void;
  /** Cuts every connection and refuses new ones until `resume`. */
  interrupt(): void;
  resume(): void;
  close(): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws:; base-uri 'none'; form-action 'none'";

export async function startFakeApi(options: {
  readonly pageDir: string;
  readonly token: string;
  readonly world: FakeWorld;
}): Promise<FakeApi> {
  const { pageDir, token, world } = options;
  const sockets = new Set<WebSocket>();
  let interrupted = false;
  const server = createServer((request, response) => void servePage(pageDir, request, response));
  const webSockets = new WebSocketServer({
    server,
    verifyClient: ({ req }: { req: IncomingMessage }) =>
      !interrupted && (req.headers["sec-websocket-protocol"] ?? "").includes(apiTokenPrefix + token),
    handleProtocols: () => apiSubprotocol,
  });
  const emit = (event: EarshotEvent) => {
    for (const socket of sockets) socket.send(JSON.stringify({ jsonrpc: "2.0", method: "event", params: event }));
  };
  world.onEvent(emit);
  webSockets.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("message", (data) => socket.send(JSON.stringify(answer(world, String(data)))));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/#token=${token}`,
    emit,
    interrupt() {
      interrupted = true;
      for (const socket of sockets) socket.terminate();
    },
    resume() {
      interrupted = false;
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      webSockets.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(world: FakeWorld, data: string): unknown {
  const call = JSON.parse(data) as { readonly id: unknown; readonly method: string; readonly params: unknown };
  const reply = { jsonrpc: "2.0", id: call.id };
  const method = Object.entries(methods).find(([name]) => name === call.method);
  if (!method)
    return { ...reply, error: { code: rpcErrorNumbers.unknownMethod, message: "unknown method", data: { code: "unknownMethod" } } };
  const params = method[1].params.safeParse(call.params);
  if (!params.success) {
    return { ...reply, error: { code: rpcErrorNumbers.invalidParams, message: params.error.message, data: { code: "invalidParams" } } };
  }
  const outcome = world.call(call.method, params.data as Record<string, string | number | undefined>);
  if ("refused" in outcome) {
    const { code, message } = outcome.refused;
    return { ...reply, error: { code: rpcErrorNumbers.refused, message, data: { code } } };
  }
  return { ...reply, result: method[1].result.parse(outcome.result) };
}

async function servePage(pageDir: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = normalize(new URL(request.url ?? "/", "http://fake").pathname);
  const file = join(pageDir, path === "/" ? "index.html" : path);
  try {
    const body = await readFile(file);
    response.writeHead(200, {
      "content-type": contentTypes[extname(file)] ?? "application/octet-stream",
      "content-security-policy": policy,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
    });
  });
}
