/** `npm start`: complete on a fresh clone. Arguments after `--` go to the command: `npm start -- --guest --name Ada`. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInPlace } from "./foreground.mjs";
import { prepareOrExit } from "./prepare.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = prepareOrExit(root, { build: true });
await runInPlace(node, [join(root, "dist", "earshot.mjs"), ...process.argv.slice(2)]);
