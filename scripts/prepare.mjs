/** Makes a checkout ready to run: packages, then build. Costs a tenth of a second where both are fresh. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { isBuildFresh } from "./freshness.mjs";
import { ensurePackages } from "./packages.mjs";
import { checkoutEnvironment, findNode } from "./runtime.mjs";

/** A build takes seconds; two minutes is a machine in trouble. */
const buildTimeoutMs = 120_000;

/** @typedef {{ readonly node: string } | { readonly trouble: string }} Prepared `node`: what to run with; `trouble`: for the person */

/**
 * @param {string} root of the checkout
 * @param {{ readonly build: boolean }} what
 * @returns {Prepared}
 */
export function prepare(root, { build }) {
  const trouble = ensurePackages(root);
  if (trouble !== undefined) return { trouble };
  const node = findNode(root);
  if (node === undefined) return { trouble: "no Node 24 found after the installation; remove node_modules and try again" };
  if (build && !isBuildFresh(root)) {
    const run = spawnSync(node, [join(root, "scripts", "build.ts")], {
      cwd: root,
      env: checkoutEnvironment(root),
      stdio: ["ignore", 2, 2],
      timeout: buildTimeoutMs,
    });
    if (run.status !== 0) return { trouble: "the build failed; what it said stands above" };
  }
  return { node };
}

/**
 * For commands that cannot go on without: ends the process with one line.
 * @param {string} root of the checkout
 * @param {{ readonly build: boolean }} what
 * @returns {string} path of the Node to run with
 */
export function prepareOrExit(root, what) {
  const prepared = prepare(root, what);
  if ("node" in prepared) return prepared.node;
  console.error(`earshot: ${prepared.trouble}`);
  process.exit(1);
}
