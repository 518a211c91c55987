/** What a peer that talks, or forges, without end can make another keep. */
import { describe, expect, it } from "vitest";
import { HeldFrames } from "../../src/crypto/held-frames.ts";
import { createIdentity } from "../../src/crypto/index.ts";
import {
  baseKeysMax,
  foreignChainsMax,
  foreignChainsPerAuthorMax,
  heldFramesMax,
  heldFramesPerPeerMax,
  heldMs,
  oldPrekeysMax,
  ownChainsMax,
  prekeyLifetimeMs,
  senderSkippedMax,
  sessionPeersMax,
  sessionsPerPeerMax,
  skippedKeysMax,
  skippedStepMax,
} from "../../src/crypto/limits.ts";
import type { Identity } from "../../src/crypto/ports.ts";
import { Prekeys } from "../../src/crypto/prekeys.ts";
import { openMessage, type Ratchet, sealMessage, startReceiving, startSending } from "../../src/crypto/ratchet.ts";
import { decodeSessions } from "../../src/crypto/ratchet-record.ts";
import { followChain, handedOut, openInChain, sealInChain, startChain } from "../../src/crypto/sender-key.ts";
import { SenderKeys } from "../../src/crypto/sender-keys.ts";
import { Sessions } from "../../src/crypto/sessions.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import { keyPair } from "../../src/crypto/x3dh.ts";
import type { Millis, PeerId } from "../../src/ids.ts";
import { createTwinPrimitives } from "../sim/sealing-twin.ts";
import { bytesFrom, createRandom } from "../support/random.ts";

const signatures = createNodeSignatures();
const randomBytes = bytesFrom(createRandom(11));
const someone = (): Identity => createIdentity(randomBytes, signatures);
const toolsOf = (self: Identity) => ({ primitives: createTwinPrimitives(self), signatures, randomBytes });
const at = (ms: number): Millis => ms as Millis;
const word = Uint8Array.of(1);

function pair(): [Ratchet, Ratchet, ReturnType<typeof toolsOf>] {
  const tools = toolsOf(someone());
  const prekey = keyPair(tools.primitives, randomBytes(32));
  const associated = randomBytes(8);
  const sender = startSending(tools, new Uint8Array(32), associated, prekey.publicKey);
  return [sender, startReceiving(new Uint8Array(32), associated, prekey), tools];
}

describe("a session", () => {
  it("skips so many messages, and not one more", () => {
    const [mara, tomas, tools] = pair();
    const frames = Array.from({ length: skippedStepMax + 2 }, () => sealMessage(tools, mara, word) as Uint8Array);
    expect(openMessage(tools, tomas, frames[skippedStepMax + 1] as Uint8Array)).toBeUndefined();
    expect(tomas.skipped.size).toBe(0);
    expect(openMessage(tools, tomas, frames[skippedStepMax] as Uint8Array)).toEqual(word);
    expect(tomas.skipped.size).toBe(skippedStepMax);
  });

  it("keeps so many keys of what has not come, and lets the oldest go", () => {
    const [mara, tomas, tools] = pair();
    const first = sealMessage(tools, mara, word) as Uint8Array;
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < skippedStepMax - 1; n += 1) sealMessage(tools, mara, word);
      expect(openMessage(tools, tomas, sealMessage(tools, mara, word) as Uint8Array)).toEqual(word);
    }
    expect(tomas.skipped.size).toBe(skippedKeysMax);
    expect(openMessage(tools, tomas, first)).toBeUndefined();
  });
});

