/** What a running process holds: the one place where a relay could have plaintext that no wire shows. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

const chunkBytes = 4 * 1024 * 1024;

/** Whether these ASCII characters stand anywhere in the memory of the process, one byte each, as V8 and UTF-8 keep them. */
export function memoryHolds(pid: number, text: string): boolean {
  const needle = Buffer.from(text, "latin1");
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    return residentRegions(pid).some((region) => regionHolds(memory, region, needle));
  } finally {
    closeSync(memory);
  }
}

interface Region {
  readonly from: number;
  readonly to: number;
}

function residentRegions(pid: number): Region[] {
  const regions: Region[] = [];
  let region: Region | undefined;
  for (const line of readFileSync(`/proc/${pid}/smaps`, "utf8").split("\n")) {
    const [, from, to, readable] = /^([0-9a-f]+)-([0-9a-f]+) (.)/.exec(line) ?? [];
    if (from !== undefined && to !== undefined) {
      region = readable === "r" ? { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) } : undefined;
    } else if (region !== undefined && /^Rss: +[1-9]/.test(line)) {
      regions.push(region);
    }
  }
  return regions;
}

function regionHolds(memory: number, { from, to }: Region, needle: Buffer): boolean {
  const chunk = Buffer.alloc(chunkBytes + needle.length);
  // Chunks overlap, so that a needle on their border is found.
  for (let at = from; at < to; at += chunkBytes) {
    const read = readMemory(memory, chunk, at, Math.min(chunk.length, to - at));
    if (chunk.subarray(0, read).includes(needle)) return true;
  }
  return false;
}

function readMemory(memory: number, chunk: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, chunk, 0, length, at);
  } catch (error) {
    // Unmapped since, or a page of the kernel's.
    if (["EIO", "EFAULT"].includes((error as NodeJS.ErrnoException).code ?? "")) return 0;
    throw error;
  }
}
