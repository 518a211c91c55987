/** What people, programs and files on this machine say: calls of the API, the command line, files, addresses, texts to show. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode, encode } from "cborg";
import * as fc from "fast-check";
import { z } from "zod";
import { isOwnPage, isOwnRequest, outsideUrl } from "../../../electron/addresses.ts";
import { decodeNotice, decodeUnread } from "../../../electron/bridge.ts";
import { createAccess } from "../../../src/api/access.node.ts";
import { type MethodName, methods } from "../../../src/api/contract.ts";
import { requestBytesMax } from "../../../src/api/limits.ts";
import { answer } from "../../../src/api/rpc.ts";
import { readApiFile } from "../../../src/cli/api-file.node.ts";
import { parseCommand } from "../../../src/cli/options.ts";
import { resolveRecipient } from "../../../src/cli/recipient.ts";
import type { PeerId, RoomId } from "../../../src/ids.ts";
import { parseSearch } from "../../../src/peer/search-query.ts";
import { lockDirectory } from "../../../src/store/directory-lock.node.ts";
import { ProfileError } from "../../../src/store/index.ts";
import { readOldProfile } from "../../../src/store/old-profile.node.ts";
import { createLinkFinder } from "../../../src/ui/model/links.ts";
import { splitText } from "../../../src/ui/model/rich-text.ts";
import { arbitraryOf } from "../json-schema.ts";
import { bytesOf, hold, type Target, textOf } from "../target.ts";

const params = fc
  .constantFrom(...(Object.keys(methods) as MethodName[]))
  .chain((method) => arbitraryOf(z.toJSONSchema(methods[method].params, { io: "input" })).map((drawn) => ({ method, params: drawn })));
const request = fc.tuple(params, fc.oneof(fc.nat(), fc.string(), fc.constant(undefined))).map(([{ method, params: given }, id]) => ({
  jsonrpc: "2.0",
  ...(id !== undefined && { id }),
  method,
  params: given,
}));

const calls: Target = {
  name: "api-calls",
  covers: ["src/api/rpc.ts answer", "src/api/params-error.ts describeParamsError", "src/api/contract.ts methods"],
  form: "json",
  valid: fc.oneof(request, fc.array(request, { maxLength: 3 })).map((value) => bytesOf(JSON.stringify(value))),
  bytesMax: requestBytesMax,
  cpuMsMax: 300,
  async run(input) {
    const asked = textOf(input);
    const reply = await answer(asked, async (method, given) => {
      hold(methods[method].params.safeParse(given).success, "a call passes with parameters that its schema refuses");
      return { ok: true, result: {} };
    });
    if (reply === undefined) return;
    hold(reply.length <= 8 * asked.length + 2_048 * 101, "the answer is out of proportion");
    const told: unknown = JSON.parse(reply);
    const single = parsed(asked);
    const isOne = typeof single === "object" && single !== null && !Array.isArray(single) && Object.hasOwn(single, "id");
    const id = isOne ? (single as { id: unknown }).id : undefined;
    const given = (told as { id?: unknown }).id;
    if (typeof id === "number" && !Number.isFinite(id))
      hold(given === null && reply.includes('"error"'), "an id that cannot be written is answered");
    // A caller who finds no answer to its id waits for ever.
    else if (typeof id === "string" || typeof id === "number") hold(given === id, "an answer has another id than its call");
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const token = "t0ken";
const access = createAccess(4_000, token);

/** Four lines: Host, Origin, Sec-WebSocket-Protocol, Authorization. */
const headers: Target = {
  name: "api-headers",
  covers: ["src/api/access.node.ts createAccess"],
  form: "text",
  valid: fc
    .constantFrom(
      `127.0.0.1:4000\nhttp://127.0.0.1:4000\nearshot.v1, earshot.token.${token}\nBearer ${token}`,
      `localhost:4000\n\nearshot.token.${token},earshot.v1\nBearer x`,
      "evil.example\nhttp://evil.example\nearshot.v1\nBasic x",
    )
    .map(bytesOf),
  bytesMax: 4_096,
  cpuMsMax: 50,
  run(input) {
    const [host = "", origin = "", protocol = "", authorization = ""] = textOf(input).split("\n");
    const asked = {
      headers: { host, ...(origin !== "" && { origin }), "sec-websocket-protocol": protocol, authorization },
    } as IncomingMessage & { url: string };
    if (access.checkHost(asked) === undefined) hold(["127.0.0.1:4000", "localhost:4000"].includes(host), "a foreign host is ours");
    if (access.checkBearer(asked) === undefined) hold(authorization === `Bearer ${token}`, "a wrong bearer passes");
    if (access.checkClient(asked) !== undefined) return;
    hold(origin === "" || ["http://127.0.0.1:4000", "http://localhost:4000"].includes(origin), "a page of another origin passes");
    hold(
      protocol.split(",").some((one) => one.trim() === `earshot.token.${token}`),
      "a client without the token passes",
    );
  },
};