describe("sessions", () => {
  it("with one peer are so few, and remember so many beginnings", () => {
    const [mara, tomas] = [someone(), someone()];
    const prekeys = new Prekeys(toolsOf(tomas), undefined, at(0));
    const ofTomas = new Sessions(tomas, toolsOf(tomas), prekeys, []);
    for (let n = 0; n < baseKeysMax + 10; n += 1) {
      const again = new Sessions(mara, toolsOf(mara), new Prekeys(toolsOf(mara), undefined, at(0)), []);
      const frame = again.seal({ identity: tomas, prekey: prekeys.current }, word) as Uint8Array;
      expect(ofTomas.open({ identity: mara, prekey: undefined }, frame)).toEqual(word);
    }
    const [[, bytes]] = ofTomas.takeChanges() as [[PeerId, Uint8Array]];
    const kept = decodeSessions(bytes);
    expect([kept?.sessions.length, kept?.baseKeys.length]).toEqual([sessionsPerPeerMax, baseKeysMax]);
  });

  it("are kept with so many peers, and forgotten on disk too", () => {
    const mara = someone();
    const tools = toolsOf(mara);
    const sessions = new Sessions(mara, tools, new Prekeys(tools, undefined, at(0)), []);
    const other = someone();
    const prekey = keyPair(tools.primitives, randomBytes(32)).publicKey;
    const name = (n: number): PeerId => `peer ${n}` as PeerId;
    for (let n = 0; n <= sessionPeersMax; n += 1) sessions.seal({ identity: { ...other, peerId: name(n) }, prekey }, word);
    expect(sessions.peerCount).toBe(sessionPeersMax);
    expect(sessions.takeChanges().find(([peerId]) => peerId === name(0))).toEqual([name(0), undefined]);
  });

  it("open with the prekeys of so many weeks", () => {
    const mara = someone();
    const prekeys = new Prekeys(toolsOf(mara), undefined, at(0));
    const all = [prekeys.current];
    for (let week = 1; week <= oldPrekeysMax + 1; week += 1) {
      expect(prekeys.renew(at(week * prekeyLifetimeMs - 1))).toBe(false);
      expect(prekeys.renew(at(week * prekeyLifetimeMs))).toBe(true);
      all.push(prekeys.current);
    }
    expect(all.map((key) => prekeys.find(key) !== undefined)).toEqual([false, ...all.slice(1).map(() => true)]);
    const kept = new Prekeys(toolsOf(mara), prekeys.encode(), at(0));
    expect(all.map((key) => kept.find(key) !== undefined)).toEqual(all.map((key) => prekeys.find(key) !== undefined));
  });
});

describe("sender keys", () => {
  it("of others are kept up to a bound, and forgotten on disk too", () => {
    const mara = someone();
    const tools = toolsOf(mara);
    const keys = new SenderKeys(mara, tools, []);
    const key = handedOut(startChain(tools, "room"));
    const keyIdOf = (n: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, index) => (n >> (8 * index)) & 255);
    const forgotten = (): string[] => keys.takeChanges().flatMap(([name, value]) => (value === undefined ? [name] : []));

    // One who hands out keys without end drops nobody's but their own.
    const loud = "loud" as PeerId;
    keys.accept("quiet" as PeerId, { ...key, keyId: keyIdOf(0) });
    for (let n = 0; n <= foreignChainsPerAuthorMax; n += 1) keys.accept(loud, { ...key, keyId: keyIdOf(n) });
    expect(forgotten()).toEqual([`from/loud/${"00".repeat(16)}`]);

    for (let n = 0; n < foreignChainsMax - foreignChainsPerAuthorMax; n += 1)
      keys.accept(`peer ${n}` as PeerId, { ...key, keyId: keyIdOf(n) });
    expect(forgotten()).toEqual([`from/quiet/${"00".repeat(16)}`]);
  });

  it("of one's own are one a room, up to a bound", () => {
    const mara = someone();
    const keys = new SenderKeys(mara, toolsOf(mara), []);
    for (let n = 0; n <= ownChainsMax; n += 1) keys.lacking(`room ${n}`, undefined, [], at(0));
    expect(keys.seal("room 0", word)).toBeUndefined();
    expect(keys.seal("room 1", word)).toBeDefined();
  });

  it("skip so many messages, and keep so many keys of what has not come", () => {
    const mara = someone();
    const tools = toolsOf(mara);
    const [own, other] = [startChain(tools, "room"), startChain(tools, "room")];
    const followed = followChain(handedOut(own));
    for (let n = 0; n <= skippedStepMax; n += 1) sealInChain(tools, mara, own, word);
    expect(openInChain(tools, mara, followed, sealInChain(tools, mara, own, word))).toBeUndefined();
    expect(followed.skipped.size).toBe(0);

    const ofOther = followChain(handedOut(other));
    const first = sealInChain(tools, mara, other, word);
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < senderSkippedMax / 2; n += 1) sealInChain(tools, mara, other, word);
      expect(openInChain(tools, mara, ofOther, sealInChain(tools, mara, other, word))).toEqual(word);
    }
    expect(ofOther.skipped.size).toBe(senderSkippedMax);
    expect(openInChain(tools, mara, ofOther, first)).toBeUndefined();
  });

  it("that are missing hold so many frames, and not for ever", () => {
    const held = new HeldFrames();
    for (let n = 0; n < 2 * heldFramesMax; n += 1) held.hold("loud" as PeerId, randomBytes(16), word, at(0));
    expect(held.all).toHaveLength(heldFramesPerPeerMax);
    for (let n = 0; n < 2 * heldFramesMax; n += 1) held.hold(`peer ${n}` as PeerId, randomBytes(16), word, at(5));
    expect(held.all).toHaveLength(heldFramesMax);
    expect(held.nextAt()).toBe(heldMs);
    held.expire(at(heldMs));
    expect(held.all).toHaveLength(heldFramesMax - heldFramesPerPeerMax);
    held.expire(at(heldMs + 5));
    expect([held.all, held.nextAt()]).toEqual([[], undefined]);
  });
});
