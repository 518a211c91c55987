/** Who is logged in, as a machine: profiles and peers are played. */
import { describe, expect, it } from "vitest";
import type { EarshotEvent, ProfilesView } from "../../src/api/contract.ts";
import type { CallOutcome } from "../../src/api/peer-port.ts";
import { profileNameFrom } from "../../src/cli/profile-name.ts";
import { type Opening, type OpenSession, ProfileShell } from "../../src/cli/profile-shell.ts";
import { ProfileError } from "../../src/store/index.ts";

function played() {
  const openings: Opening[] = [];
  const listeners = new Set<(event: EarshotEvent) => void>();
  const kept: string[] = [];
  const stopped: string[] = [];
  let current: { isStopped: boolean } | undefined;
  const world = {
    openings,
    kept,
    stopped,
    /** What the next opening does, after a guest has stopped where it takes one over. */
    fails: undefined as Error | undefined,
    tell: (event: EarshotEvent) => {
      for (const listener of listeners) listener(event);
    },
  };
  const session = (profile: string | undefined): OpenSession & { isStopped: boolean } => {
    const made = {
      profile,
      damage: undefined,
      isStopped: false,
      call: async (method: string): Promise<CallOutcome> => ({ ok: true, result: `${profile ?? "guest"} ${method}` }),
      subscribe: (listener: (event: EarshotEvent) => void) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      exported: () => ({ file: "ZmlsZQ==", phrase: "words" }),
      stop: async () => {
        if (!made.isStopped) stopped.push(profile ?? "guest");
        made.isStopped = true;
      },
    };
    return made;
  };
  const shell = new ProfileShell({
    keychain: false,
    suggestedName: "ada",
    list: async () =>
      kept.map((profile) => ({
        profile,
        protection: "passphrase" as const,
        hasPassphrase: true,
        wipeOnQuit: false,
        damaged: false,
        inUse: false,
      })),
    nameIn: (file) => {
      if (file !== "ZmlsZQ==") throw new ProfileError("fileInvalid", "not one of ours");
      return "Zoë";
    },
    async open(opening) {
      openings.push(opening);
      const takesOver = opening.kind === "create" && opening.takesOver;
      if (world.fails !== undefined && !(takesOver && world.fails.message === "late")) throw world.fails;
      if (takesOver && current !== undefined) current.isStopped = true;
      if (world.fails !== undefined) throw world.fails;
      if (opening.kind !== "guest" && !kept.includes(opening.profile)) kept.push(opening.profile);
      const next = session(opening.kind === "guest" ? undefined : opening.profile);
      current = next;
      return next;
    },
  });
  const told: EarshotEvent[] = [];
  shell.subscribe((event) => told.push(event));
  const call = async (method: string, params: object = {}): Promise<unknown> => {
    const outcome = await shell.call(method as never, params);
    return outcome.ok ? outcome.result : outcome.error.code;
  };
  const state = async (): Promise<unknown> => {
    const { state: now, current: who } = (await call("profiles.list")) as ProfilesView;
    return who === null ? now : `${now} ${who}`;
  };
  return { world, shell, call, state, told };
}

