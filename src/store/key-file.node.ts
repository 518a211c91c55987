/**
 * A profile's keys.json, and tries.json beside it: wrong passphrases in a row, counted before each is looked at, so that
 * ending the process gives no free try.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { disk, replaceFile, shred, shredLeftovers } from "./durable-files.node.ts";
import type { Keychain, UnlockWith } from "./kept-profile.ts";
import {
  formatKeys,
  fromHex,
  type Keys,
  parseKeys,
  type Slot,
  slotOf,
  toHex,
  unwrapWithPassphrase,
  vaultKeyBytes,
  wrapWithPassphrase,
} from "./key-slots.ts";
import { argonParameters, keysBytesMax } from "./limits.ts";
import { checkPassphrase, deriveFromPassphrase } from "./passphrase-key.node.ts";
import { ProfileError } from "./port.ts";
import { inWords, noTries, type Tries, waitAfter, waitLeft } from "./tries.ts";

export const keysName = "keys.json";
export const triesName = "tries.json";

/** Undefined where there is none. Rejects with `ProfileError` "damaged". */
export async function readKeys(directory: string): Promise<Keys | undefined> {
  const path = join(directory, keysName);
  const size = await disk.size(path);
  if (size === undefined) return undefined;
  const keys = size > keysBytesMax ? undefined : parseKeys(await readFile(path, "utf8"));
  if (keys !== undefined) return keys;
  throw new ProfileError(
    "damaged",
    `The keys of this profile, ${path}, cannot be read: the file is damaged, or from a newer Earshot. Nothing was overwritten. ` +
      "Put back a copy of it; without it nobody can open the profile. An exported file brings back who you are, under another profile.",
  );
}

export function writeKeys(directory: string, keys: Keys): Promise<void> {
  return replaceFile(join(directory, keysName), formatKeys(keys));
}

/** What an interrupted change left: it may hold the key under an old passphrase. */
export function shredOldKeys(directory: string): Promise<void> {
  return shredLeftovers(join(directory, keysName));
}

/** Slots for whatever is given; an open one where nothing is. */
export async function makeSlots(key: Uint8Array, { passphrase, keychain }: UnlockWith): Promise<Slot[]> {
  const slots: Slot[] = [];
  if (passphrase !== undefined) slots.push(await passphraseSlot(key, passphrase));
  if (keychain !== undefined) slots.push(await keychainSlot(key, keychain));
  return slots.length > 0 ? slots : [{ kind: "open", key: toHex(key) }];
}

/** The key, by whatever was given. Rejects with `ProfileError`. */
export async function unlockKeys(directory: string, keys: Keys, { passphrase, keychain }: UnlockWith): Promise<Uint8Array> {
  const open = slotOf(keys, "open");
  if (open !== undefined) return fromHex(open.key);
  const byPassphrase = slotOf(keys, "passphrase");
  if (passphrase !== undefined && byPassphrase !== undefined) return tryPassphrase(directory, keys, passphrase);
  const byKeychain = slotOf(keys, "keychain");
  if (byKeychain !== undefined && keychain !== undefined) {
    const key = await keychain.unwrap(fromHex(byKeychain.wrapped)).catch(() => undefined);
    if (key?.length === vaultKeyBytes) return key;
  }
  if (byPassphrase !== undefined) throw new ProfileError("passphraseNeeded", "This profile opens with its passphrase.");
  throw new ProfileError(
    "keychainMissing",
    "This profile opens with the system's keychain, which does not answer or does not know it. Log in to the system as the person " +
      "who made the profile, and open it in the window.",
  );
}

/** The slots of the same key with another passphrase, or with none. */
export async function withPassphrase(key: Uint8Array, keys: Keys, passphrase: string | undefined): Promise<Keys> {
  const kept = keys.slots.filter(({ kind }) => kind === "keychain");
  const added = passphrase === undefined ? [] : [await passphraseSlot(key, passphrase)];
  const slots = [...added, ...kept];
  return { ...keys, slots: slots.length > 0 ? slots : [{ kind: "open", key: toHex(key) }] };
}

/** Rejects with "wrongPassphrase" or "tooManyTries". */
export async function tryPassphrase(directory: string, keys: Keys, passphrase: string): Promise<Uint8Array> {
  const slot = slotOf(keys, "passphrase");
  if (slot === undefined) throw new ProfileError("wrongPassphrase", "This profile has no passphrase.");
  const before = await readTries(directory);
  const wait = waitLeft(before, Date.now());
  if (wait > 0) {
    throw new ProfileError("tooManyTries", `${before.count} wrong passphrases in a row. Wait ${inWords(wait)}, then try again.`, {
      wrongTries: before.count,
      waitMs: wait,
    });
  }
  const count = before.count + 1;
  await writeTries(directory, { count, lastAt: Date.now() });
  const key = unwrapWithPassphrase(slot, await deriveFromPassphrase(passphrase, fromHex(slot.kdf.salt), slot.kdf));
  if (key !== undefined) {
    await shred(join(directory, triesName));
    return key;
  }
  const next = waitAfter(count);
  const times = count === 1 ? "" : ` This was wrong try number ${count}.`;
  throw new ProfileError(
    "wrongPassphrase",
    `That is not this profile's passphrase.${times}${next > 0 ? ` Wait ${inWords(next)} before the next.` : ""}`,
    { wrongTries: count, waitMs: next },
  );
}

async function passphraseSlot(key: Uint8Array, passphrase: string): Promise<Slot> {
  checkPassphrase(passphrase);
  const salt = new Uint8Array(randomBytes(16));
  const nonce = new Uint8Array(randomBytes(24));
  return wrapWithPassphrase(key, await deriveFromPassphrase(passphrase, salt, argonParameters), argonParameters, { salt, nonce });
}

async function keychainSlot(key: Uint8Array, keychain: Keychain): Promise<Slot> {
  try {
    return { kind: "keychain", wrapped: toHex(await keychain.wrap(key)) };
  } catch (error) {
    throw new ProfileError("keychainMissing", `The system's keychain does not take the key: ${(error as Error).message}`);
  }
}

/** What cannot be read counts as none: whoever can damage the file can also remove it. */
async function readTries(directory: string): Promise<Tries> {
  try {
    const { count, lastAt } = JSON.parse(await readFile(join(directory, triesName), "utf8")) as Partial<Record<string, unknown>>;
    return Number.isSafeInteger(count) && Number(count) >= 0 && Number.isSafeInteger(lastAt)
      ? { count: Number(count), lastAt: Number(lastAt) }
      : noTries;
  } catch {
    return noTries;
  }
}

function writeTries(directory: string, tries: Tries): Promise<void> {
  return replaceFile(join(directory, triesName), JSON.stringify(tries));
}
