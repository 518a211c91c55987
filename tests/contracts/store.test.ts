/** One suite for both stores; then what an old file, and a directory, can get wrong. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import { lockDirectory } from "../../src/store/directory-lock.node.ts";
import { createMemoryStore, type ProfileStore, type RememberedPlace } from "../../src/store/index.ts";
import { createProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";
import { readOldProfile } from "../../src/store/old-profile.node.ts";
import { writeOldProfile } from "../support/old-profile.ts";

const secrets = { signSeed: new Uint8Array(32).fill(1), agreeSecret: new Uint8Array(32).fill(2) };
const places: RememberedPlace[] = [{ peerId: "b".repeat(32) as PeerId, addresses: [{ host: "10.0.0.2", port: 47_474 }] }];

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "earshot-store-")), "profile");
});
afterEach(() => rm(join(directory, ".."), { recursive: true }));

const file = () => join(directory, "profile.json");

const unlocked = async () => (await unlockProfile(directory, {})).store;

describe.each<[where: string, open: () => Promise<ProfileStore>, reopen: (() => Promise<ProfileStore>) | undefined]>([
  ["in memory", async () => createMemoryStore(), undefined],
  ["in a vault", async () => (await createProfile(directory, {})).store, unlocked],
])("a profile %s", (_where, open, reopen) => {
  let store: ProfileStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  it("is empty at first", async () => {
    expect(await store.load()).toEqual({ identity: undefined, name: undefined, remembered: [] });
  });

  it("gives back what was saved, each part by itself", async () => {
    await store.saveName("Ada");
    await store.saveIdentity(secrets);
    await store.saveRemembered(places);
    expect(await store.load()).toEqual({ identity: secrets, name: "Ada", remembered: places });
    await store.saveRemembered([]);
    expect(await store.load()).toEqual({ identity: secrets, name: "Ada", remembered: [] });
  });

  it("keeps the last of many saves at once", async () => {
    await Promise.all(["a", "b", "c", "d"].map((name) => store.saveName(name)));
    expect((await store.load()).name).toBe("d");
  });

  it("does not share bytes with its caller", async () => {
    const signSeed = new Uint8Array(32).fill(7);
    await store.saveIdentity({ ...secrets, signSeed });
    signSeed.fill(0);
    expect((await store.load()).identity?.signSeed[0]).toBe(7);
  });

  it("saves nothing after it was closed", async () => {
    await store.saveName("Ada");
    await store.close();
    await store.close();
    await store.saveName("Eve");
    if (reopen === undefined) return;
    store = await reopen();
    expect((await store.load()).name).toBe("Ada");
  });
});

describe("a profile's old file", () => {
  it.each([
    ["cut off", (text: string) => text.slice(0, 40)],
    ["empty", () => ""],
    ["of another shape", () => '{"version":1,"remembered":"everyone"}'],
    ["of a newer version", (text: string) => text.replace('"version":1', '"version":2')],
    ["too large", () => " ".repeat(2 * 1024 * 1024)],
  ])("that is %s is an error that says where, and stays as it is", async (_damage, damage) => {
    writeOldProfile(directory, secrets, "Ada", places);
    const damaged = damage(await readFile(file(), "utf8"));
    await writeFile(file(), damaged);
    const opening = readOldProfile(directory);
    await expect(opening).rejects.toMatchObject({ code: "damaged" });
    await expect(opening).rejects.toThrow(file());
    await expect(opening).rejects.toThrow("Nothing was overwritten");
    expect(await readFile(file(), "utf8")).toBe(damaged);
    expect(await readdir(directory)).toEqual(["profile.json"]);
  });
});

describe("a profile's directory", () => {
  it("is opened by one at a time", async () => {
    await mkdir(directory);
    const lock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: "inUse" });
    await lock.release();
    await (await lockDirectory(directory)).release();
  });

  it.each([
    ["a process that died", async () => ({ pid: await deadPid(), startedAt: Date.now() })],
    ["a process of our number, started at another time", async () => ({ pid: process.pid, startedAt: 1 })],
    ["a process before the machine was started, whose number lives again", async () => ({ pid: process.ppid, startedAt: 1 })],
    ["nobody that can be read", async () => "half a li"],
  ])("is free again after %s", async (_who, owner) => {
    await mkdir(directory);
    await writeFile(join(directory, "lock"), JSON.stringify(await owner()));
    await (await lockDirectory(directory)).release();
    expect(await readdir(directory)).toEqual([]);
  });

  it("is in use while another process lives that holds it", async () => {
    await mkdir(directory);
    await writeFile(join(directory, "lock"), JSON.stringify({ pid: process.ppid, startedAt: Date.now() }));
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: "inUse" });
  });

  it("that cannot be made is an error in words", async () => {
    await mkdir(directory);
    await writeFile(join(directory, "taken"), "");
    await chmod(join(directory, "taken"), 0o600);
    await expect(createProfile(join(directory, "taken", "profile"), {})).rejects.toMatchObject({ code: "unusable" });
  });
});

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}
