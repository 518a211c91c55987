/** A real peer as a process in a namespace, driven by command line and API alone. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EarshotEvent, MessageView, MethodName, Params, PeerView, Result } from "../../src/api/contract.ts";
import { ApiCalls } from "./api-calls.ts";
import type { Host } from "./lan.ts";
import { inNamespace, temporaryFolder } from "./namespaces.ts";
import { memoryHolds } from "./process-memory.ts";

const program = join(import.meta.dirname, "../../dist/earshot.mjs");

/** Generous: a loaded machine with two cores must not fail a promise that holds. */
export const patienceMs = 25_000;
/** Of what a peer complained about, shown where a wait was in vain. */
const complaintCharsMax = 4_000;
/** An answer may change without an event, as counters do. */
const askAgainMs = 1_000;
/** A peer that was asked to go and did not is killed. */
const stopPatienceMs = 5_000;
const commandTimeoutMs = 20_000;

export interface TimedEvent {
  /** By `performance.now()` of the test. */
  readonly at: number;
  readonly event: EarshotEvent;
}

export interface PeerOptions {
  readonly name: string;
  /** After `run --headless --json --name NAME --data-dir DIR`. */
  readonly args: readonly string[];
  /** A directory that is kept, and with it the identity; undefined starts a guest in one that goes with it. */
  readonly profileDir?: string | undefined;
  /** In place of the environment's own. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export class LabPeer {
  readonly host: Host;
  readonly name: string;
  readonly dataDir: string;
  readonly startedAt = performance.now();
  /** Everything it told, oldest first. */
  readonly events: TimedEvent[] = [];
  readonly #process: ChildProcess;
  readonly #isGuest: boolean;
  readonly #waiters = new Set<() => void>();
  #calls: ApiCalls | undefined;
  #peerId = "";
  #apiUrl = "";
  #complaints = "";
  #hasToldAll = false;

