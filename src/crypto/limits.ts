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
/** What one call of `seal` takes: one byte says for whom it is, and padding adds at least one. */
export const plaintextBytesMax = paddedBytesMax - 2;
/** Nonce and tag of NaCl box. */
export const boxOverheadBytes = 24 + 16;
/** Keys, header, tag and signature of any frame: the largest is a session's first. */
export const frameOverheadBytes = 256;
export const sealedBytesMax = paddedBytesMax + frameOverheadBytes;

/** Messages that one message may skip: what a link that broke had under way. More: a forged number makes a peer calculate for longer, some 3 ms. */
export const skippedStepMax = 500;
/** Message keys kept a session for what has not come yet; the oldest go first. 100 bytes each in the vault. */
export const skippedKeysMax = 1_000;
/** Sessions kept with one peer: both may begin at once, and again after a restart. The one that was used longest ago goes first. */
export const sessionsPerPeerMax = 5;
/** Peers with whom sessions are kept. Who was dropped begins anew with the next message. */
export const sessionPeersMax = 2_048;
/** First messages of a peer that are not taken a second time. A prekey changes before so many sessions begin by themselves. */
export const baseKeysMax = 64;
/** A prekey is used for a week (X3DH, section 4.2: "once a week, or once a month") … */
export const prekeyLifetimeMs = 7 * 24 * 3_600_000;
/** … and kept for as many changes, since a first message may have been under way for long. */
export const oldPrekeysMax = 4;
/** Pause before a session that cannot be read is begun anew; doubles up to the maximum: whoever forges frames can make us do that. */
export const renewMsMin = 500;
export const renewMsMax = 60_000;

/** A sender key is changed after so many messages … */
export const senderKeyMessagesMax = 1_000;
/** … or so long, so that a stolen one reads no further. */
export const senderKeyLifetimeMs = 7 * 24 * 3_600_000;
/** Chains of others kept, over all rooms; the one used longest ago goes first and is asked for again. */
export const foreignChainsMax = 8_192;
/** Of one author: more rooms than two people share. Without it a stranger who hands out keys without end would drop all others'. */
export const foreignChainsPerAuthorMax = 256;
/** Own chains: one a room. */
export const ownChainsMax = 1_000;
/** Message keys kept of one foreign chain for frames that have not come yet. */
export const senderSkippedMax = 500;
/** An author changes its key for those who cannot read it as often at most: otherwise one member could have it do nothing else. */
export const rekeyAskedMs = 10_000;
/** Frames that wait for a sender key: it mostly comes right before them. */
export const heldFramesMax = 64;
export const heldFramesPerPeerMax = 16;
/** So long a frame waits for its key; then the room brings the message by itself. */
export const heldMs = 30_000;

/** Parsed public keys kept per signature adapter: the authors of the rooms one is in. Fewer: slower verification, nothing else. */
export const verifyKeysMax = 1024;
/** Parsed secret keys kept per signature adapter. A peer has one; a simulation, which shares the adapter, hundreds. */
export const signKeysMax = 512;

/** Signal's number of rounds: 112 bits of a fingerprint cost as much to forge as some more bits would. */
export const fingerprintRounds = 5_200;
/** Fingerprints kept, 64 bytes each. */
export const fingerprintsMax = 256;

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
strict(skippedKeysMax >= skippedStepMax, "what one message skips is kept");
strict(Number.isSafeInteger(noiseMessagesMax), "nonces are counted exactly");
