/** Destroying a profile: stopped between any two steps, it is finished at the next start, and the keys are the first to go. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DiskSteps, disk } from "../../src/store/durable-files.node.ts";
import { createProfile, inspectProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";
import { destroyProfile } from "../../src/store/wipe.node.ts";

let parent: string;
let directory: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "earshot-wipe-"));
  directory = join(parent, "ada");
});
afterEach(() => rmSync(parent, { recursive: true }));

const own = [
  "keys.json",
  "keys.json.new",
  "keys.json.old",
  "profile.json",
  "tries.json",
  "vault.db",
  "vault.db-wal",
  "vault.db.new",
  "vault.db.suspect",
];
const more = ["vault.db.damaged-2026-01-01", "vault.db.damaged-2026-01-01-wal", "api.json", "lock", "lock.123", "profile.json.new"];

function fill(): void {
  mkdirSync(directory);
  for (const name of [...own, ...more]) writeFileSync(join(directory, name), `what stands in ${name}`);
}

/** Nothing more happens after so many steps, as where the machine stops. */
class Stopped extends Error {}
function stoppingAfter(count: number, done: string[] = []): DiskSteps {
  const names = Object.keys(disk) as (keyof DiskSteps)[];
  const wrapped = names.map((name) => [
    name,
    async (...given: [string, ...unknown[]]) => {
      if (done.length === count) throw new Stopped();
      done.push(`${name} ${given[0].slice(directory.length + 1)}`);
      return (disk[name] as (...given: unknown[]) => Promise<unknown>)(...given);
    },
  ]);
  return Object.fromEntries(wrapped) as DiskSteps;
}

describe("destroying a profile", () => {
  it("leaves nothing: every file of ours under every name, and the directory", async () => {
    fill();
    await destroyProfile(directory);
    expect(readdirSync(parent)).toEqual([]);
    await destroyProfile(directory);
  });

  it("leaves what is not ours in a directory that the person chose", async () => {
    fill();
    writeFileSync(join(directory, "thesis.txt"), "mine");
    mkdirSync(join(directory, "vault"));
    await destroyProfile(directory);
    expect(readdirSync(directory)).toEqual(["thesis.txt", "vault"]);
  });

  it("overwrites the keys before it removes them, and does so before all else", async () => {
    fill();
    const held = openSync(join(directory, "keys.json"), "r");
    const done: string[] = [];
    await destroyProfile(directory, stoppingAfter(Number.POSITIVE_INFINITY, done));
    const bytes = Buffer.alloc(100);
    expect(readSync(held, bytes, 0, 100, 0)).toBe("what stands in keys.json".length);
    expect(bytes.includes("what")).toBe(false);
    const writing = done.filter((step) => !/^(size|list)/.test(step));
    expect(writing.slice(0, 5)).toEqual(["write wiping", "syncDirectory ", "write keys.json", "unlink keys.json", "syncDirectory "]);
    expect(writing.slice(-2)).toEqual(["unlink wiping", "removeDirectory "]);
    expect(writing.findIndex((step) => step.includes("vault"))).toBeGreaterThan(writing.lastIndexOf("unlink profile.json.new"));
  });

  it("is finished at the next start, wherever it was stopped", async () => {
    let stopped = 0;
    for (let count = 0; ; count += 1) {
      fill();
      const done: string[] = [];
      try {
        await destroyProfile(directory, stoppingAfter(count, done));
        break;
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
      }
      stopped += 1;
      if (existsSync(directory) && !existsSync(join(directory, "wiping"))) {
        // Before the marker all is as it was; after its removal nothing of ours is left.
        const left = readdirSync(directory);
        expect([0, own.length + more.length], done.at(-1)).toContain(left.length);
        if (left.length > 0) expect(readFileSync(join(directory, "keys.json"), "utf8")).toBe("what stands in keys.json");
        rmSync(directory, { recursive: true });
        continue;
      }
      expect(await inspectProfile(directory), done.at(-1)).toBeUndefined();
      expect(readdirSync(parent), done.at(-1)).toEqual([]);
    }
    expect(stopped).toBeGreaterThan(30);
  });

  it("is finished after its process was killed at any step", async () => {
    const child = `
      import { disk } from "./src/store/durable-files.node.ts";
      import { destroyProfile } from "./src/store/wipe.node.ts";
      let left = Number(process.argv[2]);
      const steps = Object.fromEntries(Object.entries(disk).map(([name, act]) => [name, (...given) => left-- > 0 ? act(...given) : process.kill(process.pid, "SIGKILL")]));
      await destroyProfile(process.argv[1], steps);`;
    let killed = 0;
    for (let signal: string | null = "SIGKILL", count = 0; signal !== null; count += 2) {
      await (await createProfile(directory, { name: "Ada" })).close();
      const ended = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", child, directory, `${count}`]);
      ({ signal } = ended);
      expect(ended.status ?? 0, ended.stderr.toString()).toBe(0);
      killed += signal === null ? 0 : 1;
      // Killed before anything was done, the profile is as it was.
      if (count === 0) {
        await (await unlockProfile(directory, {})).close();
        rmSync(directory, { recursive: true });
      }
      expect(await inspectProfile(directory)).toBeUndefined();
      expect(readdirSync(parent)).toEqual([]);
    }
    expect(killed).toBeGreaterThan(6);
  }, 60_000);

  it("of one that is open takes its keys first, closes it, and leaves nothing", async () => {
    const made = await createProfile(directory, { passphrase: "p", name: "Ada" });
    made.vault.appendEvents([{ roomId: "lobby", author: "a", logId: "0", seq: 1, clock: 1, arrivedAt: 1, bytes: new Uint8Array(9) }]);
    await made.destroy();
    expect(readdirSync(parent)).toEqual([]);
    expect(() => made.vault.rooms()).toThrow("closed");
    await made.close();
    await made.store.saveName("Eve");
    await expect(made.changePassphrase("p", undefined)).rejects.toMatchObject({ code: "unknownProfile" });
    expect(readdirSync(parent)).toEqual([]);
  });

  it("goes on where the disk takes no marker", async () => {
    fill();
    const full: DiskSteps = {
      ...disk,
      async write(path, bytes, options) {
        if (options?.mustExist !== true) throw Object.assign(new Error("full"), { code: "ENOSPC" });
        return disk.write(path, bytes, options);
      },
    };
    await destroyProfile(directory, full);
    expect(readdirSync(parent)).toEqual([]);
  });
});
