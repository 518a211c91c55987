/** Files that survive a power cut whole, or leave nothing behind. Every step is handed in, so that a test can stop between any two. */
import { randomFillSync } from "node:crypto";
import { type FileHandle, link, mkdir, open, readdir, rename, rmdir, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { ProfileError } from "./port.ts";

/** What is done to the disk, step by step. */
export interface DiskSteps {
  /** Writes from the beginning, flushes. `mustExist`: over what is there, and nothing where there is none. */
  write(path: string, bytes: Uint8Array, options?: { readonly mustExist?: boolean }): Promise<void>;
  size(path: string): Promise<number | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** A second name of the file, where the file system knows of such. */
  link(from: string, to: string): Promise<void>;
  /** Nothing where there is none. */
  unlink(path: string): Promise<void>;
  /** Makes renames and removals in it last. Windows has no way to say so, and needs none. */
  syncDirectory(directory: string): Promise<void>;
  /** Nothing where there is none, or where it is not empty. */
  removeDirectory(directory: string): Promise<void>;
  list(directory: string): Promise<string[]>;
}

export const disk: DiskSteps = {
  async write(path, bytes, options) {
    const file = await open(path, options?.mustExist === true ? "r+" : "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  async size(path) {
    let file: FileHandle;
    try {
      file = await open(path, "r");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
    try {
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  },
  rename,
  link: (from, to) => unless(link(from, to), "ENOENT", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"),
  unlink: (path) => unless(unlink(path), "ENOENT"),
  async syncDirectory(directory) {
    if (process.platform === "win32") return;
    const handle = await open(directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  removeDirectory: (directory) => unless(rmdir(directory), "ENOENT", "ENOTEMPTY", "EEXIST"),
  async list(directory) {
    try {
      return (await readdir(directory)).sort();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    }
  },
};

/** The old content or the new, whenever the machine stops. What the old file held is overwritten, since it may have been a key. */
export async function replaceFile(path: string, text: string, steps: DiskSteps = disk): Promise<void> {
  await shredLeftovers(path, steps);
  await steps.write(beside(path), new TextEncoder().encode(text));
  await steps.link(path, former(path));
  await steps.rename(beside(path), path);
  await steps.syncDirectory(dirname(path));
  await shred(former(path), steps);
}

/** Of a replacement that a crash cut short. */
export async function shredLeftovers(path: string, steps: DiskSteps = disk): Promise<void> {
  await shred(beside(path), steps);
  await shred(former(path), steps);
}

/** Overwrites with random bytes, flushes, removes, and makes the removal last. Nothing where there is none. */
export async function shred(path: string, steps: DiskSteps = disk): Promise<void> {
  const size = await steps.size(path);
  if (size === undefined) return;
  // Another process may be at the same wipe.
  await unless(steps.write(path, randomFillSync(new Uint8Array(size)), { mustExist: true }), "ENOENT");
  await steps.unlink(path);
  await steps.syncDirectory(dirname(path));
}

/** What the system refuses, in words. */
export async function usable<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ProfileError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new ProfileError("unusable", `The directory ${directory} cannot be used: ${(error as Error).message}`);
  }
}

export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

async function unless(act: Promise<unknown>, ...codes: string[]): Promise<void> {
  try {
    await act;
  } catch (error) {
    if (!codes.includes(codeOf(error))) throw error;
  }
}

const beside = (path: string): string => `${path}.new`;
const former = (path: string): string => `${path}.old`;
const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? "");
