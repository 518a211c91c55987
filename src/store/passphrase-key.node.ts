/** Argon2id (RFC 9106), version 0x13. Loaded at the first passphrase. */

import { type Argon2Parameters, normalisePassphrase, vaultKeyBytes } from "./key-slots.ts";
import { passphraseCharsMax } from "./limits.ts";
import { ProfileError } from "./port.ts";

/** 32 bytes. Holds this thread for as long as it takes. */
export async function deriveFromPassphrase(passphrase: string, salt: Uint8Array, parameters: Argon2Parameters): Promise<Uint8Array> {
  const { argon2id } = await import("hash-wasm");
  return argon2id({
    password: normalisePassphrase(passphrase),
    salt,
    iterations: parameters.passes,
    parallelism: parameters.lanes,
    memorySize: parameters.memoryKib,
    hashLength: vaultKeyBytes,
    outputType: "binary",
  });
}

/** Of a new passphrase. Throws `ProfileError` "passphraseInvalid". */
export function checkPassphrase(passphrase: string): void {
  if (passphrase.length === 0) throw new ProfileError("passphraseInvalid", "A passphrase cannot be empty.");
  if (passphrase.length > passphraseCharsMax) {
    throw new ProfileError("passphraseInvalid", `A passphrase has at most ${passphraseCharsMax} characters.`);
  }
}
