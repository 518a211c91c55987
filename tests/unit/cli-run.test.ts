/** The command as people start it: real processes, on loopback, without multicast. */
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { earshot, end, headless, home, outcome } from "./cli-fixture.ts";

const guests = `earshot-${process.getuid?.() ?? ""}`;

describe("a guest", () => {
  it("says ready first, answers calls of its owner, and leaves nothing behind", async () => {
    const { child, lines, peerId, api, dataDir } = await headless("--name", "Ada");
    expect(lines[0]).toEqual({ event: "ready", peerId, api, dataDir });
    expect(peerId).toMatch(/^[a-z2-7]{32}$/u);
    expect(api).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect(dataDir).toBe(join(home, "tmp", guests, `guest-${child.pid}`));
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, "api.json")).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(dataDir, "api.json"), "utf8"))).toEqual({
      url: api,
      token: expect.stringMatching(/^[\w-]{43}$/u),
      pid: child.pid,
      peerId,
    });

    const session = await outcome(earshot("call", "session.get"));
    expect(JSON.parse(session.out)).toMatchObject({
      peerId,
      name: "Ada",
      named: true,
      profile: null,
      addresses: [expect.stringMatching(/^127\./u)],
    });
    expect(await outcome(earshot("send", "#lobby", "hello", "there"))).toEqual({ code: 0, out: "", err: "" });
    expect((await outcome(earshot("call", "messages.list", '{"in":"#lobby"}'))).out).toContain('"hello there"');
    expect(await outcome(earshot("call", "messages.send", '{"to":"#lobby"}'))).toEqual({
      code: 1,
      out: "",
      err: 'invalidParams: messages.send: "text" is missing (text is expected).\n',
    });
    expect((await outcome(earshot("rooms"))).out).toContain("#lobby");
    expect((await outcome(earshot("doctor"))).out).toContain("Ada, a guest");

    expect(await end(child, "SIGTERM")).toBe(0);
    expect(existsSync(join(home, "tmp", guests))).toBe(false);
    expect(existsSync(join(home, "data"))).toBe(false);
    expect((await outcome(earshot("peers"))).err).toBe("earshot: no Earshot is running; `earshot` starts one\n");
  });

  it("that was killed is swept away by the next", async () => {
    const first = await headless();
    await end(first.child, "SIGKILL");
    expect(existsSync(first.dataDir)).toBe(true);
    const second = await headless();
    expect(existsSync(first.dataDir)).toBe(false);
    expect(await end(second.child, "SIGINT")).toBe(0);
  });

  it("is one of several: a command asks which, and takes the directory it is given", async () => {
    const [one, two] = await Promise.all([
      headless("--name", "One"),
      headless("--name", "Two", "--guest", "--data-dir", join(home, "two")),
    ]);
    const three = await headless("--name", "Three");
    const asked = await outcome(earshot("peers"));
    expect(asked.code).toBe(1);
    expect(asked.err).toContain(`--data-dir ${one.dataDir}`);
    expect(asked.err).toContain(`--data-dir ${three.dataDir}`);
    const told = await outcome(earshot("call", "session.get", "--data-dir", two.dataDir));
    expect(JSON.parse(told.out)).toMatchObject({ name: "Two", profile: null });
    await end(two.child, "SIGTERM");
    expect(readdirSync(two.dataDir)).toEqual([]);
  });
});

describe("a profile", () => {
  it("keeps its identity and its name, and runs once", async () => {
    const first = await headless("--profile", "work", "--name", "Ada");
    expect(first.dataDir).toBe(join(home, "data", "earshot", "profiles", "work"));
    const twice = await outcome(earshot("run", "--headless", "--profile", "work", "--interface", "lo", "--no-mdns"));
    expect(twice.code).toBe(1);
    expect(twice.err).toContain(`Earshot already runs in ${first.dataDir}`);
    await end(first.child, "SIGTERM");
    expect(readdirSync(first.dataDir)).toEqual(["keys.json", "vault.db"]);

    const second = await headless("--profile", "work");
    expect(second.peerId).toBe(first.peerId);
    const session = await outcome(earshot("call", "session.get", "--profile", "work"));
    expect(JSON.parse(session.out)).toMatchObject({ name: "Ada", named: true, profile: "work" });
  });
});

