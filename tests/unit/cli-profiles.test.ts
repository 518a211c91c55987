/** The life of kept profiles, by the command line: real processes, killed where it hurts. */
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { earshot, end, headless, home, outcome } from "./cli-fixture.ts";

const start = ["run", "--headless", "--interface", "lo", "--no-mdns"];
/** Wrong passphrases without a wait. */
const freeTries = 5;

function passphraseFile(words: string): string {
  const path = join(home, `passphrase ${words}`);
  writeFileSync(path, `${words}\n`);
  return path;
}

const call = (profile: string, method: string, params: object) =>
  outcome(earshot("call", method, JSON.stringify(params), "--profile", profile));

describe("a passphrase", () => {
  it("is changed while the profile is open: the old one opens it no more, the new one does", async () => {
    const words = ["--profile", "home", "--name", "Ada", "--passphrase-file"];
    const first = await headless(...words, passphraseFile("over the hills"));
    const wrong = await call("home", "profile.changePassphrase", { old: "under the hills", next: "far away" });
    expect([wrong.code, wrong.err.slice(0, 16)]).toEqual([1, "wrongPassphrase:"]);
    expect((await call("home", "profile.changePassphrase", { old: "over the hills", next: "far away" })).code).toBe(0);
    await end(first.child, "SIGTERM");
    const old = await outcome(earshot(...start, ...words, passphraseFile("over the hills")));
    expect([old.code, old.err.trim().split("\n").length]).toEqual([1, 1]);
    const again = await headless(...words, passphraseFile("far away"));
    expect(again.peerId).toBe(first.peerId);
  });

  it("that is wrong is counted over restarts; after five even the right one waits", async () => {
    const first = await headless("--profile", "home", "--passphrase-file", passphraseFile("over the hills"));
    await end(first.child, "SIGTERM");
    const tryWith = (words: string) => outcome(earshot(...start, "--profile", "home", "--passphrase-file", passphraseFile(words)));
    for (let count = 1; count <= freeTries; count += 1) {
      const { code, err } = await tryWith("under the hills");
      expect(code).toBe(1);
      expect(err).toContain("not this profile's passphrase");
      if (count > 1) expect(err).toContain(`wrong try number ${count}`);
    }
    // The wait is counted from the last try, and a process may take longer than it to start: so the last is made now.
    const triesPath = join(first.dataDir, "tries.json");
    expect(JSON.parse(readFileSync(triesPath, "utf8"))).toMatchObject({ count: freeTries });
    writeFileSync(triesPath, JSON.stringify({ count: freeTries + 5, lastAt: Date.now() }));
    const waiting = await tryWith("over the hills");
    expect([waiting.code, waiting.err]).toEqual([1, expect.stringContaining("Wait ")]);
    writeFileSync(triesPath, JSON.stringify({ count: freeTries, lastAt: 0 }));
    const again = await headless("--profile", "home", "--passphrase-file", passphraseFile("over the hills"));
    expect(again.peerId).toBe(first.peerId);
    expect(existsSync(triesPath)).toBe(false);
    // Seven starts, each with an Argon2id of its own.
  }, 60_000);
});

describe("two profiles and a guest on one machine", () => {
  it("are three people; who leaves takes nobody along, and comes back as who they were", async () => {
    const [home1, work, guest] = await Promise.all([
      headless("--profile", "home", "--name", "Ada"),
      headless("--profile", "work", "--name", "Dr Lovelace", "--passphrase-file", passphraseFile("far away")),
      headless("--name", "Somebody"),
    ]);
    expect(new Set([home1.peerId, work.peerId, guest.peerId]).size).toBe(3);
    expect((await outcome(earshot("profiles"))).out).toBe(
      `${"home".padEnd(20)} opens without a passphrase; open now\n${"work".padEnd(20)} opens with its passphrase; open now\n`,
    );
    await end(home1.child, "SIGTERM");
    expect((await outcome(earshot("profiles"))).out).toMatch(/^home +opens without a passphrase\n.*open now\n$/u);
    expect(JSON.parse((await call("work", "session.get", {})).out)).toMatchObject({ peerId: work.peerId, name: "Dr Lovelace" });
    const back = await headless("--profile", "home");
    expect(back.peerId).toBe(home1.peerId);
  });
});

