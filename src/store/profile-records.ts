/** A profile's own records in its vault: who it is, its name, where others were found. */
import { decode, encode } from "cborg";
import { z } from "zod";
import type { PeerId } from "../ids.ts";
import type { ExportedProfile } from "./kept-profile.ts";
import { addressesMax, nameCharsMax, rememberedMax } from "./limits.ts";
import { ProfileError, type ProfileStore, type StoredProfile } from "./port.ts";
import type { Change, Vault } from "./vault-port.ts";

const secret = z.instanceof(Uint8Array).refine((bytes) => bytes.length === 32);
const identitySchema = z.object({ signSeed: secret, agreeSecret: secret }).strict();
const nameSchema = z.string().min(1).max(nameCharsMax);
const rememberedSchema = z
  .array(
    z
      .object({
        peerId: z
          .string()
          .regex(/^[a-z2-7]{32}$/u)
          .transform((text) => text as PeerId),
        addresses: z.array(z.object({ host: z.string().min(1).max(255), port: z.int().min(1).max(65_535) }).strict()).max(addressesMax),
      })
      .strict(),
  )
  .max(rememberedMax);

/** `onClose`: what is let go with it, such as the directory. The vault is closed by it. */
export function createProfileStore(vault: Vault, onClose: () => Promise<void> = async () => undefined): ProfileStore {
  let closing: Promise<void> | undefined;
  async function save(change: Partial<StoredProfile>): Promise<void> {
    if (closing === undefined) vault.write(profileChanges(change));
  }
  async function close(): Promise<void> {
    vault.close();
    await onClose();
  }
  return {
    load: async () => readProfile(vault),
    saveIdentity: (identity) => save({ identity }),
    saveName: (name) => save({ name }),
    saveRemembered: (remembered) => save({ remembered }),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

export function profileChanges({ identity, name, remembered }: Partial<StoredProfile>): Change[] {
  const change = (key: string, value: unknown): Change => ({ table: "profile", key, value: encode(value) });
  return [
    ...(identity === undefined ? [] : [change("identity", { signSeed: identity.signSeed, agreeSecret: identity.agreeSecret })]),
    ...(name === undefined ? [] : [change("name", name)]),
    ...(remembered === undefined
      ? []
      : [
          change(
            "remembered",
            remembered.map(({ peerId, addresses }) => ({ peerId, addresses: addresses.map(({ host, port }) => ({ host, port })) })),
          ),
        ]),
  ];
}

/** Throws `ProfileError` "damaged" where a record is not what was written. */
export function readProfile(vault: Vault): StoredProfile {
  return {
    identity: readRecord(vault, "identity", identitySchema),
    name: readRecord(vault, "name", nameSchema),
    remembered: readRecord(vault, "remembered", rememberedSchema) ?? [],
  };
}

/** Of an imported profile. */
export function exportedChanges({ identity, name, contacts, settings }: ExportedProfile): Change[] {
  const copies = (table: "contacts" | "settings", entries: ExportedProfile["contacts"]): Change[] =>
    entries.map(([key, value]) => ({ table, key, value }));
  return [
    ...profileChanges({ identity, ...(name !== undefined && { name }) }),
    ...copies("contacts", contacts),
    ...copies("settings", settings),
  ];
}

/** What an export takes along; undefined before there is an identity. */
export function readExported(vault: Vault): ExportedProfile | undefined {
  const { identity, name } = readProfile(vault);
  return identity && { identity, name, contacts: [...vault.entries("contacts")], settings: [...vault.entries("settings")] };
}

function readRecord<Value>(vault: Vault, key: string, schema: z.ZodType<Value>): Value | undefined {
  const bytes = vault.get("profile", key);
  if (bytes === undefined) return undefined;
  try {
    return schema.parse(decode(bytes));
  } catch {
    throw new ProfileError(
      "damaged",
      `What this profile says of its ${key} is not what Earshot writes. Nothing was overwritten. It may be from a newer Earshot.`,
    );
  }
}
