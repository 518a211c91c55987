/**
 * A profile as one JSON file, readable by its owner only. Written beside, flushed, renamed into place: a power cut leaves
 * the old file or the new one. Saves that come while one is written are written together after it.
 */
import { type FileHandle, mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PeerId } from "../ids.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.node.ts";
import { addressesMax, profileBytesMax, rememberedMax } from "./limits.ts";
import { ProfileError, type ProfileStore, type StoredProfile } from "./port.ts";

const secret = z.string().regex(/^[0-9a-f]{64}$/u);
const fileSchema = z
  .object({
    version: z.literal(1),
    identity: z.object({ signSeed: secret, agreeSecret: secret }).strict().optional(),
    name: z.string().min(1).max(80).optional(),
    remembered: z
      .array(
        z
          .object({
            peerId: z.string().regex(/^[a-z2-7]{32}$/u),
            addresses: z.array(z.object({ host: z.string().min(1).max(255), port: z.int().min(1).max(65_535) }).strict()).max(addressesMax),
          })
          .strict(),
      )
      .max(rememberedMax),
  })
  .strict();

const empty: StoredProfile = { identity: undefined, name: undefined, remembered: [] };

/** Makes the directory where it is missing. Rejects with `ProfileError`. */
export async function openProfileFile(directory: string): Promise<ProfileStore> {
  const lock = await usable(directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return lockDirectory(directory);
  });
  try {
    return store(directory, lock, await read(directory));
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function store(directory: string, lock: DirectoryLock, stored: StoredProfile): ProfileStore {
  let profile = stored;
  let isClosed = false;
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  function save(change: Partial<StoredProfile>): Promise<void> {
    if (isClosed) return Promise.resolve();
    profile = { ...profile, ...change };
    // A save that failed is told to whoever asked for it; the next one tries again.
    next ??= writing
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        writing = usable(directory, () => write(directory, profile));
        return writing;
      });
    return next;
  }

  return {
    load: async () => profile,
    saveIdentity: ({ signSeed, agreeSecret }) => save({ identity: { signSeed: signSeed.slice(), agreeSecret: agreeSecret.slice() } }),
    saveName: (name) => save({ name }),
    saveRemembered: (remembered) => save({ remembered: [...remembered] }),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await (next ?? writing).catch(() => undefined);
      await lock.release();
    },
  };
}

export const oldProfileName = "profile.json";

/** Of an Earshot without vaults. Rejects with `ProfileError` "damaged". */
export function readOldProfile(directory: string): Promise<StoredProfile> {
  return read(directory);
}

async function read(directory: string): Promise<StoredProfile> {
  const path = profilePath(directory);
  const text = await usable(directory, () => readIfThere(path));
  if (text === undefined) return empty;
  const checked = text === tooLarge ? undefined : fileSchema.safeParse(parse(text));
  if (checked?.success !== true) {
    throw new ProfileError(
      "damaged",
      `The profile ${path} cannot be read: it is damaged, or from a newer Earshot. Nothing was overwritten. ` +
        "Move the file away to start with a new identity, or put back a copy of it.",
    );
  }
  const { identity, name, remembered } = checked.data;
  return {
    identity: identity && { signSeed: fromHex(identity.signSeed), agreeSecret: fromHex(identity.agreeSecret) },
    name,
    remembered: remembered.map(({ peerId, addresses }) => ({ peerId: peerId as PeerId, addresses })),
  };
}

const tooLarge = Symbol("too large");

async function readIfThere(path: string): Promise<string | typeof tooLarge | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return (await file.stat()).size > profileBytesMax ? tooLarge : await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

async function write(directory: string, { identity, name, remembered }: StoredProfile): Promise<void> {
  const content: z.input<typeof fileSchema> = {
    version: 1,
    ...(identity && { identity: { signSeed: toHex(identity.signSeed), agreeSecret: toHex(identity.agreeSecret) } }),
    ...(name !== undefined && { name }),
    remembered: remembered.map(({ peerId, addresses }) => ({ peerId, addresses: addresses.map(({ host, port }) => ({ host, port })) })),
  };
  const path = profilePath(directory);
  const beside = `${path}.new`;
  const file = await open(beside, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncDirectory(directory);
}

/** The rename itself must survive a power cut. Windows has no way to say so, and needs none. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What the system refuses, in words. */
async function usable<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ProfileError) throw error;
    throw new ProfileError("unusable", `The directory ${directory} cannot be used: ${(error as Error).message}`);
  }
}

const profilePath = (directory: string): string => join(directory, oldProfileName);
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
