/** `npm run build`: the page and the programs, side by side, into dist/. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { sourceDigest, stampPath } from "./freshness.mjs";
import { bundleConfig, nodeBundles, starter } from "./node-bundles.ts";

const root = dirname(import.meta.dirname);
const startedAt = performance.now();
// Taken first: what changes while the build runs makes it stale.
const digest = sourceDigest(root);

const missing = ["src/ui/index.html", ...nodeBundles.map(({ entry }) => entry)].filter((entry) => !existsSync(join(root, entry)));
if (missing.length > 0) {
  console.error(`build: missing ${missing.join(", ")}`);
  process.exit(1);
}

rmSync(join(root, "dist"), { recursive: true, force: true });
mkdirSync(join(root, "dist"));
await Promise.all([
  build({ configFile: join(root, "vite.config.ts"), logLevel: "warn" }),
  ...nodeBundles.map((bundle) => build(bundleConfig(root, bundle))),
]);
writeFileSync(join(root, "dist", starter.output), starter.text);
execFileSync(process.execPath, [join(root, "dist", starter.output), "--version"], { stdio: "ignore" });
writeFileSync(stampPath(root), digest);
console.error(`built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; the page is ${pageKilobytes()} KB compressed`);

/** What a browser fetches to open the chat; the rest comes when it is needed. */
function pageKilobytes(): string {
  const files = readdirSync(join(root, "dist/page"), { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const index = readFileSync(join(root, "dist/page/index.html"), "utf8");
  const first = files.filter(({ name }) => name === "index.html" || index.includes(name));
  const bytes = first.reduce((sum, file) => sum + gzipSync(readFileSync(join(file.parentPath, file.name))).length, 0);
  return (bytes / 1024).toFixed(0);
}
