import { randomBytes as nodeRandomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIdentity } from "../../src/crypto/identity.ts";
import {
  paddedBytesMax,
  paddingBuckets,
  plaintextBytesMax,
  rekeyAskedMs,
  renewMsMin,
  sealedBytesMax,
  senderKeyMessagesMax,
} from "../../src/crypto/limits.ts";
import { pad, unpad } from "../../src/crypto/padding.ts";
import type { Identity, Opened, SealedCopy, Sealing, SealingRecord } from "../../src/crypto/ports.ts";
import { RecentlyUsed } from "../../src/crypto/recently-used.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Millis, PeerId } from "../../src/ids.ts";
import { correspondent, createTestSealing } from "../support/sealing.ts";

const signatures = createNodeSignatures();
const randomBytes = (length: number): Uint8Array => Uint8Array.from(nodeRandomBytes(length));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const at = (now: number): Millis => now as Millis;

/** A person with a sealing, and a disk that keeps what it is told to. */
class Person {
  readonly identity: Identity = createIdentity(randomBytes, signatures);
  disk = new Map<string, Uint8Array>();
  sealing: Sealing;

  constructor() {
    this.sealing = this.start();
  }

  start(): Sealing {
    const kept = (table: SealingRecord["table"]): [string, Uint8Array][] =>
      [...this.disk].flatMap(([key, value]) => (key.startsWith(`${table} `) ? [[key.slice(table.length + 1), value]] : []));
    this.sealing = createTestSealing(this.identity, randomBytes, { kept });
    return this.sealing;
  }

  save(): void {
    for (const { table, key, value } of this.sealing.takeRecords()) {
      if (value === undefined) this.disk.delete(`${table} ${key}`);
      else this.disk.set(`${table} ${key}`, value);
    }
  }

  seal(readers: readonly Person[], words: string, roomId = "", members: readonly Person[] | undefined = undefined): SealedCopy[] {
    const audience = {
      roomId,
      members: members?.map(({ identity }) => identity.peerId),
      readers: readers.map((reader) => correspondent(reader.identity, reader.sealing)),
    };
    return this.sealing.seal(audience, text(words), at(0));
  }

  sealFor(reader: Person, words: string): Uint8Array {
    const [copy, ...more] = this.seal([reader], words);
    if (copy === undefined || more.length > 0) throw new Error("one reader has one copy");
    return copy.sealed;
  }

  open(from: Person, sealed: Uint8Array, now = 0): Opened {
    return this.sealing.open(correspondent(from.identity, from.sealing), sealed, at(now));
  }

  reads(from: Person, sealed: Uint8Array, now = 0): string[] | "malformed" | "unreadable" {
    const opened = this.open(from, sealed, now);
    return opened.ok ? opened.plaintexts.map((plaintext) => new TextDecoder().decode(plaintext)) : opened.failure;
  }
}

const people = (count: number): Person[] => Array.from({ length: count }, () => new Person());
const two = (): [Person, Person] => people(2) as [Person, Person];
const three = (): [Person, Person, Person] => people(3) as [Person, Person, Person];

/** Brings all copies to whom they are for. */
function deliver(from: Person, to: readonly Person[], copies: readonly SealedCopy[], now = 0): Map<PeerId, string[]> {
  const read = new Map<PeerId, string[]>();
  for (const { to: peerId, sealed } of copies) {
    const reader = to.find(({ identity }) => identity.peerId === peerId);
    const words = reader?.reads(from, sealed, now);
    if (Array.isArray(words) && words.length > 0) read.set(peerId, [...(read.get(peerId) ?? []), ...words]);
  }
  return read;
}

