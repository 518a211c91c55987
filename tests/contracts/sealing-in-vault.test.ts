/** What the sealing keeps fits the vault at its largest: a record that did not would end the peer that has it, whenever it is saved. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { createIdentity } from "../../src/crypto/index.ts";
import {
  baseKeysMax,
  foreignChainsMax,
  ownChainsMax,
  senderSkippedMax,
  sessionPeersMax,
  sessionsPerPeerMax,
  skippedKeysMax,
  skippedStepMax,
} from "../../src/crypto/limits.ts";
import { decodeSessions, encodeSessions, type PeerSessions, type Session } from "../../src/crypto/ratchet-record.ts";
import { handedOut, sealInChain, startChain } from "../../src/crypto/sender-key.ts";
import { SenderKeys } from "../../src/crypto/sender-keys.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Millis, PeerId } from "../../src/ids.ts";
import { createMemoryVault } from "../../src/store/index.ts";
import { recordsPerTableMax } from "../../src/store/limits.ts";
import { bytesFrom, createRandom } from "../support/random.ts";
import { nodePrimitives } from "../support/sealing.ts";

const randomBytes = bytesFrom(createRandom(4));
const signatures = createNodeSignatures();
const tools = { primitives: nodePrimitives, signatures, randomBytes };
const mara = createIdentity(randomBytes, signatures);
const roomId = "r".repeat(80);
const numberMax = 2 ** 32 - 1;

describe("the largest record", () => {
  it("of one peer's sessions fits, and comes back whole", () => {
    const pair = () => ({ secret: randomBytes(32), publicKey: randomBytes(32) });
    const session = (): Session => ({
      baseKey: randomBytes(32),
      opening: randomBytes(65),
      ratchet: {
        associated: randomBytes(192),
        root: randomBytes(32),
        own: pair(),
        theirs: randomBytes(32),
        sending: { key: randomBytes(32), number: numberMax },
        receiving: { key: randomBytes(32), number: numberMax },
        previous: numberMax,
        skipped: new Map(
          Array.from({ length: skippedKeysMax }, (_, index) => [`${bytesToHex(randomBytes(32))}/${numberMax - index}`, randomBytes(32)]),
        ),
      },
    });
    const largest: PeerSessions = {
      sessions: Array.from({ length: sessionsPerPeerMax }, session),
      baseKeys: Array.from({ length: baseKeysMax }, () => bytesToHex(randomBytes(32))),
    };
    const vault = createMemoryVault();
    vault.write([{ table: "sessions", key: mara.peerId, value: encodeSessions(largest) }]);
    expect(decodeSessions(vault.get("sessions", mara.peerId) ?? new Uint8Array(0))).toEqual(largest);
  });

  it("of a chain fits: one's own with everybody as its holder, another's with all that it skipped", () => {
    const keys = new SenderKeys(mara, tools, []);
    keys.lacking(roomId, undefined, [], 0 as Millis);
    for (let n = 0; n < sessionPeersMax; n += 1) keys.handOut(roomId, `${n}`.padStart(32, "a") as PeerId);
    const other = createIdentity(randomBytes, signatures);
    const chain = startChain(tools, roomId);
    keys.accept(other.peerId, handedOut(chain));
    for (let n = 0; n < senderSkippedMax; ) {
      for (let skipped = 0; skipped < skippedStepMax; skipped += 1, n += 1) sealInChain(tools, other, chain, randomBytes(1));
      expect(keys.open(other, sealInChain(tools, other, chain, randomBytes(1)))).toMatchObject({ roomId });
    }
    const vault = createMemoryVault();
    const changes = keys.takeChanges();
    expect(changes).toHaveLength(2);
    vault.write(changes.map(([key, value]) => ({ table: "senderKeys", key, value })));
    const again = new SenderKeys(mara, tools, vault.entries("senderKeys"));
    expect(again.open(other, sealInChain(tools, other, chain, randomBytes(1)))).toMatchObject({ roomId });
  });
});

it("as many as there may be have room in their tables", () => {
  expect(sessionPeersMax + 1).toBeLessThanOrEqual(recordsPerTableMax);
  expect(foreignChainsMax + ownChainsMax).toBeLessThanOrEqual(recordsPerTableMax);
});
