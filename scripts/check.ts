/** `npm run check`: everything that can be said of the code without running the chat. All parts run side by side. */
import { spawn } from "node:child_process";
import { root } from "./checkout.ts";
import { checkoutEnvironment } from "./runtime.mjs";

interface Part {
  readonly name: string;
  /** A file for Node, and its arguments. */
  readonly command: readonly string[];
}

const tsc = "node_modules/typescript/bin/tsc";
const parts: readonly Part[] = [
  { name: "types, pure", command: [tsc, "-p", "tsconfig.pure.json"] },
  { name: "types, Node", command: [tsc, "-p", "tsconfig.node.json"] },
  { name: "types, page", command: [tsc, "-p", "tsconfig.dom.json"] },
  { name: "lint and format", command: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"] },
  { name: "promises", command: ["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"] },
  { name: "architecture", command: ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", "tests/unit/architecture.test.ts"] },
  { name: "package-lock.json", command: ["scripts/lock-platforms.ts", "--check"] },
  { name: "docs/api.md", command: ["scripts/api-docs.ts", "--check"] },
];
/** The slowest part takes seconds on two cores; a minute is a hang. */
const partTimeoutMs = 60_000;

const startedAt = performance.now();
const failed = (await Promise.all(parts.map(run))).filter((succeeded) => !succeeded).length;
console.log(`check: ${parts.length - failed} of ${parts.length} in order (${seconds(startedAt)} s)`);
process.exitCode = failed === 0 ? 0 : 1;

/** Prints a part's output in one piece, when it has ended and something is wrong. */
function run({ name, command }: Part): Promise<boolean> {
  const partStartedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      env: { ...checkoutEnvironment(root), FORCE_COLOR: "0" },
      timeout: partTimeoutMs,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    child.on("close", (code) => {
      const succeeded = code === 0;
      console.log(`${succeeded ? "ok  " : "FAIL"} ${name} (${seconds(partStartedAt)} s)${succeeded ? "" : `\n${said.trim()}\n`}`);
      resolve(succeeded);
    });
  });
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
