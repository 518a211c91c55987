/** The texts of this checkout, without what is installed or built. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SourceText } from "./source-file.ts";

export const root = dirname(import.meta.dirname);

const folders = [".ci", "bench", "bin", "docs", "electron", "scripts", "src", "tests"];
const textEnd = /\.(ts|tsx|mjs|cjs|js|json|md|css|html|sh|txt|svg)$|^\.ci\/run$|^LICENSE$/;

export function readTexts(): SourceText[] {
  const atRoot = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  return [...atRoot, ...folders.flatMap(listFiles)]
    .filter((path) => textEnd.test(path) && path !== "package-lock.json")
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export function isSource(path: string): boolean {
  return /\.(ts|tsx|mjs)$/.test(path);
}

/** Every package that package.json names. */
export function declaredPackages(): Set<string> {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
}

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    );
}
