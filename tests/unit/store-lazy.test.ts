/** Who keeps no profile loads no database: a guest's start pays nothing for it, and nothing of it can break that start. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the encrypted database is loaded by the first profile, not before", () => {
  const parent = mkdtempSync(join(tmpdir(), "earshot-lazy-"));
  const child = `
    import { createMemoryVault, createProfileStore } from "./src/store/index.ts";
    import { createProfile, inspectProfile } from "./src/store/kept-profile.node.ts";
    const loaded = () => process.report.getReport().sharedObjects.some((path) => path.includes("better-sqlite3"));
    const guest = createMemoryVault();
    await createProfileStore(guest).saveName("Ada");
    guest.write([{ table: "sessions", key: "ben", value: new Uint8Array(3) }]);
    await inspectProfile(process.argv[1]);
    const before = loaded();
    await (await createProfile(process.argv[1], {})).close();
    console.log(JSON.stringify({ before, after: loaded() }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", child, join(parent, "ada")], {
    encoding: "utf8",
  });
  rmSync(parent, { recursive: true });
  expect(stdout, stderr).toBe('{"before":false,"after":true}\n');
});
