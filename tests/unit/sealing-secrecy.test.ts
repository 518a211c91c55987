/**
 * What a thief reads who has recorded every frame and then gets the opened vaults: of sessions, whose first frames stand on a
 * prekey, and of rooms. Beside each thing that cannot be read stands one that can, or the thief would prove nothing.
 */
import { hkdfSync } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { oldPrekeysMax, prekeyLifetimeMs, senderKeyLifetimeMs } from "../../src/crypto/limits.ts";
import { naiveAgree, naiveKeys, naiveMessageKey, naiveUnbox } from "../support/naive-ratchet.ts";
import { bytesFrom, createRandom } from "../support/random.ts";
import { type Clock, deliver, type RoomOf, type SealedFrame, SealedPerson } from "../support/sealed-people.ts";
import { steal } from "../support/thief.ts";

const firstHead = 65;
const laterHead = 9;
const roomHead = 37;
const signatureBytes = 64;
/** No chain here goes further. */
const stepsMax = 12;

/** The thief tries some hundred thousand keys, on whatever machine this is. */
vi.setConfig({ testTimeout: 90_000 });

const randomBytes = bytesFrom(createRandom(8));

function town(): { clock: Clock; mara: SealedPerson; tomas: SealedPerson; ines: SealedPerson; jon: SealedPerson } {
  const clock: Clock = { now: 0 };
  const person = (name: string): SealedPerson => new SealedPerson(name, clock, randomBytes);
  return { clock, mara: person("mara"), tomas: person("tomas"), ines: person("ines"), jon: person("jon") };
}

/** Of the frames of a session that the first of the two began, those that open with what these people keep. */
function readOfSession(
  robbed: readonly SealedPerson[],
  [initiator, responder]: [SealedPerson, SealedPerson],
  frames: readonly SealedFrame[],
  opening = frames[0],
): number[] {
  if (opening?.sealed[0] !== 1) throw new Error("the first frame says with what the session began");
  const values = robbed.flatMap((person) => person.loot());
  const messages = frames.map(({ sealed }) => sealed.subarray(sealed[0] === 1 ? firstHead : laterHead));
  // X3DH as the responder calculates it, where the secret of the prekey is among what was stolen.
  const agreed = frames.flatMap(({ to, sealed }) => {
    if (sealed[0] !== 1 || !robbed.includes(to)) return [];
    const [base, named] = [sealed.subarray(1, 33), sealed.subarray(33, 65)];
    const prekey = values.find((value) => Buffer.compare(naiveKeys(value).publicKey, named) === 0);
    if (prekey === undefined) return [];
    const parts = [naiveAgree(prekey, initiator.identity.agreeKey), naiveAgree(to.identity.agreeSecret, base), naiveAgree(prekey, base)];
    return [new Uint8Array(hkdfSync("sha512", Buffer.concat([Buffer.alloc(32, 0xff), ...parts]), "", "earshot x3dh v1", 32))];
  });
  const keys = [initiator, responder].flatMap(({ identity }) => [identity.signKey, identity.agreeKey]);
  const read = steal(
    { values: [...values, ...agreed], associated: Buffer.concat([...keys, opening.sealed.subarray(1, firstHead)]) },
    messages,
  );
  return [...read.keys()].sort((a, b) => a - b);
}

/** Of these frames of a room, those that open with what these people keep. */
function readOfRoom(robbed: readonly Uint8Array[][], roomId: string, frames: readonly SealedFrame[]): number[] {
  const values = robbed.flat();
  return frames.flatMap(({ from, sealed }, place) => {
    const associated = Buffer.concat([from.identity.signKey, from.identity.agreeKey, Buffer.from(roomId)]);
    const frame = sealed.subarray(0, -signatureBytes);
    const keys = values.flatMap((value) => [value, ...Array.from({ length: stepsMax }, (_, step) => naiveMessageKey(value, step))]);
    return keys.some((key) => naiveUnbox(key, associated, frame, roomHead) !== undefined) ? [place] : [];
  });
}

const isOfRoom = ({ sealed }: SealedFrame): boolean => sealed[0] === 3;
/** One frame of each that went to several alike. */
const distinct = (frames: readonly SealedFrame[]): SealedFrame[] => [
  ...new Map(frames.filter(isOfRoom).map((frame) => [Buffer.from(frame.sealed).toString("hex"), frame])).values(),
];

