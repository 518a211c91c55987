/** Runs inside a namespace, where the peer's API listens: calls in, answers out, one JSON object a line. */
import { createInterface } from "node:readline";
import { connectApi } from "../../src/api/client.node.ts";
import { ApiCallError } from "../../src/api/client.ts";
import type { MethodName } from "../../src/api/contract.ts";
import { readApiFile } from "../../src/cli/api-file.node.ts";

const file = readApiFile(process.argv[2] ?? "");
if (file === undefined) throw new Error("this directory belongs to no running peer");
const api = await connectApi(file);
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
