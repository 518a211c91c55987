/**
 * The rules of ARCHITECTURE.md as a function from sources to problems. It reads nothing itself, so that its own test can
 * plant violations. Each problem says what to do instead.
 *
 * 1. A suffix names the one environment that a file of src/ touches, both ways: what touches Node is `.node.ts`, and a
 *    `.node.ts` touches Node.
 * 2. Folders import each other as the import table says.
 * 3. Packages are declared; a pure file imports pure packages only.
 * 4. No default export, no `export *`, no file of more than 400 lines, no bound without its reason.
 * 5. No text names a path that exists on one person's machine only.
 */
import { dirname, join } from "node:path/posix";
import { importTable } from "./import-table.ts";
import type { SourceFile, SourceText } from "./source-file.ts";

export interface Problem {
  readonly path: string;
  readonly rule: "suffix" | "import" | "package" | "defaultExport" | "exportAll" | "length" | "bound" | "machinePath";
  readonly message: string;
}

type Environment = "pure" | "node" | "dom";

const linesMax = 400;
const purePackages = [
  "zod",
  "cborg",
  "tweetnacl",
  "@noble/ciphers",
  "@noble/hashes",
  "@scure/bip39",
  "linkify-it",
  "markdown-it",
  "gemoji",
  "unicode-emoji-json",
  "uqr",
  "@preact/signals-core",
];
const domPackages = ["preact", "@preact/signals", "lucide", "highlight.js"];
const sharedGlobals =
  "console setTimeout setInterval clearTimeout clearInterval queueMicrotask structuredClone performance crypto fetch URL " +
  "URLSearchParams TextEncoder TextDecoder AbortController AbortSignal WebSocket import.meta";
const nodeGlobals = new Set(`${sharedGlobals} Buffer process global setImmediate __dirname __filename require NodeJS`.split(" "));
const domGlobals = new Set(
  (
    `${sharedGlobals} document window navigator location history localStorage sessionStorage matchMedia requestAnimationFrame ` +
    "ResizeObserver IntersectionObserver MutationObserver Notification Element HTMLElement Node Event KeyboardEvent PointerEvent JSX"
  ).split(" "),
);

export function findProblems(files: readonly SourceFile[], declaredPackages: ReadonlySet<string>): Problem[] {
  return files.flatMap((file) => [
    ...suffixProblems(file),
    ...importProblems(file),
    ...packageProblems(file, declaredPackages),
    ...formProblems(file),
    ...boundProblems(file),
  ]);
}

function environmentOf(path: string): Environment {
  if (/\.node\.ts$|\.mjs$/.test(path)) return "node";
  return /\.dom\.tsx?$|\.css$/.test(path) ? "dom" : "pure";
}

/** Which environment an import brings with it. */
function environmentOfImport(file: SourceFile, request: string): Environment {
  const target = resolveImport(file, request);
  if (target !== undefined) return environmentOf(target);
  if (request.startsWith("node:")) return "node";
  const name = packageName(request);
  if (domPackages.includes(name)) return "dom";
  return purePackages.includes(name) ? "pure" : "node";
}

function suffixProblems(file: SourceFile): Problem[] {
  if (!file.path.startsWith("src/")) return [];
  const own = environmentOf(file.path);
  const problems: Problem[] = [];
  for (const request of file.imports) {
    const needed = environmentOfImport(file, request);
    if (needed === "pure" || needed === own) continue;
    const message =
      own === "pure"
        ? `imports ${request}, which needs ${needed}: hand it in through a port, or name the file .${needed}.ts`
        : `is .${own} but imports ${request}, which needs ${needed}: no file lives in two environments`;
    problems.push({ path: file.path, rule: "suffix", message });
  }
  const hosts = own === "node" ? nodeGlobals : domGlobals;
  const touches =
    file.imports.some((request) => environmentOfImport(file, request) === own) || [...file.names].some((name) => hosts.has(name));
  if (own !== "pure" && !touches) {
    problems.push({ path: file.path, rule: "suffix", message: `touches nothing of ${own}: drop the suffix, it is pure` });
  }
  return problems;
}

function importProblems(file: SourceFile): Problem[] {
  const rule = importTable.find(({ folder }) => isIn(file.path, folder));
  if (rule === undefined) {
    return file.path.startsWith("src/")
      ? [
          {
            path: file.path,
            rule: "import",
            message: "is in no folder of the import table: add a row to ARCHITECTURE.md and import-table.ts",
          },
        ]
      : [];
  }
  return file.imports.flatMap((request): Problem[] => {
    const target = resolveImport(file, request);
    if (target === undefined || isIn(target, rule.folder) || rule.allows(target)) return [];
    if (target === "src/ids.ts" && rule.folder !== target) return [];
    // Started from a checkout, the command looks for Electron in it.
    if (target.startsWith("scripts/") && rule.folder === "src/cli") return [];
    const message = `imports ${target}, but ${rule.folder} may import: ${rule.cell}. Declare a port and let src/peer or src/cli wire it`;
    return [{ path: file.path, rule: "import", message }];
  });
}

function packageProblems(file: SourceFile, declared: ReadonlySet<string>): Problem[] {
  return file.imports.flatMap((request): Problem[] => {
    if (request.startsWith(".") || request.startsWith("node:")) return [];
    const name = packageName(request);
    if (declared.has(name)) return [];
    return [{ path: file.path, rule: "package", message: `imports ${name}, which package.json does not declare` }];
  });
}

function formProblems(file: SourceFile): Problem[] {
  const problems: Problem[] = [];
  const isConfig = file.path.endsWith(".config.ts");
  if (file.hasDefaultExport && !isConfig) {
    problems.push({ path: file.path, rule: "defaultExport", message: "has a default export: name it, so that it is found by its name" });
  }
  if (file.hasExportAll) {
    problems.push({ path: file.path, rule: "exportAll", message: "has `export *`: name what the module promises" });
  }
  const lines = file.text.replace(/\n$/, "").split("\n").length;
  if (lines > linesMax) {
    problems.push({ path: file.path, rule: "length", message: `has ${lines} lines, more than ${linesMax}: it holds more than one idea` });
  }
  return problems;
}

/** A comment stands above each exported bound, or above the block of bounds that it explains. */
function boundProblems(file: SourceFile): Problem[] {
  if (!/(^|[/-])limits\.ts$/.test(file.path)) return [];
  const lines = file.text.split("\n");
  return file.exportedConstants.flatMap(({ name, line }): Problem[] => {
    let above = line - 1;
    while (above > 0 && (lines[above - 1] ?? "").startsWith("export const ") && !file.commentLines.has(above)) above -= 1;
    if (file.commentLines.has(above) || file.commentLines.has(line)) return [];
    return [
      { path: file.path, rule: "bound", message: `${name} has no reason: say above it why this much and what breaks if it is wrong` },
    ];
  });
}

export function findMachinePaths(texts: readonly SourceText[]): Problem[] {
  return texts.flatMap(({ path, text }): Problem[] => {
    const found = /(?<![\w.$}-])\/(home|Users|root|work)\/[\w.-]+/.exec(text);
    if (found === null) return [];
    return [
      {
        path,
        rule: "machinePath",
        message: `names ${found[0]}, which exists on one machine: find it from the checkout or the environment`,
      },
    ];
  });
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function resolveImport(file: SourceFile, request: string): string | undefined {
  return request.startsWith(".") ? join(dirname(file.path), request) : undefined;
}

function packageName(request: string): string {
  return request
    .split("/")
    .slice(0, request.startsWith("@") ? 2 : 1)
    .join("/");
}
