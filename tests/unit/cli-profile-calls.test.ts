/** What the API says and does of the files of a peer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { methods } from "../../src/api/contract.ts";
import { answerProfile, type ProfileCallsParts } from "../../src/cli/profile-calls.ts";
import type { OpenKeptProfile } from "../../src/store/index.ts";
import { createProfile, inspectProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";

let folder: string;
let kept: OpenKeptProfile;
const said: string[] = [];
const parts = (profile: OpenKeptProfile | undefined): ProfileCallsParts => ({
  kept: profile,
  destroyed: () => void said.push("destroyed"),
  quit: () => void said.push("quit"),
});
beforeEach(async () => {
  said.length = 0;
  folder = mkdtempSync(join(tmpdir(), "earshot-calls-"));
  kept = await createProfile(join(folder, "home"), {});
});
afterEach(async () => {
  await kept.close();
  rmSync(folder, { recursive: true });
});

describe("a kept profile", () => {
  it("says how it is kept, takes a passphrase, and another one for the present one alone", async () => {
    expect(await answerProfile(parts(kept), "profile.get", {})).toEqual({
      ok: true,
      result: { isKept: true, protection: "open", hasPassphrase: false, wipeOnQuit: false },
    });
    const set = await answerProfile(parts(kept), "profile.changePassphrase", { next: "over the hills" });
    expect(set).toMatchObject({ ok: true, result: { protection: "passphrase", hasPassphrase: true } });
    expect(methods["profile.get"].result.safeParse(set.ok && set.result).success).toBe(true);
    const none = await answerProfile(parts(kept), "profile.changePassphrase", { next: "far away" });
    const wrong = await answerProfile(parts(kept), "profile.changePassphrase", { old: "under the hills", next: "far away" });
    for (const refused of [none, wrong]) expect(refused).toMatchObject({ ok: false, error: { code: "wrongPassphrase" } });
    expect(await answerProfile(parts(kept), "profile.changePassphrase", { old: "over the hills", next: "far away" })).toMatchObject({
      ok: true,
    });
    await kept.close();
    kept = await unlockProfile(join(folder, "home"), { passphrase: "far away" });
  });

  it("is wiped when it is quit where that is wanted", async () => {
    expect(await answerProfile(parts(kept), "profile.setWipeOnQuit", { on: true })).toMatchObject({
      ok: true,
      result: { wipeOnQuit: true },
    });
    expect(kept.summary().wipeOnQuit).toBe(true);
  });

  it("is destroyed at once, and nothing is kept from before that on", async () => {
    expect(await answerProfile(parts(kept), "profile.wipe", {})).toEqual({ ok: true, result: {} });
    expect(said).toEqual(["destroyed", "quit"]);
    expect(await inspectProfile(join(folder, "home"))).toBeUndefined();
  });
});

describe("a guest", () => {
  it("has nothing to protect, and only ends", async () => {
    expect(await answerProfile(parts(undefined), "profile.get", {})).toMatchObject({ ok: true, result: { isKept: false } });
    expect(await answerProfile(parts(undefined), "profile.changePassphrase", { next: "x" })).toMatchObject({
      ok: false,
      error: { code: "notKept" },
    });
    expect(await answerProfile(parts(undefined), "profile.wipe", {})).toEqual({ ok: true, result: {} });
    expect(said).toEqual(["destroyed", "quit"]);
  });
});
