import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { helpText } from "../../src/cli/help.ts";
import { parseCommand, type RunOptions } from "../../src/cli/options.ts";
import { version } from "../../src/cli/version.ts";

function runOptions(...words: string[]): RunOptions {
  const parsed = parseCommand(words);
  if (!parsed.ok || parsed.command.command !== "run") throw new Error(parsed.ok ? "another command" : parsed.message);
  return parsed.command.options;
}

function refusal(...words: string[]): string {
  const parsed = parseCommand(words);
  return parsed.ok ? "accepted" : parsed.message;
}

describe("earshot run", () => {
  it("is the default, with a guest, a window and everything found by itself", () => {
    expect(runOptions()).toEqual(runOptions("run"));
    expect(runOptions()).toEqual({
      asks: true,
      headless: false,
      json: false,
      place: { kind: "guest", dataDir: undefined },
      passphraseFile: undefined,
      name: undefined,
      network: "earshot",
      networkKey: undefined,
      networkKeyFile: undefined,
      interfaces: [],
      port: undefined,
      uiPort: 0,
      connect: [],
      mdns: true,
      open: true,
      logLevel: "warn",
      attach: false,
    });
  });

  it("takes every option, with a space or an equals sign", () => {
    const words = "--headless --json --name Ada --network=team --network-key k --interface lo --interface 10.0.0.1 --port=5000 --ui-port 0";
    expect(runOptions(..."--connect a:1 --connect b --no-mdns --no-open --log-level debug".split(" "), ...words.split(" "))).toMatchObject({
      headless: true,
      json: true,
      name: "Ada",
      network: "team",
      networkKey: "k",
      interfaces: ["lo", "10.0.0.1"],
      port: 5000,
      uiPort: 0,
      connect: ["a:1", "b"],
      mdns: false,
      open: false,
      logLevel: "debug",
    });
  });

  it.each([
    [["--profile", "work"], { kind: "profile", profile: "work", dataDir: undefined }],
    [["--profile", "work", "--data-dir", "/d"], { kind: "profile", profile: "work", dataDir: "/d" }],
    [["--data-dir", "/home of/ada/"], { kind: "profile", profile: "ada", dataDir: "/home of/ada/" }],
    [["--data-dir", "./"], { kind: "profile", profile: "default", dataDir: "./" }],
    [["--guest", "--data-dir", "/d"], { kind: "guest", dataDir: "/d" }],
  ])("%j says whose files lie where", (words, place) => {
    expect(runOptions(...words).place).toEqual(place);
  });

  it.each([
    [["--nmae", "Ada"], 'there is no option "--nmae" here'],
    [["-x"], 'there is no option "-x" here'],
    [["--name"], "--name needs a value"],
    [["--name", "--json"], "--name needs a value"],
    [["--name", " "], "--name is 1 to 40 characters"],
    [["--name", "a", "--name", "b"], "--name is given twice"],
    [["--headless=yes"], "--headless takes no value"],
    [["--port", "0"], '--port is a number from 1 to 65535, not "0"'],
    [["--ui-port", "65536"], '--ui-port is a number from 0 to 65535, not "65536"'],
    [["--port", "1e3"], '--port is a number from 1 to 65535, not "1e3"'],
    [["--guest", "--profile", "a"], "--guest keeps nothing, --profile keeps it: give one of them"],
    [["--profile", "../a"], '--profile is up to 40 letters, digits, dots, dashes and underscores, not "../a"'],
    [["--data-dir", ""], "--data-dir names a directory"],
    [["--log-level", "loud"], '--log-level is one of error, warn, info, debug, not "loud"'],
    [["--connect", "a b"], '--connect takes HOST or HOST:PORT, not "a b"'],
    [["--json"], "--json goes with --headless"],
    [["--attach", "--headless"], "--attach opens a window, --headless opens none: give one of them"],
    [
      ["stray"],
      'there is no command "stray"; there are run, call, watch, send, history, search, edit, delete, versions, react, pin, forward, peers, people, rooms, doctor, profiles, wipe, export and import',
    ],
    [["run", "stray"], '"stray" belongs to no option'],
  ])("refuses %j by name", (words, message) => {
    expect(refusal(...words)).toBe(message);
  });
});

