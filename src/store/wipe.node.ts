/**
 * Destroying a profile. Its keys go first: overwritten, flushed, removed. Without them the vault is noise, whatever is left
 * of it. A marker is written before, so that a wipe that something cut short is finished at the next start.
 */
import { join } from "node:path";
import { type DiskSteps, disk, shred, usable } from "./durable-files.node.ts";
import { keysName, triesName } from "./key-file.node.ts";

const markerName = "wiping";
/** Keys under every name that they ever bear; of a profile before there were vaults, the file that held them. */
const secretNames = [keysName, `${keysName}.new`, `${keysName}.old`, "profile.json", "profile.json.new"];
/** The rest of what Earshot writes into a profile's directory. A directory that the person chose may hold other things. */
const ownFile = new RegExp(`^(${triesName}|vault\\.db|api\\.json|lock|${keysName})([.-].*)?$`);

/** Of one that is not open in this process. Nothing where there is none. */
export async function destroyProfile(directory: string, steps: DiskSteps = disk): Promise<void> {
  if ((await usable(directory, () => steps.list(directory))).length === 0) return;
  await destroyKeys(directory, steps);
  await removeRest(directory, steps);
}

/** After it nobody can open the profile. A vault that is open stays usable until it is closed. */
export async function destroyKeys(directory: string, steps: DiskSteps = disk): Promise<void> {
  await usable(directory, async () => {
    await mark(directory, steps);
    for (const name of secretNames) await shred(join(directory, name), steps);
  });
}

/** Of a profile whose keys are destroyed and whose vault is closed. */
export async function removeRest(directory: string, steps: DiskSteps = disk): Promise<void> {
  await usable(directory, async () => {
    for (const name of await steps.list(directory)) if (ownFile.test(name)) await steps.unlink(join(directory, name));
    await steps.syncDirectory(directory);
    await steps.unlink(join(directory, markerName));
    await steps.removeDirectory(directory);
  });
}

/** Whether there was a wipe to finish. */
export async function finishWipe(directory: string, steps: DiskSteps = disk): Promise<boolean> {
  const isMarked = await usable(directory, async () => (await steps.size(join(directory, markerName))) !== undefined);
  if (isMarked) await destroyProfile(directory, steps);
  return isMarked;
}

/** A full disk takes no marker: that must not keep the keys. */
async function mark(directory: string, steps: DiskSteps): Promise<void> {
  try {
    await steps.write(join(directory, markerName), new Uint8Array());
    await steps.syncDirectory(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
