/** axe-core, put into the page before its own script, since its content security policy lets nothing in afterwards. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

export const axeScript = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** One line for each violation: rule, what is wrong, where. The window must have been opened with `axeScript`. */
export async function findViolations(page: Page): Promise<string[]> {
  const { violations } = await page
    .locator("html")
    .evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}
