/**
 * One process a directory: a file that names its owner, taken by a hard link, which fails where there is one already.
 * The owner's death frees it: a process of the same number that was started at another time is not the owner.
 */
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { lockAttemptsMax } from "./limits.ts";
import { ProfileError } from "./port.ts";

export interface DirectoryLock {
  release(): Promise<void>;
}

interface Owner {
  readonly pid: number;
  /** Wall time, milliseconds. */
  readonly startedAt: number;
}

/** The clock may have been set meanwhile by as much. */
const bootToleranceMs = 60_000;

/** Rejects with `ProfileError` "inUse". */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, "lock");
  const own = `${path}.${process.pid}`;
  await writeFile(own, JSON.stringify({ pid: process.pid, startedAt: startedAt() } satisfies Owner), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < lockAttemptsMax; attempt += 1) {
      if (await linkIfAbsent(own, path)) return { release: () => rm(path, { force: true }) };
      const owner = await readOwner(path);
      if (owner !== undefined && isAlive(owner)) throw inUse(directory, owner.pid);
      await setAside(path, owner);
    }
    throw new ProfileError("inUse", `Several copies of Earshot try to start in ${directory} at once. Try again.`);
  } finally {
    await rm(own, { force: true });
  }
}

/** Takes a dead owner's lock out of the way. Whoever moved a living one in the meantime puts it back. */
async function setAside(path: string, dead: Owner | undefined): Promise<void> {
  const aside = `${path}.left.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (moved !== undefined && (moved.pid !== dead?.pid || moved.startedAt !== dead.startedAt)) await linkIfAbsent(aside, path);
  await rm(aside, { force: true });
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const { pid, startedAt: since } = JSON.parse(await readFile(path, "utf8")) as Partial<Record<string, unknown>>;
    return typeof pid === "number" && typeof since === "number" ? { pid, startedAt: since } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startedAt: since }: Owner): boolean {
  if (pid === process.pid) return since === startedAt();
  if (since < Date.now() - uptime() * 1_000 - bootToleranceMs) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process has the number.
    return isCode(error, "EPERM");
  }
}

function startedAt(): number {
  return Math.round(performance.timeOrigin);
}

function inUse(directory: string, pid: number): ProfileError {
  return new ProfileError("inUse", `Earshot already runs in ${directory} (process ${pid}). \`earshot --attach\` opens a window on it.`);
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
