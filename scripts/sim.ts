/**
 * `npm run sim -- --seed S`: the simulator that attacks the mesh. See tests/sim/README.md.
 *
 *   --seed S | --seeds A-B    which runs (default: 1)
 *   --peers N --minutes M     instead of what the seed draws
 *   --liar none|leaves|goesOn
 *   --sealing real|twin
 *   --without WORD,…          leaves out acts with these verbs or kinds of lies
 *   --acts FILE               these acts instead of those that the seed draws, one a line
 *   --shrink                  leaves out acts for as long as it still fails, a minute at most
 *   --trace FILE              everything that happens, as a play
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { formatAct, parseAct } from "../tests/sim/acts.ts";
import { drawActs } from "../tests/sim/draw.ts";
import { createCast, type Outcome, play } from "../tests/sim/run.ts";
import { type Overrides, settingsOf } from "../tests/sim/settings.ts";
import { shrink } from "../tests/sim/shrink.ts";
import { transcribe } from "../tests/sim/transcript.ts";

const shrinkBudgetMs = 60_000;
const progressEvery = 250;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    peers: { type: "string" },
    minutes: { type: "string" },
    liar: { type: "string" },
    sealing: { type: "string" },
    acts: { type: "string" },
    without: { type: "string" },
    shrink: { type: "boolean" },
    trace: { type: "string" },
  },
});
const cast = createCast();
const overrides: Overrides = {
  peers: values.peers === undefined ? undefined : Number(values.peers),
  minutes: values.minutes === undefined ? undefined : Number(values.minutes),
  liar: values.liar as Overrides["liar"],
  sealing: values.sealing as Overrides["sealing"],
};
const given = values.acts === undefined ? undefined : readFileSync(values.acts, "utf8").trim().split("\n").map(parseAct);
const without = values.without?.split(",") ?? [];
const [first = 1, last = first] = (values.seeds ?? values.seed ?? "1").split("-").map(Number);
let failures = 0;
let steps = 0;
const startedAt = performance.now();
for (let seed = first; seed <= last; seed += 1) {
  const settings = settingsOf(seed, overrides);
  const acts = (given ?? drawActs(settings)).filter(({ verb, words }) => !without.includes(verb) && !without.includes(words[0] ?? ""));
  const outcome = await play(cast, { settings, acts });
  steps += outcome.steps;
  if (outcome.violations.length > 0) {
    failures += 1;
    await tell(outcome);
  } else if (first === last) {
    console.log(`seed ${seed}: all well, agreed ${outcome.convergedMs} ms after the last fault, fingerprint ${outcome.fingerprint}`);
  }
  if (seed % progressEvery === 0 && seed < last) {
    console.log(`… ${seed}: ${failures} of ${seed - first + 1} failed, ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  }
  if (first === last && values.trace !== undefined) {
    writeFileSync(values.trace, `${(await transcribe(cast, outcome, {}, true)).join("\n")}\n`);
  }
}
const seconds = (performance.now() - startedAt) / 1_000;
console.log(`${last - first + 1} seeds, ${failures} failed, ${steps} steps, ${seconds.toFixed(1)} s`);
process.exitCode = failures === 0 ? 0 : 1;

async function tell(failed: Outcome): Promise<void> {
  const { settings, violations } = failed;
  const options = Object.entries(values).filter(([name]) => ["peers", "minutes", "liar", "sealing", "acts", "without"].includes(name));
  console.log(`seed ${settings.seed} fails (${settings.peers} peers, liar ${settings.liar}):`);
  for (const { checker, at, step, what } of violations) console.log(`  ${at} ms, step ${step}, ${checker}: ${what}`);
  console.log(`  replay: npm run sim -- --seed ${settings.seed}${options.map(([name, value]) => ` --${name} ${value}`).join("")}`);
  if (values.shrink !== true) return;
  const short = await shrink(cast, failed, {}, shrinkBudgetMs);
  console.log(`  shrunk from ${failed.acts.length} acts to ${short.acts.length}:`);
  for (const act of short.acts) console.log(`    ${formatAct(act)}`);
  for (const line of await transcribe(cast, short, {}, false)) console.log(`  ${line}`);
}
