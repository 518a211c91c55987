/**
 * `node scripts/run.mjs [--no-build] FILE [ARGUMENTS]`: prepares the checkout, then runs a TypeScript file of it on the
 * pinned Node.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInPlace } from "./foreground.mjs";
import { prepareOrExit } from "./prepare.mjs";
import { checkoutEnvironment } from "./runtime.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = process.argv[2] !== "--no-build";
const [file, ...fileArguments] = process.argv.slice(build ? 2 : 3);
if (file === undefined) throw new Error("usage: node scripts/run.mjs [--no-build] FILE [ARGUMENTS]");
const node = prepareOrExit(root, { build });
await runInPlace(node, [join(root, file), ...fileArguments], { env: checkoutEnvironment(root) });
