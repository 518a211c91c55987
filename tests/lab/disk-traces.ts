/** Marks in files: those of the peers' own places, and those that have changed anywhere a program may leave something. */
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { findTraces, findTracesUnpacked } from "./traces.ts";

/** Where programs leave things without being told to. */
const commonPlaces = [tmpdir(), "/var/tmp", "/dev/shm", "/run", "/var/log", "/var/crash", homedir()];
const findTimeoutMs = 60_000;
const chunkBytes = 16 * 1024 * 1024;
/** Longer than any form of a mark. */
const overlapBytes = 1_024;
/** Up to this size what looks compressed is unpacked as well. */
const unpackedBytesMax = 8 * 1024 * 1024;

/** What was found, by file: the name of a file counts as part of it. */
export type Traces = Record<string, string[]>;

/** All files below `places`, and those of the common places that have changed since. */
export function filesChangedSince(since: number, places: readonly string[]): string[] {
  const own = find(places.filter((place) => existsSync(place)));
  const stamp = `@${(since / 1_000).toFixed(3)}`;
  const changed = find(
    commonPlaces.filter((place) => existsSync(place)),
    "-newermt",
    stamp,
  );
  return [...new Set([...own, ...changed])];
}

export const filesBelow = (place: string): string[] => find([place]);

export function tracesInFiles(files: readonly string[], marks: readonly string[]): Traces {
  const traces: Traces = {};
  const buffer = Buffer.alloc(chunkBytes + overlapBytes);
  for (const file of files) {
    const found = new Set(marks.flatMap((mark) => findTraces(mark, Buffer.from(file))));
    for (const { bytes, isWhole } of chunks(file, buffer)) {
      const search = isWhole && bytes.length <= unpackedBytesMax ? findTracesUnpacked : findTraces;
      for (const form of marks.flatMap((mark) => search(mark, bytes))) found.add(form);
    }
    if (found.size > 0) traces[file] = [...found];
  }
  return traces;
}

/** Chunks overlap, so that a mark on their border is found. */
function* chunks(file: string, buffer: Buffer): Generator<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  const open = attempt(() => openSync(file, "r"));
  if (open === undefined) return;
  try {
    for (let at = 0; ; at += chunkBytes) {
      const from = at;
      const read = attempt(() => readSync(open, buffer, 0, buffer.length, from));
      if (read === undefined) return;
      yield { bytes: buffer.subarray(0, read), isWhole: at === 0 && read < buffer.length };
      if (read < buffer.length) return;
    }
  } finally {
    closeSync(open);
  }
}

/** Undefined where it is gone by now, since others use this machine too, or is no file that can be read, as a namespace. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (["ENOENT", "ENXIO", "ENODEV", "EINVAL"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function find(places: readonly string[], ...conditions: string[]): string[] {
  // A folder of packages holds hundred thousands of files, none of which a peer writes.
  const options = ["-name", "node_modules", "-prune", "-o", "-type", "f", ...conditions, "-print0"];
  const { stdout, error } = spawnSync("find", [...places, ...options], {
    encoding: "utf8",
    timeout: findTimeoutMs,
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return stdout.split("\0").filter((path) => path !== "");
}
