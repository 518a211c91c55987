/** Keeps node_modules as package-lock.json says. Runs on Node 20, before anything is installed. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findNode } from "./runtime.mjs";

/** The packages are about 400 MB unpacked; on a slow line that takes minutes, never a quarter of an hour. */
const installTimeoutMs = 15 * 60_000;

/** npm goes on with its whole manual; the cause stands first. */
const saidLinesMax = 12;

/**
 * Installs the packages where some are missing or of another version than locked.
 * @param {string} root of the checkout
 * @returns {string | undefined} what went wrong and what to do, in one line
 */
export function ensurePackages(root) {
  const stale = stalePackage(root);
  if (stale === undefined) return undefined;
  console.error(`Installing packages (${stale}) …`);
  // npm tells its scripts how it was itself started; without that, it is looked up like any command.
  const npmScript = process.env["npm_execpath"];
  const npmArguments = ["ci", "--include=dev", "--no-fund", "--no-audit", "--loglevel=error"];
  const run =
    npmScript?.endsWith("npm-cli.js") === true
      ? spawnSync(process.execPath, [npmScript, ...npmArguments], { cwd: root, encoding: "utf8", timeout: installTimeoutMs })
      : spawnSync("npm", npmArguments, { cwd: root, encoding: "utf8", timeout: installTimeoutMs, shell: process.platform === "win32" });
  if (run.error !== undefined || run.status !== 0) return explain(run);
  return findNode(root) === undefined
    ? "the package `node` has not put its binary in place; its install script may be forbidden: `npm ci --foreground-scripts` shows why"
    : undefined;
}

/**
 * @param {string} root
 * @returns {string | undefined} the first reason to install, undefined where all is as locked
 */
function stalePackage(root) {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return "first start, about a minute";
  if (findNode(root) === undefined) return "Node itself is missing";
  const locked = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(installedFile);
  for (const [path, { version, optional }] of Object.entries(locked)) {
    const found = installed[path];
    // Other platforms' binaries are optional and rightly absent.
    if (path === "" || (found === undefined && optional === true)) continue;
    if (found?.version !== version) return `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)} has changed`;
  }
  return undefined;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/**
 * @param {import("node:child_process").SpawnSyncReturns<string>} run
 * @returns {string}
 */
function explain(run) {
  const code = run.error === undefined ? "" : String(/** @type {NodeJS.ErrnoException} */ (run.error).code);
  if (code === "ENOENT") return "npm is not installed; install Node.js with npm (nodejs.org, or your system's packages) and try again";
  if (code === "ETIMEDOUT") return `npm did not finish within ${installTimeoutMs / 60_000} minutes; try again on a better line`;
  const said = `${run.stdout}\n${run.stderr}`;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET|network/i.test(said)) {
    return "the npm registry cannot be reached; the first start needs it once: check the connection, or `npm config get registry`";
  }
  if (/EACCES|EPERM/.test(said)) return `npm may not write here; the checkout must belong to you\n${said.trim()}`;
  if (/ENOSPC/.test(said)) return "the disk is full; packages and build need about 1 GB";
  return `\`npm ci\` failed:\n${said.trim().split("\n").slice(0, saidLinesMax).join("\n")}`;
}
