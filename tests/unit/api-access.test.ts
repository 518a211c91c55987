/** Who gets in, over real sockets. */
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { apiSubprotocol, apiTokenPrefix } from "../../src/api/contract.ts";
import { type ServedPeer, servePeer, token } from "./api-fixture.ts";

let served: ServedPeer;
beforeEach(async () => {
  served = await servePeer();
});
afterEach(() => served.stop());

/** The status of the answer to the handshake; 101 where the WebSocket opened. */
async function knock(options: { protocols?: string[]; headers?: Record<string, string>; path?: string }): Promise<number | undefined> {
  const { protocols = [apiSubprotocol, apiTokenPrefix + token], headers = {}, path = "/api" } = options;
  const socket = new WebSocket(`ws://127.0.0.1:${served.server.port}${path}`, protocols, { headers });
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("error", () => undefined);
    socket.on("unexpected-response", (sent, response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
  });
}

function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: served.server.port, path, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on("error", reject).end();
  });
}

describe("the WebSocket opens", () => {
  it("for a program with the token", async () => expect(await knock({})).toBe(101));

  it.each(["127.0.0.1", "localhost"])("for the page of %s with the token", async (host) => {
    const own = `${host}:${served.server.port}`;
    expect(await knock({ headers: { origin: `http://${own}`, host: own } })).toBe(101);
  });
});

describe("the WebSocket is refused before the upgrade", () => {
  it.each([
    ["without a token", { protocols: [apiSubprotocol] }, 401],
    ["with a wrong token", { protocols: [apiSubprotocol, `${apiTokenPrefix}${"k".repeat(42)}j`] }, 401],
    ["with a token that is too short", { protocols: [apiSubprotocol, `${apiTokenPrefix}k`] }, 401],
    ["without the subprotocol", { protocols: [apiTokenPrefix + token] }, 403],
    ["from a foreign origin", { headers: { origin: "http://evil.example" } }, 403],
    ["from an opaque origin", { headers: { origin: "null" } }, 403],
    ["from an origin that differs in its port", { headers: { origin: "http://127.0.0.1:1" } }, 403],
    ["under a foreign name (DNS rebinding)", { headers: { host: "evil.example" } }, 403],
    ["at another path", { path: "/other" }, 404],
  ])("%s", async (_case, options, status) => {
    expect(await knock(options)).toBe(status);
    expect(served.calls).toEqual([]);
  });
});

describe("the page", () => {
  it("is served under its own address, with headers that let nothing else in", async () => {
    const { status, headers, body } = await get("/");
    expect({ status, body }).toEqual({ status: 200, body: "<!doctype html>the page" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${served.server.port};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
  });

  it("is not served under a foreign name", async () => {
    expect(await get("/", { host: "evil.example" })).toMatchObject({ status: 403 });
    expect(await get("/", { host: `evil.example:${served.server.port}` })).toMatchObject({ status: 403 });
  });

  it.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/./../secret.txt",
    "//secret.txt",
    "/page/../../secret.txt",
    "/..\\secret.txt",
  ])("gives nothing at %s", async (path) => expect(await get(path)).toMatchObject({ status: 404 }));

  it("is read only", async () => {
    const socket = connect(served.server.port, "127.0.0.1");
    socket.end(`POST / HTTP/1.1\r\nhost: 127.0.0.1:${served.server.port}\r\nconnection: close\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(String(answer)).toContain("405");
  });

  it("can ask whether its token is good", async () => {
    expect(await get("/api")).toMatchObject({ status: 401 });
    expect(await get("/api", { authorization: "Bearer wrong" })).toMatchObject({ status: 401 });
    expect(await get("/api", { authorization: `Bearer ${token}` })).toMatchObject({ status: 426 });
  });
});
