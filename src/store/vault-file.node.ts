/**
 * vault.db in a profile's directory. A vault is made, or made anew after damage, under another name and then renamed, so that
 * one under its own name was complete.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { disk } from "./durable-files.node.ts";
import type { Salvage } from "./kept-profile.ts";
import { ProfileError } from "./port.ts";
import { salvageInto, salvageMessage } from "./salvage.node.ts";
import type { Sqlite } from "./sqlcipher.node.ts";
import { openVault, suspectSuffix } from "./vault.node.ts";
import { tableNames, type Vault } from "./vault-port.ts";

export const vaultName = "vault.db";
const unfinishedName = `${vaultName}.new`;
/** What SQLite may keep beside a database. */
const companions = ["", "-wal", "-shm", "-journal"];

/** On disk when it resolves, under a name that does not count yet; `finishVault` gives it its own. */
export async function makeVault(Sqlite: Sqlite, directory: string, key: Uint8Array, fill: (vault: Vault) => void): Promise<void> {
  await removeUnfinished(directory);
  const vault = openVault(Sqlite, join(directory, unfinishedName), key, { makes: true });
  try {
    fill(vault);
  } finally {
    vault.close();
  }
  await disk.syncDirectory(directory);
}

/** Where there is no vault, but a complete one under its first name. */
export async function finishVault(directory: string): Promise<void> {
  if ((await disk.size(join(directory, vaultName))) !== undefined) return removeUnfinished(directory);
  if ((await disk.size(join(directory, unfinishedName))) === undefined) return;
  // SQLite would add the old vault's log to the new one.
  for (const end of companions) if (end !== "") await disk.unlink(join(directory, vaultName) + end);
  await disk.rename(join(directory, unfinishedName), join(directory, vaultName));
  await disk.syncDirectory(directory);
}

/** Opens the vault; after damage, a new one with what could be read. Rejects with `ProfileError`. */
export async function openOrSalvage(
  Sqlite: Sqlite,
  directory: string,
  key: Uint8Array,
): Promise<{ vault: Vault; salvage: Salvage | undefined }> {
  const path = join(directory, vaultName);
  const size = await disk.size(path);
  if (size === undefined) {
    throw new ProfileError(
      "damaged",
      `The vault ${path} is missing, though its keys are there. Nothing was changed. Put back a copy of it, or wipe the profile.`,
    );
  }
  const isSuspect = (await disk.size(`${path}${suspectSuffix}`)) !== undefined;
  // To SQLite a file that was cut to nothing is a new database.
  if (!isSuspect && size > 0) {
    try {
      return { vault: openSound(Sqlite, path, key), salvage: undefined };
    } catch (error) {
      if (!(error instanceof ProfileError) || error.code !== "damaged") throw error;
    }
  }
  const salvage = await salvageVault(Sqlite, directory, key);
  return { vault: openVault(Sqlite, path, key, { makes: false }), salvage };
}

/** Reads what every start reads, so that damage there is met now. Elsewhere it is met later, and the next start salvages. */
export function openSound(Sqlite: Sqlite, path: string, key: Uint8Array | undefined): Vault {
  const vault = openVault(Sqlite, path, key, { makes: false });
  try {
    for (const table of tableNames) vault.entries(table);
    for (const roomId of vault.rooms()) vault.readEvents(roomId, 1);
    vault.searchTexts({ words: "", limit: 1 });
    return vault;
  } catch (error) {
    vault.close();
    throw error;
  }
}

async function salvageVault(Sqlite: Sqlite, directory: string, key: Uint8Array): Promise<Salvage> {
  const path = join(directory, vaultName);
  await removeUnfinished(directory);
  const fresh = openVault(Sqlite, join(directory, unfinishedName), key, { makes: true });
  let salvaged: ReturnType<typeof salvageInto>;
  try {
    salvaged = salvageInto(fresh, path, key);
  } finally {
    fresh.close();
  }
  const keptAs = `${vaultName}.damaged-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  if ((await disk.size(`${path}-wal`)) !== undefined) await copyFile(`${path}-wal`, join(directory, `${keptAs}-wal`));
  await disk.rename(path, join(directory, keptAs));
  await disk.syncDirectory(directory);
  await finishVault(directory);
  await disk.unlink(`${path}${suspectSuffix}`);
  return { ...salvaged, message: salvageMessage(salvaged, keptAs), keptAs };
}

async function removeUnfinished(directory: string): Promise<void> {
  for (const end of companions) await disk.unlink(join(directory, unfinishedName) + end);
}
