/**
 * Finds an Electron that can open the window. The package `electron` brings no binary; it is downloaded from GitHub,
 * which a machine on a closed network cannot reach. So it is tried once, in bounded time, and never stands in the way.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findNode } from "./runtime.mjs";

/** 110 MB: a minute suffices on a line worth waiting for. Longer: the person waits for a window that a browser can show now. */
const downloadTimeoutMs = 60_000;
/** After a failed download the next one waits a week: by then the machine may be on another network. */
const retryAfterMs = 7 * 24 * 3_600_000;

/** @typedef {{ readonly path: string } | { readonly missing: string }} ElectronBinary */

/**
 * @param {string} root of the checkout
 * @param {{ readonly download: boolean }} options `download`: may fetch the binary now; give true at an interactive start only
 * @returns {Promise<ElectronBinary>} `missing` says why, in one line for the person
 */
export async function findElectron(root, { download }) {
  const given = process.env["EARSHOT_ELECTRON"];
  if (given !== undefined && given !== "") {
    return existsSync(given) ? { path: given } : { missing: `EARSHOT_ELECTRON names ${given}, which does not exist` };
  }
  const installed = installedBinary(root);
  if (installed !== undefined) return { path: installed };
  if (!existsSync(join(root, "node_modules", "electron", "install.js"))) return { missing: "the package electron is not installed" };
  if (!download) return { missing: "Electron is not downloaded; `npx install-electron` fetches it" };
  const earlier = rememberedFailure(root);
  if (earlier !== undefined) return { missing: `${earlier}; \`npx install-electron\` tries again` };
  const failure = await downloadElectron(root);
  const downloaded = installedBinary(root);
  if (downloaded !== undefined) return { path: downloaded };
  rememberFailure(root, failure ?? "Electron's download left no binary");
  return { missing: failure ?? "Electron's download left no binary" };
}

/**
 * @param {string} root
 * @returns {string | undefined}
 */
function installedBinary(root) {
  const folder = join(root, "node_modules", "electron");
  const pathFile = join(folder, "path.txt");
  if (!existsSync(pathFile)) return undefined;
  const path = join(folder, "dist", readFileSync(pathFile, "utf8"));
  return existsSync(path) ? path : undefined;
}

/**
 * @param {string} root
 * @returns {Promise<string | undefined>} why it failed
 */
function downloadElectron(root) {
  const node = findNode(root);
  if (node === undefined) return Promise.resolve("Electron's installer needs Node 22 or later");
  console.error("Fetching Electron for the window (once, 110 MB, at most a minute) …");
  return new Promise((resolve) => {
    const installer = spawn(node, [join(root, "node_modules", "electron", "install.js")], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    installer.stderr.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-2_000);
    });
    const timer = setTimeout(() => installer.kill("SIGKILL"), downloadTimeoutMs);
    installer.on("error", (error) => {
      clearTimeout(timer);
      resolve(`Electron's installer cannot be started (${error.message})`);
    });
    installer.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(undefined);
      else if (signal === "SIGKILL") resolve("Electron could not be downloaded within a minute");
      else resolve(`Electron could not be downloaded (${firstError(said)})`);
    });
  });
}

/**
 * @param {string} said
 * @returns {string}
 */
function firstError(said) {
  const line = said.split("\n").find((text) => /error|ENOTFOUND|ECONN|EAI_AGAIN/i.test(text)) ?? said.split("\n")[0] ?? "";
  return line.trim().slice(0, 120) || "no reason given";
}

/** @param {string} root */
function failureFile(root) {
  return join(root, "node_modules", ".cache", "earshot", "electron-download.json");
}

/**
 * @param {string} root
 * @returns {string | undefined}
 */
function rememberedFailure(root) {
  if (!existsSync(failureFile(root))) return undefined;
  const { version, at, reason } = JSON.parse(readFileSync(failureFile(root), "utf8"));
  return version === electronVersion(root) && Date.now() - at < retryAfterMs ? reason : undefined;
}

/**
 * @param {string} root
 * @param {string} reason
 */
function rememberFailure(root, reason) {
  mkdirSync(dirname(failureFile(root)), { recursive: true });
  writeFileSync(failureFile(root), JSON.stringify({ version: electronVersion(root), at: Date.now(), reason }));
}

/** @param {string} root */
function electronVersion(root) {
  return JSON.parse(readFileSync(join(root, "node_modules", "electron", "package.json"), "utf8")).version;
}
