/** `api.json` in a running peer's data directory: how the same person's programs reach it. Holds the token: the owner's eyes only. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export interface ApiFile {
  /** "http://127.0.0.1:PORT": the page; the WebSocket is at its path /api. */
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  readonly peerId: string;
}

const schema = z.object({
  url: z
    .string()
    .regex(/^http:\/\/127\.0\.0\.1:\d+$/u)
    // Digits alone are no port yet. (`URL.canParse` is too young for some Electrons.)
    .refine((url) => Number(url.slice(url.lastIndexOf(":") + 1)) <= 65_535),
  token: z.string().min(1),
  pid: z.int().positive(),
  peerId: z.string(),
});

export function writeApiFile(dataDir: string, content: ApiFile): void {
  const beside = `${pathIn(dataDir)}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(beside, pathIn(dataDir));
}

/** Undefined where there is none, or none of ours. */
export function readApiFile(dataDir: string): ApiFile | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(pathIn(dataDir), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Never throws. */
export function removeApiFile(dataDir: string): void {
  try {
    rmSync(pathIn(dataDir), { force: true });
  } catch {
    // Its number tells everybody that the peer is gone.
  }
}

const pathIn = (dataDir: string): string => join(dataDir, "api.json");
