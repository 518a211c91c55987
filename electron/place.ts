/**
 * Where Chromium keeps its files, which is also what makes one instance per profile: its lock lies in that directory.
 *
 * Invariants
 * 1. A profile's place lies in its data directory and stays. A guest's is private, and gone when the app has quit.
 * 2. What a killed guest left behind goes when the next guest starts.
 */
import { spawn } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { App } from "electron";
import { isRunning } from "../src/cli/process-alive.node.ts";
import { removePatienceMs } from "./limits.ts";

export interface Place {
  readonly directory: string;
  /** False for a guest: nothing written here outlives the app. */
  readonly isKept: boolean;
  /** True where a second start finds this one, so that a hidden window can always be fetched back. */
  readonly isFoundAgain: boolean;
}

const guestPrefix = "earshot-window-";

/** In a profile's data directory, or in that of a guest who was given one. */
export function placeIn(dataDir: string, { isKept }: { readonly isKept: boolean }): Place {
  const directory = join(dataDir, "window");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return { directory, isKept, isFoundAgain: true };
}

/** Of this start alone. */
export function privatePlace(): Place {
  sweepGuests();
  return { directory: mkdtempSync(join(tmpdir(), `${guestPrefix}${process.pid}-`)), isKept: false, isFoundAgain: false };
}

/** The profile in whose directory this is has gone, be it that it is wiped when it is quit, or that a command wiped it. */
export function wasDestroyed({ directory, isKept }: Place): boolean {
  return isKept && !["keys.json", "profile.json"].some((name) => existsSync(join(dirname(directory), name)));
}

/** Before the app is ready. */
export function settle(app: App, place: Place): void {
  app.setPath("userData", place.directory);
  app.setPath("sessionData", place.directory);
  app.setPath("crashDumps", join(place.directory, "crashes"));
  // Linux's graphics drivers keep compiled shaders in the person's home, and cannot be told otherwise from in here.
  if (!place.isKept && process.platform === "linux") app.disableHardwareAcceleration();
}

/**
 * Once the app holds the lock. Chromium's processes write their caches anew while they go down, after the last line of
 * ours has run; so a short-lived helper waits for all of them to end.
 */
export function removeAtQuit(app: App, place: Place): void {
  if (place.isKept) return;
  app.on("quit", () => {
    const pids = app.getAppMetrics().map(({ pid }) => pid);
    // The app's own binary run as plain Node: a packaged app must keep its `runAsNode` fuse for this.
    const helper = spawn(process.execPath, ["-e", removeAfter, JSON.stringify({ pids, patienceMs: removePatienceMs }), place.directory], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      cwd: tmpdir(),
      detached: true,
      stdio: "ignore",
    });
    helper.unref();
  });
}

const removeAfter = `
const [, given, directory] = process.argv;
const { pids, patienceMs } = JSON.parse(given);
const deadline = Date.now() + patienceMs;
const isRunning = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
const timer = setInterval(() => {
  if (pids.some(isRunning) && Date.now() < deadline) return;
  clearInterval(timer);
  require("node:fs").rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}, 20);
`;

function sweepGuests(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${guestPrefix}(\\d+)-`, "u").exec(name)?.[1];
    const path = join(tmpdir(), name);
    if (pid !== undefined && isOurs(path) && !isRunning(Number(pid))) rmSync(path, { recursive: true, force: true });
  }
}

function isOurs(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (process.getuid === undefined || stats.uid === process.getuid());
}
