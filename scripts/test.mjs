/**
 * `npm test`: complete on a fresh clone. Installs what is missing, builds, checks, then runs the groups of tests one after
 * another. `npm test -- lab` runs one group, `npm test -- lab cable` its files of that name. With CI=true or --strict a
 * group that cannot run, or a test that is skipped, is an error. The last line is the sum.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "./prepare.mjs";
import { checkoutEnvironment } from "./runtime.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";
import { testGroups } from "./test-groups.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const checkTimeoutMs = 2 * 60_000;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const strict = process.argv.includes("--strict") || process.env["CI"] === "true";
const [groupName, ...filters] = process.argv.slice(2).filter((argument) => argument !== "--strict");
const chosen = testGroups.filter(({ name }) => groupName === undefined || name === groupName);
if (chosen.length === 0) {
  console.error(`There is no group ${groupName}; there are ${testGroups.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const prepared = prepare(root, { build: true });
if ("trouble" in prepared) {
  console.log(`${prepared.trouble}\n0 passed, 1 failed`);
  process.exit(1);
}
const { node } = prepared;
const environment = checkoutEnvironment(root);
ensureSystemPackages(
  root,
  chosen.map(({ name }) => name),
);

/** @type {Counts} */
const sum = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const remarks = [];
if (groupName === undefined) runCheck();
for (const group of chosen) await runGroup(group);
for (const remark of remarks) console.log(remark);
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""}`);
process.exitCode = sum.passed > 0 && sum.failed === 0 && !(strict && sum.skipped > 0) ? 0 : 1;

function runCheck() {
  const run = spawnSync(node, [join(root, "scripts", "check.ts")], {
    cwd: root,
    env: environment,
    stdio: ["ignore", 1, 2],
    timeout: checkTimeoutMs,
  });
  if (run.status !== 0) fail("check: not in order, see above");
}

/** @param {import("./test-groups.mjs").TestGroup} group */
async function runGroup({ name, what, timeoutMs, probe }) {
  const readiness = await probe(root);
  if (!readiness.ready) {
    const remark = `left out: ${name} (${what}), because ${readiness.why}`;
    if (strict) fail(remark);
    else remarks.push(remark);
    return;
  }
  console.log(`\n${name}: ${what}`);
  const resultFile = join(root, "artifacts", `tests-${name}.json`);
  mkdirSync(dirname(resultFile), { recursive: true });
  rmSync(resultFile, { force: true });
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${resultFile}`];
  const run = spawnSync(node, [vitest, "run", "--project", name, ...reporters, ...filters], {
    cwd: root,
    env: { ...environment, ...readiness.environment },
    stdio: ["ignore", 1, 2],
    timeout: timeoutMs,
  });
  const counts = existsSync(resultFile) ? readCounts(resultFile) : { passed: 0, failed: 0, skipped: 0 };
  sum.passed += counts.passed;
  sum.failed += counts.failed;
  sum.skipped += counts.skipped;
  if (strict && counts.skipped > 0) remarks.push(`${name}: ${counts.skipped} skipped, which is an error here`);
  // A file that does not load, an error outside of any test, a group that never ended: no test counts these.
  if (run.status !== 0 && counts.failed === 0) {
    fail(
      run.error === undefined
        ? `${name}: failed outside of its tests, see above`
        : `${name}: did not end within ${timeoutMs / 60_000} minutes`,
    );
  }
}

/**
 * @param {string} file
 * @returns {Counts}
 */
function readCounts(file) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(file, "utf8"));
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

/** @param {string} remark */
function fail(remark) {
  sum.failed += 1;
  remarks.push(remark);
}
