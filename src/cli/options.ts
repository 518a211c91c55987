/** The command line, checked: one of the commands with typed options, or what is wrong with it in words. */
import { type OptionSpec, readArguments } from "./arguments.ts";
import { helpText } from "./help.ts";
import { connectsMax, interfacesMax, networkKeyCharsMax, networkNameCharsMax, personNameCharsMax } from "./limits.ts";
import { type MessageCommand, messageCommands, parseMessageCommand } from "./message-options.ts";
import { profilePattern } from "./profile-name.ts";
import { type ProfileCommand, parseProfileCommand, profileCommands } from "./profile-options.ts";
import { clientSpecs, type Whereabouts, whereaboutsIn } from "./whereabouts.ts";

/** Whose peer runs, and where its files lie; `dataDir` undefined is the default place. */
export type Place =
  | { readonly kind: "guest"; readonly dataDir: string | undefined }
  | { readonly kind: "profile"; readonly profile: string; readonly dataDir: string | undefined };

export type LogLevel = "error" | "warn" | "info" | "debug";

export interface RunOptions {
  readonly headless: boolean;
  readonly json: boolean;
  readonly place: Place;
  /** Its first line opens the profile. */
  readonly passphraseFile: string | undefined;
  /** Undefined: what the profile remembers, or the name of the system's user. */
  readonly name: string | undefined;
  readonly network: string;
  readonly networkKey: string | undefined;
  /** Its first line is the network's key. */
  readonly networkKeyFile: string | undefined;
  /** Names or addresses; none means all. */
  readonly interfaces: readonly string[];
  readonly port: number | undefined;
  readonly uiPort: number;
  readonly connect: readonly string[];
  readonly mdns: boolean;
  readonly open: boolean;
  readonly logLevel: LogLevel;
  /** There is a window, and nothing was said of who logs in: it asks. */
  readonly asks: boolean;
  /** Open a window on a peer that runs already instead of starting one. */
  readonly attach: boolean;
}

export type Command =
  | { readonly command: "run"; readonly options: RunOptions }
  | { readonly command: "call"; readonly at: Whereabouts; readonly method: string; readonly params: unknown }
  | MessageCommand
  | { readonly command: "watch" | "peers" | "people" | "rooms" | "doctor"; readonly at: Whereabouts }
  | ProfileCommand
  | { readonly command: "help"; readonly text: string }
  | { readonly command: "version" };

export type Parsed = { readonly ok: true; readonly command: Command } | { readonly ok: false; readonly message: string };

const runSpecs: readonly OptionSpec[] = [
  { name: "headless", kind: "flag" },
  { name: "json", kind: "flag" },
  { name: "name", kind: "value" },
  { name: "guest", kind: "flag" },
  { name: "profile", kind: "value" },
  { name: "passphrase-file", kind: "value" },
  { name: "data-dir", kind: "value" },
  { name: "network", kind: "value" },
  { name: "network-key", kind: "value" },
  { name: "network-key-file", kind: "value" },
  { name: "interface", kind: "list" },
  { name: "port", kind: "value" },
  { name: "ui-port", kind: "value" },
  { name: "connect", kind: "list" },
  { name: "no-mdns", kind: "flag" },
  { name: "no-open", kind: "flag" },
  { name: "log-level", kind: "value" },
  { name: "attach", kind: "flag" },
];

const logLevels: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** @param words what stands after the program's name */
export function parseCommand(words: readonly string[]): Parsed {
  const [first = "run", ...others] = words;
  if (words.includes("--help") || words.includes("-h") || first === "help")
    return { ok: true, command: { command: "help", text: helpText } };
  if (first === "--version" || first === "version") return { ok: true, command: { command: "version" } };
  switch (first) {
    case "run":
      return parseRun(others);
    case "call":
      return parseCall(others);
    case "watch":
    case "peers":
    case "people":
    case "rooms":
    case "doctor":
      return parseClient(others, 0, 0, (at) => ({ command: first, at }));
    default:
      if (first.startsWith("-")) return parseRun(words);
      if (messageCommands.has(first)) {
        const parsed = parseMessageCommand(first, others);
        return parsed.ok ? parsed : wrong(parsed.message);
      }
      if (profileCommands.has(first)) return parseProfileCommand(first, others);
      return wrong(
        `there is no command "${first}"; there are run, call, watch, send, history, search, edit, delete, versions, react, pin, forward, peers, people, rooms, doctor, profiles, wipe, export and import`,
      );
  }
}

