import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ListenError, listenOnFreePort } from "../../src/mesh/listening.node.ts";
import { signallingPort, signallingPortsTried } from "../../src/mesh/signalling-limits.ts";

/** An address of its own, so that a peer running on this machine is not in the way. */
const host = "127.7.7.7";

describe("the signalling port", () => {
  const open: Server[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  async function occupy(port: number): Promise<void> {
    const server = createServer().listen(port, host);
    open.push(server);
    await once(server, "listening");
  }

  it("is the first free one of ten", async () => {
    await occupy(signallingPort);
    await occupy(signallingPort + 1);
    const { servers, port } = await listenOnFreePort([host], undefined);
    open.push(...servers);
    expect(port).toBe(signallingPort + 2);
  });

  it("is one port on all hosts", async () => {
    await occupy(signallingPort);
    const { servers, port } = await listenOnFreePort(["127.7.7.8", host], undefined);
    open.push(...servers);
    expect(port).toBe(signallingPort + 1);
    expect(servers.map((server) => server.address())).toMatchObject([
      { address: "127.7.7.8", port },
      { address: host, port },
    ]);
  });

  it("says so where all of them are in use, or the one that was asked for", async () => {
    for (let index = 0; index < signallingPortsTried; index++) await occupy(signallingPort + index);
    await expect(listenOnFreePort([host], undefined)).rejects.toMatchObject({ code: "portInUse" });
    await expect(listenOnFreePort([host], signallingPort + 3)).rejects.toThrow(`Port ${signallingPort + 3} is in use.`);
    await expect(listenOnFreePort([host], signallingPort + 3)).rejects.toBeInstanceOf(ListenError);
  });

  it("says so where the address is not this computer's", async () => {
    await expect(listenOnFreePort(["192.0.2.77"], 0)).rejects.toMatchObject({ code: "addressMissing" });
  });
});
