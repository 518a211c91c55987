/** Where this checkout's own Node is: the pinned line, whatever Node the system has. */
import { existsSync } from "node:fs";
import { join } from "node:path";

export const nodeMajorNeeded = 24;

/**
 * @param {string} root of the checkout
 * @returns {string | undefined} path of a Node that is new enough, if there is one
 */
export function findNode(root) {
  const pinned = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(pinned)) return pinned;
  return Number.parseInt(process.versions.node, 10) >= nodeMajorNeeded ? process.execPath : undefined;
}

/**
 * The environment for tools of this checkout: its binaries first, so that `#!/usr/bin/env node` finds the pinned Node.
 * @param {string} root of the checkout
 * @returns {NodeJS.ProcessEnv}
 */
export function checkoutEnvironment(root) {
  const separator = process.platform === "win32" ? ";" : ":";
  return { ...process.env, PATH: `${join(root, "node_modules", ".bin")}${separator}${process.env["PATH"] ?? ""}` };
}