describe("a conversation of two", () => {
  it("can be read from no vault once both have spoken and the prekey is gone; before, only what came ahead of the first answer", () => {
    const { clock, mara, tomas } = town();
    const frames: SealedFrame[] = [];
    const say = (from: SealedPerson, to: SealedPerson, text: string): void => {
      const sent = from.say(text, [to]);
      deliver(sent);
      frames.push(...sent);
    };
    say(mara, tomas, "before any answer");
    say(mara, tomas, "nor has this one");
    say(tomas, mara, "the answer");
    say(mara, tomas, "from here on it is the ratchet's");
    say(tomas, mara, "and so is this");
    expect(tomas.read).toHaveLength(3);
    expect(mara.read).toHaveLength(2);

    expect(readOfSession([mara, tomas], [mara, tomas], frames)).toEqual([0, 1]);
    expect(readOfSession([mara], [mara, tomas], frames)).toEqual([]);
    for (let week = 0; week <= oldPrekeysMax; week += 1) {
      clock.now += prekeyLifetimeMs;
      // As the card is made anew.
      for (const person of [mara, tomas]) expect(person.shown.prekey).toHaveLength(32);
    }
    expect(readOfSession([mara, tomas], [mara, tomas], frames)).toEqual([]);
  });

  it("stays unread by a thief who comes back to an old backup of one side, once that side has spoken with a new key", () => {
    const { mara, tomas } = town();
    const talk = (from: SealedPerson, to: SealedPerson): SealedFrame[] => {
      const sent = from.say("a word", [to]);
      deliver(sent);
      return sent;
    };
    const [opening] = talk(mara, tomas);
    for (const [from, to] of [
      [tomas, mara],
      [mara, tomas],
      [tomas, mara],
    ] as const)
      talk(from, to);
    const stolen = tomas.loot();
    const frames = [talk(mara, tomas), talk(tomas, mara), talk(mara, tomas), talk(tomas, mara)].flat();
    const thief = Object.create(tomas, { loot: { value: () => stolen } }) as SealedPerson;
    expect(readOfSession([thief], [mara, tomas], frames, opening)).toEqual([0]);
  });
});

describe("a room", () => {
  const room = (...members: SealedPerson[]): RoomOf => ({ roomId: "room", members });

  it("can be read from nobody's vault afterwards", () => {
    const { mara, tomas, ines } = town();
    const frames: SealedFrame[] = [];
    for (let n = 0; n < 4; n += 1) {
      const sent = mara.say(`word ${n}`, [tomas, ines], room(tomas, ines));
      const before = [mara.loot(), tomas.loot(), ines.loot()];
      deliver(sent);
      frames.push(...distinct(sent));
      // What has been sent and not yet opened is what its readers' vaults open.
      if (n > 0) expect(readOfRoom(before, "room", frames)).toEqual([n]);
    }
    expect([tomas.read.length, ines.read.length]).toEqual([4, 4]);
    expect(readOfRoom([mara.loot(), tomas.loot(), ines.loot()], "room", frames)).toEqual([]);
  });

  it("shows a newcomer nothing from before, and whoever left nothing from after, whatever they kept", () => {
    const { mara, tomas, ines, jon } = town();
    const say = (readers: SealedPerson[]): SealedFrame[] => {
      const sent = mara.say("a word", readers, room(...readers));
      deliver(sent);
      return distinct(sent);
    };
    const before = [...say([tomas, ines]), ...say([tomas, ines])];
    const ofTomas = [tomas.loot()];
    const both = say([tomas, ines, jon]);
    expect(readOfRoom([jon.loot()], "room", [...before, ...both])).toEqual([]);
    ofTomas.push(tomas.loot());
    const after = [...say([ines, jon]), ...say([ines, jon])];
    // Tomas kept every state that he had: they read what was said while he was there.
    expect(readOfRoom(ofTomas, "room", [...both, ...after])).toEqual([0]);
    expect(tomas.read).toHaveLength(3);
    for (const frame of after) tomas.receive({ ...frame, to: tomas });
    expect(tomas.read).toHaveLength(3);
    expect([ines.read.length, jon.read.length]).toEqual([5, 3]);
  });

  it("is read on with a stolen key until the key changes, within a week", () => {
    const { clock, mara, tomas, ines } = town();
    const say = (): SealedFrame[] => {
      const sent = mara.say("a word", [tomas, ines], room(tomas, ines));
      deliver(sent);
      return distinct(sent);
    };
    say();
    const stolen = ines.loot();
    const soon = [...say(), ...say()];
    expect(readOfRoom([stolen], "room", soon)).toEqual([0, 1]);
    clock.now += senderKeyLifetimeMs;
    const later = [...say(), ...say()];
    expect(readOfRoom([stolen], "room", later)).toEqual([]);
    expect(ines.read).toHaveLength(5);
  });
});
