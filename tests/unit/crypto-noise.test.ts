import { randomBytes as nodeRandomBytes } from "node:crypto";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CipherState } from "../../src/crypto/cipher-state.ts";
import { noiseMessageBytesMax, noiseMessagesMax, noisePayloadBytesMax } from "../../src/crypto/limits.ts";
import { type Handshake, noiseSuite, startHandshake } from "../../src/crypto/noise.ts";
import { agreePublicKey } from "../../src/crypto/x25519.ts";

const randomBytes = (length: number): Uint8Array => Uint8Array.from(nodeRandomBytes(length));
const text = utf8ToBytes;
const networkSecret = randomBytes(32);

interface Side {
  readonly psk?: Uint8Array | undefined;
  readonly prologue?: string;
}

function begin(initiator: boolean, { psk = networkSecret, prologue = "EARSHOT1" }: Side = {}): Handshake {
  const staticSecret = randomBytes(32);
  return startHandshake({
    initiator,
    staticSecret,
    staticPublic: agreePublicKey(staticSecret),
    psk,
    prologue: text(prologue),
    randomBytes,
    suite: noiseSuite,
  });
}

const beginWithoutKey = (initiator: boolean): Handshake => {
  const staticSecret = randomBytes(32);
  const staticPublic = agreePublicKey(staticSecret);
  return startHandshake({ initiator, staticSecret, staticPublic, prologue: text("EARSHOT1"), randomBytes, suite: noiseSuite });
};

/** Carries messages across, each changed by `onWire`, until the handshake stands or is refused; gives the index of the refused one. */
function converse(
  initiator: Handshake,
  responder: Handshake,
  onWire = (message: Uint8Array, _index: number): Uint8Array => message,
  payloads: Uint8Array[] = [],
): number | undefined {
  for (let index = 0; index < 3; index += 1) {
    const [writer, reader] = index % 2 === 0 ? [initiator, responder] : [responder, initiator];
    const read = reader.readMessage(onWire(writer.writeMessage(text(`payload ${index}`)), index));
    if (!read.ok) return index;
    payloads.push(read.payload);
  }
  return undefined;
}

function withBitFlipped(bytes: Uint8Array, position: number, bit: number): Uint8Array {
  const result = bytes.slice();
  result[position % bytes.length] = (result[position % bytes.length] ?? 0) ^ (1 << bit);
  return result;
}

function established(handshake: Handshake) {
  if (handshake.established === undefined) throw new Error("the handshake should stand");
  return handshake.established;
}

