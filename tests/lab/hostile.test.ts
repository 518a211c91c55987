/** Those who are not meant to get in, don't; those who are in notice nothing. */
import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Crew, type LabPeer } from "./lab-peer.ts";
import { type Host, Lan } from "./lan.ts";

const floodScript = join(import.meta.dirname, "flood.ts");
const program = join(import.meta.dirname, "../../dist/earshot.mjs");

describe("strangers", () => {
  let lan: Lan;
  let crew: Crew;
  let stranger: Host;
  let ada: LabPeer;
  let ben: LabPeer;

  beforeAll(async () => {
    lan = new Lan();
    crew = new Crew();
    stranger = lan.host("stranger");
    ada = await crew.start(lan.host("ada"), "ada");
    ben = await crew.start(lan.host("ben"), "ben");
    await Promise.all([ada.linkedTo(ben), ben.linkedTo(ada)]);
  });

  afterAll(async () => {
    await crew.stop();
    lan.remove();
  });

  async function flood(kind: string, count: number): Promise<{ connected: number; refused: number; bytesAnswered: number }> {
    const port = (await ada.call("session.get", {})).addresses[0]?.split(":")[1] ?? "47474";
    const { stdout } = await promisify(execFile)(
      "ip",
      ["netns", "exec", stranger.namespace, process.execPath, floodScript, kind, ada.host.address, port, String(count)],
      { timeout: 90_000 },
    );
    return JSON.parse(stdout) as { connected: number; refused: number; bytesAnswered: number };
  }

  /** Ben and Ada talk until `until` has ended; gives the longest wait for a message. */
  async function chatDuring<T>(until: Promise<T>): Promise<{ result: T; longestMs: number; count: number }> {
    let isOver = false;
    const ended = until.finally(() => {
      isOver = true;
    });
    let longestMs = 0;
    let count = 0;
    for (; !isOver && count < 2_000; count += 1) {
      const sentAt = performance.now();
      const id = await ben.say(`@${ada.peerId}`, `ping ${sentAt}`);
      await ada.event((event) => event.event === "messageAdded" && event.message.messageId === id, "a message during the flood");
      longestMs = Math.max(longestMs, performance.now() - sentAt);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return { result: await ended, longestMs, count };
  }

  it.each(["garbage", "half", "oversized"] as const)("%s on the signalling port: refused without a byte, counted", async (kind) => {
    const before = (await ada.call("host.stats", {})).refused;
    const outcome = await flood(kind, 20);
    expect(outcome.bytesAnswered).toBe(0);
    const sum = (counts: typeof before): number => counts.badHandshake + counts.timedOut + counts.tooMany;
    await ada.until("host.stats", {}, ({ refused }) => sum(refused) >= sum(before) + 20, "all being counted");
  });

  it("ten thousand connections: counted, memory bounded, chat undisturbed, and a friend still gets in", async () => {
    const before = ada.residentMegabytes();
    const { result, longestMs, count } = await chatDuring(flood("half", 10_000));
    const after = ada.residentMegabytes();
    console.log(
      `10,000 connections: ${JSON.stringify(result)}; memory ${before.toFixed(0)} to ${after.toFixed(0)} MB; ${count} messages meanwhile, longest ${longestMs.toFixed(0)} ms`,
    );
    expect(result.bytesAnswered).toBe(0);
    expect(after - before).toBeLessThan(60);
    expect(longestMs).toBeLessThan(3_000);
    expect(count).toBeGreaterThan(5);
    const { refused } = await ada.until(
      "host.stats",
      {},
      (stats) => stats.refused.tooMany + stats.refused.timedOut + stats.refused.badHandshake >= 10_000,
      "all being counted",
    );
    expect(refused.tooMany).toBeGreaterThan(0);
    const friend = await crew.start(lan.host("friend"), "friend");
    await friend.linkedTo(ada, ben);
  });

  it("a wrong network key is refused and counted", async () => {
    const before = (await ada.call("host.stats", {})).refused.badHandshake;
    const other = await crew.start(lan.host("other"), "other", "--network-key", "guess", "--no-mdns");
    await expect(other.call("peers.connect", { address: ada.host.address })).rejects.toMatchObject({ code: "unreachable" });
    await ada.until("host.stats", {}, ({ refused }) => refused.badHandshake > before, "the refusal being counted");
    expect((await ada.call("peers.list", {})).peers.map((peer) => peer.name)).not.toContain("other");
  });

  it("the API refuses who has no token, comes from elsewhere, or asks wrongly; nothing is done", async () => {
    const before = await ada.call("messages.list", { in: "#lobby" });
    const address = new URL(ada.apiUrl);
    const attempt = (headers: Record<string, string>): Promise<number> =>
      inNamespace(ada.host, address.port, {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        ...headers,
      });
    expect(await attempt({ "Sec-WebSocket-Protocol": "earshot.v1" })).toBe(401);
    expect(await attempt({ "Sec-WebSocket-Protocol": "earshot.v1, earshot.token.wrong" })).toBe(401);
    expect(await attempt({ "Sec-WebSocket-Protocol": "earshot.v1, earshot.token.wrong", Origin: "https://example.com" })).toBe(403);
    expect(await attempt({ Host: "example.com" })).toBe(403);

    const call = (...words: string[]): { status: number; out: string } => command(ada, "call", ...words);
    expect(call("messages.send", '{"to":"#lobby"}')).toMatchObject({ status: 1, out: expect.stringContaining("text") });
    expect(call("messages.send", '{"to":"#nowhere","text":"x"}')).toMatchObject({ status: 1, out: expect.stringContaining("unknownRoom") });
    expect(call("no.such")).toMatchObject({ status: 1, out: expect.stringContaining("unknownMethod") });
    expect(call("messages.send", '{"to":"#lobby","text":"x","extra":1}')).toMatchObject({
      status: 1,
      out: expect.stringContaining("invalidParams"),
    });
    expect(await ada.call("messages.list", { in: "#lobby" })).toEqual(before);

    const sent = command(ada, "send", "#lobby", "by command line");
    expect(sent.status).toBe(0);
    await ben.shows("#lobby", ["by command line"]);
    expect(command(ada, "peers").out).toContain("ben");
    expect(command(ada, "rooms").out).toContain("lobby");
    expect(command(ada, "call", "session.get").out).toContain(ada.peerId);
  });
});

/** Runs the command line in the peer's namespace. */
function command(peer: LabPeer, ...words: string[]): { status: number; out: string } {
  const [name = "", ...rest] = words;
  try {
    const out = execFileSync(
      "ip",
      ["netns", "exec", peer.host.namespace, process.execPath, program, name, "--data-dir", peer.dataDir, ...rest],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 },
    );
    return { status: 0, out };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { status, out: stderr };
  }
}

/** The status of one HTTP request from within the namespace, where 127.0.0.1 is the peer's. */
function inNamespace(host: Host, port: string, headers: Record<string, string>): Promise<number> {
  const script = `
    const { request } = require("node:http");
    const asked = request({ host: "127.0.0.1", port: ${port}, path: "/api", headers: ${JSON.stringify(headers)} });
    asked.on("response", (response) => { console.log(response.statusCode); process.exit(0); });
    asked.on("upgrade", () => { console.log(101); process.exit(0); });
    asked.on("error", () => { console.log(0); process.exit(0); });
    asked.end();
  `;
  return Promise.resolve(Number(host.run(process.execPath, "-e", script)));
}
