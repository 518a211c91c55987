/** Sealed bytes, padding, keys and signatures, and the handshake in every state. */
import * as fc from "fast-check";
import {
  createNetworkSealing,
  deriveNetwork,
  type Handshake,
  noiseSuite,
  publicIdentityFromKeys,
  startHandshake,
} from "../../../src/crypto/index.ts";
import { plaintextBytesMax, sealedBytesMax } from "../../../src/crypto/limits.ts";
import { isPaddedLength, pad, unpad } from "../../../src/crypto/padding.ts";
import type { Correspondent, SealedCopy } from "../../../src/crypto/ports.ts";
import { isWellFormed } from "../../../src/crypto/signature-form.ts";
import { isSafePublicKey } from "../../../src/crypto/x25519.ts";
import type { Millis } from "../../../src/ids.ts";
import { bytesFrom, createRandom } from "../../support/random.ts";
import { correspondent, createTestSealing } from "../../support/sealing.ts";
import { person, signatures } from "../../unit/mesh-fixture.ts";
import { bytes } from "../arbitraries.ts";
import { Steps } from "../steps.ts";
import { hold, type Target } from "../target.ts";

const one = person(1);
const other = person(2);
const third = person(3);
const seeded = (seed = 7) => bytesFrom(createRandom(seed));
const start = 0 as Millis;
const secret = deriveNetwork({ name: "fuzz" }).secret;

const padding: Target = {
  name: "padding",
  covers: ["src/crypto/padding.ts unpad", "src/crypto/padding.ts isPaddedLength"],
  form: "bytes",
  valid: fc.uint8Array({ maxLength: 200 }).map(pad),
  bytesMax: 2_048,
  cpuMsMax: 50,
  run(input) {
    hold(same(unpad(pad(input)), input), "what was padded comes out otherwise");
    const plaintext = unpad(input);
    if (plaintext === undefined) return;
    hold(isPaddedLength(input.length) && same(pad(plaintext), input), "two paddings of one text");
  },
};

/** The first byte chooses the way. What an honest peer sealed opens, and nothing that was altered. */
const sealing: Target = {
  name: "sealing",
  covers: ["src/crypto/end-to-end.ts open", "src/crypto/network-sealing.ts open"],
  form: "bytes",
  valid: fc.tuple(fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 120 })).map(([way, content]) => Uint8Array.from([way, ...content])),
  bytesMax: 2_048,
  cpuMsMax: 400,
  run(input) {
    const [way = 0, place = 0] = input;
    const content = input.subarray(1);
    const mine = createTestSealing(one, seeded());
    const theirs = createTestSealing(other, seeded(8));
    const me = correspondent(one, mine);
    const them = correspondent(other, theirs);
    const forAll = createNetworkSealing(secret, seeded());
    const seal = (readers: readonly Correspondent[]): readonly SealedCopy[] =>
      theirs.seal({ roomId: "room", members: undefined, readers }, content, start);
    const noise = mine.open(them, content, start);
    hold(!noise.ok || noise.plaintexts.length === 0, "noise opens");
    hold(forAll.open(content) === undefined, "noise opens as a broadcast");
    const open = (box: Uint8Array): Uint8Array | undefined => {
      if (way % 3 === 2) return forAll.open(box);
      const opened = mine.open(them, box, start);
      return opened.ok ? opened.plaintexts[0] : undefined;
    };
    // For one by a session, for two by a sender key, which comes first.
    const copies = way % 3 === 0 ? seal([me]) : seal([me, correspondent(third, createTestSealing(third, seeded(9)))]);
    const ours = copies.filter(({ to }) => to === one.peerId);
    if (way % 3 === 1) mine.open(them, ours[0]?.sealed ?? new Uint8Array(0), start);
    const sealed = way % 3 === 2 ? forAll.seal(content) : ours.at(-1)?.sealed;
    hold(
      sealed !== undefined && sealed.length <= sealedBytesMax && content.length <= plaintextBytesMax,
      "what is sealed exceeds its bound",
    );
    const altered = sealed.slice();
    altered[(place * 37 + way) % altered.length] = (altered[(place * 37 + way) % altered.length] ?? 0) ^ (1 << (way % 8));
    hold(open(altered) === undefined, "what was altered opens");
    hold(open(sealed.subarray(0, sealed.length - 1)) === undefined, "what was cut opens");
    hold(same(open(sealed), content), "what was sealed comes out otherwise");
    if (way % 3 !== 2) hold(open(sealed) === undefined, "a replay opens");
  },
};

/** Bytes 0-31 a key, 32-95 a signature or binding, the rest a text. */
const keys: Target = {
  name: "keys",
  covers: [
    "src/crypto/signature-form.ts isWellFormed",
    "src/crypto/x25519.ts isSafePublicKey",
    "src/crypto/identity.ts publicIdentityFromKeys",
    "src/crypto/signatures.node.ts verify",
  ],
  form: "bytes",
  valid: fc.oneof(
    fc.constant(Uint8Array.from([...one.signKey, ...signatures.sign(one.signSeed, Uint8Array.of(1)), 1])),
    fc.tuple(bytes(32), bytes(64), bytes(4)).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]))),
    fc.constant(Uint8Array.from([...one.signKey, ...one.binding, ...one.agreeKey])),
  ),
  bytesMax: 160,
  cpuMsMax: 100,
  run(input) {
    const key = input.subarray(0, 32);
    const signature = input.subarray(32, 96);
    const text = input.subarray(96);
    isSafePublicKey(text);
    const isRight = signatures.verify(key, text, signature);
    hold(!isRight || isWellFormed(key, signature), "a signature of another form is believed");
    // A signature is for one text: with another it fails, and the one who signs is who holds the seed.
    if (isRight) hold(!signatures.verify(key, Uint8Array.from([...text, 0]), signature), "a signature holds for two texts");
    const identity = publicIdentityFromKeys(signatures, key, text, signature);
    if (identity !== undefined) hold(same(key, one.signKey) && same(text, one.agreeKey), "somebody is bound to keys that are not theirs");
  },
};