/** A word a line. */
const commands: Target = {
  name: "command-line",
  covers: [
    "src/cli/options.ts parseCommand",
    "src/cli/message-options.ts parseMessageCommand",
    "src/cli/profile-options.ts parseProfileCommand",
    "src/cli/arguments.ts readArguments",
    "src/cli/recipient.ts resolveRecipient",
  ],
  form: "text",
  valid: fc
    .constantFrom(
      "run\n--headless\n--json\n--name=Ada\n--port\n47474\n--connect\n10.0.0.1:47474\n--interface\nlo",
      'call\nmessages.send\n{"to":"#lobby"}',
      "send\n@Ada\nhello\n--\n--there",
      "--profile\nwork\n--data-dir\n/tmp/x\n--network-key=\u00e9",
      "peers\n--data-dir=x",
    )
    .map(bytesOf),
  bytesMax: 4_096,
  cpuMsMax: 50,
  run(input) {
    const words = textOf(input).split("\n");
    const read = parseCommand(words);
    hold(read.ok || read.message.length > 0, "a refusal without a word");
    if (read.ok && read.command.command === "run") {
      const { port, uiPort, name } = read.command.options;
      hold((port ?? 1) >= 1 && (port ?? 1) <= 65_535 && uiPort >= 0 && uiPort <= 65_535, "a port is none");
      hold(name === undefined || (name.length > 0 && name.length <= 80), "a name is too long");
    }
    resolveRecipient(words[0] ?? "", [{ peerId: "a".repeat(32), name: words[1] ?? "" } as never]);
  },
};

/** Each is made anew, so that nothing of one input is there for the next. */
function inDirectory(act: (directory: string) => void | Promise<void>): void | Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "earshot-fuzz-"));
  const end = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    const acting = act(directory);
    if (acting instanceof Promise) return acting.finally(end);
    end();
  } catch (error) {
    end();
    throw error;
  }
}

const profile = JSON.stringify({
  version: 1,
  identity: { signSeed: "a".repeat(64), agreeSecret: "b".repeat(64) },
  name: "Ada",
  remembered: [{ peerId: "a".repeat(32), addresses: [{ host: "10.0.0.1", port: 47_474 }] }],
});

const profiles: Target = {
  name: "profile-file",
  covers: ["src/store/old-profile.node.ts readOldProfile"],
  form: "json",
  valid: fc.constantFrom(profile, '{"version":1,"remembered":[]}').map(bytesOf),
  bytesMax: 64 * 1024,
  cpuMsMax: 300,
  run: (input) =>
    inDirectory(async (directory) => {
      const path = join(directory, "profile.json");
      writeFileSync(path, input);
      try {
        const { identity } = await readOldProfile(directory);
        hold(identity === undefined || (identity.signSeed.length === 32 && identity.agreeSecret.length === 32), "half a key was read");
      } catch (error) {
        if (!(error instanceof ProfileError)) throw error;
      }
      hold(Buffer.compare(readFileSync(path), input) === 0, "a profile was overwritten by being read");
    }),
};

const locks: Target = {
  name: "lock-file",
  covers: ["src/store/directory-lock.node.ts lockDirectory"],
  form: "json",
  valid: fc
    .constantFrom(
      '{"pid":1,"startedAt":1}',
      `{"pid":999999,"startedAt":${Number.MAX_SAFE_INTEGER}}`,
      `{"pid":${process.pid},"startedAt":0}`,
    )
    .map(bytesOf),
  bytesMax: 4_096,
  cpuMsMax: 300,
  run: (input) =>
    inDirectory(async (directory) => {
      writeFileSync(join(directory, "lock"), input);
      try {
        await (await lockDirectory(directory)).release();
      } catch (error) {
        if (!(error instanceof ProfileError)) throw error;
      }
    }),
};

const apiFiles: Target = {
  name: "api-file",
  covers: ["src/cli/api-file.node.ts readApiFile"],
  form: "json",
  valid: fc.constant(JSON.stringify({ url: "http://127.0.0.1:4000", token: "t", pid: 7, peerId: "a".repeat(32) })).map(bytesOf),
  bytesMax: 64 * 1024,
  cpuMsMax: 200,
  run: (input) =>
    inDirectory((directory) => {
      writeFileSync(join(directory, "api.json"), input);
      const read = readApiFile(directory);
      if (read !== undefined) hold(new URL(read.url).hostname === "127.0.0.1" && read.pid > 0, "another machine's peer is taken for ours");
    }),
};

