/**
 * Where Chromium keeps its files, which is also what makes one instance per profile: its lock lies in that directory.
 *
 * Invariants
 * 1. A profile's place lies in its data directory and stays. A guest's is private, and gone when the app has quit.
 * 2. What a killed guest left behind goes when the next guest starts.
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "electron";

export interface Place {
  readonly directory: string;
  /** False for a guest: nothing written here outlives the app. */
  readonly isKept: boolean;
  /** True where a second start finds this one, so that a hidden window can always be fetched back. */
  readonly isFoundAgain: boolean;
}

const guestPrefix = "earshot-window-";

export function choosePlace({ guest, dataDir }: { readonly guest: boolean; readonly dataDir: string | undefined }): Place {
  if (dataDir !== undefined) {
    const directory = join(dataDir, "window");
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return { directory, isKept: !guest, isFoundAgain: true };
  }
  sweepGuests();
  return { directory: mkdtempSync(join(tmpdir(), `${guestPrefix}${process.pid}-`)), isKept: false, isFoundAgain: false };
}

/** Before the app is ready. */
export function settle(app: App, place: Place): void {
  app.setPath("userData", place.directory);
  app.setPath("sessionData", place.directory);
  app.setPath("crashDumps", join(place.directory, "crashes"));
}

/** Once the app holds the lock. Chromium makes no directory anew while it goes down, so what is removed last stays removed. */
export function removeAtQuit(app: App, place: Place): void {
  if (!place.isKept) app.on("quit", () => rmSync(place.directory, { recursive: true, force: true }));
}

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

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process has the number.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
