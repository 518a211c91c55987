/** The page. Everything it needs comes from its own server, nothing inline, so that the strictest content security policy holds. */
import { resolve } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  root: resolve(import.meta.dirname, "src/ui"),
  // Relative, so that the page works under any address that a peer serves it from.
  base: "./",
  publicDir: false,
  resolve: { alias: { entities: resolve(import.meta.dirname, "src/ui/model/unused-entities.ts") } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: resolve(import.meta.dirname, "dist/page"),
    emptyOutDir: true,
    target: "es2022",
    // No data: addresses: the policy needs no exception for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
