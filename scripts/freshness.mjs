/** Whether dist/ was built from what stands in the sources now. By content: a checkout or a copy changes times, not texts. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const sourceFolders = ["src", "electron"];
const sourceFiles = [
  "package-lock.json",
  "vite.config.ts",
  "tsconfig.json",
  "tsconfig.base.json",
  "scripts/build.ts",
  "scripts/node-bundles.ts",
];
const stampFile = join("dist", "built-from");

/**
 * @param {string} root of the checkout
 * @returns {string} one digest of everything that the build reads
 */
export function sourceDigest(root) {
  const hash = createHash("sha256");
  const files = [...sourceFiles, ...sourceFolders.flatMap((folder) => listFiles(root, folder))];
  for (const file of files.sort()) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(file).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

/**
 * @param {string} root of the checkout
 * @returns {boolean}
 */
export function isBuildFresh(root) {
  const stamp = stampPath(root);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === sourceDigest(root);
}

/**
 * @param {string} root of the checkout
 * @returns {string} the file that holds the digest of the sources that were built
 */
export function stampPath(root) {
  return join(root, stampFile);
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} paths from the root
 */
function listFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
