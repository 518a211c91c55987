/**
 * Inputs that are kept: each found a fault once, or reaches code that few inputs reach. One file each, in hexadecimal;
 * what comes again and again is written once, `5b*20000`; lines that begin with # say why it is kept.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { join, repeat } from "./drawing.ts";

export interface Kept {
  readonly file: string;
  readonly input: Uint8Array;
  readonly isFind: boolean;
}

/** Shorter runs are easier to read as they are. */
const runBytesMin = 40;
const periodMax = 32;
const bytesPerLine = 60;

export const corpusFolder = joinPath(import.meta.dirname, "corpus");

export function readCorpus(target: string, folder = corpusFolder): Kept[] {
  const path = joinPath(folder, target);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort()
    .map((file) => {
      const text = readFileSync(joinPath(path, file), "utf8");
      return { file, input: parseHex(text), isFind: text.startsWith("# find") };
    });
}

/** Returns the file's path. */
export function keep(target: string, input: Uint8Array, why: string, folder = corpusFolder): string {
  const name = createHash("sha256").update(input).digest("hex").slice(0, 16);
  mkdirSync(joinPath(folder, target), { recursive: true });
  const path = joinPath(folder, target, name);
  const reason = why.replace(/[\p{Cc}\s]+/gu, " ").slice(0, 200);
  writeFileSync(path, `# ${reason}\n${formatHex(input)}`);
  return path;
}

export function formatHex(input: Uint8Array): string {
  const lines: string[] = [];
  let plainFrom = 0;
  const endPlain = (end: number): void => {
    for (let at = plainFrom; at < end; at += bytesPerLine) lines.push(hexOf(input.subarray(at, Math.min(end, at + bytesPerLine))));
  };
  for (let at = 0; at < input.length; ) {
    const run = runAt(input, at);
    if (run === undefined) {
      at += 1;
      continue;
    }
    endPlain(at);
    lines.push(`${hexOf(input.subarray(at, at + run.period))}*${run.times}`);
    at += run.period * run.times;
    plainFrom = at;
  }
  endPlain(input.length);
  return `${lines.join("\n")}\n`;
}

/** The shortest piece that comes there again and again, and how often. */
function runAt(input: Uint8Array, at: number): { readonly period: number; readonly times: number } | undefined {
  for (let period = 1; period <= periodMax; period += 1) {
    let end = at + period;
    while (end < input.length && input[end] === input[end - period]) end += 1;
    const times = Math.floor((end - at) / period);
    if (times > 1 && times * period >= runBytesMin) return { period, times };
  }
  return undefined;
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export function parseHex(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const line of text.split("\n")) {
    const match = /^([0-9a-f]+)(?:\*(\d+))?$/u.exec(line.trim());
    if (match !== null) parts.push(repeat(Buffer.from(match[1] ?? "", "hex"), Number(match[2] ?? 1)));
  }
  return join(...parts);
}