interface Side {
  readonly session: Handshake;
  readonly isInitiator: boolean;
  /** Something was given to it that the other did not write for this moment. */
  isTampered: boolean;
}

/**
 * Two sides, and somebody between them who passes on, alters, repeats, invents and swaps. Whoever was lied to has not
 * established anything; whoever has, has it with the right peer.
 */
const handshake: Target = {
  name: "handshake",
  covers: ["src/crypto/noise.ts startHandshake", "src/crypto/handshakes.ts createHandshakes"],
  form: "steps",
  valid: fc.oneof(
    fc.constant(Uint8Array.of(0, 0, 0, 0, 1, 0, 6, 0, 7, 6, 1, 0, 7, 0)),
    fc.uint8Array({ minLength: 4, maxLength: 24 }),
    fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5, 6, 7), { maxLength: 24 }).map((steps) => Uint8Array.from(steps)),
  ),
  bytesMax: 64,
  cpuMsMax: 500,
  run(input) {
    const steps = new Steps(input);
    const side = (isInitiator: boolean): Side => ({
      isInitiator,
      isTampered: false,
      session: startHandshake({
        initiator: isInitiator,
        prologue: Uint8Array.of(1),
        psk: secret,
        staticSecret: (isInitiator ? one : other).agreeSecret,
        staticPublic: (isInitiator ? one : other).agreeKey,
        randomBytes: bytesFrom(createRandom(isInitiator ? 3 : 4)),
        suite: noiseSuite,
      }),
    });
    const sides = [side(true), side(false)] as const;
    const written: Uint8Array[] = [];
    let due: { readonly to: Side; readonly message: Uint8Array } | undefined;
    while (!steps.isOver) {
      const [initiator, responder] = sides;
      const writer = sides.find(({ session }) => session.isWriting && due === undefined);
      if (writer !== undefined) {
        const message = writer.session.writeMessage(Uint8Array.of(writer.isInitiator ? 1 : 2));
        written.push(message);
        due = { to: writer === initiator ? responder : initiator, message };
      }
      const reader = due?.to ?? (steps.next(2) === 0 ? initiator : responder);
      const given = tamper(steps, due?.message, written);
      const isHonest = due !== undefined && reader === due.to && same(given, due.message);
      const read = reader.session.readMessage(given);
      if (!isHonest) reader.isTampered = true;
      else due = undefined;
      hold(!read.ok || !reader.isTampered, "a message that nobody wrote for this moment was taken");
      hold(read.ok || !isHonest || reader.isTampered, "an honest message was refused");
      hold(!reader.isTampered || reader.session.remoteStatic === undefined, "a handshake that failed names somebody");
      holdEstablished(sides, steps);
    }
  },
};

function holdEstablished(sides: readonly [Side, Side], steps: Steps): void {
  const [initiator, responder] = sides;
  for (const { session, isInitiator } of sides) {
    if (session.established === undefined) continue;
    hold(same(session.established.remoteStatic, (isInitiator ? other : one).agreeKey), "established with somebody else");
  }
  const [left, right] = [initiator.session.established, responder.session.established];
  if (left === undefined || right === undefined) return;
  hold(same(left.handshakeHash, right.handshakeHash), "two sides of one handshake saw different things");
  const said = steps.bytes(steps.next(8));
  const read = right.transport.decrypt(left.transport.encrypt(said));
  if (read.ok) hold(same(read.payload, said), "a transport message comes out otherwise");
  if (steps.next(4) !== 0) return;
  hold(!right.transport.decrypt(steps.bytes(steps.next(40))).ok, "noise opens");
  hold(!right.transport.decrypt(left.transport.encrypt(said)).ok, "a transport that refused goes on");
}

function tamper(steps: Steps, due: Uint8Array | undefined, written: readonly Uint8Array[]): Uint8Array {
  const honest = due ?? new Uint8Array(48);
  switch (steps.next(8)) {
    case 1: {
      const flipped = honest.slice();
      const at = (steps.next(256) * 256 + steps.next(256)) % Math.max(1, flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << steps.next(8));
      return flipped;
    }
    case 2:
      return steps.bytes(steps.next(100));
    case 3:
      return written[steps.next(Math.max(1, written.length))] ?? new Uint8Array();
    case 4:
      return honest.slice(0, steps.next(Math.max(1, honest.length)));
    case 5:
      return Uint8Array.from([...honest, ...steps.bytes(1 + steps.next(4))]);
    case 6: {
      // A key of low order in place of the ephemeral one.
      const weak = honest.slice();
      weak.fill(steps.next(2), 0, 1);
      weak.fill(0, 1, 32);
      return weak;
    }
    default:
      return honest;
  }
}

function same(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

export const cryptoTargets: readonly Target[] = [padding, sealing, keys, handshake];
