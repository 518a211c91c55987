import { describe, expect, it } from "vitest";
import type { ProfilesView } from "../../src/api/contract.ts";
import { exportPageMessages } from "../../src/api/conversation-export.ts";
import { listLimitMax } from "../../src/api/schemas.ts";
import { exportSuffix as wireSuffix, conversationSuffixes as wireSuffixes } from "../../src/api/wire.ts";
import { createAccess } from "../../src/ui/access.dom.ts";
import { changeOf, firstPage, type ListedProfile, opensAtOnce, phraseWords } from "../../src/ui/model/access.ts";
import { conversationFileName, conversationSuffixes, exportFileName, exportSuffix } from "../../src/ui/model/export-name.ts";

const profile = (given: Partial<ListedProfile> = {}): ListedProfile => ({
  profile: "home",
  protection: "passphrase",
  hasPassphrase: true,
  wipeOnQuit: false,
  damaged: false,
  inUse: false,
  ...given,
});
const view = (state: ProfilesView["state"], current: string | null = null, profiles: ListedProfile[] = []): ProfilesView => ({
  state,
  current,
  profiles,
  keychain: false,
  suggestedName: "ada",
  damage: null,
});

describe("a change of who is logged in", () => {
  it.each([
    ["the first answer", undefined, view("choosing"), "none"],
    ["somebody who is there already", undefined, view("running"), "came"],
    ["a login", view("choosing"), view("running", "home"), "came"],
    ["a logout", view("running", "home"), view("choosing"), "left"],
    ["a restart that asks again", view("running"), view("locked", "home"), "left"],
    ["a guest who is kept now", view("running"), view("running", "home"), "kept"],
    ["another profile, whose coming was missed", view("running", "home"), view("running", "work"), "left"],
    ["a guest in the place of a profile", view("running", "home"), view("running"), "left"],
    ["nothing", view("running", "home"), view("running", "home"), "none"],
  ] as const)("%s", (_what, before, next, change) => {
    expect(changeOf(before, next)).toBe(change);
  });
});

describe("a page that missed a logout", () => {
  it("forgets a guest in whose place another stands, and nobody who is still there", () => {
    let forgotten = 0;
    const access = createAccess(() => {
      forgotten += 1;
    });
    expect(access.isStill("first guest")).toBe(true);
    expect(access.apply(view("running"))).toBe("came");
    expect(access.apply(view("running"))).toBe("none");
    expect(access.isStill("first guest")).toBe(true);
    expect(forgotten).toBe(0);
    expect(access.isStill("second guest")).toBe(false);
    expect(forgotten).toBe(1);
  });
});

describe("a saved profile", () => {
  it("is called like its person, and as the desktop expects it", () => {
    expect(exportSuffix).toBe(wireSuffix);
    expect(exportPageMessages).toBe(listLimitMax);
    expect(Object.values(conversationSuffixes)).toEqual([...wireSuffixes]);
    expect(conversationFileName("#tea & co", "json")).toBe("tea-co.conversation.json");
    expect(conversationFileName("../..", "markdown")).toBe("conversation.conversation.md");
    expect(exportFileName("Zoë / Smith.")).toBe(`Zoë-Smith${exportSuffix}`);
    expect(exportFileName("..")).toBe(`profile${exportSuffix}`);
  });
});

describe("the gate", () => {
  it("asks for a name where nobody is kept, for one of those who are, or for a passphrase", () => {
    expect(firstPage(view("choosing"))).toEqual({ kind: "enter" });
    expect(firstPage(view("choosing", null, [profile()]))).toEqual({ kind: "pick" });
    expect(firstPage(view("locked", "home", [profile()]))).toEqual({ kind: "unlock", profile: "home" });
  });

  it("opens a profile at once where no passphrase is needed", () => {
    expect(opensAtOnce(profile(), true)).toBe(false);
    expect(opensAtOnce(profile({ protection: "open", hasPassphrase: false }), false)).toBe(true);
    expect(opensAtOnce(profile({ protection: "keychain" }), true)).toBe(true);
    expect(opensAtOnce(profile({ protection: "keychain" }), false)).toBe(false);
  });

  it("reads words however they were written down", () => {
    expect(phraseWords(" 1. Abandon, 2. ability\n3) ABLE ")).toEqual(["abandon", "ability", "able"]);
    expect(phraseWords("")).toEqual([]);
  });
});
