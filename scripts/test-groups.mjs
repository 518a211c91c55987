/** The groups of tests, what each needs of the machine, and how to find out whether it is there. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { findElectron } from "./electron-binary.mjs";

/**
 * @typedef {{ readonly ready: true, readonly environment?: NodeJS.ProcessEnv } | { readonly ready: false, readonly why: string }} Readiness
 * @typedef {{ readonly name: string, readonly what: string, readonly timeoutMs: number, readonly probe: (root: string) => Promise<Readiness> }} TestGroup
 */

const minutes = 60_000;
/** Unpacks some hundred megabytes, once. */
const runtimeTimeoutMs = 5 * minutes;

/** @type {readonly TestGroup[]} */
export const testGroups = [
  {
    name: "unit",
    what: "the core, its contracts, transcripts and simulation",
    timeoutMs: 10 * minutes,
    probe: async () => ({ ready: true }),
  },
  { name: "lab", what: "real processes on networks made of namespaces", timeoutMs: 30 * minutes, probe: probeLab },
  { name: "e2e", what: "the window in Chromium", timeoutMs: 15 * minutes, probe: probeBrowser },
  { name: "desktop", what: "the desktop shell in Electron", timeoutMs: 15 * minutes, probe: probeDesktop },
];

/** @returns {Promise<Readiness>} */
async function probeLab() {
  if (process.platform !== "linux") return { ready: false, why: "network namespaces exist on Linux only" };
  const missing = missingCommands(["ip", "tc", "nft", "tcpdump"]);
  if (missing !== undefined) return missing;
  const name = `earshot-probe-${process.pid}`;
  const added = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
  if (added.status !== 0) return { ready: false, why: `network namespaces are not permitted here: ${added.stderr.trim().split("\n")[0]}` };
  spawnSync("ip", ["netns", "delete", name]);
  return { ready: true };
}

/** @returns {Promise<Readiness>} */
async function probeBrowser() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return names.some(commandExists) ? { ready: true } : { ready: false, why: "there is no Chromium" };
}

/**
 * @param {string} root
 * @returns {Promise<Readiness>}
 */
async function probeDesktop(root) {
  if (process.platform !== "linux") return { ready: false, why: "these tests use an X server" };
  const missing = missingCommands(["Xvfb", "xauth", "xdotool", "dbus-daemon"]);
  if (missing !== undefined) return missing;
  const electron = await findTestElectron(root);
  return "path" in electron ? { ready: true, environment: { EARSHOT_ELECTRON: electron.path } } : { ready: false, why: electron.missing };
}

/**
 * The binary that the product would use; else one that was put beside the checkout for tests, on machines that cannot
 * reach Electron's downloads.
 * @param {string} root
 */
async function findTestElectron(root) {
  const own = await findElectron(root, { download: false });
  if ("path" in own) return own;
  const cached = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "earshot-electron", "electron");
  if (existsSync(cached)) return { path: cached };
  const getter = join(root, "..", "shared", "electron-runtime", "get");
  if (!existsSync(getter)) return findElectron(root, { download: true });
  const run = spawnSync(getter, { encoding: "utf8", timeout: runtimeTimeoutMs, stdio: ["ignore", "pipe", "pipe"] });
  const path = run.stdout.trim().split("\n").at(-1) ?? "";
  return run.status === 0 && existsSync(path)
    ? { path }
    : { missing: `no Electron could be fetched: ${run.stderr.trim().split("\n").at(-1)}` };
}

/**
 * @param {readonly string[]} names
 * @returns {Readiness | undefined}
 */
function missingCommands(names) {
  const missing = names.filter((name) => !commandExists(name));
  return missing.length === 0 ? undefined : { ready: false, why: `missing: ${missing.join(", ")}` };
}

/** @param {string} name */
function commandExists(name) {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, name)));
}
