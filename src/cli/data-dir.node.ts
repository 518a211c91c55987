/**
 * Where a peer's files lie. A profile's directory stays; a guest's is private to this user, and gone when the peer is.
 *
 * Invariants
 * 1. Whatever is written here is readable by its owner only.
 * 2. A guest's directory that a killed process left behind goes when the next guest starts.
 */
import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Place } from "./options.ts";
import { isRunning } from "./process-alive.node.ts";
import { StartError } from "./start-error.ts";

export interface DataDir {
  readonly path: string;
  /** Removes what must not stay; nothing where the directory is a profile's or was chosen by the person. Never throws. */
  remove(): void;
}

/** Throws `StartError` where the directory cannot be had. */
export function openDataDir(place: Place): DataDir {
  if (place.kind === "profile" || place.dataDir !== undefined) {
    const path = place.dataDir === undefined ? profileDirectory((place as { profile: string }).profile) : resolve(place.dataDir);
    makeDirectory(path);
    return { path, remove: () => undefined };
  }
  const root = guestRoot();
  makeDirectory(root);
  checkOwn(root);
  sweep(root);
  const path = join(root, `${guestPrefix}${process.pid}`);
  rmSync(path, { recursive: true, force: true });
  makeDirectory(path);
  return {
    path,
    remove() {
      removeQuietly(path);
      removeIfEmpty(root);
    },
  };
}

export function profileDirectory(profile: string): string {
  return join(profilesRoot(), profile);
}

/** Kept profiles in their default place: name and directory. */
export function keptProfiles(): [string, string][] {
  return entries(profilesRoot()).map((name) => [name, join(profilesRoot(), name)]);
}

/** Directories in which a peer may be running: profiles and guests in their default places. */
export function knownDirectories(): string[] {
  return [profilesRoot(), guestRoot()].flatMap((root) => entries(root).map((name) => join(root, name)));
}

const guestPrefix = "guest-";

function profilesRoot(): string {
  const { env, platform } = process;
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "Earshot", "profiles");
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "Earshot", "profiles");
  return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "earshot", "profiles");
}

function guestRoot(): string {
  const { uid, username } = userInfo();
  return join(tmpdir(), `earshot-${uid === -1 ? username : uid}`);
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartError(`the directory ${path} cannot be made (${(error as Error).message}); choose another with --data-dir`);
  }
}

/** Anybody may make a directory of this name in the system's temporary directory before we do. */
function checkOwn(path: string): void {
  if (process.getuid === undefined) return;
  const stats = lstatSync(path);
  if (stats.isDirectory() && stats.uid === process.getuid() && (stats.mode & 0o077) === 0) return;
  throw new StartError(`${path} is open to others or belongs to somebody else; remove it, or choose a directory with --data-dir`);
}

function sweep(root: string): void {
  for (const name of entries(root)) {
    const pid = name.startsWith(guestPrefix) ? Number(name.slice(guestPrefix.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid)) removeQuietly(join(root, name));
  }
}

function entries(root: string): string[] {
  try {
    return readdirSync(root).sort();
  } catch {
    return [];
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The next guest sweeps it.
  }
}

/** The last guest takes the common directory along. */
function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Another guest is in it.
  }
}
