/** The profile of an Earshot without vaults: one JSON file with bare keys, which is read once and taken over into a vault. */
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PeerId } from "../ids.ts";
import { usable } from "./durable-files.node.ts";
import { addressesMax, profileBytesMax, rememberedMax } from "./limits.ts";
import { ProfileError, type StoredProfile } from "./port.ts";

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

export const oldProfileName = "profile.json";

/** Rejects with `ProfileError` "damaged". */
export async function readOldProfile(directory: string): Promise<StoredProfile> {
  const path = join(directory, oldProfileName);
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

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
