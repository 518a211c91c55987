/** Calls and events, over a real WebSocket. */
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { connectApi, type NodeApiClient } from "../../src/api/client.node.ts";
import { ApiCallError } from "../../src/api/client.ts";
import { apiSubprotocol, apiTokenPrefix, type EarshotEvent } from "../../src/api/contract.ts";
import { batchCallsMax, callsInFlightMax, requestBytesMax } from "../../src/api/limits.ts";
import type { CallOutcome } from "../../src/api/peer-port.ts";
import { closeCodes } from "../../src/api/wire.ts";
import { type ServedPeer, servePeer, token } from "./api-fixture.ts";

const id = "a".repeat(32);
const removed: EarshotEvent = { event: "roomRemoved", roomId: "r" };

let served: ServedPeer;
let socket: WebSocket;
beforeEach(async () => {
  served = await servePeer();
  socket = await openRaw();
});
afterEach(async () => {
  socket.terminate();
  await served.stop();
});

async function openRaw(): Promise<WebSocket> {
  const opened = new WebSocket(`ws://127.0.0.1:${served.server.port}/api`, [apiSubprotocol, apiTokenPrefix + token]);
  await once(opened, "open");
  return opened;
}

function client(): Promise<NodeApiClient> {
  return connectApi({ url: served.server.url, token });
}

async function say(text: string): Promise<unknown> {
  socket.send(text);
  const [data] = (await once(socket, "message")) as [Buffer];
  return JSON.parse(String(data));
}

