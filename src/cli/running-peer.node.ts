/** Finds a running peer on this machine through its `api.json`. */
import { resolve } from "node:path";
import { type ApiFile, readApiFile } from "./api-file.node.ts";
import { knownDirectories, profileDirectory } from "./data-dir.node.ts";
import { runningListedMax } from "./limits.ts";
import type { Place } from "./options.ts";
import { isRunning } from "./process-alive.node.ts";
import type { Whereabouts } from "./whereabouts.ts";

export interface RunningPeer extends ApiFile {
  readonly dataDir: string;
}

export type Found = { readonly ok: true; readonly peer: RunningPeer } | { readonly ok: false; readonly message: string };

/** The one that is meant, or the only one there is. */
export function findRunningPeer({ dataDir, profile }: Whereabouts): Found {
  const directory = dataDir ?? (profile === undefined ? undefined : profileDirectory(profile));
  if (directory !== undefined) {
    const peer = runningIn(resolve(directory));
    return peer === undefined ? none(`no Earshot runs in ${resolve(directory)}`) : { ok: true, peer };
  }
  const running = knownDirectories()
    .map(runningIn)
    .filter((peer) => peer !== undefined);
  const [only, another] = running;
  if (only === undefined) return none("no Earshot is running; `earshot` starts one");
  if (another === undefined) return { ok: true, peer: only };
  const listed = running.slice(0, runningListedMax).map((peer) => `  --data-dir ${peer.dataDir}`);
  return none(`several are running, say which one is meant:\n${listed.join("\n")}`);
}

/** For `run --attach`: a guest's place without a directory means the only one that runs. */
export function whereaboutsOf(place: Place): Whereabouts {
  return { dataDir: place.dataDir, profile: place.kind === "profile" && place.dataDir === undefined ? place.profile : undefined };
}

function runningIn(dataDir: string): RunningPeer | undefined {
  const file = readApiFile(dataDir);
  return file !== undefined && isRunning(file.pid) ? { ...file, dataDir } : undefined;
}

function none(message: string): Found {
  return { ok: false, message };
}
