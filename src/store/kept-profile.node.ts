/** Profiles that are kept: made, opened, looked at and destroyed by their directory. Everything rejects with `ProfileError`. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type DirectoryLock, lockDirectory } from "./directory-lock.node.ts";
import { disk, makePrivateDirectory, shred, usable } from "./durable-files.node.ts";
import type { NewProfile, OpenKeptProfile, ProfileSummary, Salvage, UnlockWith } from "./kept-profile.ts";
import { keysName, makeSlots, readKeys, shredOldKeys, tryPassphrase, unlockKeys, withPassphrase, writeKeys } from "./key-file.node.ts";
import { type Keys, protectionOf, slotOf, vaultKeyBytes } from "./key-slots.ts";
import { oldProfileName, readOldProfile } from "./old-profile.node.ts";
import { checkPassphrase } from "./passphrase-key.node.ts";
import { ProfileError, type StoredProfile } from "./port.ts";
import { createProfileStore, exportedChanges, profileChanges, readProfile } from "./profile-records.ts";
import { loadSqlite } from "./sqlcipher.node.ts";
import { finishVault, makeVault, openOrSalvage, vaultName } from "./vault-file.node.ts";
import type { Change, Vault } from "./vault-port.ts";
import { destroyKeys, finishWipe, removeRest } from "./wipe.node.ts";

export { destroyProfile } from "./wipe.node.ts";

/** Undefined where there is none. Finishes a wipe that was cut short. */
export async function inspectProfile(directory: string): Promise<ProfileSummary | undefined> {
  return usable(directory, async () => {
    await finishWipe(directory);
    try {
      const keys = await readKeys(directory);
      if (keys !== undefined) return summaryOf(keys);
      if ((await disk.size(join(directory, oldProfileName))) !== undefined) {
        await readOldProfile(directory);
        return unprotected;
      }
    } catch (error) {
      if (error instanceof ProfileError && error.code === "damaged") return { ...unprotected, damaged: true };
      throw error;
    }
    return (await disk.size(join(directory, vaultName))) === undefined ? undefined : { ...unprotected, damaged: true };
  });
}

/** With a slot for the passphrase and one for the keychain, as given; with an open one where neither is. */
export async function createProfile(directory: string, { exported, identity, name, ...unlock }: NewProfile): Promise<OpenKeptProfile> {
  if (unlock.passphrase !== undefined) checkPassphrase(unlock.passphrase);
  if ((await inspectProfile(directory)) !== undefined) throw exists(directory);
  await loadSqlite();
  const changes = [
    ...(exported === undefined ? [] : exportedChanges(exported)),
    ...profileChanges({ ...(identity && { identity }), name }),
  ];
  return locked(directory, async (lock) => {
    if ((await inspectProfile(directory)) !== undefined) throw exists(directory);
    const made = await make(directory, unlock, changes);
    return open(directory, lock, made.keys, made.key);
  });
}

/** A profile of an Earshot without vaults is taken over into one. */
export async function unlockProfile(directory: string, unlock: UnlockWith): Promise<OpenKeptProfile> {
  if ((await inspectProfile(directory)) === undefined) throw new ProfileError("unknownProfile", `There is no profile in ${directory}.`);
  await loadSqlite();
  return locked(directory, async (lock) => {
    await shredOldKeys(directory);
    const keys = await readKeys(directory);
    if (keys !== undefined) return open(directory, lock, keys, await unlockKeys(directory, keys, unlock));
    if ((await disk.size(join(directory, oldProfileName))) === undefined) throw keysMissing(directory);
    const made = await make(directory, unlock, profileChanges(await readOldProfile(directory)));
    return open(directory, lock, made.keys, made.key);
  });
}

/** The keys are written once the vault is whole, and the vault gets its name once the keys are: a crash between two leaves nothing half. */
async function make(directory: string, unlock: UnlockWith, changes: readonly Change[]): Promise<{ keys: Keys; key: Uint8Array }> {
  const key = new Uint8Array(randomBytes(vaultKeyBytes));
  const keys: Keys = { version: 1, wipeOnQuit: false, slots: await makeSlots(key, unlock) };
  await makeVault(await loadSqlite(), directory, key, (vault) => vault.write(changes));
  await writeKeys(directory, keys);
  return { keys, key };
}

