/** `npm run kills [-- TIMES]`: tests/contracts/vault-kill.test.ts with as many kills (default: 100), which takes a minute. `npm test` kills fewer. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./checkout.ts";

const [times = "100"] = process.argv.slice(2);
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "--project", "unit", "tests/contracts/vault-kill.test.ts"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, KILLS: times },
});
process.exitCode = status ?? 1;
