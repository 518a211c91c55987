/**
 * Every kept input, and a short run with a fixed seed, for everything that reads what comes from outside. The long run is
 * `npm run fuzz`.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { attempt } from "./attempt.ts";
import { corpusFolder, readCorpus } from "./corpus.ts";
import { fuzz } from "./fuzzer.ts";
import { targets } from "./targets/index.ts";

const seed = 1;
const executionsMax = 300;
const msEach = 250;
/** A machine that is busy with other things takes its time: what an input costs is measured in processor time. */
const patienceMs = 60_000;
const corpusBytesMax = 300_000;

vi.setConfig({ testTimeout: patienceMs });

describe.each(targets.map((target) => [target.name, target] as const))("%s", (name, target) => {
  const kept = readCorpus(name);

  it("stands every kept input", async () => {
    for (const { file, input } of kept) expect(await attempt(target, input), `tests/fuzz/corpus/${name}/${file}`).toBeUndefined();
  });

  it("stands new ones", async () => {
    const { finds, executions } = await fuzz(target, {
      seed,
      corpus: kept.map(({ input }) => input),
      executionsMax,
      msMax: msEach,
    });
    expect(finds.map(({ message, input }) => `${message}: ${Buffer.from(input).toString("hex")}`)).toEqual([]);
    expect(executions).toBeGreaterThan(0);
  });
});

it("the corpus is small, and belongs to targets that there are", () => {
  const files = readdirSync(corpusFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)).toBeLessThan(corpusBytesMax);
  expect(readdirSync(corpusFolder).filter((name) => !targets.some((target) => target.name === name))).toEqual([]);
});
