/**
 * Forward secrecy and healing: a thief (tests/support/thief.ts) has recorded every frame, and gets everything that both sides keep.
 * Each test shows as well that the same thief does read what it can read, or its failure would prove nothing.
 */
import { describe, expect, it, vi } from "vitest";
import { openMessage, type Ratchet, type RatchetTools, sealMessage, startReceiving, startSending } from "../../src/crypto/ratchet.ts";
import { keyPair } from "../../src/crypto/x3dh.ts";
import { bytesFrom, createRandom } from "../support/random.ts";
import { nodePrimitives } from "../support/sealing.ts";
import { steal, valuesIn } from "../support/thief.ts";

/** The thief tries some hundred thousand keys, on whatever machine this is. */
vi.setConfig({ testTimeout: 90_000 });

const randomBytes = bytesFrom(createRandom(3));
const tools: RatchetTools = { primitives: nodePrimitives, randomBytes };
const associated = randomBytes(128);
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);

interface Talk {
  readonly mara: Ratchet;
  readonly tomas: Ratchet;
  /** Every frame from now on, in the order in which they were sent. */
  readonly frames: Uint8Array[];
  /** Those and all before. */
  readonly wire: Uint8Array[];
  /** From Mara, or to her; lost ones are recorded too. */
  say(from: "mara" | "tomas", how?: "lost"): Uint8Array;
}

/** A conversation that is under way: each has sent, so no key of X3DH is in use any more. */
function talk(): Talk {
  const [secret, prekey] = [randomBytes(32), keyPair(nodePrimitives, randomBytes(32))];
  const mara = startSending(tools, secret.slice(), associated, prekey.publicKey);
  const tomas = startReceiving(secret.slice(), associated, prekey);
  const frames: Uint8Array[] = [];
  const wire: Uint8Array[] = [];
  const say: Talk["say"] = (from, how) => {
    const [sender, receiver] = from === "mara" ? [mara, tomas] : [tomas, mara];
    const frame = sealMessage(tools, sender, bytesOf(`secret ${frames.length}`)) as Uint8Array;
    if (how !== "lost") expect(openMessage(tools, receiver, frame)).toEqual(bytesOf(`secret ${frames.length}`));
    frames.push(frame);
    wire.push(frame);
    return frame;
  };
  for (const from of ["mara", "tomas", "mara", "tomas"] as const) say(from);
  frames.length = 0;
  return { mara, tomas, frames, wire, say };
}

/** Which of the frames the thief reads with what these keep; the texts must be right. */
function readWith(states: readonly Ratchet[], { frames, wire }: Talk): number[] {
  return [...steal({ values: valuesIn(states), associated }, frames, wire).keys()].sort((a, b) => a - b);
}

const copy = (ratchet: Ratchet): Ratchet => structuredClone(ratchet);

describe("forward secrecy", () => {
  it("what was said cannot be read with all that both sides keep afterwards", () => {
    const session = talk();
    const { mara, tomas, frames, say } = session;
    for (const from of ["mara", "mara", "tomas", "tomas"] as const) {
      const before = [copy(mara), copy(tomas)];
      say(from);
      expect(readWith(before, session)).toEqual([frames.length - 1]);
      expect(readWith([mara, tomas], session)).toEqual([]);
    }
  });

  it("a message that has not come can be read with what its receiver keeps for it, and only it", () => {
    const session = talk();
    const { mara, tomas, say } = session;
    say("mara");
    const late = say("mara", "lost");
    say("mara");
    say("tomas");
    say("mara");
    expect(readWith([mara, tomas], session)).toEqual([1]);
    expect(openMessage(tools, tomas, late)).toBeDefined();
    expect(readWith([mara, tomas], session)).toEqual([]);
  });

  it("holds although nobody answers: within a chain every message has a key of its own", () => {
    const session = talk();
    for (let n = 0; n < 6; n += 1) session.say("mara");
    expect(readWith([session.mara, session.tomas], session)).toEqual([]);
  });
});

describe("a key that is of no use any more", () => {
  it("is overwritten where it lay, and not left to the collector", () => {
    const { mara, tomas, say } = talk();
    const secretsOf = ({ root, own, sending, receiving, skipped }: Ratchet): Uint8Array[] =>
      [root, own.secret, sending?.key, receiving?.key, ...skipped.values()].filter((key) => key !== undefined);
    for (const from of ["mara", "mara", "tomas", "mara", "tomas", "tomas"] as const) {
      const before = [...secretsOf(mara), ...secretsOf(tomas)];
      const late = say(from, "lost");
      say(from);
      const kept = secretsOf(from === "mara" ? tomas : mara);
      expect(openMessage(tools, from === "mara" ? tomas : mara, late)).toBeDefined();
      const now = new Set([...secretsOf(mara), ...secretsOf(tomas)]);
      const gone = [...before, ...kept].filter((key) => !now.has(key));
      expect(gone.length).toBeGreaterThan(2);
      for (const key of gone) expect(key).toEqual(new Uint8Array(key.length));
    }
  });
});

describe("healing: of what is said after a theft, the thief reads", () => {
  it("with one side's state, no more once that side has spoken with a new key", () => {
    const read = (["mara", "tomas"] as const).map((victim) => {
      const session = talk();
      const stolen = copy(session[victim]);
      const other = victim === "mara" ? "tomas" : "mara";
      for (const from of [other, victim, other, victim, other, victim] as const) session.say(from);
      return readWith([stolen], session);
    });
    // Mara had her newest key already, and uses it until Tomas shows one; Tomas makes his when he hears from Mara.
    expect(read).toEqual([[0, 1, 2], [0]]);
  });

  it("with both states, no more after one round trip", () => {
    const session = talk();
    const stolen = [copy(session.mara), copy(session.tomas)];
    for (const from of ["mara", "tomas", "mara", "tomas", "mara", "tomas"] as const) session.say(from);
    expect(readWith(stolen, session)).toEqual([0, 1]);
  });

  it("everything, as long as one side alone speaks", () => {
    const session = talk();
    const stolen = copy(session.mara);
    for (let n = 0; n < 4; n += 1) session.say("mara");
    expect(readWith([stolen], session)).toEqual([0, 1, 2, 3]);
  });
});