describe("a profile that is wiped when it is quit", () => {
  it("survives a kill, says what will be, and is gone once it was quit", async () => {
    const first = await headless("--profile", "home", "--name", "Ada");
    expect((await call("home", "profile.setWipeOnQuit", { on: true })).code).toBe(0);
    await end(first.child, "SIGKILL");
    expect((await outcome(earshot("profiles"))).out).toContain("wiped when it is quit");
    const second = await headless("--profile", "home");
    expect(second.peerId).toBe(first.peerId);
    expect(await end(second.child, "SIGTERM")).toBe(0);
    expect(existsSync(first.dataDir)).toBe(false);
    const third = await headless("--profile", "home");
    expect(third.peerId).not.toBe(first.peerId);
  });
});

describe("a wipe", () => {
  it("over the API destroys the open profile and ends it; the next start is somebody new", async () => {
    const first = await headless("--profile", "home", "--passphrase-file", passphraseFile("over the hills"));
    const ended = once(first.child, "exit");
    expect((await call("home", "profile.wipe", {})).code).toBe(0);
    expect(await ended).toEqual([0, null]);
    expect(existsSync(first.dataDir)).toBe(false);
    const next = await headless("--profile", "home");
    expect(next.peerId).not.toBe(first.peerId);
  });

  it("that is killed in the middle has taken the keys, and is finished by the next that looks", async () => {
    const right = passphraseFile("over the hills");
    const first = await headless("--profile", "home", "--name", "Ada", "--passphrase-file", right);
    // A peer that does not answer holds the wipe up between the keys and the rest.
    first.child.kill("SIGSTOP");
    const wipe = earshot("wipe", "--profile", "home", "--yes");
    await expect.poll(() => existsSync(join(first.dataDir, "keys.json")), { timeout: 10_000, interval: 5 }).toBe(false);
    await Promise.all([end(wipe, "SIGKILL"), end(first.child, "SIGKILL")]);
    expect(wipe.signalCode).toBe("SIGKILL");
    expect(readdirSync(first.dataDir)).toEqual(expect.arrayContaining(["vault.db", "wiping"]));
    const next = await headless("--profile", "home", "--passphrase-file", right);
    expect(next.peerId).not.toBe(first.peerId);
    expect(JSON.parse((await call("home", "session.get", {})).out)).toMatchObject({ named: false });
    expect(readdirSync(first.dataDir)).not.toContain("wiping");
  });
});

describe("what was said", () => {
  it("is there after the process was killed, also with somebody who is away", async () => {
    const words = ["--profile", "home", "--name", "Ada", "--passphrase-file", passphraseFile("over the hills")];
    const first = await headless(...words);
    const ben = await headless("--name", "Ben", "--connect", addressOf(JSON.parse((await call("home", "session.get", {})).out)));
    const conversation = `@${ben.peerId}`;
    await expect.poll(async () => (await call("home", "peers.list", {})).out, { timeout: 10_000 }).toContain(ben.peerId);
    for (const to of ["#lobby", conversation]) expect((await call("home", "messages.send", { to, text: `to ${to}` })).code).toBe(0);
    const { roomId } = JSON.parse((await call("home", "rooms.create", { name: "cellar", visibility: "private" })).out) as {
      roomId: string;
    };
    await call("home", "messages.send", { to: roomId, text: "alone" });
    const said = async (where: string): Promise<string[]> =>
      (JSON.parse((await call("home", "messages.list", { in: where })).out) as { messages: { text: string }[] }).messages.map(
        ({ text }) => text,
      );
    await expect.poll(async () => (await call("home", "messages.list", { in: conversation })).out).toContain("delivered");
    await end(first.child, "SIGKILL");
    await end(ben.child, "SIGKILL");

    await headless(...words);
    expect([await said("#lobby"), await said(roomId), await said(conversation)]).toEqual([
      ["to #lobby"],
      ["alone"],
      [`to ${conversation}`],
    ]);
    expect(JSON.parse((await call("home", "peers.list", {})).out)).toMatchObject({
      peers: [{ peerId: ben.peerId, name: "Ben", online: false, address: null }],
    });
  }, 60_000);
});

const addressOf = ({ addresses }: { addresses: string[] }): string => addresses[0] ?? "";
