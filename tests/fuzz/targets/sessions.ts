/** Sessions and sender keys: what two say of them, what is kept of them, and three sealings whose frames are bent, lost and come again. */
import * as fc from "fast-check";
import { createIdentity } from "../../../src/crypto/index.ts";
import type { Identity, SealedCopy, Sealing, SealingRecord } from "../../../src/crypto/ports.ts";
import { Prekeys } from "../../../src/crypto/prekeys.ts";
import { decodeSessions, encodeSessions } from "../../../src/crypto/ratchet-record.ts";
import { decodeSealingControl, encodeSealingControl } from "../../../src/crypto/sealing-control.ts";
import { SenderKeys } from "../../../src/crypto/sender-keys.ts";
import type { Millis } from "../../../src/ids.ts";
import { decodeContact } from "../../../src/peer/contacts.ts";
import { createTwinPrimitives } from "../../sim/sealing-twin.ts";
import { bytesFrom, createRandom } from "../../support/random.ts";
import { correspondent, createTestSealing } from "../../support/sealing.ts";
import { signatures } from "../../unit/mesh-fixture.ts";
import { Steps } from "../steps.ts";
import { hold, holdDecoded, type Target } from "../target.ts";

const start = 0 as Millis;
const [mara, tomas, ines] = [1, 2, 3].map((seed) => createIdentity(bytesFrom(createRandom(seed)), signatures)) as [
  Identity,
  Identity,
  Identity,
];

const bytesOf = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });

const controls: Target = {
  name: "sealing-control",
  covers: ["src/crypto/sealing-control.ts decodeSealingControl"],
  form: "cbor",
  valid: fc
    .oneof(
      fc.record({
        k: fc.constant("senderKey" as const),
        key: fc.record({
          roomId: fc.string({ maxLength: 30 }),
          keyId: bytesOf(16),
          number: fc.nat(),
          chainKey: bytesOf(32),
          signKey: bytesOf(32),
        }),
      }),
      fc.record({ k: fc.constant("senderKeyWanted" as const), keyId: bytesOf(16), isKnown: fc.boolean() }),
      fc.constant({ k: "renewed" as const }),
    )
    .map(encodeSealingControl),
  bytesMax: 2_048,
  cpuMsMax: 50,
  run: (input) => holdDecoded(input, decodeSealingControl, encodeSealingControl),
};

class Person {
  readonly #identity: Identity;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly disk = new Map<string, SealingRecord>();
  sealing: Sealing;

  constructor(identity: Identity, seed: number) {
    this.#identity = identity;
    this.#randomBytes = bytesFrom(createRandom(seed));
    this.sealing = this.#start();
  }

  get card() {
    return correspondent(this.#identity, this.sealing);
  }

  save(): void {
    for (const record of this.sealing.takeRecords()) this.disk.set(`${record.table} ${record.key}`, record);
  }

  restart(): void {
    this.sealing = this.#start();
  }

  #start(): Sealing {
    return createTestSealing(this.#identity, this.#randomBytes, {
      primitives: createTwinPrimitives(this.#identity),
      kept: (of) => [...this.disk.values()].flatMap(({ table, key, value }) => (table === of && value ? [[key, value] as const] : [])),
    });
  }
}

/** A real record of each kind, to be bent. */
const records: readonly (readonly [kind: number, bytes: Uint8Array])[] = (() => {
  const [one, two, three] = [new Person(mara, 4), new Person(tomas, 5), new Person(ines, 6)];
  for (const { to, sealed } of one.sealing.seal(
    { roomId: "room", members: undefined, readers: [two.card, three.card] },
    Uint8Array.of(1),
    start,
  ))
    (to === tomas.peerId ? two : three).sealing.open(one.card, sealed, start);
  const kinds = (key: string): number =>
    key === "sessions prekeys" ? 1 : key.startsWith("sessions ") ? 0 : key.startsWith("senderKeys own") ? 2 : 3;
  for (const person of [one, two, three]) person.save();
  return [...one.disk, ...two.disk].flatMap(([key, { value }]) => (value === undefined ? [] : [[kinds(key), value] as const]));
})();

