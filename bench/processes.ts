/** Peers and other children as processes of their own, on loopback only. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const earshot = new URL("../bin/earshot.mjs", import.meta.url).pathname;

export type Line = Record<string, unknown>;

/** A child that prints one JSON object a line; every line is kept with the time of its arrival. */
export class LineProcess {
  readonly child: ChildProcess;
  readonly startedAt = performance.now();
  readonly lines: { readonly at: number; readonly line: Line }[] = [];
  #wake: (() => void)[] = [];

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const { stdout } = this.child;
    if (stdout === null) throw new Error("no stdout");
    createInterface({ input: stdout }).on("line", (text) => {
      if (!text.startsWith("{")) return;
      this.lines.push({ at: performance.now(), line: JSON.parse(text) as Line });
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /** The first line from `from` on that fits, and when it came. */
  async waitFor(fits: (line: Line) => boolean, timeoutMs = 20_000, from = 0): Promise<{ at: number; line: Line }> {
    const deadline = performance.now() + timeoutMs;
    for (let index = from; ; ) {
      for (; index < this.lines.length; index += 1) {
        const entry = this.lines[index];
        if (entry !== undefined && fits(entry.line)) return entry;
      }
      const left = deadline - performance.now();
      if (left <= 0) throw new Error("nothing fitting was printed in time");
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => this.#wake.push(resolve)),
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, left);
        }),
      ]);
      clearTimeout(timer);
    }
  }

  send(line: Line): void {
    this.child.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill(signal);
    await gone;
  }
}

let peerCount = 0;

export function startPeer(network: string, ...options: string[]): LineProcess {
  const args = [earshot, "run", "--headless", "--json", "--guest", "--interface", "lo", "--network", network];
  return new LineProcess(process.execPath, [...args, "--name", `bench-${++peerCount}`, ...options]);
}

export async function ready(peer: LineProcess): Promise<{ peerId: string; dataDir: string }> {
  const { line } = await peer.waitFor((event) => event["event"] === "ready");
  return { peerId: String(line["peerId"]), dataDir: String(line["dataDir"]) };
}

/** Waits until `peer` has told of `count` direct links. */
export async function linked(peer: LineProcess, count: number): Promise<number> {
  const direct = new Set<string>();
  const { at } = await peer.waitFor((line) => {
    if (line["event"] !== "peerChanged") return false;
    const other = line["peer"] as { peerId: string; link: string };
    if (other.link === "direct") direct.add(other.peerId);
    return direct.size >= count;
  });
  return at;
}
