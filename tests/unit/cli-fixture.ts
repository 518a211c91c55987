/** The command as people start it: real processes, on loopback, without multicast, in a home of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach } from "vitest";

const entry = new URL("../../src/cli/main.node.ts", import.meta.url).pathname;

/** Of this test, removed after it. */
export let home: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "earshot-cli-"));
  mkdirSync(join(home, "tmp"));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => end(child, "SIGKILL")));
  rmSync(home, { recursive: true });
});

export interface Ready {
  readonly child: ChildProcess;
  readonly lines: Record<string, unknown>[];
  readonly peerId: string;
  readonly api: string;
  readonly dataDir: string;
}

export function earshot(...words: string[]): ChildProcess {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, BROWSER: _browser, ...others } = process.env;
  const env = { ...others, TMPDIR: join(home, "tmp"), XDG_DATA_HOME: join(home, "data"), HOME: home };
  const child = spawn(process.execPath, [entry, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  return child;
}

export async function headless(...words: string[]): Promise<Ready> {
  const child = earshot("run", "--headless", "--json", "--interface", "lo", "--no-mdns", ...words);
  const lines: Record<string, unknown>[] = [];
  const firstLine = new Promise<void>((resolve, reject) => {
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(JSON.parse(line) as Record<string, unknown>);
        resolve();
      });
    }
    let said = "";
    child.stderr?.on("data", (data) => {
      said += String(data);
    });
    child.once("exit", () => reject(new Error(said)));
  });
  await firstLine;
  const { peerId, api, dataDir } = lines[0] as unknown as Ready;
  return { child, lines, peerId, api, dataDir };
}

export async function outcome(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (data) => {
    out += String(data);
  });
  child.stderr?.on("data", (data) => {
    err += String(data);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}
