/** The lab itself: what it says it does to a network, it does. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Host, Lan } from "./lan.ts";
import { inNamespace, run, sweep } from "./namespaces.ts";

const port = 7_777;
const answerMaxMs = 1_500;

/** Echoes over TCP; tells of each datagram that comes to the group, or to it alone. */
const listener = `
  const net = require("node:net"), dgram = require("node:dgram");
  net.createServer((socket) => socket.pipe(socket).on("error", () => {})).listen(${port}, "0.0.0.0", () => console.log("listens"));
  const udp = dgram.createSocket({ type: "udp4", reuseAddr: true });
  udp.on("message", (text) => console.log(String(text)));
  udp.bind(${port}, () => udp.addMembership("239.1.1.1", process.argv[1]));
`;
/** Ends with 0 when everything that it sent came back. */
const connector = `
  const socket = require("node:net").connect({ host: process.argv[1], port: ${port} });
  const sent = process.argv[2].repeat(2000);
  setTimeout(() => process.exit(1), ${answerMaxMs});
  socket.on("error", () => process.exit(1));
  socket.on("connect", () => socket.write(sent));
  let got = 0;
  socket.on("data", (chunk) => { got += chunk.length; if (got >= sent.length) process.exit(0); });
`;
const speaker = `
  const [own, to, text, times = 1] = process.argv.slice(1);
  const udp = require("node:dgram").createSocket("udp4");
  let open = Number(times);
  udp.bind(() => {
    udp.setMulticastInterface(own);
    for (let sent = 0; sent < times; sent += 1) udp.send(text, ${port}, to, () => { if (--open === 0) udp.close(); });
  });
`;

