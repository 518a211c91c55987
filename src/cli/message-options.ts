/** The part of the command line about messages: `send`, `history`, `search`, and what can be done with one of them. */
import { type OptionSpec, readArguments } from "./arguments.ts";
import { historyLimitMax } from "./limits.ts";
import { clientSpecs, type Whereabouts, whereaboutsIn } from "./whereabouts.ts";

export type HistoryFormat = "text" | "markdown" | "json";

export type MessageCommand = { readonly at: Whereabouts } & (
  | {
      readonly command: "send";
      readonly to: string;
      readonly text: string;
      readonly replyTo: string | undefined;
      readonly thread: string | undefined;
      readonly alsoInRoom: boolean;
      /** When it is sent; undefined: now. */
      readonly when: Moment | undefined;
    }
  | {
      readonly command: "history";
      readonly of: string;
      readonly thread: string | undefined;
      /** Undefined: all of it. */
      readonly limit: number | undefined;
      readonly format: HistoryFormat;
      readonly ids: boolean;
      /** Undefined: standard output. */
      readonly output: string | undefined;
    }
  | { readonly command: "search"; readonly query: string; readonly ids: boolean }
  | { readonly command: "edit"; readonly messageId: string; readonly text: string }
  | { readonly command: "delete" | "versions"; readonly messageId: string }
  | { readonly command: "react"; readonly messageId: string; readonly emoji: string; readonly on: boolean }
  | { readonly command: "pin"; readonly messageId: string; readonly on: boolean }
  | { readonly command: "forward"; readonly messageId: string; readonly to: string }
);

export const messageCommands: ReadonlySet<string> = new Set([
  "send",
  "history",
  "search",
  "edit",
  "delete",
  "versions",
  "react",
  "pin",
  "forward",
]);

const specs: Readonly<Record<string, readonly OptionSpec[]>> = {
  send: [
    { name: "reply", kind: "value" },
    { name: "thread", kind: "value" },
    { name: "also-in-room", kind: "flag" },
    { name: "at", kind: "value" },
  ],
  history: [
    { name: "thread", kind: "value" },
    { name: "limit", kind: "value" },
    { name: "all", kind: "flag" },
    { name: "format", kind: "value" },
    { name: "output", kind: "value" },
    { name: "ids", kind: "flag" },
  ],
  search: [{ name: "ids", kind: "flag" }],
  react: [{ name: "off", kind: "flag" }],
  pin: [{ name: "off", kind: "flag" }],
};

/** What stands after the command, by name; "…" takes the rest. */
const places: Readonly<Record<string, readonly string[]>> = {
  send: ["TO", "TEXT…"],
  history: ["CONVERSATION"],
  search: ["WORDS…"],
  edit: ["MESSAGE", "TEXT…"],
  delete: ["MESSAGE"],
  versions: ["MESSAGE"],
  react: ["MESSAGE", "SIGN"],
  pin: ["MESSAGE"],
  forward: ["MESSAGE", "TO"],
};

export type ParsedMessageCommand =
  | { readonly ok: true; readonly command: MessageCommand }
  | { readonly ok: false; readonly message: string };

const historyLimitDefault = 50;

/** @param name one of `messageCommands` */
export function parseMessageCommand(name: string, words: readonly string[]): ParsedMessageCommand {
  const read = readArguments(words, [...clientSpecs, ...(specs[name] ?? [])]);
  if (!read.ok) return read;
  const wanted = places[name] ?? [];
  const takesAll = wanted.at(-1)?.endsWith("…") === true;
  const missing = wanted[read.rest.length];
  if (missing !== undefined) return wrong(`${missing.replace("…", "")} is missing: earshot ${name} ${wanted.join(" ").replace("…", "")}`);
  const extra = takesAll ? undefined : read.rest[wanted.length];
  if (extra !== undefined) return wrong(`"${extra}" is more than the command takes`);
  const [first = "", ...others] = read.rest;
  const at = whereaboutsIn(read.values);
  const { flags, values } = read;
  switch (name) {
    case "send": {
      const thread = values.get("thread");
      const alsoInRoom = flags.has("also-in-room");
      if (alsoInRoom && thread === undefined) return wrong("--also-in-room goes with --thread");
      const when = momentOf(values.get("at"));
      if (when === undefined && values.has("at"))
        return wrong(`--at is a moment ahead such as 2026-11-24T09:00, not "${values.get("at")}"`);
      if (when !== undefined && alsoInRoom) return wrong("--also-in-room cannot be sent later: leave it or --at out");
      return right({ command: "send", at, to: first, text: others.join(" "), replyTo: values.get("reply"), thread, alsoInRoom, when });
    }
    case "history": {
      const format = formatOf(values.get("format"));
      if (format === undefined) return wrong(`--format is text, markdown or json, not "${values.get("format")}"`);
      const limit = limitOf(values.get("limit"));
      if (limit === undefined) return wrong(`--limit is a number from 1 to ${historyLimitMax}, not "${values.get("limit")}"`);
      if (flags.has("all") && values.has("limit")) return wrong("--all and --limit: give one of them");
      const thread = values.get("thread");
      const isWhole = flags.has("all") || (format !== "text" && !values.has("limit"));
      if (thread !== undefined && isWhole) return wrong("--thread goes with --limit, as text");
      if (format !== "text" && !isWhole) return wrong(`--format ${format} writes the whole conversation: leave --limit out`);
      const [output, ids] = [values.get("output"), flags.has("ids")];
      return right({ command: "history", at, of: first, thread, limit: isWhole ? undefined : limit, format, ids, output });
    }
    case "search":
      return right({ command: "search", at, query: read.rest.join(" "), ids: flags.has("ids") });
    case "edit":
      return right({ command: "edit", at, messageId: first, text: others.join(" ") });
    case "react":
      return right({ command: "react", at, messageId: first, emoji: others[0] ?? "", on: !flags.has("off") });
    case "pin":
      return right({ command: "pin", at, messageId: first, on: !flags.has("off") });
    case "forward":
      return right({ command: "forward", at, messageId: first, to: others[0] ?? "" });
    default:
      return right({ command: name === "delete" ? "delete" : "versions", at, messageId: first });
  }
}

/** By this machine's clock. */
export type Moment = readonly [year: number, month: number, day: number, hour: number, minute: number];

function momentOf(text: string | undefined): Moment | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)$/u.exec(text ?? "");
  if (parts === null) return undefined;
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 ? [year, month, day, hour, minute] : undefined;
}

function formatOf(text = "text"): HistoryFormat | undefined {
  if (text === "md") return "markdown";
  return text === "text" || text === "markdown" || text === "json" ? text : undefined;
}

function limitOf(text = String(historyLimitDefault)): number | undefined {
  const limit = /^\d{1,4}$/u.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= historyLimitMax ? limit : undefined;
}

const right = (command: MessageCommand): ParsedMessageCommand => ({ ok: true, command });
const wrong = (message: string): ParsedMessageCommand => ({ ok: false, message });
