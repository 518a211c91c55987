/** Memory and idle CPU of a headless peer, alone and with ten links, beside a bare node process; and the size of the page. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { LineProcess, linked, ready, startPeer } from "./processes.ts";
import type { Row } from "./stats.ts";

const links = 10;
const firstPort = 48_500;
const observedMs = 20_000;
const clockTicksPerSecond = 100;

export async function footprintRows(): Promise<Row[]> {
  const network = `footprint-${process.pid}`;
  const node = new LineProcess(process.execPath, [
    "-e",
    'require("ws"); require("node-datachannel"); console.log(JSON.stringify({ event: "ready" })); setInterval(() => {}, 1000)',
  ]);
  await node.waitFor((line) => line["event"] === "ready");
  const peers: LineProcess[] = [];
  // More peers than the ten ports that one machine shares out by itself.
  const start = async (): Promise<LineProcess> => {
    const peer = startPeer(network, "--port", String(firstPort + peers.length));
    peers.push(peer);
    await ready(peer);
    return peer;
  };
  try {
    const measured = await start();
    const [bare, alone] = await Promise.all([observe(node), observe(measured)]);
    while (peers.length <= links) await start();
    await linked(measured, links);
    const linkedFigures = await observe(measured);
    const baseline = `bare node with both libraries loaded: ${figures(bare)}`;
    return [
      { what: "headless peer, alone", value: figures(alone), baseline, aim: "≤ 100 MB, < 1 %" },
      { what: `headless peer, ${links} links`, value: figures(linkedFigures), baseline, aim: "≤ 100 MB, < 1 %" },
    ];
  } finally {
    await Promise.all([node, ...peers].map((peer) => peer.stop()));
  }
}

interface Figures {
  readonly megabytes: number;
  readonly cpuPercent: number;
}

function figures({ megabytes, cpuPercent }: Figures): string {
  return `${megabytes.toFixed(0)} MB resident, ${cpuPercent.toFixed(2)} % CPU`;
}

async function observe(child: LineProcess): Promise<Figures> {
  const pid = workerOf(child.child.pid ?? 0);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const before = cpuTicks(pid);
  await new Promise((resolve) => setTimeout(resolve, observedMs));
  const cpuPercent = ((cpuTicks(pid) - before) / clockTicksPerSecond / (observedMs / 1_000)) * 100;
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { megabytes: Number(resident) / 1_024, cpuPercent };
}

/** The starter may have re-executed itself on another Node: the peer is then its child. */
function workerOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return children.length === 0 ? pid : workerOf(Number(children[0]));
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

export function pageRow(): Row {
  const root = new URL("../dist/page/", import.meta.url).pathname;
  let plain = 0;
  let compressed = 0;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(`${entry.parentPath}/${entry.name}`);
    plain += bytes.length;
    compressed += gzipSync(bytes, { level: 9 }).length;
  }
  return {
    what: "the page, all its files",
    value: `${(compressed / 1_024).toFixed(1)} KB gzip`,
    baseline: `uncompressed ${(plain / 1_024).toFixed(1)} KB`,
    aim: "≤ 100 KB",
  };
}
