import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import wrtc from "wrtc";
import type { Address } from "../../src/ids.ts";
import type { NodeTransport } from "../../src/mesh/transport.node.ts";
import type { TransportInput } from "../../src/mesh/transport.ts";
import { releaseNodeDataChannel, type WebRtcClasses } from "../../src/mesh/webrtc.node.ts";
import { startNodeTransport } from "./transport-node-lab.ts";
import { connect, describeTransport, type TestPeer, type TransportLab } from "./transport-suite.ts";

interface NodePeer extends TestPeer {
  readonly transport: NodeTransport;
  readonly inputs: TransportInput[];
}

interface NodeLab extends TransportLab {
  addPeer(network?: string, classes?: WebRtcClasses): Promise<NodePeer>;
}

async function createNodeLab(): Promise<NodeLab> {
  const peers: NodePeer[] = [];
  const wakers = new Set<() => void>();
  return {
    nobody: { host: "127.0.0.1", port: await freePort() },
    async addPeer(network, classes) {
      const inputs: TransportInput[] = [];
      const deliver = (input: TransportInput): void => {
        inputs.push(input);
        for (const wake of wakers) wake();
      };
      const { transport, peerId } = await startNodeTransport(deliver, { network, classes });
      const peer = { peerId, address: { host: "127.0.0.1", port: transport.port }, transport, inputs };
      peers.push(peer);
      return peer;
    },
    until(peer, type, accepts = () => true) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          wakers.delete(look);
          reject(new Error(`no ${type} in time`));
        }, 8_000);
        const look = (): void => {
          const found = peer.inputs.find(
            (input): input is Extract<TransportInput, { type: typeof type }> => input.type === type && accepts(input as never),
          );
          if (found === undefined) return;
          clearTimeout(timer);
          wakers.delete(look);
          resolve(found);
        };
        wakers.add(look);
        look();
      });
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 300)),
    async close() {
      await Promise.all(peers.map((peer) => peer.transport.stop()));
    },
  };
}

describeTransport("the transport over TCP and WebRTC", createNodeLab);

afterAll(() => releaseNodeDataChannel());

describe("strangers at the signalling port", () => {
  let lab: NodeLab;
  let anna: NodePeer;
  const strangers = new Set<Socket>();

  beforeEach(async () => {
    lab = await createNodeLab();
    anna = await lab.addPeer();
  });
  afterEach(async () => {
    for (const stranger of strangers) stranger.destroy();
    strangers.clear();
    await lab.close();
  });

  it("refuses garbage without a byte of answer", async () => {
    const received = await say(anna.address, Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    expect(received).toBe(0);
    expect(await lab.until(anna, "connectionRefused")).toMatchObject({ cause: "badHandshake", host: "127.0.0.1", count: 1 });
  });

  it("refuses a handshake message of another key, and an oversized length", async () => {
    for (const body of [Buffer.concat([Buffer.from([0, 48]), Buffer.alloc(48, 7)]), Buffer.from([0xff, 0xff])]) {
      expect(await say(anna.address, Buffer.concat([Buffer.from("EARSHOT1"), body]))).toBe(0);
    }
    await lab.until(anna, "connectionRefused", (input) => input.cause === "badHandshake");
  });

  it("gives half a handshake three seconds", async () => {
    const begun = performance.now();
    expect(await say(anna.address, Buffer.from("EARSHOT1"))).toBe(0);
    expect(performance.now() - begun).toBeGreaterThan(2_500);
    await lab.until(anna, "connectionRefused", (input) => input.cause === "timedOut");
  });

  it("bounds those that only hold a place", async () => {
    const held = await Promise.all(Array.from({ length: 100 }, () => hold(anna.address)));
    await lab.until(anna, "connectionRefused", (input) => input.cause === "tooMany");
    expect(held.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(64);
  });

  it("keeps a link undisturbed by 2,000 connections", async () => {
    const ben = await lab.addPeer();
    const link = await connect(lab, anna, ben);
    const before = process.memoryUsage().rss;
    const flood = floodWith(ben.address, 2_000);
    let isFlooding = true;
    void flood.then(() => {
      isFlooding = false;
    });
    const latencies: number[] = [];
    for (let index = 1; isFlooding || index <= 20; index++) {
      const sentAt = performance.now();
      anna.transport.sendFrame(link.dialled, new Uint8Array(100 + index));
      await lab.until(ben, "frameArrived", (input) => input.bytes.length === 100 + index);
      latencies.push(performance.now() - sentAt);
    }
    await flood;
    expect(Math.max(...latencies)).toBeLessThan(1_000);
    await lab.until(ben, "connectionRefused");
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    const refused = ben.inputs.flatMap((input) => (input.type === "connectionRefused" ? [input.count ?? 1] : []));
    expect(refused.reduce((sum, count) => sum + count, 0)).toBe(2_000);
    expect(refused.length).toBeLessThan(40);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  function hold(address: Address): Promise<Socket> {
    const socket = createConnection(address);
    strangers.add(socket);
    socket.on("error", () => {});
    return new Promise((resolve) => {
      socket.once("connect", () => setTimeout(() => resolve(socket), 300));
    });
  }
});

describe("a link", () => {
  it("forms with another WebRTC stack, whoever dials", async () => {
    const lab = await createNodeLab();
    const anna = await lab.addPeer();
    const foreign = await lab.addPeer(undefined, wrtc);
    for (const [dialler, responder] of [
      [anna, foreign],
      [foreign, anna],
    ] as const) {
      const link = await connect(lab, dialler, responder);
      dialler.transport.sendFrame(link.dialled, Uint8Array.of(1, 2, 3));
      responder.transport.sendFrame(link.accepted, new Uint8Array(65_536));
      await lab.until(responder, "frameArrived");
      await lab.until(dialler, "frameArrived", (input) => input.bytes.length === 65_536);
      dialler.transport.closeConnection(link.dialled, "goodbye");
      await lab.until(responder, "connectionClosed");
    }
    await lab.close();
  });

  it("ends as overloaded where the other side does not read", async () => {
    const lab = await createNodeLab();
    const [anna, ben] = [await lab.addPeer(), await lab.addPeer()];
    const link = await connect(lab, anna, ben);
    const frame = new Uint8Array(65_536);
    // Within one turn nothing can leave but what the channel takes.
    for (let index = 0; index < 200; index++) anna.transport.sendFrame(link.dialled, frame);
    expect(await lab.until(anna, "connectionClosed")).toMatchObject({ reason: "overloaded" });
    await lab.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** How many bytes came back before the other side hung up. */
async function say(address: Address, bytes: Uint8Array): Promise<number> {
  const socket = createConnection(address);
  let received = 0;
  socket.on("data", (chunk) => {
    received += chunk.length;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  await new Promise((resolve) => socket.once("close", resolve));
  return received;
}

async function floodWith(address: Address, count: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next++ < count) await say(address, Buffer.from("garbage, and a lot of it"));
  };
  await Promise.all(Array.from({ length: 50 }, worker));
}
