/** Calls to the API of a peer in a namespace, through a process that lives there as long as the peer does. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { MethodName, Params, Result } from "../../src/api/contract.ts";
import { inNamespace } from "./namespaces.ts";

const relayProgram = join(import.meta.dirname, "api-relay.ts");

export class CallError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Pending {
  resolve(result: never): void;
  reject(error: CallError): void;
}

interface Answer {
  readonly ready?: true;
  readonly id: number;
  readonly result: never;
  readonly error?: { readonly code: string; readonly message: string };
}

export class ApiCalls {
  readonly #relay: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #count = 0;
  #isGone = false;
  readonly ready: Promise<void>;

  constructor(namespace: string, dataDir: string) {
    const [command, ...words] = inNamespace(namespace);
    const relay = spawn(command, [...words, process.execPath, relayProgram, dataDir], { stdio: ["pipe", "pipe", "inherit"] });
    this.#relay = relay;
    this.ready = new Promise((resolve, reject) => {
      createInterface({ input: relay.stdout }).on("line", (line) => {
        const answer = JSON.parse(line) as Answer;
        if (answer.ready) resolve();
        else this.#settle(answer);
      });
      relay.on("exit", () => {
        this.#isGone = true;
        reject(gone());
        for (const call of this.#pending.values()) call.reject(gone());
        this.#pending.clear();
      });
    });
    // A call that is written while the peer dies is rejected by "exit".
    relay.stdin.on("error", () => undefined);
  }

  /** Rejects with `CallError`, whose code is the API's, or "disconnected". */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#isGone) return Promise.reject(gone());
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#relay.stdin?.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  end(): void {
    this.#relay.kill("SIGKILL");
  }

  #settle({ id, result, error }: Answer): void {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new CallError(error.code, error.message));
  }
}

function gone(): CallError {
  return new CallError("disconnected", "the peer is gone");
}
