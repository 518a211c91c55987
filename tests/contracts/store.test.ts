/** One suite for both stores; then what only a file can get wrong. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PeerId } from "../../src/ids.ts";
import { createMemoryStore, type ProfileStore, type RememberedPlace } from "../../src/store/index.ts";
import { createProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";
import { openProfileFile } from "../../src/store/profile-file.node.ts";

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
  ["in a file", () => openProfileFile(directory), () => openProfileFile(directory)],
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

describe("a profile's file", () => {
  async function saved(): Promise<void> {
    const store = await openProfileFile(directory);
    await store.saveIdentity(secrets);
    void store.saveName("Ada");
    await store.saveRemembered(places);
    await store.close();
  }

  it("is there at the next start, for its owner alone, and nothing is left beside it", async () => {
    await saved();
    const store = await openProfileFile(directory);
    expect(await store.load()).toEqual({ identity: secrets, name: "Ada", remembered: places });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await store.close();
    expect(await readdir(directory)).toEqual(["profile.json"]);
  });

  it("keeps what was being saved when it is closed", async () => {
    const store = await openProfileFile(directory);
    void store.saveName("first");
    void store.saveName("last");
    await store.close();
    expect(await readFile(file(), "utf8")).toContain('"last"');
  });

  it.each([
    ["cut off", (text: string) => text.slice(0, 40)],
    ["empty", () => ""],
    ["of another shape", () => '{"version":1,"remembered":"everyone"}'],
    ["of a newer version", (text: string) => text.replace('"version": 1', '"version": 2')],
    ["too large", () => " ".repeat(2 * 1024 * 1024)],
  ])("that is %s is an error that says where, and stays as it is", async (_damage, damage) => {
    await saved();
    const damaged = damage(await readFile(file(), "utf8"));
    await writeFile(file(), damaged);
    const opening = openProfileFile(directory);
    await expect(opening).rejects.toMatchObject({ code: "damaged" });
    await expect(opening).rejects.toThrow(file());
    await expect(opening).rejects.toThrow("Nothing was overwritten");
    expect(await readFile(file(), "utf8")).toBe(damaged);
    expect(await readdir(directory)).toEqual(["profile.json"]);
  });

  it("is opened by one at a time", async () => {
    const store = await openProfileFile(directory);
    await expect(openProfileFile(directory)).rejects.toMatchObject({ code: "inUse" });
    await store.close();
    await (await openProfileFile(directory)).close();
  });

  it.each([
    ["a process that died", async () => ({ pid: await deadPid(), startedAt: Date.now() })],
    ["a process of our number, started at another time", async () => ({ pid: process.pid, startedAt: 1 })],
    ["a process before the machine was started, whose number lives again", async () => ({ pid: process.ppid, startedAt: 1 })],
    ["nobody that can be read", async () => "half a li"],
  ])("is free again after %s", async (_who, owner) => {
    await mkdir(directory);
    await writeFile(join(directory, "lock"), JSON.stringify(await owner()));
    await (await openProfileFile(directory)).close();
    expect(await readdir(directory)).toEqual([]);
  });

  it("is in use while another process lives that holds it", async () => {
    await mkdir(directory);
    await writeFile(join(directory, "lock"), JSON.stringify({ pid: process.ppid, startedAt: Date.now() }));
    await expect(openProfileFile(directory)).rejects.toMatchObject({ code: "inUse" });
  });

  it("that cannot be made is an error in words", async () => {
    await mkdir(directory);
    await writeFile(join(directory, "taken"), "");
    await chmod(join(directory, "taken"), 0o600);
    await expect(openProfileFile(join(directory, "taken", "profile"))).rejects.toMatchObject({ code: "unusable" });
  });
});

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}
