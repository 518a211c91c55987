/**
 * How cost grows with the number of peers: `npm run bench -- scale [PEERS…]`. The production core and driver in virtual time,
 * each size in a process of its own. With no sizes given, also draws docs/scale.svg.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import type { ScaleFigures } from "./scale-figures.ts";
import { heldAims, scaleChart, scaleTable } from "./scale-table.ts";
import type { Row } from "./stats.ts";

const allSizes = [10, 25, 50, 100, 300, 1_000] as const;
const seed = 1;
/** A thousand peers know a thousand others each. */
const heapMegabytes = Math.min(14_000, Math.floor((0.6 * totalmem()) / 2 ** 20));
const timeoutMs = 60 * 60_000;

export async function scaleRows(wanted: readonly number[]): Promise<Row[]> {
  const sizes = wanted.length > 0 ? wanted : allSizes;
  const all: ScaleFigures[] = [];
  for (const size of sizes) all.push(await inOwnProcess(size));
  console.log(`${scaleTable(all)}\n`);
  if (wanted.length === 0) writeFileSync(new URL("../docs/scale.svg", import.meta.url), scaleChart(all));
  const largest = all.at(-1);
  if (largest === undefined) return [];
  return heldAims(largest).map(({ what, value, aim, holds }) => ({
    what: `${largest.peers} peers, ${what}`,
    value: `${value} ${holds ? "✓" : "✗"}`,
    baseline: "in the table above",
    aim,
  }));
}

async function inOwnProcess(size: number): Promise<ScaleFigures> {
  const script = new URL("scale-run.ts", import.meta.url).pathname;
  const args = [`--max-old-space-size=${heapMegabytes}`, "--max-semi-space-size=64", script, String(size), String(seed)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], timeout: timeoutMs });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${size} peers: the process ended with ${code ?? "a signal"}`);
  return JSON.parse(Buffer.concat(chunks).toString()) as ScaleFigures;
}
