/**
 * What the simulator has found, each by the seed and the acts that are left of its run, so that it stays found; then whole
 * runs as they are drawn. More of them: `npm run sim -- --seeds 1-1000`.
 */
import { describe, expect, it } from "vitest";
import { parseAct } from "./acts.ts";
import { type Find, finds } from "./finds.ts";
import { createCast, type Outcome, play } from "./run.ts";
import { type Overrides, settingsOf } from "./settings.ts";
import { transcribe } from "./transcript.ts";

const cast = createCast();
/** Drawn anew for this list whenever the drawing changes; they take about a third of a second each. */
const fixedSeeds = Array.from({ length: 40 }, (_, index) => index + 1);
const linesMax = 60;
/** The largest takes seconds alone, and more beside others. */
const patienceMs = 120_000;

async function expectClean(seed: number, overrides: Overrides, acts?: readonly string[]): Promise<void> {
  const outcome = await play(cast, { settings: settingsOf(seed, overrides), acts: acts?.map(parseAct) });
  if (outcome.violations.length > 0) expect.fail(await story(outcome, overrides));
}

async function story(outcome: Outcome, overrides: Overrides): Promise<string> {
  const { settings, violations } = outcome;
  const lines = await transcribe(cast, outcome, {}, false);
  const options = overrides.liar === undefined ? "" : ` --liar ${overrides.liar}`;
  return [
    `seed ${settings.seed}:`,
    ...violations.map(({ checker, at, step, what }) => `  ${at} ms, step ${step}, ${checker}: ${what}`),
    `replay: npm run sim -- --seed ${settings.seed}${options} --shrink`,
    ...lines.slice(-linesMax),
  ].join("\n");
}

describe("what was found stays found", () => {
  for (const { name, seed, liar, acts } of finds as readonly Find[]) {
    it(`${name} (seed ${seed})`, async () => await expectClean(seed, { liar }, acts), patienceMs);
  }
});

describe("after faults everybody agrees", () => {
  for (const seed of fixedSeeds) it(`seed ${seed}`, async () => await expectClean(seed, {}), patienceMs);
});

describe("a run", () => {
  it(
    "is the same for the same seed, byte for byte, and another for another",
    async () => {
      const [first, second, other] = [
        await play(cast, { settings: settingsOf(3) }),
        await play(createCast(), { settings: settingsOf(3) }),
        await play(cast, { settings: settingsOf(4) }),
      ];
      expect(second.fingerprint).toBe(first.fingerprint);
      expect(second.steps).toBe(first.steps);
      expect(other.fingerprint).not.toBe(first.fingerprint);
    },
    patienceMs,
  );
});
