/** Bounds of the crypto module, each with its reason and what breaks where it is wrong. */
import { strict } from "./strict.ts";

/** Noise revision 34, section 3: no message is longer, so a 16-bit length always suffices. */
export const noiseMessageBytesMax = 65_535;
/** What one transport message may carry: a message less its tag. */
export const noisePayloadBytesMax = noiseMessageBytesMax - 16;
/**
 * Messages one transport key may protect. A nonce used twice gives the key away, and the limit of Noise (2^64 - 1) is not
 * a number that we count to exactly; this one is, and at a million messages a second it is reached in twelve days.
 */
export const noiseMessagesMax = 2 ** 40;

/** Sizes that plaintexts are padded to. Fewer: small messages cost more; more: their length tells what was said. */
export const paddingBuckets = [64, 128, 256, 512, 1024] as const;
/** Above the largest bucket, padding goes to multiples of this. */
export const paddingStepBytes = 1024;
/** The largest padded plaintext: with its nonce and tag it stays below the 60 KiB that an envelope of the mesh carries. */
export const paddedBytesMax = 59 * 1024;
/** What one call of `seal` takes: padding adds at least one byte. */
export const plaintextBytesMax = paddedBytesMax - 1;
/** Nonce and tag of NaCl box. */
export const boxOverheadBytes = 24 + 16;
export const sealedBytesMax = paddedBytesMax + boxOverheadBytes;

/** Shared keys kept per sealing, 32 bytes each. Fewer than the people of a room: half a millisecond more a message and member. */
export const sharedKeysMax = 1024;
/** Parsed public keys kept per signature adapter: the authors of the rooms one is in. Fewer: slower verification, nothing else. */
export const verifyKeysMax = 1024;
/** Parsed secret keys kept per signature adapter. A peer has one; a simulation, which shares the adapter, hundreds. */
export const signKeysMax = 512;

/** Network names are typed by people; longer ones would only be a way to make start-up slow. Checked before the core is made. */
export const networkNameBytesMax = 256;
export const networkKeyBytesMax = 1024;
/** scrypt (RFC 7914) as protocol.md, section 2, says: 32 MiB and a tenth of a second a guess. Changing one parts the networks. */
export const scryptCost = { N: 2 ** 15, r: 8, p: 1 } as const;

strict(paddingBuckets.at(-1) === paddingStepBytes, "multiples continue where the buckets end");
strict(
  paddingBuckets.every((size, index) => index === 0 || size > (paddingBuckets[index - 1] ?? size)),
  "buckets grow",
);
strict(paddedBytesMax % paddingStepBytes === 0, "the largest padded size is one that padding produces");
strict(sealedBytesMax <= 60 * 1024, "a sealed text fits an envelope");
strict(Number.isSafeInteger(noiseMessagesMax), "nonces are counted exactly");