describe("sealing for two", () => {
  it("is read by whom it is for, in both directions, and by nobody else", () => {
    const [mara, tomas, relay] = three();
    expect(tomas.reads(mara, mara.sealFor(tomas, "see you at noon"))).toEqual(["see you at noon"]);
    expect(mara.reads(tomas, tomas.sealFor(mara, "where?"))).toEqual(["where?"]);
    const sealed = mara.sealFor(tomas, "at the dock");
    expect(relay.reads(mara, sealed)).toBe("unreadable");
    expect(tomas.reads(relay, sealed)).toBe("unreadable");
    expect(tomas.reads(mara, sealed)).toEqual(["at the dock"]);
    expect(mara.seal([], "nobody")).toEqual([]);
  });

  it("leaves out who has shown no prekey", () => {
    const [mara, tomas] = two();
    const readers = [{ identity: tomas.identity, prekey: undefined }];
    expect(mara.sealing.seal({ roomId: "", members: undefined, readers }, text("hello"), at(0))).toEqual([]);
  });

  it("opens each frame once, in whatever order they come", () => {
    const [mara, tomas] = two();
    const sealed = Array.from({ length: 40 }, (_, index) => mara.sealFor(tomas, `${index}`));
    const order = sealed.map((_, index) => (index * 17) % 40);
    expect(order.map((index) => tomas.reads(mara, sealed[index] as Uint8Array))).toEqual(order.map((index) => [`${index}`]));
    for (const frame of sealed) expect(tomas.reads(mara, frame)).toBe("unreadable");
  });

  it("goes on where both begin at once", () => {
    const [mara, tomas] = two();
    const crossing: [Uint8Array, Uint8Array] = [mara.sealFor(tomas, "hi"), tomas.sealFor(mara, "hello")];
    expect([tomas.reads(mara, crossing[0]), mara.reads(tomas, crossing[1])]).toEqual([["hi"], ["hello"]]);
    for (let round = 0; round < 5; round += 1) {
      const [there, back] = [mara.sealFor(tomas, `${round}`), tomas.sealFor(mara, `${round}`)];
      expect([tomas.reads(mara, there), mara.reads(tomas, back)]).toEqual([[`${round}`], [`${round}`]]);
    }
  });

  it("goes on after a restart with what was kept", () => {
    const [mara, tomas] = two();
    tomas.reads(mara, mara.sealFor(tomas, "one"));
    const underWay = mara.sealFor(tomas, "two");
    mara.save();
    tomas.save();
    mara.start();
    tomas.start();
    expect(tomas.reads(mara, underWay)).toEqual(["two"]);
    expect(tomas.reads(mara, underWay)).toBe("unreadable");
    expect(mara.reads(tomas, tomas.sealFor(mara, "three"))).toEqual(["three"]);
  });

  it.each(["lost", "older"] as const)("begins anew by itself where the other's state is %s", (state) => {
    const [mara, tomas] = two();
    tomas.reads(mara, mara.sealFor(tomas, "one"));
    mara.reads(tomas, tomas.sealFor(mara, "two"));
    tomas.save();
    for (let n = 0; n < 3; n += 1) {
      tomas.reads(mara, mara.sealFor(tomas, "on"));
      mara.reads(tomas, tomas.sealFor(mara, "and on"));
    }
    if (state === "lost") tomas.disk.clear();
    tomas.start();
    expect(tomas.reads(mara, mara.sealFor(tomas, "cannot be read"))).toBe("unreadable");
    deliver(tomas, [mara], tomas.sealing.takePosts());
    expect(tomas.reads(mara, mara.sealFor(tomas, "can be read"))).toEqual(["can be read"]);
    expect(mara.reads(tomas, tomas.sealFor(mara, "so can this"))).toEqual(["so can this"]);
  });

  it("begins anew ever less often, however many frames cannot be read", () => {
    const [mara, tomas, relay] = three();
    const forged = relay.sealFor(tomas, "as if from Mara");
    let begun = 0;
    for (let now = 0; now < 600_000; now += 100) {
      tomas.reads(mara, forged, now);
      begun += tomas.sealing.takePosts().length;
    }
    expect(begun).toBeGreaterThan(2);
    expect(begun).toBeLessThan(20);
    tomas.reads(mara, forged, 600_000 + renewMsMin);
  });

  it("takes a first frame once, also after its session has been dropped", () => {
    const [mara, tomas] = two();
    const first = mara.sealFor(tomas, "once");
    expect(tomas.reads(mara, first)).toEqual(["once"]);
    for (let n = 0; n < 10; n += 1) {
      const again = new Person();
      Object.assign(again, { identity: mara.identity });
      again.start();
      expect(tomas.reads(again, again.sealFor(tomas, "another start"))).toEqual(["another start"]);
    }
    expect(tomas.reads(mara, first)).toBe("unreadable");
  });

  it("takes a first frame in no other writing of its base key", () => {
    const [mara, tomas] = two();
    const first = mara.sealFor(tomas, "once");
    const rewritten = first.slice();
    // X25519 does not look at this bit.
    rewritten[32] = (rewritten[32] ?? 0) ^ 0x80;
    expect(tomas.reads(mara, rewritten)).toBe("unreadable");
    expect(tomas.reads(mara, first)).toEqual(["once"]);
    expect(tomas.reads(mara, rewritten)).toBe("unreadable");
  });

  it("carries any text up to the bound and hides its length within a size", () => {
    const [mara, tomas] = two();
    const frame = (length: number): Uint8Array => mara.sealFor(tomas, "x".repeat(length));
    tomas.reads(mara, frame(1));
    mara.reads(tomas, tomas.sealFor(mara, "yes"));
    expect(frame(plaintextBytesMax).length).toBeLessThanOrEqual(sealedBytesMax);
    expect(frame(0)).toHaveLength(frame(62).length);
    expect(frame(62).length).toBeLessThan(frame(63).length);
    expect(() => frame(plaintextBytesMax + 1)).toThrow();
    expect(new Set(paddingBuckets).size).toBe(paddingBuckets.length);
  });

  it("refuses garbage and every changed bit, and reads the true frame afterwards", () => {
    const [mara, tomas] = two();
    tomas.reads(mara, mara.sealFor(tomas, "first"));
    mara.reads(tomas, tomas.sealFor(mara, "answer"));
    const sealed = mara.sealFor(tomas, "pay ten");
    for (let bit = 0; bit < sealed.length * 8; bit += 7) {
      const altered = sealed.slice();
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // Some bits make it look like a frame whose key has not come yet.
      expect([[], "malformed", "unreadable"]).toContainEqual(tomas.reads(mara, altered));
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(tomas.reads(mara, bytes)).not.toEqual(["pay ten"]);
      }),
    );
    expect(tomas.reads(mara, new Uint8Array(sealedBytesMax + 1))).toBe("malformed");
    expect(tomas.reads(mara, sealed)).toEqual(["pay ten"]);
  });
});

