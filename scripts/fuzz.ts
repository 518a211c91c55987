/**
 * `npm run fuzz`: hostile bytes for everything that reads what comes from outside, for as long as one likes.
 *
 *   --target NAME,…   these targets alone (default: all, one after another)
 *   --minutes M       in all (default: 10)
 *   --seed S          the same inputs again, as far as time allows
 *   --keep            adds small inputs that reached new code to tests/fuzz/corpus
 *
 * A find is shrunk, printed, and put into tests/fuzz/corpus, where `npm test` tries it from then on.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { formatHex, hexOf, keep, readCorpus } from "../tests/fuzz/corpus.ts";
import type { Find } from "../tests/fuzz/fuzzer.ts";
import { targets } from "../tests/fuzz/targets/index.ts";
import type { Order, Report } from "../tests/fuzz/worker.ts";
import { root } from "./checkout.ts";

/** Of what reaches new code: all of it is tried by every `npm test`, so it stays little. */
const keptPerTargetMax = 12;
const keptBytesMax = 400;
const watchedBytesMax = 512 * 1024;
/** An input that takes so long does not come back: the slowest honest one takes seconds on a busy machine. */
const hangMs = 90_000;
const lookMs = 1_000;
/** An input that takes all this is a find; the thread ends, not the process. */
const heapMegabytesMax = 1_024;

const { values } = parseArgs({
  options: { target: { type: "string" }, minutes: { type: "string" }, seed: { type: "string" }, keep: { type: "boolean" } },
});
const wanted = values.target?.split(",");
const unknown = wanted?.find((name) => !targets.some((target) => target.name === name));
if (unknown !== undefined) throw new Error(`there is no target ${unknown}; there are ${targets.map(({ name }) => name).join(", ")}`);
const names = targets.map(({ name }) => name).filter((name) => wanted?.includes(name) ?? true);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const msEach = (Number(values.minutes ?? 10) * 60_000) / names.length;
let executions = 0;
let finds = 0;

console.log(`seed ${seed}, ${names.length} targets, ${(msEach / 1_000).toFixed(0)} s each`);
// What ends a thread is told, and the next goes on with the targets behind it.
for (let rest: readonly string[] = names; rest.length > 0; ) rest = await fuzzAll(rest);
console.log(`${executions} inputs in all, ${finds} finds`);
process.exitCode = finds === 0 ? 0 : 1;

/** Returns the targets that are left, where one did not come back. */
function fuzzAll(open: readonly string[]): Promise<readonly string[]> {
  const watched = new SharedArrayBuffer(8 + watchedBytesMax);
  const head = new Int32Array(watched, 0, 2);
  const order: Order = { names: open, seed, msEach, watched };
  const worker = new Worker(join(root, "tests/fuzz/worker.ts"), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
  });
  const left = [...open];
  let inputs = -1;
  let since = performance.now();
  return new Promise((resolve) => {
    const end = (kind: string, message: string): void => {
      clearInterval(looking);
      const input = new Uint8Array(watched, 8, Atomics.load(head, 0)).slice();
      const name = left.shift() ?? "";
      tellFind({ target: name, seed, kind, message, input });
      void worker.terminate().then(() => resolve(left));
    };
    const looking = setInterval(() => {
      const now = Atomics.load(head, 1);
      if (now !== inputs) {
        inputs = now;
        since = performance.now();
      } else if (performance.now() - since > hangMs) end("hang", `does not come back within ${hangMs / 1_000} s`);
    }, lookMs);
    worker.on("message", (report: Report) => {
      left.shift();
      tell(report);
    });
    worker.on("error", (error: Error) => end("ended", `ended the thread: ${error.message}`));
    worker.on("exit", (code) => {
      clearInterval(looking);
      if (code === 0) resolve([]);
    });
  });
}

function tell({ name, result, ms, blocks, blocksSeen }: Report): void {
  executions += result.executions;
  const perSecond = Math.round((result.executions * 1_000) / ms);
  console.log(
    `${name}: ${result.executions} inputs, ${perSecond} a second, ${blocks} of ${blocksSeen} blocks, ${result.reached.length} reached new code, ${result.finds.length} finds`,
  );
  for (const find of result.finds) tellFind(find);
  if (values.keep !== true) return;
  const places = keptPerTargetMax - readCorpus(name).filter(({ isFind }) => !isFind).length;
  const small = result.reached.filter(({ length }) => length > 0 && length <= keptBytesMax);
  // The last ones were the hardest to come by.
  for (const input of places > 0 ? small.slice(-places) : []) keep(name, input, "reaches code that few inputs reach");
}

function tellFind(find: Find): void {
  finds += 1;
  const path = keep(find.target, find.input, `find (seed ${find.seed}): ${find.message}`);
  console.log(`FIND ${find.target}, seed ${find.seed}: ${find.message}`);
  console.log(`  ${find.input.length} bytes: ${hexOf(find.input).length <= 400 ? hexOf(find.input) : formatHex(find.input).slice(0, 400)}`);
  console.log(`  kept as ${path.slice(root.length + 1)}; again: npm run fuzz -- --target ${find.target} --seed ${find.seed}`);
}
