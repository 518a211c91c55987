/**
 * JSON-RPC 2.0 over the contract: one text in, at most one text out.
 *
 * Invariants
 * 1. A call reaches the peer only with parameters that have passed its method's schema; one that does not changes nothing.
 * 2. Every request with an id is answered once; a batch in one array.
 */
import { type ApiError, type ErrorCode, type MethodName, methods } from "./contract.ts";
import { batchCallsMax } from "./limits.ts";
import { describeParamsError } from "./params-error.ts";
import type { CallOutcome } from "./peer-port.ts";
import { rpcErrorNumbers } from "./wire.ts";

export type Call = (method: MethodName, params: unknown) => Promise<CallOutcome>;

type RequestKey = string | number | null;
type Reply = { readonly jsonrpc: "2.0"; readonly id: RequestKey } & (
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data: { readonly code: ErrorCode } } }
);

/** Undefined where nothing is to be said: notifications alone. */
export async function answer(text: string, call: Call): Promise<string | undefined> {
  const parsed = parse(text);
  if (!parsed.ok) return JSON.stringify(malformed("parse", "This is not JSON."));
  const reply = Array.isArray(parsed.value) ? await answerBatch(parsed.value, call) : await answerOne(parsed.value, call);
  return reply === undefined ? undefined : JSON.stringify(reply);
}

async function answerBatch(requests: readonly unknown[], call: Call): Promise<Reply | Reply[] | undefined> {
  if (requests.length === 0) return malformed("invalidRequest", "A batch holds at least one request.");
  if (requests.length > batchCallsMax) return malformed("invalidRequest", `A batch holds at most ${batchCallsMax} requests.`);
  const replies = await Promise.all(requests.map((request) => answerOne(request, call)));
  const said = replies.filter((reply) => reply !== undefined);
  return said.length === 0 ? undefined : said;
}

async function answerOne(request: unknown, call: Call): Promise<Reply | undefined> {
  if (typeof request !== "object" || request === null || Array.isArray(request)) {
    return malformed("invalidRequest", 'A request is an object: {"jsonrpc": "2.0", "id": 1, "method": …, "params": {…}}.');
  }
  const { jsonrpc, id, method, params = {} } = request as Readonly<Record<string, unknown>>;
  const isNotification = id === undefined;
  // JSON can write 1e999, but not what it is read as.
  if (!isNotification && id !== null && typeof id !== "string" && !Number.isFinite(id)) {
    return malformed("invalidRequest", '"id" is a string or a number.');
  }
  const key: RequestKey = isNotification ? null : (id as RequestKey);
  if (jsonrpc !== "2.0") return malformed("invalidRequest", '"jsonrpc" must be "2.0".', key);
  if (typeof method !== "string") return malformed("invalidRequest", '"method" is the name of a method.', key);
  const reply = await settle(key, method, params, call);
  return isNotification ? undefined : reply;
}

async function settle(id: RequestKey, name: string, params: unknown, call: Call): Promise<Reply> {
  if (!isMethod(name)) {
    const known = Object.keys(methods).join(", ");
    return failure(id, rpcErrorNumbers.unknownMethod, {
      code: "unknownMethod",
      message: `There is no method "${name.slice(0, 80)}". There are: ${known}.`,
    });
  }
  const checked = methods[name].params.safeParse(params);
  if (!checked.success) {
    const message = `${name}: ${describeParamsError(checked.error.issues, params)}`;
    return failure(id, rpcErrorNumbers.invalidParams, { code: "invalidParams", message });
  }
  const outcome = await call(name, checked.data);
  return outcome.ok ? { jsonrpc: "2.0", id, result: outcome.result } : failure(id, rpcErrorNumbers.refused, outcome.error);
}

function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}

function malformed(kind: "parse" | "invalidRequest", message: string, id: RequestKey = null): Reply {
  return failure(id, rpcErrorNumbers[kind], { code: "invalidRequest", message });
}

function failure(id: RequestKey, number: number, { code, message }: ApiError): Reply {
  return { jsonrpc: "2.0", id, error: { code: number, message, data: { code } } };
}

function parse(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