describe("the lab's network", () => {
  let lan: Lan;
  let left: Host;
  let right: Host;
  let server: ChildProcess;
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  let count = 0;

  beforeAll(async () => {
    lan = new Lan({ switches: 2 });
    left = lan.host("left");
    right = lan.host("right", 1);
    const [command, ...words] = inNamespace(right.namespace);
    const child = spawn(command, [...words, process.execPath, "-e", listener, right.address], { stdio: ["ignore", "pipe", "inherit"] });
    server = child;
    child.stdout.on("data", (chunk: Buffer) => {
      heard.push(...chunk.toString().split("\n").filter(Boolean));
      for (const wake of waiting) wake();
    });
    await once(child.stdout, "data");
  });

  afterAll(() => {
    server.kill("SIGKILL");
    lan.remove();
  });

  function reaches(text = "0123456789"): boolean {
    const [command, ...words] = inNamespace(left.namespace);
    return spawnSync(command, [...words, process.execPath, "-e", connector, right.address, text]).status === 0;
  }

  /** Whether the right one hears a datagram of the left one. */
  async function hears(to: string): Promise<boolean> {
    const text = `datagram ${++count}`;
    left.run(process.execPath, "-e", speaker, left.address, to, text);
    return new Promise((resolve) => {
      const check = (): void => {
        if (heard.includes(text)) settle(true);
      };
      const settle = (result: boolean): void => {
        clearTimeout(timer);
        waiting.delete(check);
        resolve(result);
      };
      const timer = setTimeout(() => settle(false), 500);
      waiting.add(check);
      check();
    });
  }

  const group = "239.1.1.1";

  it("carries TCP and multicast between hosts on two switches", async () => {
    expect(reaches()).toBe(true);
    expect(await hears(group)).toBe(true);
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
    expect(await hears(group)).toBe(false);
    expect(await hears(right.address)).toBe(true);
    expect(reaches()).toBe(true);
    right.clear();
    left.dropMulticast();
    expect(await hears(group)).toBe(false);
    left.clear();
    expect(await hears(group)).toBe(true);
  });

  it("lets nobody in who was not asked, by TCP or UDP", async () => {
    right.blockInbound();
    expect(reaches()).toBe(false);
    expect(await hears(right.address)).toBe(false);
    expect(await hears(group)).toBe(true);
    right.clear();
    left.blockInbound();
    expect(reaches()).toBe(true);
    left.clear();
  });

  it("blocks all between a pair, and nothing between others", () => {
    const third = lan.host("third");
    lan.blockBetween(left, third);
    expect(reaches()).toBe(true);
    lan.blockBetween(left, right);
    expect(reaches()).toBe(false);
    left.clear();
    right.clear();
    third.clear();
    expect(reaches()).toBe(true);
  });

  it("loses as many packets as it should", async () => {
    right.lose(50);
    left.run(process.execPath, "-e", speaker, left.address, right.address, "drop", "200");
    right.clear();
    expect(await hears(right.address)).toBe(true);
    const came = heard.filter((text) => text === "drop").length;
    // Six standard deviations either way.
    expect(came).toBeGreaterThan(57);
    expect(came).toBeLessThan(143);
  });

  it("limits a rate", () => {
    const unlimitedMs = timeOf(() => reaches());
    left.limitRate(1);
    // 20 KB at 1 Mbit/s take 160 ms, less the bucket.
    expect(timeOf(() => expect(reaches()).toBe(true)) - unlimitedMs).toBeGreaterThan(60);
    left.clear();
  });

  it("follows a host to another address", () => {
    left.readdress("10.77.0.200");
    expect(reaches()).toBe(true);
    left.readdress(left.address);
    expect(reaches()).toBe(true);
  });

  it("captures the very bytes that cross a cable, and on a switch the whole LAN's", async () => {
    const captures = [await right.capture(), await lan.capture()];
    expect(reaches("hay and a needle. ")).toBe(true);
    for (const capture of captures) {
      const bytes = await capture.stop();
      expect(bytes.length).toBeGreaterThan(4_000);
      expect(bytes.includes("hay and a needle. hay")).toBe(true);
    }
  });

  it("joins two LANs in a host with two cards, and only there", () => {
    const other = new Lan({ subnet: 78 });
    try {
      const address = other.plug(right);
      const stranger = other.host("stranger");
      expect(spawnSync("ip", ["netns", "exec", stranger.namespace, process.execPath, "-e", connector, address, "x"]).status).toBe(0);
      expect(spawnSync("ip", ["netns", "exec", stranger.namespace, process.execPath, "-e", connector, right.address, "x"]).status).toBe(1);
    } finally {
      other.remove();
    }
  });
});

describe("the lab on its machine", () => {
  it("adds nothing to the machine's own network", () => {
    const before = run("ip", "-brief", "link");
    const lan = new Lan();
    try {
      lan.host("one");
      expect(run("ip", "-brief", "link")).toBe(before);
    } finally {
      lan.remove();
    }
    expect(run("ip", "netns", "list")).not.toContain(`earshot-${process.pid}-`);
  });

  it("sweeps what a killed run left, with the processes in it, and leaves a living run's alone", async () => {
    const dead = spawnSync("true").pid;
    const [orphan, own] = [`earshot-${dead}-orphan`, `earshot-${process.pid}-own`];
    run("ip", "netns", "add", orphan);
    run("ip", "netns", "add", own);
    try {
      const left = spawn("ip", ["netns", "exec", orphan, "sleep", "60"]);
      const gone = once(left, "exit");
      await inside(left, orphan);
      sweep();
      await gone;
      const names = run("ip", "netns", "list");
      expect(names).not.toContain(orphan);
      expect(names).toContain(own);
    } finally {
      run("ip", "netns", "delete", own);
    }
  });
});

/** Resolves when the process has entered the namespace. */
async function inside(child: ChildProcess, namespace: string): Promise<void> {
  await once(child, "spawn");
  for (let turn = 0; turn < 1_000 && !run("ip", "netns", "pids", namespace).includes(String(child.pid)); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function timeOf(act: () => unknown): number {
  const startedAt = performance.now();
  act();
  return performance.now() - startedAt;
}
