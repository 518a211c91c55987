/** What a desktop provides around an app: an X display and a session bus, both private and ended by process. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";

export interface Service {
  /** How others find it. */
  readonly address: string;
  stop(): Promise<void>;
}

export interface SessionBus extends Service {
  notifications(): string;
}

const startMaxMs = 10_000;

/** Xvfb on a display that it finds free itself. */
export async function startDisplay(): Promise<Service> {
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1440x900x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const number = await firstLine(child, child.stdio[3] as Readable, "Xvfb");
  return { address: `:${number}`, stop: () => end(child) };
}

export async function startBus(directory: string): Promise<SessionBus> {
  const child = spawn("dbus-daemon", ["--session", "--nofork", "--print-address=1", `--address=unix:path=${join(directory, "bus")}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const address = await firstLine(child, child.stdout, "dbus-daemon");
  const monitor = spawn("dbus-monitor", ["--address", address, "interface='org.freedesktop.Notifications',member='Notify'"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let traffic = "";
  monitor.stdout.setEncoding("utf8").on("data", (text: string) => {
    traffic += text;
  });
  return {
    address,
    notifications: () => traffic,
    async stop() {
      await end(monitor);
      await end(child);
    },
  };
}

function firstLine(child: ChildProcess, stream: Readable, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} did not start in time`)), startMaxMs);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${name} ended with code ${code}`)));
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
