/** `profiles`, `wipe`, `export`, `import`: acts on kept profiles. Each returns the exit code; refusals are `ProfileError`s or `StartError`s. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { exportProfile, type OpenKeptProfile, readExport, readExported } from "../store/index.ts";
import { createProfile, inspectProfile, unlockProfile } from "../store/kept-profile.node.ts";
import { destroyKeys, destroyProfile } from "../store/wipe.node.ts";
import { readApiFile } from "./api-file.node.ts";
import { keptProfiles, profileDirectory } from "./data-dir.node.ts";
import { exportFileBytesMax, stopMaxMs } from "./limits.ts";
import { askPassphrase, givenPassphrase, readSecretFile } from "./passphrase.node.ts";
import { isRunning } from "./process-alive.node.ts";
import type { ProfileCommand } from "./profile-options.ts";
import { StartError } from "./start-error.ts";
import type { Whereabouts } from "./whereabouts.ts";

export async function runProfileCommand(command: ProfileCommand): Promise<number> {
  switch (command.command) {
    case "profiles":
      return list();
    case "wipe":
      return wipe(directoryOf(command.at), command.isSure);
    case "export":
      return exportTo(directoryOf(command.at), command.file, givenPassphrase(command.passphraseFile));
    case "import":
      return importFrom(directoryOf(command.at), command.file, givenPassphrase(command.passphraseFile), command.phraseFile);
  }
}

async function list(): Promise<number> {
  const words = {
    passphrase: "opens with its passphrase",
    keychain: "opens with this computer's keychain",
    open: "opens without a passphrase",
  };
  for (const [name, directory] of keptProfiles()) {
    const summary = await inspectProfile(directory);
    if (summary === undefined) continue;
    const state = summary.damaged ? "its keys are damaged" : words[summary.protection];
    console.log(
      `${name.padEnd(20)} ${state}${summary.wipeOnQuit ? "; wiped when it is quit" : ""}${isOpenIn(directory) ? "; open now" : ""}`,
    );
  }
  return 0;
}

/** The keys first: from then on nobody can open it, whatever becomes of the rest. */
async function wipe(directory: string, isSure: boolean): Promise<number> {
  if ((await inspectProfile(directory)) === undefined) throw new StartError(`there is no profile in ${directory}`);
  if (!isSure) throw new StartError(`this destroys the profile in ${directory} for good, messages included: say so with --yes`);
  const running = readApiFile(directory);
  await destroyKeys(directory);
  if (running !== undefined && isRunning(running.pid)) await end(running.pid);
  await destroyProfile(directory);
  removeWindow(directory);
  console.log(`The profile in ${directory} is destroyed.`);
  return 0;
}

/** What the desktop keeps of its window there, which no key protects; and the directory, where nothing else is in it. */
function removeWindow(directory: string): void {
  rmSync(join(directory, "window"), { recursive: true, force: true });
  if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
}

async function end(pid: number): Promise<void> {
  process.kill(pid, "SIGTERM");
  for (let waited = 0; waited < 2 * stopMaxMs && isRunning(pid); waited += 50) await pause(50);
  if (isRunning(pid)) process.kill(pid, "SIGKILL");
}

async function exportTo(directory: string, file: string, given: string | undefined): Promise<number> {
  const profile = await unlock(directory, given);
  try {
    const exported = readExported(profile.vault);
    if (exported === undefined) throw new StartError("this profile has no identity yet: start it once");
    const { file: bytes, phrase } = exportProfile(exported, (count) => new Uint8Array(randomBytes(count)));
    writeFileSync(file, bytes, { mode: 0o600, flag: "wx" });
    console.log(
      `${file} holds this profile without its messages, encrypted. Write these words down; nothing else opens it:\n\n${inLines(phrase)}`,
    );
    return 0;
  } finally {
    await profile.close();
  }
}

async function importFrom(directory: string, file: string, given: string | undefined, phraseFile: string | undefined): Promise<number> {
  const bytes = readExportFile(file);
  const phrase = phraseFile === undefined ? await askPassphrase("Its 24 words: ") : readSecretFile(phraseFile, "recovery phrase");
  if (phrase === undefined) throw new StartError("importing takes the file's 24 words: at the terminal, or with --phrase-file FILE");
  const exported = readExport(bytes, phrase);
  const passphrase = given ?? (await askPassphrase("A passphrase for the profile here (none: Enter): "));
  await (await createProfile(directory, { exported, passphrase })).close();
  console.log(`${exported.name ?? "The profile"} is in ${directory} now. Don't run both copies at once.`);
  return 0;
}

async function unlock(directory: string, given: string | undefined): Promise<OpenKeptProfile> {
  const summary = await inspectProfile(directory);
  if (summary === undefined) throw new StartError(`there is no profile in ${directory}`);
  const passphrase = given ?? (summary.hasPassphrase ? await askPassphrase(`Passphrase of the profile in ${directory}: `) : undefined);
  return unlockProfile(directory, { passphrase });
}

function readExportFile(file: string): Uint8Array {
  try {
    if (statSync(file).size > exportFileBytesMax) throw new Error("it is too large for one");
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new StartError(`${file} cannot be read as an exported profile (${(error as Error).message})`);
  }
}

function isOpenIn(directory: string): boolean {
  const running = readApiFile(directory);
  return running !== undefined && isRunning(running.pid);
}

const directoryOf = ({ dataDir, profile }: Whereabouts): string =>
  dataDir === undefined ? profileDirectory(profile ?? "") : resolve(dataDir);

/** Six a line. */
function inLines(phrase: string): string {
  const words = phrase.split(" ");
  const lines: string[] = [];
  for (let at = 0; at < words.length; at += 6) lines.push(`  ${words.slice(at, at + 6).join(" ")}`);
  return lines.join("\n");
}
