/**
 * What two people compare to know that nobody sits between them: Signal's numeric fingerprint (its published class of that name,
 * version 0): for each of the two, 5,200 rounds of SHA-512 over their keys, of which 30 bytes give 30 digits; the smaller number first.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { fingerprintRounds, fingerprintsMax } from "./limits.ts";
import type { PublicIdentity } from "./ports.ts";
import { RecentlyUsed } from "./recently-used.ts";

export interface SafetyNumber {
  /** 12 groups of 5 digits, the same on both sides. */
  readonly digits: string;
  /** The same in full, in characters that make a small QR code. */
  readonly code: string;
}

const version = Uint8Array.of(0, 0);
const codeHead = "EARSHOT-SAFETY-1:";
/** Of a fingerprint, in the code. */
const codeBytes = 32;

export class SafetyNumbers {
  readonly #self: PublicIdentity;
  /** Rounds take some twenty milliseconds. */
  readonly #fingerprints = new RecentlyUsed<Uint8Array>(fingerprintsMax);

  constructor(self: PublicIdentity) {
    this.#self = self;
  }

  with(other: PublicIdentity): SafetyNumber {
    const both = [this.#self, other].map((identity) =>
      this.#fingerprints.getOrMake(bytesToHex(concatBytes(identity.signKey, identity.agreeKey)), () => fingerprint(identity)),
    );
    const digits = both.map(digitsOf).sort();
    const codes = both.map((bytes) => bytesToHex(bytes.subarray(0, codeBytes)).toUpperCase()).sort();
    return { digits: digits.join(" "), code: `${codeHead}${codes.join("")}` };
  }
}

/** Whether a code that was shown is this one; how long it takes does not tell how much of it was right. */
export function isSameCode(shown: string, code: string): boolean {
  const given = shown.trim().toUpperCase();
  let difference = given.length ^ code.length;
  for (let at = 0; at < code.length; at += 1) difference |= given.charCodeAt(at) ^ code.charCodeAt(at);
  return difference === 0;
}

/** 64 bytes. */
export function fingerprint({ peerId, signKey, agreeKey }: PublicIdentity): Uint8Array {
  const keys = concatBytes(signKey, agreeKey);
  let digest = sha512(concatBytes(version, keys, utf8ToBytes(peerId), keys));
  for (let round = 1; round < fingerprintRounds; round += 1) digest = sha512(concatBytes(digest, keys));
  return digest;
}

/** 6 groups of 5 digits: each from 5 bytes, by their remainder. */
function digitsOf(bytes: Uint8Array): string {
  return Array.from({ length: 6 }, (_, group) => {
    let value = 0;
    for (const byte of bytes.subarray(5 * group, 5 * group + 5)) value = value * 256 + byte;
    return String(value % 100_000).padStart(5, "0");
  }).join(" ");
}