describe("sealing for a room", () => {
  it("seals once for all who have the key, and hands it to those who lack it", () => {
    const [mara, tomas, ines] = three();
    const first = mara.seal([tomas, ines], "hello all", "room", [tomas, ines]);
    expect(first).toHaveLength(4);
    expect([...deliver(mara, [tomas, ines], first).values()]).toEqual([["hello all"], ["hello all"]]);
    const second = mara.seal([tomas, ines], "again", "room", [tomas, ines]);
    expect(second).toHaveLength(2);
    expect(second[0]?.sealed).toBe(second[1]?.sealed);
    expect([...deliver(mara, [tomas, ines], second).values()]).toEqual([["again"], ["again"]]);
  });

  it("shows a newcomer nothing of before, and whoever leaves nothing from then on", () => {
    const [mara, tomas, ines, jon] = people(4) as [Person, Person, Person, Person];
    const before = mara.seal([tomas, ines], "before", "room", [tomas, ines]);
    deliver(mara, [tomas, ines], before);
    const joined = mara.seal([tomas, ines, jon], "welcome", "room", [tomas, ines, jon]);
    expect(deliver(mara, [jon], joined).get(jon.identity.peerId)).toEqual(["welcome"]);
    for (const { sealed } of before) expect(jon.reads(mara, sealed)).not.toEqual(["before"]);
    deliver(mara, [tomas, ines], joined);
    const after = mara.seal([ines, jon], "Tomas is gone", "room", [ines, jon]);
    expect([...deliver(mara, [ines, jon], after).values()]).toEqual([["Tomas is gone"], ["Tomas is gone"]]);
    for (const { sealed } of after) expect(tomas.reads(mara, sealed)).not.toEqual(["Tomas is gone"]);
  });

  it("nobody writes in another's name with a key that was handed out", () => {
    const [mara, tomas, ines] = three();
    deliver(mara, [tomas, ines], mara.seal([tomas, ines], "hello", "room", [tomas, ines]));
    const frame = mara.seal([tomas, ines], "mine", "room", [tomas, ines])[0]?.sealed as Uint8Array;
    // As if Tomas had a key of that id, which is asked for.
    expect(ines.reads(tomas, frame)).toEqual([]);
    for (let place = 0; place < frame.length; place += 3) {
      const altered = frame.slice();
      altered[place] = (altered[place] ?? 0) ^ 1;
      expect(ines.reads(mara, altered)).not.toEqual(["mine"]);
    }
    expect(ines.reads(mara, frame)).toEqual(["mine"]);
  });

  it("holds what came without its key, says for whom it waits, asks, and reads it then", () => {
    const [mara, tomas, ines] = three();
    const copies = mara.seal([tomas, ines], "first", "room", [tomas, ines]);
    const lost = copies.filter(({ to }, index) => to === ines.identity.peerId && index < 2);
    deliver(
      mara,
      [tomas, ines],
      copies.filter((copy) => !lost.includes(copy)),
    );
    expect(ines.sealing.waitingFor("room")).toEqual([mara.identity.peerId]);
    expect(ines.sealing.waitingFor("another room")).toEqual([]);
    deliver(ines, [mara], ines.sealing.takePosts());
    deliver(mara, [ines], mara.sealing.takePosts());
    // The key reads from its next message on; the room brings what came before by itself.
    expect(deliver(mara, [ines], mara.seal([tomas, ines], "second", "room", [tomas, ines])).get(ines.identity.peerId)).toEqual(["second"]);
  });

  it("reads what overtook its key", () => {
    const [mara, tomas, ines] = three();
    const copies = mara.seal([tomas, ines], "first", "room", [tomas, ines]);
    const [key, frame] = copies.filter(({ to }) => to === ines.identity.peerId).map(({ sealed }) => sealed) as [Uint8Array, Uint8Array];
    expect(ines.reads(mara, frame)).toEqual([]);
    expect(ines.reads(mara, key)).toEqual(["first"]);
    expect(ines.sealing.waitingFor("room")).toEqual([]);
  });

  it("changes a key that somebody cannot read with, but not whenever asked", () => {
    const [mara, tomas, ines] = three();
    const send = (words: string, now = 0): Map<PeerId, string[]> =>
      deliver(mara, [tomas, ines], mara.seal([tomas, ines], words, "room", [tomas, ines]), now);
    send("one");
    mara.save();
    const old = new Map(mara.disk);
    send("two");
    send("three");
    // A vault that was put back: its chain goes on where the others have been already.
    mara.disk = old;
    mara.start();
    expect([...send("lost").values()]).toEqual([]);
    for (const reader of [tomas, ines]) deliver(reader, [mara], reader.sealing.takePosts(), 10);
    expect([...send("found", 20).values()]).toEqual([["found"], ["found"]]);
    expect(rekeyAskedMs).toBeGreaterThan(renewMsMin);
  });

  it("changes after a number of messages", () => {
    const [mara, tomas, ines] = three();
    const keyOf = (): string =>
      Buffer.from(mara.seal([tomas, ines], "on", "room", [tomas, ines]).at(-1)?.sealed.subarray(1, 17) ?? []).toString("hex");
    const first = keyOf();
    for (let n = 1; n < senderKeyMessagesMax; n += 1) expect(keyOf()).toBe(first);
    expect(keyOf()).not.toBe(first);
  });

  it("goes on after a restart with what was kept", () => {
    const [mara, tomas, ines] = three();
    deliver(mara, [tomas, ines], mara.seal([tomas, ines], "one", "room", [tomas, ines]));
    for (const person of [mara, tomas, ines]) {
      person.save();
      person.start();
    }
    const copies = mara.seal([tomas, ines], "two", "room", [tomas, ines]);
    expect(copies).toHaveLength(2);
    expect([...deliver(mara, [tomas, ines], copies).values()]).toEqual([["two"], ["two"]]);
  });
});

