/**
 * Where a passphrase, or a network's key, comes from: a file, the environment, or the person at a terminal, who sees none of it. Never from the command
 * line, which every user of the machine can read; and it is taken out of the environment, which children inherit.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { networkKeyCharsMax, passphraseBytesMax } from "./limits.ts";
import type { RunOptions } from "./options.ts";
import { StartError } from "./start-error.ts";

export const passphraseVariable = "EARSHOT_PASSPHRASE";
const networkKeyVariable = "EARSHOT_NETWORK_KEY";

/** Undefined where neither was given. Throws `StartError` for a file that cannot be read. */
export function givenPassphrase(file: string | undefined): string | undefined {
  const fromEnvironment = process.env[passphraseVariable];
  delete process.env[passphraseVariable];
  return file === undefined ? fromEnvironment : readSecretFile(file, "passphrase");
}

/** The key of a network, which is nobody's secret among its members; undefined where none was given. Throws `StartError`. */
export function givenNetworkKey({ networkKey, networkKeyFile }: Pick<RunOptions, "networkKey" | "networkKeyFile">): string | undefined {
  const key =
    networkKey ?? (networkKeyFile === undefined ? process.env[networkKeyVariable] : readSecretFile(networkKeyFile, "network key"));
  if (key === undefined || (key !== "" && key.length <= networkKeyCharsMax)) return key;
  throw new StartError(`a network key is 1 to ${networkKeyCharsMax} characters`);
}

/** A file's first line. Throws `StartError`, which calls it by `what` it should be. */
export function readSecretFile(file: string, what: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new StartError(`the file ${file} cannot be read (${(error as Error).message})`);
  }
  const [first = ""] = text.split(/\r?\n/u);
  if (first === "" || text.length > passphraseBytesMax) throw new StartError(`the file ${file} holds no ${what} on its first line`);
  return first;
}

/** Undefined where nobody sits at a terminal, or nothing was typed. What is typed is not shown. */
export async function askPassphrase(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    const typed = await lines.question("");
    return typed === "" ? undefined : typed;
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
