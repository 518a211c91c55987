/** Logging in and out in a real process: the API stays, whoever comes and goes beneath it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connectApi } from "../../src/api/client.node.ts";
import type { ProfilesView, Session } from "../../src/api/contract.ts";
import { earshot, end, headless, home, outcome } from "./cli-fixture.ts";

/** A window without a display: the page would be opened in a browser. */
const windowWords = ["--no-open", "--interface", "lo", "--no-mdns"];

interface Answer<T> {
  readonly code: number | null;
  readonly err: string;
  readonly result: T;
}

async function call<T>(method: string, params: object = {}): Promise<Answer<T>> {
  const { code, out, err } = await outcome(earshot("call", method, JSON.stringify(params)));
  return { code, err, result: (code === 0 ? JSON.parse(out) : undefined) as T };
}

async function started(...words: string[]): Promise<ReturnType<typeof earshot>> {
  const child = earshot("run", ...windowWords, ...words);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once("data", () => resolve());
    child.once("exit", () => reject(new Error("it ended")));
  });
  return child;
}

const texts = async (): Promise<string[]> =>
  (await call<{ messages: { text: string }[] }>("messages.list", { in: "#lobby", limit: 500 })).result.messages.map(({ text }) => text);

describe("a window that was told nothing", () => {
  it("asks who logs in: a guest, who becomes a kept profile, logs out, comes back with the passphrase alone", async () => {
    const child = await started();
    const first = await call<ProfilesView>("profiles.list");
    expect(first.result).toMatchObject({ state: "choosing", current: null, profiles: [], keychain: false });
    const early = await call("session.get");
    expect([early.code, early.err.slice(0, 7)]).toEqual([1, "locked:"]);

    expect((await call<ProfilesView>("profiles.guest", { name: "Zoë" })).result).toMatchObject({ state: "running", current: null });
    const guest = (await call<Session>("session.get")).result;
    expect(guest).toMatchObject({ name: "Zoë", named: true, profile: null });
    await call("messages.send", { to: "#lobby", text: "before I was kept" });

    const passphrase = "over the hills";
    expect((await call<ProfilesView>("profiles.create", { name: "Zoë", passphrase })).result).toMatchObject({
      state: "running",
      current: "Zoe",
      profiles: [{ profile: "Zoe", protection: "passphrase", hasPassphrase: true, damaged: false, inUse: false }],
    });
    expect((await call<Session>("session.get")).result).toMatchObject({ peerId: guest.peerId, name: "Zoë", named: true, profile: "Zoe" });
    expect(await texts()).toEqual(["before I was kept"]);
    await call("messages.send", { to: "#lobby", text: "and after" });

    expect((await call<ProfilesView>("profiles.logOut")).result).toMatchObject({ state: "choosing", current: null });
    const wrong = await call("profiles.unlock", { profile: "Zoe", passphrase: "under the hills" });
    expect([wrong.code, wrong.err.slice(0, 16)]).toEqual([1, "wrongPassphrase:"]);
    expect((await call<ProfilesView>("profiles.list")).result.state).toBe("choosing");
    expect((await call<ProfilesView>("profiles.unlock", { profile: "Zoe", passphrase })).result).toMatchObject({ state: "running" });
    expect((await call<Session>("session.get")).result.peerId).toBe(guest.peerId);
    expect(await texts()).toEqual(["before I was kept", "and after"]);

    const { file, phrase } = (await call<{ file: string; phrase: string }>("profiles.export")).result;
    await call("profile.wipe");
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);

    await started();
    const mistyped = await call("profiles.import", { file, phrase: phrase.replace(/^\S+/u, "zebra") });
    expect([mistyped.code, mistyped.err.slice(0, 14)]).toEqual([1, "phraseInvalid:"]);
    expect((await call("profiles.import", { file: "bm90aGluZw==", phrase })).err).toMatch(/^fileInvalid:/u);
    expect((await call<ProfilesView>("profiles.import", { file, phrase })).result).toMatchObject({ state: "running", current: "Zoe" });
    expect((await call<Session>("session.get")).result).toMatchObject({ peerId: guest.peerId, name: "Zoë" });
  }, 90_000);

  it("leaves nothing of guests that came and went", async () => {
    const child = await started();
    await call("profiles.guest", { name: "Ada" });
    const one = (await call<Session>("session.get")).result.peerId;
    await call("profiles.guest", { name: "Ada" });
    expect((await call<Session>("session.get")).result.peerId).not.toBe(one);
    await call("profiles.logOut");
    expect(await end(child, "SIGTERM")).toBe(0);
    expect([readdirSync(join(home, "tmp")), existsSync(join(home, "data"))]).toEqual([[], false]);
  }, 60_000);
});

describe("a window on a profile with a passphrase", () => {
  it("is locked until it is given there", async () => {
    const made = await started("--profile", "work", "--name", "Ada");
    await call("profile.changePassphrase", { next: "far away" });
    const { peerId } = (await call<Session>("session.get")).result;
    await end(made, "SIGTERM");
    await started("--profile", "work");
    expect((await call<ProfilesView>("profiles.list")).result).toMatchObject({ state: "locked", current: "work" });
    expect((await call("profiles.unlock", { profile: "work" })).err).toMatch(/^wrongPassphrase:/u);
    expect((await call<ProfilesView>("profiles.unlock", { profile: "work", passphrase: "far away" })).result.state).toBe("running");
    expect((await call<Session>("session.get")).result.peerId).toBe(peerId);
  }, 60_000);
});

describe("a damaged vault", () => {
  it("loses what stood on the damaged page, shows all else, and says so in the window", async () => {
    const words = ["--profile", "home", "--name", "Ada"];
    const first = await headless(...words);
    const api = await connectApi(JSON.parse(readFileSync(join(first.dataDir, "api.json"), "utf8")));
    const count = 120;
    for (let number = 1; number <= count; number += 1) await api.call("messages.send", { to: "#lobby", text: `message ${number}` });
    api.close();
    await end(first.child, "SIGTERM");
    const file = join(first.dataDir, "vault.db");
    const bytes = readFileSync(file);
    // A page of the events' table; the first belong to the schema and the small tables.
    const at = 4_096 * (Math.floor(bytes.length / 4_096) - 4) + 100;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);

    const again = await headless("--profile", "home");
    expect(again.peerId).toBe(first.peerId);
    const { damage } = (await call<ProfilesView>("profiles.list")).result;
    expect(damage).toMatch(/could not be read.*are lost.*kept beside the new one/su);
    const left = await texts();
    expect(left.length).toBeGreaterThan(40);
    expect(left.length).toBeLessThan(count);
    await call("messages.send", { to: "#lobby", text: "and on" });
    expect((await texts()).at(-1)).toBe("and on");
    await end(again.child, "SIGTERM");
    await headless("--profile", "home");
    expect((await call<ProfilesView>("profiles.list")).result.damage).toBeNull();
    expect((await texts()).length).toBe(left.length + 1);
  }, 60_000);
});
