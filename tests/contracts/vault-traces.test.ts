/**
 * What a disk sees of a kept profile through its whole life: made, written to, locked against, opened again, exported, given another
 * passphrase, damaged and repaired. Everything secret carries a mark, which is searched for in every file, in every encoding, at each step.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exportProfile, type OpenKeptProfile, readExported } from "../../src/store/index.ts";
import { createProfile, unlockProfile } from "../../src/store/kept-profile.node.ts";
import { tracesInFiles } from "../lab/disk-traces.ts";
import { createMark } from "../lab/traces.ts";

const identity = { signSeed: new Uint8Array(randomBytes(32)), agreeSecret: new Uint8Array(randomBytes(32)) };
const utf8 = (words: string): Uint8Array => new TextEncoder().encode(words);

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "earshot-traces-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

const files = (): string[] =>
  readdirSync(parent, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );

/** As the peer writes it: texts in events, a room's name in its record, people in contacts and settings. */
function live({ vault }: OpenKeptProfile, [said, room, name]: readonly [string, string, string], from: number): void {
  for (let seq = from; seq < from + 60; seq += 1) {
    const bytes = utf8(`${seq}: ${said} `.repeat(seq));
    vault.appendEvents([
      { roomId: `room ${room}`, author: `author ${name}`, logId: "0f", seq, clock: seq, arrivedAt: seq, bytes, text: `${seq} ${said}` },
    ]);
  }
  vault.deleteEvents([{ roomId: `room ${room}`, author: `author ${name}`, logId: "0f", seq: from }]);
  vault.write([
    { table: "rooms", key: `room ${room}`, value: utf8(JSON.stringify({ name: room, topic: said })) },
    { table: "contacts", key: `contact ${name}`, value: utf8(name) },
    { table: "settings", key: "theme", value: utf8(said) },
    { table: "sessions", key: `peer ${name}`, value: Uint8Array.from([...identity.agreeSecret, ...utf8(said)]) },
  ]);
}

it("no file of a kept profile has a trace of a passphrase, a name, a room or a word, at any moment of its life", async () => {
  const directory = join(parent, "kept");
  const [said, room, name, passphrase, next, guess] = Array.from({ length: 6 }, createMark) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const secrets = [said, room, name, passphrase, next, guess];
  const clean = (when: string): void => {
    expect(files().length, when).toBeGreaterThan(1);
    expect(tracesInFiles(files(), secrets), when).toEqual({});
    for (const file of files())
      for (const secret of Object.values(identity)) expect(readFileSync(file).includes(Buffer.from(secret)), when).toBe(false);
  };

  let profile = await createProfile(directory, { passphrase, identity, name });
  clean("made");
  live(profile, [said, room, name], 1);
  clean("in use, with its log");
  await profile.close();
  clean("closed");

  await expect(unlockProfile(directory, { passphrase: guess })).rejects.toMatchObject({ code: "wrongPassphrase" });
  clean("after a wrong passphrase");
  profile = await unlockProfile(directory, { passphrase });
  await profile.changePassphrase(passphrase, next);
  live(profile, [said, room, name], 100);
  const exported = readExported(profile.vault);
  if (exported === undefined) throw new Error("there is an identity to export");
  const { file } = exportProfile(exported, (count) => new Uint8Array(randomBytes(count)));
  writeFileSync(join(parent, "exported"), file);
  clean("with another passphrase, and exported");
  await profile.close();

  const vault = join(directory, "vault.db");
  const bytes = readFileSync(vault);
  truncateSync(vault, bytes.length - Math.floor(bytes.length / 3));
  profile = await unlockProfile(directory, { passphrase: next });
  expect(profile.salvage).toBeDefined();
  expect(profile.vault.readEvents(`room ${room}`, 10).length).toBeGreaterThan(0);
  clean("damaged, and what could be read in a new vault");
  await profile.close();
  clean("at the end");
}, 60_000);

it("a trace that is planted is found, in the file that has it", async () => {
  const directory = join(parent, "kept");
  const [said, beside] = [createMark(), createMark()];
  const profile = await createProfile(directory, { passphrase: createMark(), identity });
  live(profile, [said, "r", "n"], 1);
  await profile.close();
  const [first = ""] = files();
  writeFileSync(first, Buffer.concat([readFileSync(first), Buffer.from(utf8(`a cache of ${said}`)).subarray(0, 24)]));
  writeFileSync(join(directory, "crash.log"), Buffer.from(`password: ${beside}`).toString("base64"));
  expect(Object.keys(tracesInFiles(files(), [said, beside])).sort()).toEqual([first, join(directory, "crash.log")].sort());
}, 60_000);
