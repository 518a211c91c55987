/** A real server on 127.0.0.1 before a peer that records calls, for the API's tests. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EarshotEvent, MethodName } from "../../src/api/contract.ts";
import type { CallOutcome } from "../../src/api/peer-port.ts";
import { type ApiServer, startApiServer } from "../../src/api/server.node.ts";

export const token = "k".repeat(43);

export interface ServedPeer {
  readonly server: ApiServer;
  readonly calls: { readonly method: MethodName; readonly params: unknown }[];
  readonly log: string[];
  readonly pageDir: string;
  /** What the peer answers; by default an empty result. */
  answerWith(answer: (method: MethodName) => Promise<CallOutcome> | CallOutcome): void;
  tell(event: EarshotEvent): void;
  stop(): Promise<void>;
}

export async function servePeer(port = 0): Promise<ServedPeer> {
  const root = await mkdtemp(join(tmpdir(), "earshot-api-"));
  await writeFile(join(root, "secret.txt"), "not yours");
  const pageDir = await mkdtemp(join(root, "page-"));
  await writeFile(join(pageDir, "index.html"), "<!doctype html>the page");
  const calls: ServedPeer["calls"] = [];
  const log: string[] = [];
  const listeners = new Set<(event: EarshotEvent) => void>();
  let answer: (method: MethodName) => Promise<CallOutcome> | CallOutcome = () => ({ ok: true, result: {} });
  const server = await startApiServer({
    peer: {
      async call(method, params) {
        calls.push({ method, params });
        return answer(method);
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    token,
    port,
    pageDir,
    log: (line) => log.push(line),
  });
  return {
    server,
    calls,
    log,
    pageDir,
    answerWith(next) {
      answer = next;
    },
    tell(event) {
      for (const listener of listeners) listener(event);
    },
    async stop() {
      await server.stop();
      await rm(root, { recursive: true });
    },
  };
}
