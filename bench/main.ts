/** `npm run bench [NAME… [PEERS…]]`: figures beside their baselines in the same run. Loopback or namespaces only. Not a test. */
import { cpus } from "node:os";
import { footprintRows, pageRow } from "./footprint.ts";
import { hostRows } from "./host.ts";
import { latencyRows } from "./latency.ts";
import { scaleRows } from "./scale.ts";
import { startRow } from "./start.ts";
import { printTable, type Row } from "./stats.ts";

const sizes = process.argv.slice(2).filter(isSize).map(Number);
const benches: Record<string, () => Promise<Row[]>> = {
  start: async () => [await startRow()],
  latency: latencyRows,
  host: hostRows,
  footprint: footprintRows,
  page: () => Promise.resolve([pageRow()]),
  scale: () => scaleRows(sizes),
};

/** A thousand peers take their time. */
const onRequest: ReadonlySet<string> = new Set(["scale"]);
const wanted = process.argv.slice(2).filter((word) => !isSize(word));
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
printTable(rows);

/** After `scale`: of how many peers. */
function isSize(word: string): boolean {
  return /^\d+$/.test(word);
}
