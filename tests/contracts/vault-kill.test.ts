/**
 * A process that writes is killed at any moment, again and again: whatever the vault acknowledged is there afterwards, in events,
 * records and index alike, and nothing is there that was not written. `KILLS=100` is how often.
 */
import { spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StoredEvent, Vault } from "../../src/store/index.ts";
import { createProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";
import { readMax } from "../../src/store/limits.ts";
import { eventsAfter, sessionsAfter, write } from "../support/writing-steps.ts";

const kills = Number(process.env["KILLS"] ?? 20);
const identity = { signSeed: new Uint8Array(32).fill(1), agreeSecret: new Uint8Array(32).fill(2) };
const child = new URL("../support/writing-child.ts", import.meta.url).pathname;

let parent: string;
let directory: string;
beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), "earshot-killed-"));
  directory = join(parent, "ada");
  await (await createProfile(directory, { identity, name: "Ada" })).close();
});
afterEach(() => rmSync(parent, { recursive: true }));

/** How many steps were acknowledged when it was killed, some milliseconds after its first. */
function writeUntilKilled(first: number, afterMs: number): Promise<number> {
  const writing = spawn(process.execPath, [child, directory, `${first}`], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let trouble = "";
  writing.stderr.on("data", (bytes: Buffer) => {
    trouble += bytes.toString();
  });
  writing.stdout.on("data", (bytes: Buffer) => {
    if (said === "") setTimeout(() => writing.kill("SIGKILL"), afterMs);
    said += bytes.toString();
  });
  return new Promise((resolve, reject) => {
    writing.on("error", reject);
    writing.on("close", (_code, signal) => {
      if (signal !== "SIGKILL") reject(new Error(`it ended by itself: ${trouble}`));
      // A line that is cut short was not said.
      const whole = said.slice(0, said.lastIndexOf("\n")).split("\n");
      resolve(Number(whole.at(-1)) + 1);
    });
  });
}

/** So that thousands of them are compared at once. */
const inWords = ({ roomId, seq, clock, text, bytes }: StoredEvent): string =>
  `${roomId} ${seq} at ${clock}: ${text}, ${createHash("sha256").update(bytes).digest("hex")}`;

function stored(vault: Vault): string[] {
  const events = vault.rooms().flatMap((roomId) => vault.readEvents(roomId, readMax));
  return events.sort((a, b) => a.seq - b.seq).map(inWords);
}

const sessions = (vault: Vault): Map<string, Uint8Array> => new Map(vault.entries("sessions"));
const indexed = (vault: Vault): number[] => vault.searchTexts({ words: "", limit: readMax }).map((hit) => hit.key.seq);
const seqs = (lines: readonly string[]): number[] => lines.map((line) => Number(line.split(" ")[2])).toReversed();

it(`killed ${kills} times while it writes, a vault has all that it acknowledged`, async () => {
  let written = 0;
  let halfWritten = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    written = await writeUntilKilled(written, randomInt(120));
    const profile = await unlockProfile(directory, {});
    expect(profile.salvage, `kill ${kill}`).toBeUndefined();
    const { vault } = profile;
    const found = stored(vault);
    // Of the step after the last acknowledged one some calls may have been made, or all.
    const [before, after] = [eventsAfter(written).map(inWords), eventsAfter(written + 1).map(inWords)];
    const possible = [before, [...before, after.at(-1)], after].map((lines) => lines.join("\n"));
    if (!possible.includes(found.join("\n"))) expect(found, `kill ${kill}`).toEqual(before);
    if (found.length > before.length) halfWritten += 1;
    expect([sessionsAfter(written), sessionsAfter(written + 1)], `kill ${kill}`).toContainEqual(sessions(vault));
    expect(indexed(vault), `kill ${kill}`).toEqual(seqs(found));
    write(vault, written);
    written += 1;
    expect(stored(vault), `kill ${kill}`).toEqual(after);
    expect(sessions(vault), `kill ${kill}`).toEqual(sessionsAfter(written));
    await profile.close();
  }
  console.log(`${kills} kills, ${written} steps; ${halfWritten} times more was written than said`);
}, 600_000);