function call(method: string, params: unknown): Promise<unknown> {
  return say(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
}

describe("a call", () => {
  it("reaches the peer with checked parameters, and its result comes back", async () => {
    served.answerWith(() => ({ ok: true, result: { messageId: "m" } }));
    expect(await call("messages.send", { to: "#lobby", text: "hi" })).toEqual({ jsonrpc: "2.0", id: 1, result: { messageId: "m" } });
    expect(served.calls).toEqual([{ method: "messages.send", params: { to: "#lobby", text: "hi" } }]);
  });

  it("that the peer refuses carries its code and words", async () => {
    served.answerWith(() => ({ ok: false, error: { code: "notHost", message: "Only the host can." } }));
    expect(await call("host.handOff", { to: id })).toMatchObject({
      error: { code: -32000, message: "Only the host can.", data: { code: "notHost" } },
    });
  });

  it("without an id is done and not answered", async () => {
    socket.send(JSON.stringify({ jsonrpc: "2.0", method: "session.get" }));
    expect(await call("peers.list", {})).toMatchObject({ id: 1 });
    expect(served.calls.map(({ method }) => method)).toEqual(["session.get", "peers.list"]);
  });

  it.each([
    ["messages.send", { text: "hi" }, 'messages.send: "to" is missing (text is expected).'],
    ["messages.send", { to: "#lobby", text: 7 }, 'messages.send: "text" must be text, not 7.'],
    ["messages.send", { to: "#lobby", text: "" }, 'messages.send: "text" must not be empty.'],
    ["session.setName", { name: "n".repeat(41) }, 'session.setName: "name" is too long (at most 40 characters).'],
    ["rooms.create", { name: "a", visibility: "secret" }, 'rooms.create: "visibility" must be "public" or "private", not "secret".'],
    ["host.handOff", { to: "me" }, 'host.handOff: "to": a peer id is 32 letters and digits.'],
    ["messages.list", { in: "lobby", limit: 1_000 }, 'messages.list: "limit" must be at most 500, not 1000.'],
    ["session.get", { extra: 1 }, 'session.get: "extra" is not known here.'],
    ["peers.list", [], "peers.list: the parameters must be an object, not []."],
  ])("of %s with %j names what is wrong, and nothing is done", async (method, params, message) => {
    expect(await call(method, params)).toMatchObject({ id: 1, error: { code: -32602, message, data: { code: "invalidParams" } } });
    expect(served.calls).toEqual([]);
  });

  it.each([
    ["{", { id: null, error: { code: -32700, data: { code: "invalidRequest" } } }],
    ["7", { id: null, error: { code: -32600 } }],
    ['{"id":1,"method":"peers.list"}', { id: 1, error: { code: -32600 } }],
    ['{"jsonrpc":"2.0","id":1}', { id: 1, error: { code: -32600 } }],
    ['{"jsonrpc":"2.0","id":{},"method":"peers.list"}', { id: null, error: { code: -32600 } }],
    ['{"jsonrpc":"2.0","id":1,"method":"peers.eat"}', { id: 1, error: { code: -32601, data: { code: "unknownMethod" } } }],
    ['{"jsonrpc":"2.0","id":1,"method":"toString"}', { id: 1, error: { code: -32601 } }],
    ["[]", { id: null, error: { code: -32600 } }],
    [JSON.stringify(Array(batchCallsMax + 1).fill({})), { id: null, error: { code: -32600 } }],
  ])("%s is answered with an error, and nothing is done", async (text, error) => {
    expect(await say(text)).toMatchObject(error);
    expect(served.calls).toEqual([]);
  });

  it("may come in a batch", async () => {
    const requests = [
      { jsonrpc: "2.0", id: "a", method: "session.get" },
      { jsonrpc: "2.0", method: "peers.list" },
      { jsonrpc: "2.0", id: "b", method: "nothing" },
    ];
    expect(await say(JSON.stringify(requests))).toMatchObject([
      { id: "a", result: {} },
      { id: "b", error: { code: -32601 } },
    ]);
    expect(served.calls.map(({ method }) => method)).toEqual(["session.get", "peers.list"]);
  });

  it("beyond the bound of one client is told to wait; the others go on", async () => {
    const held: ((outcome: CallOutcome) => void)[] = [];
    served.answerWith(() => new Promise<CallOutcome>((resolve) => held.push(resolve)));
    const eager = await client();
    const waiting = Array.from({ length: callsInFlightMax }, () => eager.call("session.get", {}));
    await expect(eager.call("session.get", {})).rejects.toMatchObject({ code: "busy" });
    for (const settle of held) settle({ ok: true, result: {} });
    expect(await Promise.all(waiting)).toHaveLength(callsInFlightMax);
    eager.close();
  });

  it("that is too large ends the connection with the code that says so", async () => {
    socket.send("x".repeat(requestBytesMax + 1));
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(closeCodes.messageTooLarge);
    expect(served.calls).toEqual([]);
  });
});

describe("events", () => {
  it("come to every client as notifications", async () => {
    const second = await openRaw();
    const both = Promise.all([once(socket, "message"), once(second, "message")]);
    served.tell(removed);
    for (const [data] of (await both) as unknown as [Buffer][]) {
      expect(JSON.parse(String(data))).toEqual({ jsonrpc: "2.0", method: "event", params: removed });
    }
    second.terminate();
  });

  it("end for a client that does not read them, with a code, and it may come again", async () => {
    socket.pause();
    const large: EarshotEvent = { event: "roomRemoved", roomId: "r".repeat(1024 * 1024) };
    for (let told = 0; told < 128 && served.log.length === 0; told += 1) {
      served.tell(large);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(served.log).toEqual(["a client was let go: it does not read"]);
    socket.resume();
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(closeCodes.readsTooSlowly);
    socket = await openRaw();
    expect(await call("session.get", {})).toMatchObject({ result: {} });
  });
});

describe("the client", () => {
  it("settles calls, hands out events, and fails what has no answer when the connection ends", async () => {
    const own = await client();
    const heard: EarshotEvent[] = [];
    own.onEvent((event) => heard.push(event));
    expect(await own.call("messages.markRead", { in: "lobby" })).toEqual({});
    served.tell(removed);
    served.answerWith(() => new Promise<CallOutcome>(() => undefined));
    const pending = own.call("session.get", {});
    const closed = new Promise<number>((resolve) => own.onClosed(resolve));
    await expect.poll(() => served.calls.length).toBe(2);
    await Promise.all([served.server.stop(), expect(pending).rejects.toMatchObject({ code: "disconnected" })]);
    expect(await closed).toBe(closeCodes.stopping);
    expect(heard).toEqual([removed]);
    await expect(own.call("session.get", {})).rejects.toBeInstanceOf(ApiCallError);
    served = await servePeer();
  });

  it("tells a wrong token from a server that is not there", async () => {
    await expect(connectApi({ url: served.server.url, token: "wrong" })).rejects.toMatchObject({ code: "tokenRefused" });
    await expect(connectApi({ url: "http://127.0.0.1:1", token })).rejects.toMatchObject({ code: "disconnected" });
  });
});
