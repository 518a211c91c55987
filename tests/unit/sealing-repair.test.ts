/**
 * Sealings whose frames are lost, repeated, altered and given out as another's, and that start again with what they kept, with an
 * old vault or with none: afterwards they talk again by themselves, nothing was opened that was not said by that one to that one,
 * and nothing twice but by whoever put an old state back.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oldPrekeysMax, prekeyLifetimeMs, renewMsMax } from "../../src/crypto/limits.ts";
import { bytesFrom, createRandom } from "../support/random.ts";
import { type Clock, deliver, type SealedFrame, SealedPerson } from "../support/sealed-people.ts";

const names = ["mara", "tomas", "ines"] as const;
/** As often as a room brings an entry again until it is acknowledged, more or less: the first tries carry the repair. */
const repetitionsMax = 4;

type Act =
  | { readonly act: "say"; readonly from: number; readonly to: number }
  | { readonly act: "sayToRoom"; readonly from: number }
  | { readonly act: "deliver"; readonly which: number }
  | { readonly act: "replay"; readonly which: number }
  | { readonly act: "lose"; readonly which: number }
  /** A relay gives somebody's frame out as another's, or to another. */
  | { readonly act: "misdirect"; readonly which: number; readonly from: number; readonly to: number }
  | { readonly act: "alter"; readonly which: number; readonly byte: number }
  | { readonly act: "restart" | "backup" | "putBack" | "forget"; readonly who: number }
  | { readonly act: "wait"; readonly ms: number };

const who = fc.nat(2);
const which = fc.nat(1_000);
const acts = (withOldStates: boolean): fc.Arbitrary<Act[]> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ act: fc.constant("say" as const), from: who, to: who }) },
      { weight: 3, arbitrary: fc.record({ act: fc.constant("sayToRoom" as const), from: who }) },
      { weight: 10, arbitrary: fc.record({ act: fc.constant("deliver" as const), which }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant("replay" as const), which }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constant("lose" as const), which }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant("misdirect" as const), which, from: who, to: who }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constant("alter" as const), which, byte: fc.nat(1_000) }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constant("restart" as const), who }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constant("wait" as const), ms: fc.nat(90_000) }) },
      ...(withOldStates
        ? [{ weight: 2, arbitrary: fc.record({ act: fc.constantFrom("backup" as const, "putBack" as const, "forget" as const), who }) }]
        : []),
    ),
    { maxLength: 70, size: "max" },
  );

class Town {
  readonly clock: Clock = { now: 0 };
  readonly people: readonly SealedPerson[];
  readonly #backups = new Map<SealedPerson, ReturnType<SealedPerson["backup"]>>();
  /** Who may read what was said. */
  readonly #said = new Map<string, readonly SealedPerson[]>();
  readonly #delivered: SealedFrame[] = [];
  #underWay: SealedFrame[] = [];
  #count = 0;

  constructor(seed: number) {
    const randomBytes = bytesFrom(createRandom(seed));
    this.people = names.map((name) => new SealedPerson(name, this.clock, randomBytes));
  }

