/** The page. Everything it needs comes from its own server, nothing inline, so that the strictest content security policy holds. */
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

/** Runs a file while building and puts what it exports in its place: the page needs the result, not what it was made from. */
const madeWhileBuilding: Plugin = {
  name: "made-while-building",
  async load(id) {
    if (!id.endsWith("/src/ui/model/emoji-data.ts")) return undefined;
    const { packedEmoji } = (await import(id)) as typeof import("./src/ui/model/emoji-data.ts");
    return `export const packedEmoji = ${JSON.stringify(packedEmoji)};`;
  },
};

export default defineConfig({
  root: resolve(import.meta.dirname, "src/ui"),
  // Relative, so that the page works under any address that a peer serves it from.
  base: "./",
  publicDir: false,
  plugins: [madeWhileBuilding],
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
