/** The lab itself: what it says it does to a network, it does. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Host, Lan } from "./lan.ts";

const port = 7_777;

/** Echoes over TCP, and joins a multicast group on the same port. */
const listener = `
  const net = require("node:net"), dgram = require("node:dgram");
  net.createServer((socket) => socket.pipe(socket)).listen(${port}, "0.0.0.0", () => console.log("ready"));
  const udp = dgram.createSocket({ type: "udp4", reuseAddr: true });
  udp.on("message", () => console.log("multicast"));
  udp.bind(${port}, () => udp.addMembership("239.1.1.1", process.argv[1]));
`;
const connector = `
  const socket = require("node:net").connect({ host: process.argv[1], port: ${port} });
  const end = (code) => process.exit(code);
  setTimeout(() => end(1), 1500);
  socket.on("error", () => end(1));
  socket.on("connect", () => socket.write(Buffer.alloc(20000)));
  let got = 0;
  socket.on("data", (chunk) => { got += chunk.length; if (got >= 20000) end(0); });
`;
const shouter = `
  const udp = require("node:dgram").createSocket("udp4");
  udp.bind(() => { udp.setMulticastInterface(process.argv[1]); udp.send("hello", ${port}, "239.1.1.1", () => udp.close()); });
`;

describe("the lab's network", () => {
  let lan: Lan;
  let left: Host;
  let right: Host;
  let server: ChildProcess;
  let heard = 0;

  beforeAll(async () => {
    lan = new Lan(2);
    left = lan.host("left");
    right = lan.host("right", 1);
    server = spawn("ip", ["netns", "exec", right.namespace, process.execPath, "-e", listener, right.address], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    server.stdout?.on("data", (chunk: Buffer) => {
      heard += chunk.toString().split("multicast").length - 1;
    });
    await once(server.stdout!, "data");
  });

  afterAll(() => {
    server.kill("SIGKILL");
    lan.remove();
  });

  const reaches = (): boolean => {
    try {
      left.run(process.execPath, "-e", connector, right.address);
      return true;
    } catch {
      return false;
    }
  };

  const shout = async (): Promise<boolean> => {
    const before = heard;
    left.run(process.execPath, "-e", shouter, left.address);
    for (let waited = 0; waited < 500 && heard === before; waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
    return heard > before;
  };

  it("carries TCP and multicast between hosts on two switches", async () => {
    expect(reaches()).toBe(true);
    expect(await shout()).toBe(true);
  });

  it("cuts and heals a trunk, and a host's own cable", () => {
    lan.cutTrunk();
    expect(reaches()).toBe(false);
    lan.healTrunk();
    expect(reaches()).toBe(true);
    left.cut();
    expect(reaches()).toBe(false);
    left.heal();
    expect(reaches()).toBe(true);
  });

  it("drops multicast and nothing else", async () => {
    right.dropMulticast();
    expect(await shout()).toBe(false);
    expect(reaches()).toBe(true);
    right.clear();
    expect(await shout()).toBe(true);
  });

  it("blocks who was not asked, and a pair", () => {
    right.blockInbound();
    expect(reaches()).toBe(false);
    right.clear();
    left.blockTo(right);
    expect(reaches()).toBe(false);
    left.clear();
    expect(reaches()).toBe(true);
  });

  it("loses packets and limits the rate", () => {
    right.lose(99);
    expect(reaches()).toBe(false);
    right.clear();
    left.limitRate(1);
    const startedAt = performance.now();
    expect(reaches()).toBe(true);
    // 20 KB at 1 Mbit/s take 160 ms, less the bucket.
    expect(performance.now() - startedAt).toBeGreaterThan(20);
    left.clear();
  });

  it("captures what crosses a cable", async () => {
    const capture = await right.capture();
    reaches();
    expect((await capture.stop()).length).toBeGreaterThan(20_000);
  });
});
