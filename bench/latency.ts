/** One text from one peer to another, each a process: through Earshot sealed, through a bare data channel, through socket.io. */

import { ApiConnection } from "./api-connection.ts";
import { LineProcess, linked, ready, startPeer } from "./processes.ts";
import { median, type Row, spread } from "./stats.ts";

const rounds = 1_000;
/** Long enough for the compiler to have seen everything. */
const warmUp = 500;

export async function latencyRows(): Promise<Row[]> {
  const cores = await throughCores();
  const bare = await throughBareChannel();
  const earshot = await throughEarshot();
  const socketio = await throughSocketIo();
  const ratio = (one: readonly number[], other: readonly number[]): string => (median(one) / median(other)).toFixed(1);
  return [
    {
      what: "text of 200 bytes, one way, sealed, core to core",
      value: spread(cores),
      baseline: `bare data channel ${spread(bare)}: ${ratio(cores, bare)} ×`,
      aim: "≤ 1.5 × bare",
    },
    {
      what: "the same from window to window (API at both ends)",
      value: spread(earshot),
      baseline: `socket.io server and two clients ${spread(socketio)}: ${ratio(earshot, socketio)} ×`,
      aim: "reported",
    },
  ];
}

async function throughCores(): Promise<number[]> {
  const script = new URL("sealed-peer.ts", import.meta.url).pathname;
  const echo = new LineProcess(process.execPath, [script, "echo"]);
  const { line } = await echo.waitFor((event) => event["event"] === "ready");
  const ping = new LineProcess(process.execPath, [script, "ping", String(line["port"]), String(rounds + warmUp)]);
  try {
    const done = await ping.waitFor((event) => event["event"] === "done");
    return (done.line["samples"] as number[]).slice(warmUp);
  } finally {
    await Promise.all([echo.stop("SIGKILL"), ping.stop("SIGKILL")]);
  }
}

/** Ping by one peer's API, echo by the other's: both hops of the API are in the figure, as they are for a person. */
async function throughEarshot(): Promise<number[]> {
  const network = `latency-${process.pid}`;
  const one = startPeer(network);
  const other = startPeer(network);
  try {
    const [oneReady, otherReady] = [await ready(one), await ready(other)];
    await Promise.all([linked(one, 1), linked(other, 1)]);
    const [pinger, echoer] = [await ApiConnection.open(oneReady.dataDir), await ApiConnection.open(otherReady.dataDir)];
    echoer.onMessage((message) => {
      if (message.from === oneReady.peerId) void echoer.call("messages.send", { to: `@${oneReady.peerId}`, text: message.text });
    });
    const samples: number[] = [];
    for (let round = 0; round < rounds + warmUp; round += 1) {
      const echoed = pinger.nextMessageFrom(otherReady.peerId);
      const sentAt = performance.now();
      await pinger.call("messages.send", { to: `@${otherReady.peerId}`, text: "x".repeat(200) });
      await echoed;
      if (round >= warmUp) samples.push((performance.now() - sentAt) / 2);
    }
    pinger.close();
    echoer.close();
    return samples;
  } finally {
    await Promise.all([one.stop(), other.stop()]);
  }
}

async function throughBareChannel(): Promise<number[]> {
  const script = new URL("channel-peer.ts", import.meta.url).pathname;
  const echo = new LineProcess(process.execPath, [script, "echo"]);
  const ping = new LineProcess(process.execPath, [script, "ping", String(rounds + warmUp)]);
  pipe(ping, echo);
  pipe(echo, ping);
  try {
    const { line } = await ping.waitFor((event) => event["event"] === "done");
    return (line["samples"] as number[]).slice(warmUp);
  } finally {
    await Promise.all([echo.stop("SIGKILL"), ping.stop("SIGKILL")]);
  }
}

function pipe(from: LineProcess, to: LineProcess): void {
  from.child.stdout?.on("data", (chunk: Buffer) => {
    for (const text of chunk.toString().split("\n"))
      if (text.includes('"description"') || text.includes('"candidate"')) to.child.stdin?.write(`${text}\n`);
  });
}

async function throughSocketIo(): Promise<number[]> {
  const script = new URL("socketio-peer.ts", import.meta.url).pathname;
  const server = new LineProcess(process.execPath, [script, "server"]);
  const { line } = await server.waitFor((event) => event["event"] === "ready");
  const url = `http://127.0.0.1:${line["port"]}`;
  const echo = new LineProcess(process.execPath, [script, "echo", url]);
  await echo.waitFor((event) => event["event"] === "ready");
  const ping = new LineProcess(process.execPath, [script, "ping", url, String(rounds + warmUp)]);
  try {
    const done = await ping.waitFor((event) => event["event"] === "done");
    return (done.line["samples"] as number[]).slice(warmUp);
  } finally {
    await Promise.all([ping.stop("SIGKILL"), echo.stop("SIGKILL"), server.stop("SIGKILL")]);
  }
}
