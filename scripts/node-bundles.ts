/** What runs in Node and Electron: one self-contained file per process, native packages aside. */
import { basename, dirname, resolve } from "node:path";
import type { InlineConfig } from "vite";

export interface NodeBundle {
  readonly entry: string;
  /** From dist/. The extension says the module format. */
  readonly output: string;
}

export const nodeBundles: readonly NodeBundle[] = [
  { entry: "src/cli/main.node.ts", output: "main.mjs" },
  // Electron's utility process takes CommonJS from every Electron that people may have.
  { entry: "src/cli/peer-process.node.ts", output: "peer.cjs" },
  { entry: "electron/main.ts", output: "electron/main.cjs" },
  // A sandboxed preload script is CommonJS by Electron's rule.
  { entry: "electron/preload.ts", output: "electron/preload.cjs" },
];

/**
 * What is started: the bundle, with the compiler's work of earlier starts. A tenth of the time to the first link. The
 * cache lies beside the program and knows nothing of who ran it.
 */
export const starter = {
  output: "earshot.mjs",
  text: `import module from "node:module";
import { fileURLToPath } from "node:url";

module.enableCompileCache?.(fileURLToPath(new URL("./compile-cache", import.meta.url)));
await import("./main.mjs");
`,
} as const;

/**
 * Loaded from node_modules at run time: binaries, and what only Electron itself provides. The two accelerators of ws
 * are not installed; left as a `require` that fails, ws goes without them.
 */
const external = [
  "better-sqlite3-multiple-ciphers",
  "node-datachannel",
  "node-datachannel/polyfill",
  "electron",
  "bufferutil",
  "utf-8-validate",
];

export function bundleConfig(root: string, { entry, output }: NodeBundle): InlineConfig {
  const file = resolve(root, "dist", output);
  return {
    configFile: false,
    root,
    publicDir: false,
    logLevel: "warn",
    ssr: { noExternal: true, external },
    build: {
      ssr: resolve(root, entry),
      outDir: dirname(file),
      emptyOutDir: false,
      // The oldest Node inside an Electron that the desktop shell is tested with.
      target: "node18",
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      rolldownOptions: {
        external,
        output: { format: output.endsWith(".cjs") ? "cjs" : "es", entryFileNames: basename(file), codeSplitting: false },
      },
    },
  };
}