/** The first byte is the kind. What the vault gives back is taken whole or not at all. */
const kept: Target = {
  name: "session-records",
  covers: [
    "src/crypto/ratchet-record.ts decodeSessions",
    "src/crypto/prekeys.ts",
    "src/crypto/sender-keys.ts",
    "src/peer/contacts.ts decodeContact",
  ],
  form: "bytes",
  valid: fc.constantFrom(...records).map(([kind, bytes]) => Uint8Array.from([kind, ...bytes])),
  bytesMax: 8_192,
  cpuMsMax: 200,
  run(input) {
    const bytes = input.subarray(1);
    const tools = { primitives: createTwinPrimitives(mara), signatures, randomBytes: bytesFrom(createRandom(9)) };
    const kind = (input[0] ?? 0) % 5;
    if (kind === 4) {
      const contact = decodeContact(bytes);
      hold(contact === undefined || (contact.name ?? "").length <= 200, "a contact has too long a name");
      return;
    }
    if (kind === 0) holdDecoded(bytes, decodeSessions, encodeSessions);
    if (kind === 1) hold(new Prekeys(tools, bytes, start).current.length === 32, "there is no prekey");
    if (kind > 1) {
      const keys = new SenderKeys(mara, tools, [[kind === 2 ? "own/room" : `from/${"00".repeat(16)}`, bytes]]);
      keys.lacking("room", undefined, [], start);
      hold(keys.seal("room", Uint8Array.of(1)) !== undefined, "nothing can be said in the room");
    }
  },
};

const verbs = 9;
const framesMax = 60;

/** Each text opens once at most while nobody has gone back, and whatever happened, the next words arrive after a few tries. */
const sessions: Target = {
  name: "sessions",
  covers: ["src/crypto/ratchet.ts openMessage", "src/crypto/sender-key.ts openInChain", "src/crypto/end-to-end.ts open"],
  form: "steps",
  valid: fc.array(fc.nat({ max: 255 }), { maxLength: 80 }).map((steps) => Uint8Array.from(steps)),
  bytesMax: 240,
  cpuMsMax: 1_000,
  run(input) {
    const people = [new Person(mara, 11), new Person(tomas, 12), new Person(ines, 13)] as const;
    const ids = [mara.peerId, tomas.peerId, ines.peerId];
    const frames: { from: number; copy: SealedCopy }[] = [];
    const opened = new Map<string, number>();
    let said = 0;
    let hasGoneBack = false;
    const steps = new Steps(input);
    const person = (at: number): Person => people[at % 3] as Person;
    const send = (from: number, copies: readonly SealedCopy[]): void => {
      for (const copy of copies) if (frames.length < framesMax) frames.push({ from, copy });
    };
    const arrive = (from: number, to: number, sealed: Uint8Array, now: Millis): void => {
      const result = person(to).sealing.open(person(from).card, sealed, now);
      send(to, person(to).sealing.takePosts());
      if (!result.ok) return;
      for (const plaintext of result.plaintexts) {
        hold(plaintext.length === 2 && (plaintext[0] ?? 0) * 256 + (plaintext[1] ?? 0) < said, "what nobody said opens");
        const name = `${plaintext.join(" ")} at ${to}`;
        opened.set(name, (opened.get(name) ?? 0) + 1);
        hold(hasGoneBack || opened.get(name) === 1, "one text opens twice");
      }
    };
    const say = (from: number, to: readonly number[]): void => {
      const text = Uint8Array.of(said >> 8, said & 255);
      said += 1;
      const readers = to.map((at) => person(at).card);
      send(
        from,
        person(from).sealing.seal(
          { roomId: to.length > 1 ? "room" : "", members: to.map((at) => ids[at % 3] as never), readers },
          text,
          start,
        ),
      );
    };
    let now = 0;
    while (!steps.isOver) {
      const verb = steps.next(verbs);
      const who = steps.next(3);
      now += 100;
      if (verb <= 1) say(who, [(who + 1 + steps.next(2)) % 3]);
      if (verb === 2) say(who, [(who + 1) % 3, (who + 2) % 3]);
      if (verb === 3) person(who).save();
      if (verb === 4) {
        person(who).restart();
        hasGoneBack = true;
      }
      if (verb < 5 || frames.length === 0) continue;
      const place = steps.next(frames.length);
      const frame = frames[place] as (typeof frames)[number];
      const to = ids.indexOf(frame.copy.to);
      const sealed = frame.copy.sealed.slice();
      // Lost, come (and may come again), or bent.
      if (verb === 5) frames.splice(place, 1);
      if (verb === 8) sealed[(steps.next(256) * 7) % sealed.length] = steps.next(256);
      if (verb > 5) arrive(frame.from, to, sealed, now as Millis);
    }
    for (const from of [0, 1, 2]) for (const to of [0, 1, 2]) if (from !== to) holdArrives(from, to);

    function holdArrives(from: number, to: number): void {
      for (let attempt = 0; attempt < 4; attempt += 1) {
        now += 120_000;
        frames.length = 0;
        say(from, [to]);
        const name = `${(said - 1) >> 8} ${(said - 1) & 255} at ${to}`;
        for (let next = frames.shift(); next !== undefined; next = frames.shift())
          arrive(next.from, ids.indexOf(next.copy.to), next.copy.sealed, now as Millis);
        if (opened.has(name)) return;
      }
      hold(false, "two cannot talk any more");
    }
  },
};

export const sessionTargets: readonly Target[] = [controls, kept, sessions];