describe("commands for a running peer", () => {
  it("are told apart", () => {
    const at = { dataDir: undefined, profile: "work" };
    expect(parseCommand(["call", "messages.send", '{"to":"#lobby","text":"hi"}', "--profile", "work"])).toEqual({
      ok: true,
      command: { command: "call", at, method: "messages.send", params: { to: "#lobby", text: "hi" } },
    });
    expect(parseCommand(["call", "--profile=work", "peers.list"])).toMatchObject({ command: { method: "peers.list", params: {} } });
    expect(parseCommand(["send", "--profile", "work", "#lobby", "hello", "you"])).toEqual({
      ok: true,
      command: {
        command: "send",
        at,
        to: "#lobby",
        text: "hello you",
        replyTo: undefined,
        thread: undefined,
        alsoInRoom: false,
        when: undefined,
      },
    });
    expect(parseCommand(["send", "#lobby", "x", "--at", "2026-11-24T09:05"])).toMatchObject({ command: { when: [2026, 11, 24, 9, 5] } });
    expect(parseCommand(["send", "#lobby", "--", "--not an option"])).toMatchObject({ command: { text: "--not an option" } });
    for (const command of ["watch", "peers", "people", "rooms", "doctor"]) {
      expect(parseCommand([command, "--data-dir", "d"])).toEqual({
        ok: true,
        command: { command, at: { dataDir: "d", profile: undefined } },
      });
    }
  });

  it.each([
    [["call"], "something is missing after the command"],
    [["call", "a", "{"], `the parameters must be JSON, such as '{"to": "#lobby", "text": "hi"}', not {`],
    [["call", "a", "{}", "b"], '"b" is more than the command takes'],
    [["send", "#lobby"], "TEXT is missing: earshot send TO TEXT"],
    [["send", "#lobby", "x", "--also-in-room"], "--also-in-room goes with --thread"],
    [["send", "#lobby", "x", "--at", "tomorrow"], '--at is a moment ahead such as 2026-11-24T09:00, not "tomorrow"'],
    [["send", "#lobby", "x", "--at", "2026-13-01T09:00"], '--at is a moment ahead such as 2026-11-24T09:00, not "2026-13-01T09:00"'],
    [["history"], "CONVERSATION is missing: earshot history CONVERSATION"],
    [["history", "#lobby", "--format", "html"], '--format is text, markdown or json, not "html"'],
    [["history", "#lobby", "--limit", "0"], '--limit is a number from 1 to 500, not "0"'],
    [["history", "#lobby", "--limit", "5", "--all"], "--all and --limit: give one of them"],
    [["history", "#lobby", "--limit", "5", "--format", "md"], "--format markdown writes the whole conversation: leave --limit out"],
    [["history", "#lobby", "--thread", "x", "--all"], "--thread goes with --limit, as text"],
    [["react", "x"], "SIGN is missing: earshot react MESSAGE SIGN"],
    [["delete", "x", "y"], '"y" is more than the command takes'],
    [["edit", "x", "y", "--off"], 'there is no option "--off" here'],
    [["peers", "all"], '"all" is more than the command takes'],
    [["watch", "--json"], 'there is no option "--json" here'],
  ])("%j is refused", (words, message) => expect(refusal(...words)).toBe(message));
});

it("help names every option that run takes", () => {
  for (const words of [["--help"], ["-h"], ["help"], ["call", "--help"]]) {
    expect(parseCommand(words)).toEqual({ ok: true, command: { command: "help", text: helpText } });
  }
  const options = readFileSync(new URL("../../src/cli/options.ts", import.meta.url), "utf8").matchAll(/\{ name: "([a-z-]+)"/gu);
  for (const [, option] of options) expect(helpText).toContain(`--${option}`);
});

it("the version is the package's", () => {
  const { version: packaged } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  expect(parseCommand(["--version"])).toEqual({ ok: true, command: { command: "version" } });
  expect(version).toBe(packaged);
});
