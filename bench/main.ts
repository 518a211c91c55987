/**
 * `npm run bench [NAME… [PEERS…]]`: figures beside their baselines in the same run. Loopback or namespaces only. Not a test.
 * `scale` takes how many peers, `crowd` takes --peers, --rate (messages per second) and --minutes.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchCrowd } from "./crowd.ts";
import { footprintRows, pageRow } from "./footprint.ts";
import { hostRows } from "./host.ts";
import { keptRoomsRows } from "./kept-rooms.ts";
import { latencyRows } from "./latency.ts";
import { newcomerRows } from "./newcomer.ts";
import { scaleRows } from "./scale.ts";
import { screenRows } from "./screen.ts";
import { sealingRows } from "./sealing.ts";
import { searchRows } from "./search.ts";
import { startRow } from "./start.ts";
import { printTable, type Row } from "./stats.ts";
import { vaultRows } from "./vault.ts";

const { values: given, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: "string", default: "30" },
    rate: { type: "string", default: "20" },
    minutes: { type: "string", default: "10" },
  },
});
const sizes = words.filter(isSize).map(Number);
const benches: Record<string, () => Promise<Row[]>> = {
  start: async () => [await startRow()],
  latency: latencyRows,
  host: hostRows,
  footprint: footprintRows,
  page: () => Promise.resolve([pageRow()]),
  sealing: () => Promise.resolve(sealingRows()),
  vault: async () => [...(await vaultRows()), ...(await keptRoomsRows())],
  newcomer: newcomerRows,
  search: searchRows,
  screen: screenRows,
  scale: () => scaleRows(sizes),
  crowd: async () => {
    await benchCrowd({ peers: positive("peers"), rate: positive("rate"), minutes: positive("minutes") });
    return [];
  },
};

/** A thousand peers take their time, and so do ten minutes, and a million messages. */
const onRequest: ReadonlySet<string> = new Set(["scale", "crowd", "search", "screen"]);
const wanted = words.filter((word) => !isSize(word));
const unknown = wanted.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(", ")}. There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
console.log(`${cpus().length} cores, ${cpus()[0]?.model.trim() ?? "unknown"}, Node ${process.version}\n`);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 ? !wanted.includes(name) : onRequest.has(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  rows.push(...(await bench()));
}
if (rows.length > 0) printTable(rows);

/** After `scale`: of how many peers. */
function isSize(word: string): boolean {
  return /^\d+$/.test(word);
}

function positive(option: keyof typeof given): number {
  const value = Number(given[option]);
  if (value > 0) return value;
  console.error(`--${option} takes a number above nothing.`);
  process.exit(2);
}
