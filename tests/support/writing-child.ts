/**
 * A process that writes to a vault until it is killed, and says each write once the vault has acknowledged it:
 * `node writing-child.ts DIRECTORY FIRST` prints a line with a number after it has written what `steps.ts` says of it.
 */
import { writeSync } from "node:fs";
import { unlockProfile } from "../../src/store/kept-profile.node.ts";
import { write } from "./writing-steps.ts";

const [directory = "", first = "0"] = process.argv.slice(2);
const { vault } = await unlockProfile(directory, {});
for (let step = Number(first); ; step += 1) {
  write(vault, step);
  // A pipe takes it at once: what is in it outlives this process.
  writeSync(1, `${step}\n`);
}
