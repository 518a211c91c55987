/** docs/security.md promises what tests show: each test that it names exists, and has tests in it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/checkout.ts";

const page = readFileSync(join(root, "docs", "security.md"), "utf8");
const promised = page.slice(page.indexOf("## Promised"), page.indexOf("## Not promised"));
const rows = promised.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| promise") && !line.startsWith("| ---"));
const named = [...page.matchAll(/`(tests\/[^`]+)`/g)].map(([, path = ""]) => path);

describe("docs/security.md", () => {
  it.each([...new Set(named)])("names %s, which is there", (path) => {
    expect(existsSync(join(root, path))).toBe(true);
    expect(readFileSync(join(root, path), "utf8")).toMatch(/\b(?:it|test)(?:\.each[^(]*(?:\([\s\S]*?\))?)?\(/);
  });

  it("has a test for every promise", () => {
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) expect(row, row).toMatch(/`tests\/[^`]+\.test\.ts`/);
  });
});