function parseRun(words: readonly string[]): Parsed {
  const read = readArguments(words, runSpecs);
  if (!read.ok) return wrong(read.message);
  const { flags, values, lists, rest } = read;
  if (rest[0] !== undefined) return wrong(`"${rest[0]}" belongs to no option`);
  const place = choosePlace(flags.has("guest"), values.get("profile"), values.get("data-dir"));
  if (typeof place === "string") return wrong(place);
  const port = portOf(values, "port", 1);
  const uiPort = portOf(values, "ui-port", 0);
  if (typeof port === "string") return wrong(port);
  if (typeof uiPort === "string") return wrong(uiPort);
  const logLevel = (values.get("log-level") ?? "warn") as LogLevel;
  const name = values.get("name")?.trim();
  const network = values.get("network") ?? "earshot";
  const networkKey = values.get("network-key");
  const interfaces = lists.get("interface") ?? [];
  const connect = lists.get("connect") ?? [];
  const passphraseFile = values.get("passphrase-file");
  const headless = flags.has("headless");
  const attach = flags.has("attach");

  if (!logLevels.includes(logLevel)) return wrong(`--log-level is one of ${logLevels.join(", ")}, not "${logLevel}"`);
  if (name !== undefined && !isWithin(name, personNameCharsMax)) return wrong(`--name is 1 to ${personNameCharsMax} characters`);
  if (!isWithin(network, networkNameCharsMax)) return wrong(`--network is 1 to ${networkNameCharsMax} characters`);
  if (networkKey !== undefined && !isWithin(networkKey, networkKeyCharsMax)) {
    return wrong(`--network-key is 1 to ${networkKeyCharsMax} characters`);
  }
  const networkKeyFile = values.get("network-key-file");
  if (networkKey !== undefined && networkKeyFile !== undefined) return wrong("--network-key and --network-key-file: give one of them");
  if (interfaces.length > interfacesMax) return wrong(`--interface can be given ${interfacesMax} times at most`);
  if (connect.length > connectsMax) return wrong(`--connect can be given ${connectsMax} times at most`);
  const odd = connect.find((address) => !/^\S{1,260}$/u.test(address));
  if (odd !== undefined) return wrong(`--connect takes HOST or HOST:PORT, not "${odd}"`);
  if (passphraseFile !== undefined && place.kind === "guest")
    return wrong("--passphrase-file opens a profile: give --profile or --data-dir");
  if (flags.has("json") && !headless) return wrong("--json goes with --headless");
  if (attach && headless) return wrong("--attach opens a window, --headless opens none: give one of them");
  return {
    ok: true,
    command: {
      command: "run",
      options: {
        headless,
        json: flags.has("json"),
        place,
        passphraseFile,
        name,
        network,
        networkKey,
        networkKeyFile,
        interfaces,
        port,
        uiPort: uiPort ?? 0,
        connect,
        mdns: !flags.has("no-mdns"),
        open: !flags.has("no-open"),
        logLevel,
        asks: !headless && !attach && place.kind === "guest" && place.dataDir === undefined && !flags.has("guest") && name === undefined,
        attach,
      },
    },
  };
}

/** A data directory of its own is a profile's, unless a guest's is asked for. */
function choosePlace(guest: boolean, profile: string | undefined, dataDir: string | undefined): Place | string {
  if (guest && profile !== undefined) return "--guest keeps nothing, --profile keeps it: give one of them";
  if (dataDir === "") return "--data-dir names a directory";
  if (profile !== undefined && !profilePattern.test(profile)) {
    return `--profile is up to 40 letters, digits, dots, dashes and underscores, not "${profile}"`;
  }
  if (profile === undefined && (guest || dataDir === undefined)) return { kind: "guest", dataDir };
  return { kind: "profile", profile: profile ?? profileOfDirectory(dataDir ?? ""), dataDir };
}

function profileOfDirectory(dataDir: string): string {
  const last =
    dataDir
      .split(/[/\\]+/u)
      .filter((part) => part !== "")
      .at(-1) ?? "";
  return profilePattern.test(last) ? last : "default";
}

function portOf(values: ReadonlyMap<string, string>, option: string, lowest: number): number | undefined | string {
  const text = values.get(option);
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : Number.NaN;
  return port >= lowest && port <= 65_535 ? port : `--${option} is a number from ${lowest} to 65535, not "${text}"`;
}

function parseCall(words: readonly string[]): Parsed {
  return parseClient(words, 1, 2, (at, [method = "", text = "{}"]) => {
    const params = parseJson(text);
    if (params === undefined) return `the parameters must be JSON, such as '{"to": "#lobby", "text": "hi"}', not ${text}`;
    return { command: "call", at, method, params: params.value };
  });
}

function parseClient(
  words: readonly string[],
  least: number,
  most: number,
  build: (at: Whereabouts, rest: readonly string[]) => Command | string,
): Parsed {
  const read = readArguments(words, clientSpecs);
  if (!read.ok) return wrong(read.message);
  if (read.rest.length < least) return wrong("something is missing after the command");
  const extra = read.rest[most];
  if (extra !== undefined) return wrong(`"${extra}" is more than the command takes`);
  const built = build(whereaboutsIn(read.values), read.rest);
  return typeof built === "string" ? wrong(built) : { ok: true, command: built };
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function isWithin(text: string, most: number): boolean {
  return text.length >= 1 && text.length <= most;
}

function wrong(message: string): Parsed {
  return { ok: false, message };
}
