/** The page's client against a real server; Node brings the browser's WebSocket and fetch. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ConnectionState, createApiClient, type PageApiClient } from "../../src/api/client.dom.ts";
import type { EarshotEvent } from "../../src/api/contract.ts";
import { type ServedPeer, servePeer, token } from "./api-fixture.ts";

const removed: EarshotEvent = { event: "roomRemoved", roomId: "r" };

let served: ServedPeer;
let page: PageApiClient;
let states: ConnectionState[];
beforeEach(async () => {
  served = await servePeer();
  states = [];
});
afterEach(async () => {
  page.close();
  await served.stop();
});

function open(given: string | undefined): void {
  page = createApiClient({ url: `ws://127.0.0.1:${served.server.port}/api`, token: given });
  page.onState((state) => states.push(state));
}

it("opens, calls and hears events; fails calls while the connection is down, and opens again by itself", async () => {
  const heard: EarshotEvent[] = [];
  open(token);
  page.onEvent((event) => heard.push(event));
  await expect(page.call("session.get", {})).rejects.toMatchObject({ code: "disconnected" });
  await expect.poll(() => states).toEqual(["open"]);
  expect(await page.call("messages.markRead", { in: "lobby" })).toEqual({});
  served.tell(removed);
  await expect.poll(() => heard).toEqual([removed]);

  const { port } = served.server;
  await served.stop();
  await expect.poll(() => states).toEqual(["open", "reconnecting"]);
  await expect(page.call("session.get", {})).rejects.toMatchObject({ code: "disconnected" });

  served = await servePeer(port);
  await expect.poll(() => states, { timeout: 5_000 }).toEqual(["open", "reconnecting", "open"]);
  expect(await page.call("messages.markRead", { in: "lobby" })).toEqual({});
  served.tell(removed);
  await expect.poll(() => heard).toEqual([removed, removed]);
});

it.each([undefined, "wrong"])("is refused with the token %s, and tries no more", async (given) => {
  open(given);
  await expect.poll(() => states).toEqual(["refused"]);
});
