/** A profile inside Electron's runtime: it is kept, or it is said that it cannot be. An Electron too old must not die of it. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "vite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleConfig } from "../../scripts/node-bundles.ts";
import { electronPath, root } from "./support/desktop.ts";

const runMaxMs = 60_000;

let directory: string;
beforeEach(() => {
  // Beneath the checkout, so that the bundle finds the packages that are no part of it.
  mkdirSync(join(root, "dist"), { recursive: true });
  directory = mkdtempSync(join(root, "dist", "vault-inside-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("a profile is kept there, or refused in words", async () => {
  const config = bundleConfig(root, { entry: "tests/e2e/support/vault-inside.ts", output: join(directory, "vault.cjs") });
  await build(config);
  const kept = mkdtempSync(join(tmpdir(), "earshot-inside-"));
  try {
    const { stdout } = await promisify(execFile)(electronPath(), [join(directory, "vault.cjs"), join(kept, "ada")], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      timeout: runMaxMs,
    });
    const { nodeApi, outcome, message } = JSON.parse(stdout) as Record<string, string>;
    if (Number(nodeApi) >= 10) expect({ outcome, message }).toEqual({ outcome: "kept", message: "Ada" });
    else
      expect({ outcome, message }).toMatchObject({
        outcome: "vaultUnavailable",
        message: expect.stringContaining("Guests work") as string,
      });
    expect(readdirSync(kept)).toEqual(Number(nodeApi) >= 10 ? ["ada"] : []);
  } finally {
    rmSync(kept, { recursive: true });
  }
});
