/** Words of the commands that act on kept profiles, whether a peer runs or not. */
import { type OptionSpec, readArguments } from "./arguments.ts";
import type { Whereabouts } from "./whereabouts.ts";

export type ProfileCommand =
  | { readonly command: "profiles" }
  | { readonly command: "wipe"; readonly at: Whereabouts; readonly isSure: boolean }
  | { readonly command: "export"; readonly at: Whereabouts; readonly file: string; readonly passphraseFile: string | undefined }
  | {
      readonly command: "import";
      readonly at: Whereabouts;
      readonly file: string;
      readonly passphraseFile: string | undefined;
      readonly phraseFile: string | undefined;
    };

export type ParsedProfileCommand =
  | { readonly ok: true; readonly command: ProfileCommand }
  | { readonly ok: false; readonly message: string };

export const profileCommands: ReadonlySet<string> = new Set(["profiles", "wipe", "export", "import"]);

const where: readonly OptionSpec[] = [
  { name: "data-dir", kind: "value" },
  { name: "profile", kind: "value" },
];
const specs: Readonly<Record<string, readonly OptionSpec[]>> = {
  profiles: [],
  wipe: [...where, { name: "yes", kind: "flag" }],
  export: [...where, { name: "passphrase-file", kind: "value" }],
  import: [...where, { name: "passphrase-file", kind: "value" }, { name: "phrase-file", kind: "value" }],
};

/** @param first one of `profileCommands`; @param words what stands after it */
export function parseProfileCommand(first: string, words: readonly string[]): ParsedProfileCommand {
  const read = readArguments(words, specs[first] ?? []);
  if (!read.ok) return read;
  const { flags, values, rest } = read;
  const hasFile = first === "export" || first === "import";
  const [file, extra] = hasFile ? [rest[0], rest[1]] : [undefined, rest[0]];
  if (hasFile && file === undefined) return wrong(`say which file: \`earshot ${first} FILE\``);
  if (extra !== undefined) return wrong(`"${extra}" is more than the command takes`);
  const at: Whereabouts = { dataDir: values.get("data-dir"), profile: values.get("profile") };
  if (first !== "profiles" && at.dataDir === undefined && at.profile === undefined) {
    return wrong(`say which profile: \`--profile NAME\`; \`earshot profiles\` lists them`);
  }
  const passphraseFile = values.get("passphrase-file");
  switch (first) {
    case "profiles":
      return { ok: true, command: { command: first } };
    case "wipe":
      return { ok: true, command: { command: first, at, isSure: flags.has("yes") } };
    case "export":
      return { ok: true, command: { command: first, at, file: file ?? "", passphraseFile } };
    default:
      return { ok: true, command: { command: "import", at, file: file ?? "", passphraseFile, phraseFile: values.get("phrase-file") } };
  }
}

const wrong = (message: string): ParsedProfileCommand => ({ ok: false, message });
