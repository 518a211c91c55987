/** ARCHITECTURE.md's import table, as the test applies it. The cells are compared with the page, so that neither drifts. */

export interface ImportRule {
  /** A folder or file under the root. Files of a folder import each other freely; everyone may import `src/ids.ts`. */
  readonly folder: string;
  /** The cell "may import" of the page. */
  readonly cell: string;
  /** What files outside of the folder it may import. */
  readonly allows: (path: string) => boolean;
}

const ids = "src/ids.ts";
/** What a module offers to others: its index, and the ports that it declares. */
const promises = /^src\/(discovery|mesh|crypto|rooms|store)\/(index|ports)\.ts$|^src\/mesh\/transport\.ts$|^src\/discovery\/sighting\.ts$/;
const contract = "src/api/contract.ts";
const adapters = /^src\/(discovery|mesh|crypto|rooms|store|api|peer)\/[a-z-]+\.node\.ts$/;

export const importTable: readonly ImportRule[] = [
  { folder: ids, cell: "nothing", allows: () => false },
  { folder: "src/discovery", cell: "ids", allows: onlyOf() },
  {
    folder: "src/mesh",
    cell: "ids, `crypto/ports`, `discovery/sighting`",
    allows: onlyOf("src/crypto/ports.ts", "src/discovery/sighting.ts"),
  },
  { folder: "src/crypto", cell: "ids", allows: onlyOf() },
  { folder: "src/rooms", cell: "ids, `crypto/ports`", allows: onlyOf("src/crypto/ports.ts") },
  { folder: "src/store", cell: "ids", allows: onlyOf() },
  { folder: "src/api", cell: "ids", allows: onlyOf() },
  {
    folder: "src/peer",
    cell: "all of the above, each by its `index.ts`, ports or contract",
    allows: (path) => promises.test(path) || path === contract,
  },
  {
    folder: "src/ui",
    cell: "api contract, client and export",
    allows: (path) => path === contract || /^src\/api\/(client(\.dom)?|conversation-export)\.ts$/.test(path),
  },
  {
    folder: "src/cli",
    cell: "api, peer, and the adapters it wires (composition root)",
    allows: (path) => path.startsWith("src/api/") || path === "src/peer/index.ts" || adapters.test(path) || promises.test(path),
  },
  { folder: "electron", cell: "cli, api", allows: (path) => path.startsWith("src/cli/") || path.startsWith("src/api/") },
];

function onlyOf(...paths: readonly string[]): (path: string) => boolean {
  return (path) => paths.includes(path);
}

/** Folder and cell of each row of the page's table, in order. */
export function readImportTable(page: string): { folder: string; cell: string }[] {
  const rows = page.matchAll(/^\| `((?:src|electron)[^`]*)` \| ([^|]*?) \|/gm);
  return [...rows].map(([, folder = "", cell = ""]) => ({ folder: folder.replace(/\/$/, ""), cell }));
}
