/** `npm run bench [NAME…]`: figures beside their baselines in the same run. Loopback only. Not a test. */
import { cpus } from "node:os";
import { footprintRows, pageRow } from "./footprint.ts";
import { hostRows } from "./host.ts";
import { latencyRows } from "./latency.ts";
import { startRow } from "./start.ts";
import { printTable, type Row } from "./stats.ts";

const benches: Record<string, () => Promise<Row[]>> = {
  start: async () => [await startRow()],
  latency: latencyRows,
  host: hostRows,
  footprint: footprintRows,
  page: () => Promise.resolve([pageRow()]),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(", ")}. There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
console.log(`${cpus().length} cores, ${cpus()[0]?.model.trim() ?? "unknown"}, Node ${process.version}\n`);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  rows.push(...(await bench()));
}
printTable(rows);
