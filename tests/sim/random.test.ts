/** Seeded faults on whole peers. More seeds: EARSHOT_SEEDS=100-400 npx vitest run tests/sim/random.test.ts */
import { describe, expect, it } from "vitest";
import { Scenario } from "./scenario.ts";

/** "7", or "100-400". */
function seedsOf(text: string): number[] {
  const [first = 1, last = first] = text.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const seeds = seedsOf(process.env["EARSHOT_SEEDS"] ?? "1-20");
/** One seed alone tells its whole story. */
const isReplay = seeds.length === 1;

describe("after a minute of faults everybody agrees", () => {
  for (const seed of seeds) {
    it(`seed ${seed}`, async () => {
      const scenario = new Scenario(seed);
      const broken = await scenario.run();
      if (broken.length === 0) return;
      const script = isReplay ? scenario.script : scenario.script.slice(-15);
      expect.fail(
        [
          `seed ${seed}:`,
          ...broken,
          ...script,
          `replay: EARSHOT_SEEDS=${seed} npx vitest run --project unit tests/sim/random.test.ts`,
        ].join("\n"),
      );
    });
  }
});
