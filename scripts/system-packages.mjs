/** Debian packages that test groups need. Installs what is missing where that is possible; what stays missing shows in the groups' own probes. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Package lists are some 10 MB, Chromium and GTK some 300 MB: generous on a slow line, and never endless. */
const updateTimeoutMs = 5 * 60_000;
const installTimeoutMs = 20 * 60_000;

/**
 * @param {string} root of the checkout
 * @param {readonly string[]} groups of tests that will run
 */
export function ensureSystemPackages(root, groups) {
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) return;
  /** @type {Record<string, string[]>} */
  const lists = JSON.parse(readFileSync(join(root, "tests", "system-packages.json"), "utf8"));
  const missing = [...new Set(groups.flatMap((group) => lists[group] ?? []))].filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  console.log(`Installing system packages: ${missing.join(" ")}`);
  apt(["update", "-qq"], updateTimeoutMs);
  if (install(missing)) return;
  // One unknown name makes apt refuse all of them.
  for (const name of missing) if (!install([name])) console.log(`The system package ${name} could not be installed.`);
}

/** @param {string} name */
function isInstalled(name) {
  // Debian 13 renamed libraries whose time type grew.
  return [name, `${name}t64`].some((candidate) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the placeholder of dpkg-query
    const query = spawnSync("dpkg-query", ["-W", "-f=${db:Status-Status}", candidate], { encoding: "utf8" });
    return query.stdout.trim() === "installed";
  });
}

/**
 * @param {readonly string[]} names
 * @returns {boolean}
 */
function install(names) {
  return apt(["install", "-y", "-qq", "--no-install-recommends", ...names], installTimeoutMs);
}

/**
 * @param {readonly string[]} aptArguments
 * @param {number} timeout
 * @returns {boolean}
 */
function apt(aptArguments, timeout) {
  const run = spawnSync("apt-get", aptArguments, {
    stdio: ["ignore", "ignore", "inherit"],
    timeout,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return run.status === 0;
}
