/** Runs inside a namespace, where the peer's API listens: calls in, answers and events out, one JSON object a line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connectApi } from "../../src/api/client.node.ts";
import { ApiCallError } from "../../src/api/client.ts";
import type { MethodName } from "../../src/api/contract.ts";

const api = await connectApi(JSON.parse(readFileSync(join(process.argv[2] ?? "", "api.json"), "utf8")) as { url: string; token: string });
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
api.onClosed(() => process.exit(0));
print({ ready: true });
createInterface({ input: process.stdin }).on("line", (text) => {
  const { id, method, params } = JSON.parse(text) as { id: number; method: MethodName; params: never };
  api.call(method, params).then(
    (result) => print({ id, result }),
    (error: unknown) => print({ id, error: { code: error instanceof ApiCallError ? error.code : "failed", message: String(error) } }),
  );
});
