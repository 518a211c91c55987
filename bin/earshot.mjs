#!/usr/bin/env node
/** The command `earshot`. Any Node from 18 on may start it; the pinned one runs it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInPlace } from "../scripts/foreground.mjs";
import { findNode, nodeMajorNeeded } from "../scripts/runtime.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const command = join(root, "dist", "earshot.mjs");
const node = findNode(root);

if (!existsSync(command)) {
  console.error("earshot: not built yet; `npm start` builds and starts it, `npm run build` only builds");
  process.exitCode = 1;
} else if (Number.parseInt(process.versions.node, 10) >= nodeMajorNeeded) {
  process.argv[1] = command;
  await import(pathToFileURL(command).href);
} else if (node !== undefined) {
  await runInPlace(node, [command, ...process.argv.slice(2)]);
} else {
  console.error(`earshot: needs Node ${nodeMajorNeeded}, this is ${process.versions.node}; \`npm start\` fetches it`);
  process.exitCode = 1;
}
