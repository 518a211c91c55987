/** The product's sealing for tests: real primitives, nothing kept. */
import { createNodeAgreement } from "../../src/crypto/agreement.node.ts";
import { createPrimitives, createSealing, type SealingSettings } from "../../src/crypto/index.ts";
import { createNodeKeyDerivation } from "../../src/crypto/key-derivation.node.ts";
import type { Correspondent, Identity, PublicIdentity, RandomBytes, Sealing } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Millis } from "../../src/ids.ts";

export const nodePrimitives = createPrimitives(createNodeAgreement(), createNodeKeyDerivation());
const signatures = createNodeSignatures();

export function createTestSealing(self: Identity, randomBytes: RandomBytes, settings: Partial<SealingSettings> = {}): Sealing {
  return createSealing({
    self,
    primitives: nodePrimitives,
    signatures,
    randomBytes,
    wallNow: () => 1_000_000_000_000 as Millis,
    kept: () => [],
    isKept: true,
    ...settings,
  });
}

/** Somebody as its card shows it. */
export const correspondent = (identity: PublicIdentity, sealing: Pick<Sealing, "prekey">): Correspondent => ({
  identity,
  prekey: sealing.prekey(),
});

/** All that a sealing does, by that sealing: to change one part of it. */
export function sealingThrough(sealing: Sealing): Sealing {
  return {
    prekey: () => sealing.prekey(),
    seal: (audience, plaintext, now) => sealing.seal(audience, plaintext, now),
    open: (from, sealed, now) => sealing.open(from, sealed, now),
    takePosts: () => sealing.takePosts(),
    takeRecords: () => sealing.takeRecords(),
    waitingFor: (roomId) => sealing.waitingFor(roomId),
    waitingRevision: () => sealing.waitingRevision(),
    nextWakeAt: () => sealing.nextWakeAt(),
    wake: (now) => sealing.wake(now),
  };
}