  play(step: Act): void {
    switch (step.act) {
      case "say":
        if (step.from !== step.to) this.#underWay.push(...this.#say(this.#person(step.from), [this.#person(step.to)]));
        return;
      case "sayToRoom":
        this.#underWay.push(...this.#say(this.#person(step.from), this.#others(step.from)));
        return;
      case "deliver": {
        const frame = this.#underWay[step.which % Math.max(this.#underWay.length, 1)];
        if (frame === undefined) return;
        this.#underWay = this.#underWay.filter((other) => other !== frame);
        this.#delivered.push(frame);
        this.#underWay.push(...frame.to.receive(frame));
        return;
      }
      case "replay": {
        const frame = this.#delivered[step.which % Math.max(this.#delivered.length, 1)];
        if (frame !== undefined) this.#underWay.push(...frame.to.receive(frame));
        return;
      }
      case "lose":
        this.#underWay.splice(step.which % Math.max(this.#underWay.length, 1), 1);
        return;
      case "misdirect": {
        const frame = this.#recorded(step.which);
        const [from, to] = [this.#person(step.from), this.#person(step.to)];
        if (frame !== undefined && from !== to) this.#underWay.push(...to.receive({ ...frame, from, to }));
        return;
      }
      case "alter": {
        const frame = this.#recorded(step.which);
        if (frame === undefined) return;
        const sealed = frame.sealed.slice();
        sealed[step.byte % sealed.length] = (sealed[step.byte % sealed.length] ?? 0) ^ 4;
        this.#underWay.push(...frame.to.receive({ ...frame, sealed }));
        return;
      }
      case "restart":
        this.#person(step.who).restart();
        return;
      case "backup":
        this.#backups.set(this.#person(step.who), this.#person(step.who).backup());
        return;
      case "putBack": {
        const backup = this.#backups.get(this.#person(step.who));
        if (backup !== undefined) this.#person(step.who).restart(backup);
        return;
      }
      case "forget":
        this.#person(step.who).restart(new Map());
        return;
      case "wait":
        this.clock.now += step.ms;
    }
  }

  /** Everybody says something to everybody and to the room, again and again until it is read; in order from now on. */
  heal(): number {
    let most = 0;
    for (const [index, from] of this.people.entries()) {
      for (const readers of [...this.#others(index).map((other) => [other]), this.#others(index)]) {
        const text = `word ${++this.#count}`;
        this.#said.set(`${from.name}: ${text}`, readers);
        const lacks = (): SealedPerson[] => readers.filter((reader) => !reader.read.includes(`${from.name}: ${text}`));
        let times = 0;
        for (; lacks().length > 0; times += 1) {
          expect(times, `${from.name} to ${readers.map(({ name }) => name).join(", ")}`).toBeLessThan(repetitionsMax);
          deliver(this.#seal(from, text, times === 0 ? readers : lacks(), readers));
          // A pause that an attack brought about is over some time.
          this.clock.now += renewMsMax;
        }
        most = Math.max(most, times);
      }
    }
    return most;
  }

  /** Whatever was read was said, by whom it seems to be and to whoever read it. */
  judge({ once }: { readonly once: boolean }): void {
    for (const person of this.people) {
      for (const text of person.read) expect(this.#said.get(text), text).toContain(person);
      if (once) expect(person.read).toHaveLength(new Set(person.read).size);
    }
  }

  #say(from: SealedPerson, readers: readonly SealedPerson[]): SealedFrame[] {
    const text = `word ${++this.#count}`;
    this.#said.set(`${from.name}: ${text}`, readers);
    return this.#seal(from, text, readers, readers);
  }

  #seal(from: SealedPerson, text: string, readers: readonly SealedPerson[], members: readonly SealedPerson[]): SealedFrame[] {
    return members.length < 2 ? from.say(text, readers) : from.say(text, readers, { roomId: "room", members });
  }

  /** Of all that has crossed the relay. */
  #recorded(place: number): SealedFrame | undefined {
    const all = [...this.#delivered, ...this.#underWay];
    return all[place % Math.max(all.length, 1)];
  }

  #person(index: number): SealedPerson {
    const person = this.people[index];
    if (person === undefined) throw new Error("there are three");
    return person;
  }

  #others(index: number): SealedPerson[] {
    return this.people.filter((_, other) => other !== index);
  }
}

describe("three sealings", () => {
  it("read each other after loss, disorder, repetition and restarts, and read nothing twice", () => {
    fc.assert(
      fc.property(fc.nat(), acts(false), (seed, script) => {
        const town = new Town(seed);
        for (const step of script) town.play(step);
        town.heal();
        town.judge({ once: true });
      }),
      { numRuns: 60 },
    );
  });

  it("read each other after old vaults were put back and others lost", () => {
    let most = 0;
    fc.assert(
      fc.property(fc.nat(), acts(true), (seed, script) => {
        const town = new Town(seed);
        for (const step of script) town.play(step);
        most = Math.max(most, town.heal());
        town.judge({ once: false });
      }),
      { numRuns: 60 },
    );
    // Or the script never broke anything.
    expect(most).toBeGreaterThan(1);
  });

  it("which begin all at once read each other from the first word", () => {
    const town = new Town(1);
    const [mara, tomas, ines] = town.people as [SealedPerson, SealedPerson, SealedPerson];
    const pairs = [mara, tomas, ines].flatMap((from) => [mara, tomas, ines].filter((to) => to !== from).map((to) => ({ from, to })));
    for (let round = 0; round < 4; round += 1) {
      const crossing = pairs.flatMap(({ from, to }) => from.say(`${round} to ${to.name}`, [to]));
      deliver(crossing);
      for (const { from, to } of pairs) expect(to.read).toContain(`${from.name}: ${round} to ${to.name}`);
    }
  });

  it.each(["is long gone", "went with a vault that was put back"])("whose prekey %s are begun with anew, by themselves", (why) => {
    const town = new Town(2);
    const [mara, tomas] = town.people as [SealedPerson, SealedPerson];
    const backup = tomas.backup();
    if (why.startsWith("went")) town.clock.now += prekeyLifetimeMs;
    // As a card says that has been under way for long, or that the owner no longer knows of.
    const asOnceShown = Object.create(tomas, { shown: { value: tomas.shown } }) as SealedPerson;
    if (why.startsWith("went")) tomas.restart(backup);
    else {
      for (let week = 0; week <= oldPrekeysMax; week += 1) {
        town.clock.now += prekeyLifetimeMs;
        expect(tomas.shown.prekey).toHaveLength(32);
      }
    }
    const say = (text: string): void => deliver(mara.say(text, [asOnceShown]).map((frame) => ({ ...frame, to: tomas })));
    say("not to be read");
    say("to be read");
    deliver(tomas.say("and answered", [mara]));
    expect([tomas.read, mara.read]).toEqual([["mara: to be read"], ["tomas: and answered"]]);
  });
});