describe("padding", () => {
  it("comes off again, whatever the text ends with, and grows only at the sizes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2100 }), fc.constantFrom([], [0], [0x80], [0x80, 0, 0], [0, 0x80]), (start, end) => {
        const plaintext = Uint8Array.of(...start, ...end);
        const padded = pad(plaintext);
        expect(unpad(padded)).toEqual(plaintext);
        expect(padded.length > 1024 ? padded.length % 1024 : paddingBuckets.indexOf(padded.length as 64)).toBeGreaterThanOrEqual(0);
      }),
    );
    expect([0, 63, 64, 127, 128, 1023, 1024, 2047, 2048].map((length) => pad(new Uint8Array(length)).length)).toEqual([
      64, 64, 128, 128, 256, 1024, 2048, 2048, 3072,
    ]);
    expect(pad(new Uint8Array(plaintextBytesMax + 1))).toHaveLength(paddedBytesMax);
  });

  it("has one form for each text: a longer one is not taken off", () => {
    const longer = new Uint8Array(256);
    longer[1] = 0x80;
    expect(unpad(longer)).toBeUndefined();
    expect(unpad(new Uint8Array(0))).toBeUndefined();
    expect(unpad(new Uint8Array(64))).toBeUndefined();
  });
});

describe("what was recently used", () => {
  it("is kept up to the bound, the longest unused forgotten first", () => {
    const made: string[] = [];
    const kept = new RecentlyUsed<string>(2);
    const use = (key: string): string =>
      kept.getOrMake(key, () => {
        made.push(key);
        return key.toUpperCase();
      });
    expect([use("a"), use("b"), use("a"), use("c"), use("a"), use("b")]).toEqual(["A", "B", "A", "C", "A", "B"]);
    expect(made).toEqual(["a", "b", "c", "b"]);
    expect(kept.size).toBe(2);
  });
});
