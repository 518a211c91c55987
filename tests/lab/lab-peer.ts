/** A real peer as a process in a namespace, driven by command line and API alone. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EarshotEvent, HostView, MessageView, MethodName, Params, PeerView, Result } from "../../src/api/contract.ts";
import type { Host } from "./lan.ts";

const program = join(import.meta.dirname, "../../dist/earshot.mjs");
const relay = join(import.meta.dirname, "api-relay.ts");

/** Generous: a loaded machine with two cores must not fail a promise that holds. */
const patienceMs = 25_000;

export class CallError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class LabPeer {
  readonly host: Host;
  readonly name: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  readonly startedAt = performance.now();
  readonly events: { readonly at: number; readonly event: EarshotEvent }[] = [];
  peerId = "";
  apiUrl = "";
  #relay: ChildProcess | undefined;
  #calls = new Map<number, { resolve: (result: never) => void; reject: (error: CallError) => void }>();
  #callCount = 0;
  #waiters = new Set<() => void>();
  #stderr = "";

  constructor(host: Host, name: string, args: readonly string[]) {
    this.host = host;
    this.name = name;
    this.dataDir = mkdtempSync(join(tmpdir(), "earshot-lab-"));
    const options = ["run", "--headless", "--json", "--guest", "--name", name, "--data-dir", this.dataDir, ...args];
    this.process = spawn("ip", ["netns", "exec", host.namespace, process.execPath, program, ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-4_000);
    });
    if (this.process.stdout !== null) {
      createInterface({ input: this.process.stdout }).on("line", (line) => {
        this.events.push({ at: performance.now(), event: JSON.parse(line) as EarshotEvent });
        for (const wake of this.#waiters) wake();
      });
    }
  }

  async ready(): Promise<this> {
    const event = await this.event((candidate) => candidate.event === "ready", "being ready");
    if (event.event !== "ready") throw new Error("unreachable");
    this.peerId = event.peerId;
    this.apiUrl = event.api;
    const child = spawn("ip", ["netns", "exec", this.host.namespace, process.execPath, relay, this.dataDir], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#relay = child;
    const isReady = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const answer = JSON.parse(line) as { ready?: true; id: number; result: never; error?: { code: string; message: string } };
        if (answer.ready) return resolve();
        const call = this.#calls.get(answer.id);
        this.#calls.delete(answer.id);
        if (answer.error === undefined) call?.resolve(answer.result);
        else call?.reject(new CallError(answer.error.code, answer.error.message));
      });
    });
    child.on("exit", () => {
      for (const call of this.#calls.values()) call.reject(new CallError("disconnected", "the peer is gone"));
      this.#calls.clear();
    });
    await isReady;
    return this;
  }

  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    const id = ++this.#callCount;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#relay?.stdin?.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  /** The first event, past or to come, that fits. */
  async event(fits: (event: EarshotEvent) => boolean, what: string, timeoutMs = patienceMs): Promise<EarshotEvent> {
    let seen = 0;
    return this.#until(what, timeoutMs, () => {
      for (; seen < this.events.length; seen += 1) {
        const event = this.events[seen]?.event;
        if (event !== undefined && fits(event)) return event;
      }
      return undefined;
    });
  }

  #until<T>(what: string, timeoutMs: number, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiters.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(check);
        reject(new Error(`${this.name} waited ${timeoutMs} ms in vain for ${what}. ${this.#stderr}`));
      }, timeoutMs);
      this.#waiters.add(check);
      check();
    });
  }

  /** Asks again whenever something happened here, until the answer fits. */
  async until<M extends MethodName>(
    method: M,
    params: Params<M>,
    fits: (result: Result<M>) => boolean,
    what: string,
    timeoutMs = patienceMs,
  ): Promise<Result<M>> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const count = this.events.length;
      const result = await this.call(method, params);
      if (fits(result)) return result;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`${this.name} waited ${timeoutMs} ms in vain for ${what}: ${JSON.stringify(result)}`);
      await this.#until(what, Math.min(left, 1_000), () => (this.events.length > count ? true : undefined)).catch(() => undefined);
    }
  }

  linkedTo(...others: LabPeer[]): Promise<unknown> {
    return this.sees(others, (peer) => peer.link === "direct");
  }

  sees(others: readonly LabPeer[], fits: (peer: PeerView) => boolean): Promise<unknown> {
    return this.until(
      "peers.list",
      {},
      ({ peers }) => others.every((other) => peers.some((peer) => peer.peerId === other.peerId && fits(peer))),
      `seeing ${others.map((other) => other.name)}`,
    );
  }

  async say(to: string, text: string): Promise<string> {
    return (await this.call("messages.send", { to, text })).messageId;
  }

  /** Waits until exactly these texts, in any order, are what this peer shows. */
  async shows(conversation: string, texts: readonly string[], timeoutMs = patienceMs): Promise<MessageView[]> {
    const wanted = [...texts].sort().join("\n");
    const { messages } = await this.until(
      "messages.list",
      { in: conversation, limit: 500 },
      (page) =>
        page.messages
          .map((message) => message.text)
          .sort()
          .join("\n") === wanted,
      `${texts.length} messages in ${conversation}`,
      timeoutMs,
    );
    return messages;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, "exit");
    this.process.kill(signal);
    await gone;
  }

  async stop(): Promise<void> {
    const timer = setTimeout(() => this.process.kill("SIGKILL"), 5_000);
    await this.kill("SIGTERM");
    clearTimeout(timer);
    this.#relay?.kill("SIGKILL");
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  residentMegabytes(): number {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.process.pid}/status`, "utf8"))?.[1]) / 1_024;
  }
}

/** All that were started, to be stopped at the end whatever happened. */
export class Crew {
  readonly peers: LabPeer[] = [];

  async start(host: Host, name: string, ...args: string[]): Promise<LabPeer> {
    const peer = new LabPeer(host, name, args);
    this.peers.push(peer);
    return peer.ready();
  }

  async stop(): Promise<void> {
    await Promise.all(this.peers.splice(0).map((peer) => peer.stop()));
  }
}

/** Everyone names the same host; gives it. */
export async function agreedHost(peers: readonly LabPeer[], fits: (host: HostView) => boolean = () => true): Promise<LabPeer> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const views = await Promise.all(peers.map((peer) => peer.call("host.get", {})));
    const [first] = views;
    if (first !== undefined && fits(first) && views.every((view) => view.hostId === first.hostId && view.term === first.term)) {
      const host = peers.find((peer) => peer.peerId === first.hostId);
      if (host !== undefined) return host;
    }
    if (performance.now() > deadline) throw new Error(`no agreement on a host: ${JSON.stringify(views)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