const findLinks = createLinkFinder((url) => (URL.canParse(url) ? new URL(url) : undefined));
const people = ["Mara Lind", "Mara", "\u0130pek", "", "a", "@", ...Array.from({ length: 1_000 }, (_, number) => `Person ${number}`)];

/** A message as it is shown: whoever wrote it must not stop the reader's window, nor show a link as another. */
const texts: Target = {
  name: "shown-text",
  covers: ["src/ui/model/rich-text.ts splitText", "src/ui/model/links.ts createLinkFinder"],
  form: "text",
  valid: fc
    .constantFrom(
      "Hello @Mara Lind, see https://example.org/a?b=(c) and www.x.de.",
      "@everyone @@@@a",
      "http://xn--e1afmkfd.xn--p1ai/\u202egpj.exe",
      "a@b.c @\u0130pek",
    )
    .map(bytesOf),
  bytesMax: 16 * 1024,
  cpuMsMax: 400,
  run(input) {
    const text = textOf(input).slice(0, 16 * 1024);
    const pieces = splitText(text, { self: "Ada", others: people }, findLinks);
    let length = 0;
    for (const piece of pieces) {
      length += piece.kind === "link" ? piece.link.end - piece.link.start : piece.text.length;
      if (piece.kind !== "link") continue;
      hold(/^https?:\/\//u.test(piece.link.url) && URL.canParse(piece.link.url), "a link leads elsewhere than to the web");
      hold(!/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/u.test(piece.link.text), "a link turns its own text around");
    }
    hold(length === text.length, "the pieces of a text are not the text");
  },
};

const nobody = {
  self: "a".repeat(32) as PeerId,
  named: (name: string) => (name.length < 5 ? ["b".repeat(32) as PeerId] : []),
  conversation: (ref: string) => (ref.startsWith("#") ? ("room" as RoomId) : undefined),
};

/** Typed while one types: nothing in it may stop the window. */
const searches: Target = {
  name: "search-query",
  covers: ["src/peer/search-query.ts parseSearch"],
  form: "text",
  valid: fc.constantFrom('ship from:"Mara B" in:#design', "on:2026-11-23 has:link", "before:2026-02-30", "a:b :c d:").map(bytesOf),
  bytesMax: 200,
  cpuMsMax: 100,
  run(input) {
    const text = textOf(input).slice(0, 200);
    const parsed = parseSearch(text, nobody, 60);
    if (parsed.ok) hold(parsed.query.words.length <= 2 * text.length, "more words than were typed");
    else hold(parsed.why.length < 400, "an endless reason");
  },
};

const shell: Target = {
  name: "shell",
  covers: [
    "electron/bridge.ts decodeUnread",
    "electron/bridge.ts decodeNotice",
    "electron/addresses.ts outsideUrl",
    "electron/addresses.ts isOwnRequest",
    "electron/addresses.ts isOwnPage",
  ],
  form: "cbor",
  valid: fc
    .oneof(
      fc.record({ title: fc.string(), body: fc.string(), conversation: fc.string() }),
      fc.double(),
      fc.constantFrom(
        "http://127.0.0.1:4000/",
        "https://a@b.example",
        "file:///etc",
        "http://127.0.0.1:4000@evil.example/",
        "ws://127.0.0.1:4000/api",
      ),
    )
    .map((value) => Uint8Array.from(encode(value) as Uint8Array)),
  bytesMax: 4_096,
  cpuMsMax: 50,
  run(input) {
    let value: unknown;
    try {
      value = decode(input);
    } catch {
      return;
    }
    const unread = decodeUnread(value);
    hold(unread === undefined || (Number.isInteger(unread) && unread >= 0), "a number of messages is none");
    const notice = decodeNotice(value);
    hold(notice === undefined || notice.conversation.length > 0, "a notice of nothing");
    if (typeof value !== "string") return;
    const out = outsideUrl(value);
    hold(out === undefined || /^https?:\/\/[^/@]*(?:\/|$)/u.test(out), "an address that deceives is opened");
    if (isOwnPage(value, "http://127.0.0.1:4000")) hold(new URL(value).host === "127.0.0.1:4000", "a foreign page is ours");
    isOwnRequest(value, "http://127.0.0.1:4000");
  },
};

export const textTargets: readonly Target[] = [calls, headers, commands, profiles, locks, apiFiles, texts, searches, shell];
