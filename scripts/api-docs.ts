/** `npm run docs`: writes docs/api.md from the contract's schemas. With `--check` it only says whether the page is true. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  apiSubprotocol,
  apiTokenPrefix,
  errorCodes,
  eventSchema,
  hostSchema,
  hostStatsSchema,
  logEntrySchema,
  messageSchema,
  methods,
  peerSchema,
  roomSchema,
  rpcErrorNumbers,
  sessionSchema,
} from "../src/api/contract.ts";
import { root } from "./checkout.ts";

/** What z.toJSONSchema gives, as far as this page uses it. */
interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const records = {
  Session: sessionSchema,
  Peer: peerSchema,
  Host: hostSchema,
  Room: roomSchema,
  Message: messageSchema,
  LogEntry: logEntrySchema,
  HostStats: hostStatsSchema,
} as const;

const pagePath = "docs/api.md";

for (const [id, schema] of Object.entries(records)) z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
const page = render();
if (!process.argv.includes("--check")) {
  writeFileSync(join(root, pagePath), page);
} else if (readPage() !== page) {
  console.error(`${pagePath} does not match src/api/contract.ts: run \`npm run docs\``);
  process.exitCode = 1;
}

function readPage(): string | undefined {
  try {
    return readFileSync(join(root, pagePath), "utf8");
  } catch {
    return undefined;
  }
}

function render(): string {
  return `${[introduction(), ...methodSections(), ...recordSections(), eventSection(), errorSection()].join("\n\n")}\n`;
}

function introduction(): string {
  return `# API

Everything that the window and the command line do goes through this interface; scripts and bots use it the same way.
This page is generated from \`src/api/contract.ts\` by \`npm run docs\`.

## Connect

A running peer writes \`api.json\` into its data directory, readable by its owner only: \`{"url": …, "token": …}\`. Open a
WebSocket at that address, path \`/api\` (\`ws://127.0.0.1:PORT/api\`), with two subprotocols, \`${apiSubprotocol}\` and \`${apiTokenPrefix}\` followed by the token. The
server listens on 127.0.0.1 only and refuses pages of other origins.

Messages are [JSON-RPC 2.0](https://www.jsonrpc.org/specification): a call is
\`{"jsonrpc": "2.0", "id": 1, "method": "messages.send", "params": {"to": "#lobby", "text": "hello"}}\`. Events arrive as
notifications of the method \`event\`. From a shell: \`earshot call METHOD [PARAMS]\` and \`earshot watch\`.

## Methods`;
}

function methodSections(): string[] {
  return Object.entries(methods).map(([name, method]) => {
    const parameters = schemaOf(method.params, "input");
    const result = schemaOf(method.result, "output");
    const parts = [`### \`${name}\``, method.summary, hasFields(parameters) ? fieldTable(parameters) : "No parameters."];
    if (result.$ref !== undefined) parts.push(`Result: ${notation(result)}`);
    else parts.push(hasFields(result) ? `Result:\n\n${fieldTable(result)}` : "Result: `{}`");
    if ("errors" in method) parts.push(`Errors: ${(method.errors as readonly string[]).map((code) => `\`${code}\``).join(", ")}`);
    return parts.join("\n\n");
  });
}

function recordSections(): string[] {
  const sections = Object.entries(records).map(([name, schema]) => {
    // A named schema is a reference to itself, and its fields stand among the definitions.
    const { $defs, ...own } = z.toJSONSchema(schema, { io: "output" }) as Schema & { $defs?: Readonly<Record<string, Schema>> };
    return `### ${name}\n\n${fieldTable($defs?.[name] ?? own)}`;
  });
  return ["## Records", ...sections];
}

function eventSection(): string {
  const rows = eventSchema.options.map((option) => {
    const { event, ...fields } = schemaOf(option, "output").properties ?? {};
    const carried = Object.entries(fields).map(([name, schema]) => `\`${name}\` ${notation(schema)}`);
    return `| \`${String(event?.const)}\` | ${carried.join(", ")} |`;
  });
  return ["## Events", ["| event | carries |", "| --- | --- |", ...rows].join("\n")].join("\n\n");
}

function errorSection(): string {
  const { parse, invalidRequest, unknownMethod, invalidParams, refused } = rpcErrorNumbers;
  return `## Errors

A malformed call fails with JSON-RPC's own numbers: ${parse} no JSON, ${invalidRequest} no request, ${unknownMethod} unknown
method, ${invalidParams} wrong parameters. A refused one fails with ${refused}. In each case \`error.data.code\` is one of these;
match on it, never on the text: ${errorCodes.map((code) => `\`${code}\``).join(", ")}.`;
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Schema {
  return z.toJSONSchema(schema, { io }) as Schema;
}

function hasFields(schema: Schema): boolean {
  return Object.keys(schema.properties ?? {}).length > 0;
}

function fieldTable(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const optional = schema.required?.includes(name) === true ? "" : "?";
    return `| \`${name}${optional}\` | ${notation(field)} | ${remark(field)} |`;
  });
  return ["| field | type | |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A type as a person writes it: `string`, `Peer[]`, `"public" \\| "private"`, `number or null`. */
function notation(schema: Schema): string {
  if (schema.$ref !== undefined) return recordLink(schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1));
  if (schema.anyOf !== undefined) return schema.anyOf.map(notation).join(" or ");
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.type === "array") return `list of ${notation(schema.items ?? {})}`;
  if (schema.type === "object") {
    const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => `\`${name}\` ${notation(field)}`);
    return `{${fields.join(", ")}}`;
  }
  return schema.type ?? "anything";
}

function recordLink(name: string): string {
  return `[${name}](#${name.toLowerCase()})`;
}

function remark(schema: Schema): string {
  const inner = schema.anyOf?.find(({ type }) => type !== "null") ?? schema;
  const described = schema.description ?? inner.description ?? inner.items?.description;
  const bounds: string[] = [];
  if (inner.maxLength !== undefined && inner.type === "string") bounds.push(`at most ${inner.maxLength} characters`);
  if (inner.maximum !== undefined && inner.maximum < Number.MAX_SAFE_INTEGER) bounds.push(`${inner.minimum ?? 0} to ${inner.maximum}`);
  return [described, ...bounds].filter((text) => text !== undefined).join("; ");
}
