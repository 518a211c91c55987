/** Real peers as processes on loopback, in a network of their own, driven through the API alone. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { vi } from "vitest";
import { connectApi, type NodeApiClient } from "../../../src/api/client.node.ts";
import type { MessageView, MethodName, Params, Result } from "../../../src/api/contract.ts";

/** Not bin/earshot.mjs, which may start a second process: what is killed here has to be the peer. */
const program = join(import.meta.dirname, "../../../dist/earshot.mjs");
const startMaxMs = 20_000;
/** A peer says goodbye and closes within three seconds; later it hangs. */
const stopMaxMs = 5_000;
export const patience = { timeout: 15_000, interval: 50 };

interface PeerOptions {
  /** Absent: the person has not chosen one yet. */
  readonly name?: string | undefined;
  /** Keeps its identity over a restart; else a guest. */
  readonly kept?: boolean;
  readonly uiPort?: number;
  /** Nothing is said of who logs in, as when somebody opens the app: the window asks. */
  readonly asks?: boolean;
  /** Finds nobody by itself, nor is found. */
  readonly isAlone?: boolean;
}

/** Everyone of one test. Nobody outside of it shares its name and key, so nobody else is ever seen. */
export class RealNetwork {
  readonly name: string;
  readonly #key: string | undefined;
  readonly #peers: RealPeer[] = [];

  /** @param name where it is to be seen; then a key of its own keeps others out */
  constructor(name?: string) {
    const random = randomBytes(6).toString("hex");
    this.name = name ?? `test-${random}`;
    this.#key = name === undefined ? undefined : random;
  }

  async join(options: PeerOptions = {}): Promise<RealPeer> {
    const peer = new RealPeer(["--network", this.name, ...(this.#key === undefined ? [] : ["--network-key", this.#key])], options);
    this.#peers.push(peer);
    await peer.start();
    return peer;
  }

  /** All at once, until everybody reaches everybody. */
  async gather(...names: readonly string[]): Promise<RealPeer[]> {
    const peers = await Promise.all(names.map((name) => this.join({ name })));
    await this.settled();
    return peers;
  }

  /** Everybody who runs is linked to everybody, and all name the same host. */
  async settled(): Promise<void> {
    const running = this.#peers.filter((peer) => peer.isRunning);
    await vi.waitFor(async () => {
      const views = await Promise.all(
        running.map(async (peer) => {
          const [{ peers }, { hostId }] = await Promise.all([peer.call("peers.list", {}), peer.call("host.get", {})]);
          return { linked: new Set(peers.filter(({ link }) => link === "direct").map(({ peerId }) => peerId)), hostId };
        }),
      );
      for (const [at, { linked, hostId }] of views.entries()) {
        if (hostId !== views[0]?.hostId) throw new Error("no agreement on a host");
        if (!running.every((other, index) => index === at || linked.has(other.peerId))) throw new Error("not all are linked");
      }
    }, patience);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#peers.splice(0).map((peer) => peer.remove()));
  }
}

export class RealPeer {
  readonly #network: readonly string[];
  readonly #options: PeerOptions;
  readonly #dataDir = mkdtempSync(join(tmpdir(), "earshot-e2e-"));
  #process: ChildProcess | undefined;
  #api: NodeApiClient | undefined;
  #stderr = "";
  peerId = "";
  /** "http://127.0.0.1:PORT" */
  url = "";
  token = "";

  constructor(network: readonly string[], options: PeerOptions) {
    this.#network = network;
    this.#options = options;
  }

  get dataDir(): string {
    return this.#dataDir;
  }

  get name(): string {
    return this.#options.name ?? "";
  }

  get isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async start(): Promise<void> {
    const { name, kept = false, uiPort, asks = false, isAlone = false } = this.#options;
    if (asks) {
      await this.#startAsking();
      return;
    }
    const child = spawn(
      process.execPath,
      [
        ...[program, "run", "--headless", "--json", "--no-open", "--interface", "lo", ...this.#network],
        // The ten ports that a peer tries are few for a machine on which several tests run.
        ...["--data-dir", this.#dataDir, "--port", String(await freePort())],
        ...(isAlone ? ["--no-mdns"] : []),
        ...(kept ? [] : ["--guest"]),
        ...(name === undefined ? [] : ["--name", name]),
        ...(uiPort === undefined ? [] : ["--ui-port", String(uiPort)]),
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#process = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4_000);
    });
    await this.#ready(child);
    const api = JSON.parse(readFileSync(join(this.#dataDir, "api.json"), "utf8")) as { url: string; token: string; peerId: string };
    this.peerId = api.peerId;
    this.url = api.url;
    this.token = api.token;
    this.#api = await connectApi(api);
  }

  /** With a home of its own, and without a display, so that the page is opened in a browser. */
  async #startAsking(): Promise<void> {
    const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...others } = process.env;
    const inside = (folder: string): string => {
      mkdirSync(join(this.#dataDir, folder), { recursive: true });
      return join(this.#dataDir, folder);
    };
    const env = { ...others, HOME: this.#dataDir, TMPDIR: inside("tmp"), XDG_DATA_HOME: inside("data"), USER: "ada", LOGNAME: "ada" };
    const words = ["run", "--no-open", "--interface", "lo", ...this.#network, "--port", String(await freePort())];
    const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "ignore"], env });
    this.#process = child;
    const [line] = (await once(createInterface({ input: child.stdout }), "line", { signal: AbortSignal.timeout(startMaxMs) })) as [string];
    const [, url, token] = /(http:\/\/127\.0\.0\.1:\d+)\/#token=([\w-]+)/u.exec(line) ?? [];
    if (url === undefined || token === undefined) throw new Error(`no address in "${line}"`);
    this.url = url;
    this.token = token;
    this.#api = await connectApi({ url, token });
  }

  #ready(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => () => reject(new Error(`${this.name || "the unnamed peer"} ${why}. ${this.#stderr}`));
      const late = setTimeout(fail("was not ready in time"), startMaxMs);
      child.once("exit", fail("ended before it was ready"));
      if (child.stdout === null) return;
      // Read to the end, or the pipe fills and the peer waits.
      createInterface({ input: child.stdout }).on("line", (line) => {
        if ((JSON.parse(line) as { event: string }).event !== "ready") return;
        clearTimeout(late);
        resolve();
      });
    });
  }

  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#api === undefined) throw new Error(`${this.name} does not run`);
    return this.#api.call(method, params);
  }

  async say(to: string, text: string, replyTo?: string): Promise<string> {
    return (await this.call("messages.send", { to, text, ...(replyTo === undefined ? {} : { replyTo }) })).messageId;
  }

  /** Waits until this text stands in the conversation. */
  received(conversation: string, text: string): Promise<MessageView> {
    return vi.waitFor(async () => {
      const { messages } = await this.call("messages.list", { in: conversation });
      const found = messages.find((message) => message.text === text);
      if (found === undefined) throw new Error(`${this.name} has no "${text}" in ${conversation}, but ${JSON.stringify(messages)}`);
      return found;
    }, patience);
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#process?.kill(signal);
  }

  /** At once, without a goodbye. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    this.signal("SIGCONT");
    const late = setTimeout(() => this.#process?.kill("SIGKILL"), stopMaxMs);
    await this.#end("SIGTERM");
    clearTimeout(late);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#api?.close();
    this.#api = undefined;
    const child = this.#process;
    if (child === undefined || !this.isRunning) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a port has a number");
  return address.port;
}
