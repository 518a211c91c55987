/**
 * A real peer of a crowd, cheap enough for thirty on two cores: one process, without a second one for calls and without
 * its events printed. The test talks to its API as one more window.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { WebSocket } from "ws";
import { type ClientConnection, createClientConnection, type EventListener } from "../../src/api/client.ts";
import type { MethodName, Params, Result } from "../../src/api/contract.ts";
import { apiPath, apiSubprotocol, apiTokenPrefix } from "../../src/api/wire.ts";
import { type ApiFile, readApiFile } from "../../src/cli/api-file.node.ts";
import type { Host } from "./lan.ts";
import { inNamespace, temporaryFolder } from "./namespaces.ts";

const program = join(import.meta.dirname, "../../dist/earshot.mjs");
const socketProgram = join(import.meta.dirname, "crowd-socket.ts");

/** Thirty that start at once on two cores that others use too. */
const startPatienceMs = 60_000;
/** A peer that was asked to go and did not is killed. */
const stopPatienceMs = 10_000;
/** Of what it complained about, shown where something failed. */
const complaintCharsMax = 2_000;
/** Linux counts processor time in these, whatever its timer (USER_HZ). */
const tickMs = 10;
/** Whoever measures comes before whoever is measured; else latencies would be its own. */
const niceness = 5;

export interface Usage {
  readonly residentMegabytes: number;
  /** Since its start, in user and kernel, as the next. */
  readonly cpuMs: number;
  readonly mainThreadMs: number;
}

export interface CrowdPeerOptions {
  readonly host: Host;
  readonly onEvent: (peer: CrowdPeer) => EventListener;
}

export class CrowdPeer {
  readonly host: Host;
  readonly name: string;
  readonly #dataDir = temporaryFolder();
  readonly #process: ChildProcess;
  readonly #onEvent: EventListener;
  #api: ClientConnection | undefined;
  #peerId = "";
  #complaints = "";

  constructor({ host, onEvent }: CrowdPeerOptions) {
    this.host = host;
    this.name = host.name;
    const [command, ...words] = [...inNamespace(host.namespace), "nice", "-n", String(niceness), process.execPath, program];
    const place = ["--name", host.name, "--guest", "--data-dir", this.#dataDir];
    this.#process = spawn(command as string, [...words, "run", "--headless", ...place], { stdio: ["ignore", "pipe", "pipe"] });
    this.#process.stderr?.on("data", (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString()).slice(-complaintCharsMax);
    });
    this.#onEvent = onEvent(this);
  }

  get peerId(): string {
    return this.#peerId;
  }

  get complaints(): string {
    return this.#complaints;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resolves when it can be called. */
  async ready(): Promise<this> {
    const { stdout } = this.#process;
    if (stdout === null) throw new Error("stdout is piped");
    // It says where it runs when its API is there, and nothing more.
    await Promise.race([once(stdout, "data", { signal: AbortSignal.timeout(startPatienceMs) }), once(this.#process, "exit")]);
    stdout.resume();
    const file = readApiFile(this.#dataDir);
    if (file === undefined) throw new Error(`${this.name} did not start: ${this.#complaints}`);
    this.#peerId = file.peerId;
    this.#api = await this.#connect(file);
    return this;
  }

  /** Rejects with `ApiCallError`. */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#api === undefined) throw new Error(`${this.name} is not ready yet`);
    return this.#api.call(method, params);
  }

  /** As when the power fails: no goodbye. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    const impatience = setTimeout(() => this.#process.kill("SIGKILL"), stopPatienceMs);
    await this.#end("SIGTERM");
    clearTimeout(impatience);
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  /** Undefined where it runs no more. */
  usage(): Usage | undefined {
    const { pid } = this.#process;
    try {
      const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      if (resident === undefined) return undefined;
      const mainThreadMs = cpuMsIn(`/proc/${pid}/task/${pid}/stat`);
      return { residentMegabytes: Number(resident) / 1_024, cpuMs: cpuMsIn(`/proc/${pid}/stat`), mainThreadMs };
    } catch {
      return undefined;
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    const gone = once(this.#process, "exit");
    this.#process.kill(signal);
    await gone;
  }

  async #connect({ url, token }: ApiFile): Promise<ClientConnection> {
    const socket = await this.#enter(new URL(url).port);
    const protocols = [apiSubprotocol, apiTokenPrefix + token];
    const webSocket = new WebSocket(`${url.replace(/^http/u, "ws")}${apiPath}`, protocols, { createConnection: () => socket });
    const api = createClientConnection((text) => webSocket.send(text));
    api.onEvent(this.#onEvent);
    webSocket.on("message", (data) => api.receive(String(data)));
    webSocket.on("close", () => api.end());
    await once(webSocket, "open");
    // One that is killed ends its connection with an error; "close" follows.
    webSocket.on("error", () => undefined);
    return api;
  }

  async #enter(port: string): Promise<Socket> {
    const [command, ...words] = inNamespace(this.host.namespace);
    const child = spawn(command, [...words, process.execPath, socketProgram, port], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const socket = await new Promise<Socket>((resolve, reject) => {
      child.once("message", (_message, handle) => resolve(handle as Socket));
      child.once("exit", (code, signal) => reject(new Error(`no connection into ${this.host.namespace}: ${code ?? signal}`)));
    });
    child.disconnect();
    socket.setNoDelay(true);
    return socket;
  }
}

/** Of a process or a thread, as proc(5) tells it. */
function cpuMsIn(path: string): number {
  const [, fields = ""] = readFileSync(path, "utf8").split(") ");
  const [user = 0, system = 0] = fields.split(" ").slice(11, 13).map(Number);
  return (user + system) * tickMs;
}
