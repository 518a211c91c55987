/** HMAC and HKDF over SHA-512 by @noble/hashes, for where there is no native one. The same bytes as key-derivation.node.ts. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import type { KeyDerivation } from "./ports.ts";

export function createNobleKeyDerivation(): KeyDerivation {
  return {
    mac: (key, message) => hmac(sha512, key, message),
    derive: (material, salt, info, length) => hkdf(sha512, material, salt, info, length),
  };
}