describe("a profile with a passphrase", () => {
  const passphraseFile = (words: string): string => {
    const path = join(home, "passphrase");
    writeFileSync(path, `${words}\n`);
    return path;
  };
  const start = ["run", "--headless", "--interface", "lo", "--no-mdns", "--profile", "home"];

  it("opens with it alone, says what is wrong in one line, and holds no bare key", async () => {
    const right = passphraseFile("over the hills");
    const first = await headless("--profile", "home", "--passphrase-file", right);
    await end(first.child, "SIGTERM");
    const none = await outcome(earshot(...start));
    expect([none.code, none.err.trim().split("\n").length]).toEqual([1, 1]);
    expect(none.err).toContain("passphrase");
    const wrong = await outcome(earshot(...start, "--passphrase-file", passphraseFile("under the hills")));
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("not this profile's passphrase");
    const again = await headless("--profile", "home", "--passphrase-file", passphraseFile("over the hills"));
    expect(again.peerId).toBe(first.peerId);
    await end(again.child, "SIGTERM");
    const listed = await outcome(earshot("profiles"));
    expect(listed.out).toBe(`${"home".padEnd(20)} opens with its passphrase\n`);
  });

  it("moves to another profile by an exported file and its words", async () => {
    const right = passphraseFile("over the hills");
    const first = await headless("--profile", "home", "--name", "Ada", "--passphrase-file", right);
    await end(first.child, "SIGTERM");
    const file = join(home, "ada.earshot");
    const exported = await outcome(earshot("export", file, "--profile", "home", "--passphrase-file", right));
    expect(exported).toMatchObject({ code: 0, err: "" });
    const words = exported.out.split("\n\n")[1]?.trim().split(/\s+/u) ?? [];
    expect(words).toHaveLength(24);
    const phraseFile = join(home, "words");
    writeFileSync(phraseFile, [...words.slice(1), words[0]].join(" "));
    const mistyped = await outcome(earshot("import", file, "--profile", "moved", "--phrase-file", phraseFile));
    expect(mistyped.code).toBe(1);
    writeFileSync(phraseFile, words.join(" "));
    expect(await outcome(earshot("import", file, "--profile", "moved", "--phrase-file", phraseFile))).toMatchObject({ code: 0 });
    const moved = await headless("--profile", "moved");
    expect(moved.peerId).toBe(first.peerId);
  });

  it("is wiped at once, also while it is open", async () => {
    const running = await headless("--profile", "home", "--passphrase-file", passphraseFile("over the hills"));
    expect((await outcome(earshot("wipe", "--profile", "home"))).err).toContain("--yes");
    expect(existsSync(join(running.dataDir, "keys.json"))).toBe(true);
    mkdirSync(join(running.dataDir, "window"));
    writeFileSync(join(running.dataDir, "window", "window.json"), "{}");
    const ended = once(running.child, "exit");
    expect(await outcome(earshot("wipe", "--profile", "home", "--yes"))).toMatchObject({ code: 0 });
    await ended;
    expect(existsSync(running.dataDir)).toBe(false);
    expect((await outcome(earshot("wipe", "--profile", "home", "--yes"))).err).toContain("there is no profile");
  });
});

describe("two peers", () => {
  it("are linked by --connect, and `watch` tells of it", async () => {
    const first = await headless("--name", "Ada", "--port", "47590");
    const watching = earshot("watch", "--data-dir", first.dataDir);
    const told: string[] = [];
    if (watching.stdout !== null) createInterface({ input: watching.stdout }).on("line", (line) => told.push(line));
    const second = await headless("--name", "Bob", "--connect", "127.0.0.1:47590");
    const isLinked = (line: Record<string, unknown>) => (line["peer"] as { link?: string } | undefined)?.link === "direct";
    await expect.poll(() => first.lines.some(isLinked) && second.lines.some(isLinked), { timeout: 5_000 }).toBe(true);
    expect((await outcome(earshot("peers", "--data-dir", second.dataDir))).out).toMatch(/^Ada +direct +127\.0\.0\.1:47590/mu);
    expect(await outcome(earshot("send", "--data-dir", second.dataDir, "@ada", "psst"))).toMatchObject({ code: 0 });
    await expect.poll(() => told.some((line) => line.includes('"psst"')), { timeout: 5_000 }).toBe(true);
    const unwatched = once(watching, "exit");
    expect(await end(first.child, "SIGTERM")).toBe(0);
    expect(await unwatched).toEqual([1, null]);
  });
});

describe("without a display", () => {
  it("says in one line that there is no window, and where the page is", async () => {
    const child = earshot("--interface", "lo", "--no-mdns", "--no-open");
    let err = "";
    child.stderr?.on("data", (data) => {
      err += String(data);
    });
    const [line] = (await once(createInterface({ input: child.stdout ?? process.stdin }), "line")) as [string];
    expect(line).toMatch(/^Open this address in a browser on this computer: http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/u);
    expect(err).toBe("earshot: the desktop window cannot start (there is no display); the same page opens in the browser\n");
    const attached = await outcome(earshot("--attach", "--no-open"));
    expect(attached).toMatchObject({ code: 0, out: `${line}\n` });
    expect(await end(child, "SIGTERM")).toBe(0);
  });
});

describe("what cannot start says why in one line, and leaves nothing", () => {
  it.each([
    [["--interface", "nowhere0"], 'this computer has no network interface or address "nowhere0"'],
    [["--interface", "lo", "--ui-port", "PORT"], "port PORT is in use; choose another with --ui-port"],
    [["--interface", "lo", "--port", "PORT"], "Port PORT is in use. Close the program that uses it, or choose another with --port."],
  ])("%j", async (words, message) => {
    const blocker = createServer();
    blocker.listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const port = String((blocker.address() as { port: number }).port);
    const inserted = words.map((word) => word.replace("PORT", port));
    const { code, err } = await outcome(earshot("run", "--headless", "--no-mdns", ...inserted));
    expect({ code, err }).toEqual({ code: 1, err: `earshot: ${message.replace("PORT", port)}\n` });
    expect(readdirSync(join(home, "tmp")).flatMap((name) => readdirSync(join(home, "tmp", name)))).toEqual([]);
    blocker.close();
  });
});

describe("a network's key", () => {
  it("from a file is the one that others give otherwise", async () => {
    const file = join(home, "key");
    writeFileSync(file, "over the hills\nnot this\n");
    const first = await headless("--name", "Ada", "--network", "team", "--network-key-file", file);
    const { addresses } = JSON.parse((await outcome(earshot("call", "session.get", "--data-dir", first.dataDir))).out) as {
      addresses: string[];
    };
    const words = ["--network", "team", "--connect", addresses[0] ?? ""];
    const second = await headless("--name", "Ben", ...words, "--network-key", "over the hills");
    const isLinked = (line: Record<string, unknown>) => (line["peer"] as { link?: string } | undefined)?.link === "direct";
    await expect.poll(() => second.lines.some(isLinked), { timeout: 10_000 }).toBe(true);
    const missing = await outcome(earshot("run", "--headless", "--interface", "lo", "--network-key-file", join(home, "none")));
    expect([missing.code, missing.err.split("\n").length]).toEqual([1, 2]);
    expect(missing.err).toContain("cannot be read");
  }, 30_000);
});
