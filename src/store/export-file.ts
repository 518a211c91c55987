/**
 * An exported profile: everything but the messages, under a key that only the recovery phrase gives.
 *
 *     "EARSHOT EXPORT 1\n" · salt (16) · check (16) · nonce (24) · NaCl secretbox of padded CBOR
 *
 * The phrase is 256 random bits, so HKDF-SHA-512 (RFC 5869) suffices where a passphrase would need a slow hash. Its first 32
 * bytes are the key; the next 16 are the check, which tells a wrong phrase from a damaged file.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { decode, encode } from "cborg";
import nacl from "tweetnacl";
import { z } from "zod";
import type { ExportedProfile } from "./kept-profile.ts";
import { exportBytesMax, exportPaddingBytes, nameCharsMax, recordBytesMax, recordKeyCharsMax, recordsPerTableMax } from "./limits.ts";
import { ProfileError } from "./port.ts";
import { entropyOf, phraseOf, recoveryEntropyBytes } from "./recovery-phrase.ts";

const magic = Uint8Array.from("EARSHOT EXPORT 1\n", (character) => character.charCodeAt(0));
const saltBytes = 16;
const checkBytes = 16;
const headerBytes = magic.length + saltBytes + checkBytes + nacl.secretbox.nonceLength;

const secret = z.instanceof(Uint8Array).refine((bytes) => bytes.length === 32);
const entries = z
  .array(z.tuple([z.string().min(1).max(recordKeyCharsMax), z.instanceof(Uint8Array).refine((bytes) => bytes.length <= recordBytesMax)]))
  .max(recordsPerTableMax);
const contentSchema = z
  .object({
    identity: z.object({ signSeed: secret, agreeSecret: secret }).strict(),
    name: z.string().min(1).max(nameCharsMax).nullable(),
    contacts: entries,
    settings: entries,
    padding: z.instanceof(Uint8Array),
  })
  .strict();

/** The phrase opens this file and no other. Throws RangeError where the profile is too large. */
export function exportProfile(
  { identity, name, contacts, settings }: ExportedProfile,
  randomBytes: (count: number) => Uint8Array,
): { readonly file: Uint8Array; readonly phrase: string } {
  const { signSeed, agreeSecret } = identity;
  const content = { identity: { signSeed, agreeSecret }, name: name ?? null, contacts, settings };
  const bare = encode({ ...content, padding: new Uint8Array(0) }).length;
  const plaintext = encode({ ...content, padding: new Uint8Array(exportPaddingBytes - (bare % exportPaddingBytes)) });
  const entropy = randomBytes(recoveryEntropyBytes);
  const salt = randomBytes(saltBytes);
  const nonce = randomBytes(nacl.secretbox.nonceLength);
  const { key, check } = derive(entropy, salt);
  const file = concat(magic, salt, check, nonce, nacl.secretbox(plaintext, nonce, key));
  if (file.length > exportBytesMax) throw new RangeError(`an exported profile of ${file.length} bytes`);
  return { file, phrase: phraseOf(entropy) };
}

/** Throws `ProfileError` "phraseInvalid" or "fileInvalid". */
export function readExport(file: Uint8Array, phrase: string): ExportedProfile {
  if (file.length <= headerBytes || file.length > exportBytesMax || !isEqual(file.subarray(0, magic.length), magic)) {
    throw new ProfileError("fileInvalid", "This file is no exported profile of Earshot, or it is cut off.");
  }
  const entropy = entropyOf(phrase);
  const salt = file.subarray(magic.length, magic.length + saltBytes);
  const said = file.subarray(magic.length + saltBytes, magic.length + saltBytes + checkBytes);
  const { key, check } = derive(entropy, salt);
  const plaintext = nacl.secretbox.open(
    file.subarray(headerBytes),
    file.subarray(headerBytes - nacl.secretbox.nonceLength, headerBytes),
    key,
  );
  if (plaintext === null && !isEqual(said, check)) {
    throw new ProfileError("phraseInvalid", "This recovery phrase belongs to another file: each export has a phrase of its own.");
  }
  const exported = plaintext === null ? undefined : decodeExported(plaintext);
  if (exported === undefined)
    throw new ProfileError(
      "fileInvalid",
      "The phrase is right, but the file is damaged, or from a newer Earshot. Take another copy of it.",
    );
  return exported;
}

function derive(entropy: Uint8Array, salt: Uint8Array): { readonly key: Uint8Array; readonly check: Uint8Array } {
  const keyBytes = nacl.secretbox.keyLength;
  const info = Uint8Array.from("earshot export 1", (character) => character.charCodeAt(0));
  const bytes = hkdf(sha512, entropy, salt, info, keyBytes + checkBytes);
  return { key: bytes.subarray(0, keyBytes), check: bytes.subarray(keyBytes) };
}

/** What stands in the box. Undefined where it is not what Earshot writes. */
export function decodeExported(plaintext: Uint8Array): ExportedProfile | undefined {
  try {
    const { identity, name, contacts, settings } = contentSchema.parse(decode(plaintext));
    return { identity, name: name ?? undefined, contacts, settings };
  } catch {
    return undefined;
  }
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
