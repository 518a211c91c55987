/**
 * keys.json: the key of a vault, once for each way to open it. Pure: what is in the file, and how a slot holds the key.
 *
 * passphrase: NaCl secretbox under a key that Argon2id derives; its parameters stand beside it.
 * keychain: the bytes that the system's keychain made of the key.
 * open: the key itself. The file's permissions are its only protection.
 */
import nacl from "tweetnacl";
import { z } from "zod";
import type { Protection } from "./kept-profile.ts";
import { argonMemoryKibMax, argonPassesMax, wrappedKeyBytesMax } from "./limits.ts";

export const vaultKeyBytes = 32;

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`, "u"));

const argon2id = z
  .object({
    name: z.literal("argon2id"),
    memoryKib: z.int().min(8).max(argonMemoryKibMax),
    passes: z.int().min(1).max(argonPassesMax),
    lanes: z.int().min(1).max(16),
    salt: hexOf(16),
  })
  .strict();
const passphraseSlot = z
  .object({ kind: z.literal("passphrase"), kdf: argon2id, nonce: hexOf(24), box: hexOf(vaultKeyBytes + 16) })
  .strict();
const keychainSlot = z
  .object({
    kind: z.literal("keychain"),
    wrapped: z.string().regex(new RegExp(`^(?:[0-9a-f]{2}){1,${wrappedKeyBytesMax}}$`, "u")),
  })
  .strict();
const openSlot = z.object({ kind: z.literal("open"), key: hexOf(vaultKeyBytes) }).strict();
const slot = z.discriminatedUnion("kind", [passphraseSlot, keychainSlot, openSlot]);
const keysSchema = z
  .object({ version: z.literal(1), wipeOnQuit: z.boolean(), slots: z.array(slot).min(1).max(3) })
  .strict()
  .refine(({ slots }) => new Set(slots.map(({ kind }) => kind)).size === slots.length, "one slot of each kind");

export type Keys = z.infer<typeof keysSchema>;
export type Slot = Keys["slots"][number];
export type PassphraseSlot = Extract<Slot, { kind: "passphrase" }>;
/** What the passphrase's key is derived with. */
export type Argon2Parameters = Omit<PassphraseSlot["kdf"], "name" | "salt">;

/** Undefined where it is damaged or from a newer Earshot. */
export function parseKeys(text: string): Keys | undefined {
  try {
    const parsed = keysSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function formatKeys(keys: Keys): string {
  return `${JSON.stringify(keysSchema.parse(keys), undefined, 2)}\n`;
}

export function slotOf<Kind extends Slot["kind"]>(keys: Keys, kind: Kind): Extract<Slot, { kind: Kind }> | undefined {
  return keys.slots.find((each): each is Extract<Slot, { kind: Kind }> => each.kind === kind);
}

/** What opens the profile without a word, if anything does. */
export function protectionOf(keys: Keys): Protection {
  if (slotOf(keys, "open") !== undefined) return "open";
  return slotOf(keys, "keychain") === undefined ? "passphrase" : "keychain";
}

/** `derived` is Argon2id's, 32 bytes; `salt` 16 and `nonce` 24 random bytes. */
export function wrapWithPassphrase(
  key: Uint8Array,
  derived: Uint8Array,
  parameters: Argon2Parameters,
  { salt, nonce }: { readonly salt: Uint8Array; readonly nonce: Uint8Array },
): PassphraseSlot {
  const { memoryKib, passes, lanes } = parameters;
  return {
    kind: "passphrase",
    kdf: { name: "argon2id", memoryKib, passes, lanes, salt: toHex(salt) },
    nonce: toHex(nonce),
    box: toHex(nacl.secretbox(key, nonce, derived)),
  };
}

/** Undefined where the passphrase was another one. */
export function unwrapWithPassphrase({ nonce, box }: PassphraseSlot, derived: Uint8Array): Uint8Array | undefined {
  return nacl.secretbox.open(fromHex(box), fromHex(nonce), derived) ?? undefined;
}

/** One passphrase has several encodings in Unicode: which one a keyboard sends is none of the person's doing. */
export function normalisePassphrase(passphrase: string): string {
  return passphrase.normalize("NFKC");
}

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromHex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
