/** One size in a process of its own: `node bench/scale-run.ts PEERS [SEED]`. The last line on stdout is the figures, as JSON. */
import { benchPlan, measureScale } from "./scale-measure.ts";

const [peers = 10, seed = 1] = process.argv.slice(2).map(Number);
const figures = await measureScale(peers, seed, benchPlan, (line) => process.stderr.write(`${line}\n`));
process.stdout.write(`${JSON.stringify(figures)}\n`);
