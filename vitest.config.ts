/** Test groups. `npm test` runs them one after another; within `unit` the files run side by side. */
import { defineConfig } from "vitest/config";

/** The lab and the windows share one machine's namespaces, display and cores: one file at a time. */
const alone = { fileParallelism: false, maxWorkers: 1 } as const;

export default defineConfig({
  test: {
    // A test that needs a second try has found something.
    retry: 0,
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "tests/unit/**/*.test.ts",
            "tests/contracts/**/*.test.ts",
            "tests/transcripts/**/*.test.ts",
            "tests/sim/**/*.test.ts",
            "tests/fuzz/**/*.test.ts",
          ],
          testTimeout: 20_000,
        },
      },
      { test: { name: "lab", include: ["tests/lab/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 60_000, ...alone } },
      { test: { name: "e2e", include: ["tests/e2e/**/*.browser.test.ts"], testTimeout: 90_000, hookTimeout: 60_000, ...alone } },
      { test: { name: "desktop", include: ["tests/e2e/**/*.desktop.test.ts"], testTimeout: 90_000, hookTimeout: 60_000, ...alone } },
    ],
  },
});