async function open(directory: string, lock: DirectoryLock, keys: Keys, key: Uint8Array): Promise<OpenKeptProfile> {
  await finishVault(directory);
  const { vault, salvage } = await openOrSalvage(await loadSqlite(), directory, key);
  try {
    await destroyOldProfile(directory, vault);
    return opened(directory, lock, keys, key, vault, salvage);
  } catch (error) {
    vault.close();
    throw error;
  }
}

function opened(
  directory: string,
  lock: DirectoryLock,
  first: Keys,
  key: Uint8Array,
  vault: Vault,
  salvage: Salvage | undefined,
): OpenKeptProfile {
  let keys = first;
  /** One change of the keys after the other. */
  let changing: Promise<void> = Promise.resolve();
  let isClosed = false;

  function change(next: () => Promise<Keys>): Promise<void> {
    const done = changing.then(async () => {
      if (isClosed) throw new ProfileError("unknownProfile", "This profile is not open any more.");
      const changed = await next();
      await usable(directory, () => writeKeys(directory, changed));
      keys = changed;
    });
    changing = done.catch(() => undefined);
    return done;
  }

  const store = createProfileStore(vault, async () => {
    await changing;
    isClosed = true;
    key.fill(0);
    await lock.release();
  });

  return {
    vault,
    store,
    salvage,
    summary: () => summaryOf(keys),
    changePassphrase(old, next) {
      return change(async () => {
        if (next !== undefined) checkPassphrase(next);
        if (slotOf(keys, "passphrase") !== undefined) {
          if (old === undefined) throw new ProfileError("passphraseNeeded", "Changing the passphrase takes the present one.");
          await tryPassphrase(directory, keys, old);
        }
        return withPassphrase(key, keys, next);
      });
    },
    setWipeOnQuit: (wipeOnQuit) => change(async () => ({ ...keys, wipeOnQuit })),
    async destroy() {
      await changing;
      isClosed = true;
      try {
        await destroyKeys(directory);
      } finally {
        await store.close();
      }
      await removeRest(directory);
    },
    close: () => store.close(),
  };
}

/** Its keys are in the vault: a copy of them without protection would be left otherwise. */
async function destroyOldProfile(directory: string, vault: Vault): Promise<void> {
  const path = join(directory, oldProfileName);
  if ((await disk.size(path)) === undefined) return;
  const [there, old] = [readProfile(vault).identity, await readOldProfile(directory).catch((): undefined => undefined)];
  if (isSame(there, old?.identity)) await shred(path);
}

function isSame(a: StoredProfile["identity"], b: StoredProfile["identity"]): boolean {
  return (
    a !== undefined && b !== undefined && Buffer.compare(a.signSeed, b.signSeed) === 0 && Buffer.compare(a.agreeSecret, b.agreeSecret) === 0
  );
}

/** Holds the directory until the profile is closed, or not at all. */
async function locked(directory: string, act: (lock: DirectoryLock) => Promise<OpenKeptProfile>): Promise<OpenKeptProfile> {
  return usable(directory, async () => {
    await makePrivateDirectory(directory);
    const lock = await lockDirectory(directory);
    try {
      return await act(lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

const unprotected: ProfileSummary = { protection: "open", hasPassphrase: false, wipeOnQuit: false, damaged: false };

function summaryOf(keys: Keys): ProfileSummary {
  return {
    protection: protectionOf(keys),
    hasPassphrase: slotOf(keys, "passphrase") !== undefined,
    wipeOnQuit: keys.wipeOnQuit,
    damaged: false,
  };
}

function exists(directory: string): ProfileError {
  return new ProfileError("profileExists", `There is a profile in ${directory} already. Choose another name, or open that one.`);
}

function keysMissing(directory: string): ProfileError {
  return new ProfileError(
    "damaged",
    `The keys of this profile, ${join(directory, keysName)}, are missing. Nothing was changed. Put back a copy of them; ` +
      "without them nobody can open the profile.",
  );
}