describe("who is logged in", () => {
  it("is nobody at first, and nothing is answered but who could be", async () => {
    const { call, state } = played();
    expect(await state()).toBe("choosing");
    expect([await call("rooms.list"), await call("profile.get"), await call("profiles.export")]).toEqual(["locked", "locked", "locked"]);
  });

  it("comes, goes, and comes as somebody else: each told once, and the one before is closed", async () => {
    const { world, call, state, told } = played();
    await call("profiles.guest", { name: "Ada" });
    expect([await state(), await call("rooms.list")]).toEqual(["running", "guest rooms.list"]);
    await call("profiles.logOut");
    await call("profiles.create", { name: "Ada", passphrase: "x" });
    expect([await state(), await call("rooms.list")]).toEqual(["running Ada", "Ada rooms.list"]);
    await call("profiles.unlock", { profile: "Ada" });
    expect(world.openings).toHaveLength(2);
    await call("profiles.guest", { name: "Ben" });
    expect(world.stopped).toEqual(["guest", "Ada"]);
    const states = told.flatMap((event) =>
      event.event === "profilesChanged" ? [`${event.profiles.state} ${event.profiles.current}`] : [],
    );
    expect(states).toEqual(["running null", "choosing null", "running Ada", "choosing null", "running null"]);
  });

  it("hears the events of whoever is there, and of nobody who has gone", async () => {
    const { world, call, told } = played();
    const logged: EarshotEvent = { event: "roomRemoved", roomId: "x" };
    await call("profiles.guest", { name: "Ada" });
    world.tell(logged);
    await call("profiles.logOut");
    world.tell(logged);
    expect(told.filter(({ event }) => event === "roomRemoved")).toHaveLength(1);
  });

  it("stays where becoming another fails: a guest before it is stopped, and whoever is there when a file is none", async () => {
    const { world, call, state } = played();
    await call("profiles.guest", { name: "Ada" });
    world.fails = new ProfileError("passphraseInvalid", "too long");
    expect([await call("profiles.create", { name: "Ada" }), await state()]).toEqual(["passphraseInvalid", "running"]);
    world.fails = undefined;
    expect(await call("profiles.import", { file: "bm9uZQ==", phrase: "words" })).toBe("fileInvalid");
    expect([await state(), world.stopped]).toEqual(["running", []]);
    world.fails = new Error("late");
    expect([await call("profiles.create", { name: "Ada" }), await state()]).toEqual(["profileUnusable", "choosing"]);
  });

  it("is asked for a passphrase where a profile was named, until it is right or somebody else is chosen", async () => {
    const { world } = played();
    world.kept.push("work");
    const shell = new ProfileShell(
      {
        keychain: false,
        suggestedName: "ada",
        list: async () => [],
        nameIn: () => undefined,
        open: () => Promise.reject(new ProfileError("wrongPassphrase", "no", { wrongTries: 1, waitMs: 0 })),
      },
      "work",
    );
    const list = async (): Promise<unknown> => (await shell.call("profiles.list", {})) as unknown;
    expect(await list()).toMatchObject({ result: { state: "locked", current: "work" } });
    expect(await shell.call("profiles.unlock", { profile: "work", passphrase: "x" })).toMatchObject({ error: { code: "wrongPassphrase" } });
    expect(await list()).toMatchObject({ result: { state: "locked", current: "work" } });
    await shell.call("profiles.logOut", {});
    expect(await list()).toMatchObject({ result: { state: "choosing", current: null } });
  });

  it("takes one change after the other, and none once it has ended", async () => {
    const { world, shell, call } = played();
    await Promise.all([call("profiles.guest", { name: "Ada" }), call("profiles.guest", { name: "Ben" }), call("profiles.logOut")]);
    expect(world.stopped).toEqual(["guest", "guest"]);
    await call("profiles.guest", { name: "Cid" });
    await shell.end();
    expect([world.stopped.length, await call("profiles.guest", { name: "Dan" })]).toEqual([3, "stopping"]);
  });

  it("brings a profile under the name of its person", async () => {
    const { call, state } = played();
    await call("profiles.import", { file: "ZmlsZQ==", phrase: "words" });
    expect(await state()).toBe("running Zoe");
  });
});

describe("a profile's name", () => {
  it.each([
    [undefined, "Zoë Smith", [], "Zoe-Smith"],
    [undefined, "Zoë Smith", ["zoe-smith"], "Zoe-Smith-2"],
    [undefined, "日本", [], "profile"],
    [undefined, "../..", ["profile", "profile-2"], "profile-3"],
    ["work", "Ada", [], "work"],
    ["../etc", "Ada", [], undefined],
    ["", "Ada", [], undefined],
  ] as const)("%s of %s is %4$s", (given, name, taken, expected) => {
    expect(profileNameFrom(given, name, taken)).toBe(expected);
  });
});