describe("the handshake", () => {
  it("gives both sides each other's key, one hash, and keys that fit in both directions", () => {
    const initiator = begin(true);
    const responder = begin(false);
    expect(initiator.isWriting).toBe(true);
    expect(responder.isWriting).toBe(false);
    const payloads: Uint8Array[] = [];
    expect(converse(initiator, responder, undefined, payloads)).toBeUndefined();
    expect(payloads).toEqual([text("payload 0"), text("payload 1"), text("payload 2")]);
    const [here, there] = [established(initiator), established(responder)];
    expect(here.handshakeHash).toEqual(there.handshakeHash);
    expect(here.handshakeHash).toHaveLength(64);
    for (const [from, to] of [[here, there] as const, [there, here] as const]) {
      for (const length of [0, 1, 1000, noisePayloadBytesMax]) {
        const payload = randomBytes(length);
        const message = from.transport.encrypt(payload);
        expect(message.length).toBeLessThanOrEqual(noiseMessageBytesMax);
        expect(to.transport.decrypt(message)).toEqual({ ok: true, payload });
      }
    }
  });

  it("tells the initiator who answers before it shows its own key", () => {
    const initiator = begin(true);
    const responder = begin(false);
    responder.readMessage(initiator.writeMessage(text("")));
    expect(initiator.remoteStatic).toBeUndefined();
    initiator.readMessage(responder.writeMessage(text("")));
    expect(initiator.remoteStatic).toHaveLength(32);
    expect(responder.remoteStatic).toBeUndefined();
    responder.readMessage(initiator.writeMessage(text("")));
    expect(established(initiator).remoteStatic).toEqual(initiator.remoteStatic);
    expect(established(responder).remoteStatic).toEqual(responder.remoteStatic);
    expect(responder.remoteStatic).not.toEqual(initiator.remoteStatic);
  });

  it("is refused by the responder, at the first message, where psk or prologue differ", () => {
    expect(converse(begin(true), begin(false, { psk: randomBytes(32) }))).toBe(0);
    expect(converse(begin(true), begin(false, { prologue: "EARSHOT2" }))).toBe(0);
    expect(converse(begin(true), beginWithoutKey(false))).toBe(1);
    expect(converse(beginWithoutKey(true), begin(false))).toBe(0);
    expect(converse(beginWithoutKey(true), beginWithoutKey(false))).toBeUndefined();
  });

  it("notices any bit changed in any message at once", () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(), fc.nat(7), (target, position, bit) => {
        const initiator = begin(true);
        const responder = begin(false);
        const refusedAt = converse(initiator, responder, (message, index) =>
          index === target ? withBitFlipped(message, position, bit) : message,
        );
        expect(refusedAt).toBe(target);
        expect((target === 1 ? initiator : responder).established).toBeUndefined();
        expect((target === 1 ? initiator : responder).remoteStatic).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it("refuses garbage, and everything after it, without an exception", () => {
    const garbage = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), garbage, garbage, (withKey, first, one, other) => {
        const reader = withKey ? begin(false) : beginWithoutKey(false);
        const initiator = withKey ? begin(true) : beginWithoutKey(true);
        const [victim, message] = first ? [reader, one] : [initiator, one];
        if (victim === initiator) initiator.writeMessage(text(""));
        const read = victim.readMessage(message);
        // Without a key the first message is a bare public key: any 32 bytes that are one pass, as the specification has it.
        if (read.ok) {
          expect(withKey).toBe(false);
          return;
        }
        expect(["malformed", "unauthentic", "weakKey"]).toContain(read.failure);
        expect(victim.readMessage(other)).toEqual({ ok: false, failure: "failed" });
        expect(victim.isWriting).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses a message longer than Noise allows, and one that comes while ours is due or all is said", () => {
    const tooLong = new Uint8Array(noiseMessageBytesMax + 1);
    expect(begin(false).readMessage(tooLong)).toEqual({ ok: false, failure: "malformed" });
    expect(begin(true).readMessage(new Uint8Array(48))).toEqual({ ok: false, failure: "outOfTurn" });
    const [initiator, responder] = [begin(true), begin(false)];
    converse(initiator, responder);
    expect(responder.readMessage(new Uint8Array(48))).toEqual({ ok: false, failure: "outOfTurn" });
  });

  it("refuses ephemeral keys that would make the shared secret known to everybody", () => {
    const lowOrder = hexToBytes("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
    expect(beginWithoutKey(false).readMessage(lowOrder)).toEqual({ ok: false, failure: "weakKey" });
    const initiator = beginWithoutKey(true);
    initiator.writeMessage(text(""));
    const answer = new Uint8Array(96);
    answer.set(lowOrder);
    expect(initiator.readMessage(answer)).toEqual({ ok: false, failure: "weakKey" });
  });

  it("refuses a static key of low order although it is authentic", () => {
    const malicious = startHandshake({
      initiator: true,
      staticSecret: randomBytes(32),
      staticPublic: new Uint8Array(32),
      psk: networkSecret,
      prologue: text("EARSHOT1"),
      randomBytes,
      suite: noiseSuite,
    });
    const responder = begin(false);
    responder.readMessage(malicious.writeMessage(text("")));
    malicious.readMessage(responder.writeMessage(text("")));
    expect(responder.readMessage(malicious.writeMessage(text("")))).toEqual({ ok: false, failure: "weakKey" });
  });

  it("does not accept a static key whose secret the other side lacks", () => {
    const stolen = agreePublicKey(randomBytes(32));
    const impostor = startHandshake({
      initiator: true,
      staticSecret: randomBytes(32),
      staticPublic: stolen,
      psk: networkSecret,
      prologue: text("EARSHOT1"),
      randomBytes,
      suite: noiseSuite,
    });
    const responder = begin(false);
    expect(converse(impostor, responder)).toBe(2);
    expect(responder.remoteStatic).toBeUndefined();
  });

  it("takes writing out of turn, or too much, as the programmer's error", () => {
    expect(() => begin(false).writeMessage(text(""))).toThrow();
    expect(() => begin(true).writeMessage(new Uint8Array(noiseMessageBytesMax))).toThrow();
    expect(() => begin(true, { psk: new Uint8Array(31) })).toThrow();
  });
});

describe("the transport", () => {
  const pair = () => {
    const [initiator, responder] = [begin(true), begin(false)];
    converse(initiator, responder);
    return { here: established(initiator).transport, there: established(responder).transport };
  };

  it("refuses what is altered, repeated, left out, reordered or sent back, and everything after", () => {
    const wrongs: readonly ((first: Uint8Array, second: Uint8Array, echo: Uint8Array) => Uint8Array)[] = [
      (first) => first,
      (_first, second) => withBitFlipped(second, 3, 1),
      (_first, second) => withBitFlipped(second, second.length - 1, 7),
      (_first, second) => second.subarray(0, second.length - 1),
      (_first, _second, echo) => echo,
      () => new Uint8Array(0),
      () => new Uint8Array(noiseMessageBytesMax + 1),
    ];
    for (const wrong of wrongs) {
      const { here, there } = pair();
      const [first, second, third] = [here.encrypt(text("one")), here.encrypt(text("two")), here.encrypt(text("three"))];
      const echo = there.encrypt(text("two"));
      expect(there.decrypt(first)).toEqual({ ok: true, payload: text("one") });
      expect(there.decrypt(wrong(first, second, echo)).ok).toBe(false);
      expect(there.decrypt(second)).toEqual({ ok: false, failure: "failed" });
      expect(there.decrypt(third)).toEqual({ ok: false, failure: "failed" });
    }
    const { here, there } = pair();
    here.encrypt(text("lost"));
    expect(there.decrypt(here.encrypt(text("next")))).toEqual({ ok: false, failure: "unauthentic" });
  });

  it("takes a payload that is too long as the programmer's error", () => {
    expect(() => pair().here.encrypt(new Uint8Array(noisePayloadBytesMax + 1))).toThrow();
  });

  it("uses the last nonce and none after it", () => {
    const key = randomBytes(32);
    const [from, to] = [new CipherState(key.slice(), noiseMessagesMax - 1), new CipherState(key.slice(), noiseMessagesMax - 1)];
    const nothing = new Uint8Array(0);
    const last = from.encrypt(nothing, text("last"));
    expect(to.decrypt(nothing, last)).toEqual(text("last"));
    expect(() => from.encrypt(nothing, text("beyond"))).toThrow();
    expect(to.decrypt(nothing, last)).toBeUndefined();
  });

  it("uses another nonce for each message: equal payloads look different", () => {
    const { here } = pair();
    expect(here.encrypt(text("same"))).not.toEqual(here.encrypt(text("same")));
  });
});