  constructor(host: Host, { name, args, profileDir, env }: PeerOptions) {
    this.host = host;
    this.name = name;
    this.#isGuest = profileDir === undefined;
    this.dataDir = profileDir ?? temporaryFolder();
    const [command, ...words] = inNamespace(host.namespace);
    const place = [...(this.#isGuest ? ["--guest"] : []), "--data-dir", this.dataDir];
    const child = spawn(command, [...words, process.execPath, program, "run", "--headless", "--json", "--name", name, ...place, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.#process = child;
    child.stderr.on("data", (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString()).slice(-complaintCharsMax);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.events.push({ at: performance.now(), event: JSON.parse(line) as EarshotEvent });
      for (const wake of this.#waiters) wake();
    });
    child.once("close", () => {
      this.#hasToldAll = true;
      for (const wake of this.#waiters) wake();
    });
  }

  get peerId(): string {
    return this.#peerId;
  }

  get apiUrl(): string {
    return this.#apiUrl;
  }

  /** What it wrote to stderr. */
  get complaints(): string {
    return this.#complaints;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resolves when it can be called. */
  async ready(): Promise<this> {
    const event = await this.event((candidate) => candidate.event === "ready", "being ready");
    if (event.event !== "ready") throw new Error("another event was asked for");
    this.#peerId = event.peerId;
    this.#apiUrl = event.api;
    this.#calls = new ApiCalls(this.host.namespace, this.dataDir);
    await this.#calls.ready;
    return this;
  }

  /** Rejects with `CallError`. */
  async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#calls === undefined) throw new Error(`${this.name} is not ready yet`);
    return this.#calls.call(method, params);
  }

  /** `earshot WORDS` on this peer's machine and about this peer. */
  command(...words: readonly string[]): { readonly status: number | null; readonly out: string; readonly complaint: string } {
    const [name = "", ...rest] = words;
    const [command, ...enter] = inNamespace(this.host.namespace);
    const { status, stdout, stderr } = spawnSync(
      command,
      [...enter, process.execPath, program, name, "--data-dir", this.dataDir, ...rest],
      {
        encoding: "utf8",
        timeout: commandTimeoutMs,
      },
    );
    return { status, out: stdout, complaint: stderr };
  }

  /** The first event, past or to come, that fits; `since` is a number of events to pass over. */
  async event(fits: (event: EarshotEvent) => boolean, what: string, { timeoutMs = patienceMs, since = 0 } = {}): Promise<EarshotEvent> {
    let seen = since;
    const found = await this.#happens(timeoutMs, () => {
      for (; seen < this.events.length; seen += 1) {
        const event = this.events[seen]?.event;
        if (event !== undefined && fits(event)) return event;
      }
      return undefined;
    });
    if (found === undefined) throw this.#inVain(what, timeoutMs);
    return found;
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
      if (performance.now() > deadline) throw this.#inVain(`${what}; last it was ${JSON.stringify(result)}`, timeoutMs);
      await this.news(count, askAgainMs);
    }
  }

  /** Resolves when it told more than `count` events, has ended, or this much time has passed. */
  async news(count: number, timeoutMs: number): Promise<void> {
    await this.#happens(timeoutMs, () => (this.events.length > count ? true : undefined));
  }

  linkedTo(...others: readonly LabPeer[]): Promise<void> {
    return this.sees(others, (peer) => peer.link === "direct", "a direct link");
  }

  async sees(others: readonly LabPeer[], fits: (peer: PeerView) => boolean, what: string): Promise<void> {
    await this.until(
      "peers.list",
      {},
      ({ peers }) => others.every((other) => peers.some((peer) => peer.peerId === other.peerId && fits(peer))),
      `${what} with ${others.map((other) => other.name).join(", ")}`,
    );
  }

  /** Gives the message's id. */
  async say(to: string, text: string): Promise<string> {
    return (await this.call("messages.send", { to, text })).messageId;
  }

  /** Waits until exactly these texts, in any order, are what this peer shows. At most 500. */
  async shows(conversation: string, texts: readonly string[], timeoutMs = patienceMs): Promise<MessageView[]> {
    const wanted = [...texts].sort().join("\n");
    const { messages } = await this.until(
      "messages.list",
      { in: conversation, limit: 500 },
      (page) => textsOf(page.messages).sort().join("\n") === wanted,
      `${texts.length} messages in ${conversation}`,
      timeoutMs,
    );
    return messages;
  }

  /** When this peer first told of something like it; NaN where it did not. */
  toldAt(fits: (event: EarshotEvent) => boolean, after = 0): number {
    return this.events.find(({ at, event }) => at >= after && fits(event))?.at ?? Number.NaN;
  }

  /** Does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    const gone = once(this.#process, "exit");
    this.signal(signal);
    await gone;
  }

  /** As a person quits; by force where that takes too long, and for one that sleeps. */
  async stop(): Promise<void> {
    const impatience = setTimeout(() => this.signal("SIGKILL"), stopPatienceMs);
    if (this.isRunning) this.signal("SIGCONT");
    await this.kill("SIGTERM");
    clearTimeout(impatience);
    this.#calls?.end();
    if (this.#isGuest) rmSync(this.dataDir, { recursive: true, force: true });
  }

  residentMegabytes(): number {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#pid}/status`, "utf8"))?.[1]) / 1_024;
  }

  /** Whether its process has these words anywhere in its memory. */
  holds(text: string): boolean {
    return memoryHolds(this.#pid, text);
  }

  get #pid(): number {
    if (this.#process.pid === undefined) throw new Error(`${this.name} could not be started`);
    return this.#process.pid;
  }

  /** Looks again at every event, and when the process ends. Undefined where the time is over, or nothing can come any more. */
  #happens<T>(timeoutMs: number, look: () => T | undefined): Promise<T | undefined> {
    return new Promise((resolve) => {
      const settle = (found: T | undefined): void => {
        clearTimeout(timer);
        this.#waiters.delete(check);
        resolve(found);
      };
      const check = (): void => {
        const found = look();
        if (found !== undefined || this.#hasToldAll) settle(found);
      };
      const timer = setTimeout(() => settle(look()), timeoutMs);
      this.#waiters.add(check);
      check();
    });
  }

  #inVain(what: string, timeoutMs: number): Error {
    const state = this.isRunning ? `waited ${timeoutMs} ms in vain for` : "ended before";
    return new Error(`${this.name} ${state} ${what}. It said: ${this.#complaints}`);
  }
}

export function textsOf(messages: readonly MessageView[]): string[] {
  return messages.map((message) => message.text);
}
