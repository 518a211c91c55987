/** An X display of the test's own. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";

export interface Service {
  /** How others find it. */
  readonly address: string;
  stop(): Promise<void>;
}

const startMaxMs = 10_000;

/** Xvfb on a display that it finds free itself. */
export async function startDisplay(): Promise<Service> {
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1440x900x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const number = await firstLine(child, child.stdio[3] as Readable);
  return { address: `:${number}`, stop: () => end(child) };
}

function firstLine(child: ChildProcess, stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("Xvfb did not start in time")), startMaxMs);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Xvfb ended with code ${code}`)));
    let text = "";
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (!text.includes("\n")) return;
      clearTimeout(late);
      resolve(text.split("\n")[0] ?? "");
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await ended;
}
