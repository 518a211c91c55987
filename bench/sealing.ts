/** What sealing costs: for two and for a room, by node:crypto and by pure primitives, beside NaCl box, which promises less. */
import { randomBytes as nodeRandomBytes } from "node:crypto";
import nacl from "tweetnacl";
import { createNodeAgreement } from "../src/crypto/agreement.node.ts";
import { createIdentity, createPrimitives, createSealing, createTweetnaclSignatures, type Primitives } from "../src/crypto/index.ts";
import { createNodeKeyDerivation } from "../src/crypto/key-derivation.node.ts";
import type { Correspondent, Identity, SealedCopy, Sealing, Signatures } from "../src/crypto/ports.ts";
import { createNodeSignatures } from "../src/crypto/signatures.node.ts";
import type { Millis } from "../src/ids.ts";
import { ms, percentile, type Row } from "./stats.ts";

const textBytes = 200;
const rounds = 2_000;
const roomSize = 50;
const rekeySize = 100;
const start = 0 as Millis;
const text = new Uint8Array(textBytes).fill(7);
const randomBytes = (length: number): Uint8Array => new Uint8Array(nodeRandomBytes(length));
const nodeSignatures = createNodeSignatures();

interface Kind {
  readonly primitives: Primitives;
  readonly signatures: Signatures;
}
const native: Kind = { primitives: createPrimitives(createNodeAgreement(), createNodeKeyDerivation()), signatures: nodeSignatures };
const pure: Kind = { primitives: createPrimitives(), signatures: createTweetnaclSignatures() };

class Person {
  readonly identity: Identity = createIdentity(randomBytes, nodeSignatures);
  readonly sealing: Sealing;

  constructor(kind: Kind) {
    this.sealing = createSealing({ self: this.identity, ...kind, randomBytes, wallNow: () => start, kept: () => [], isKept: false });
  }

  get card(): Correspondent {
    return { identity: this.identity, prekey: this.sealing.prekey() };
  }

  seal(readers: readonly Person[], roomId = ""): SealedCopy[] {
    const members = roomId === "" ? undefined : readers.map(({ identity }) => identity.peerId);
    return this.sealing.seal({ roomId, members, readers: readers.map(({ card }) => card) }, text, start);
  }

  open(from: Person, copy: SealedCopy | undefined): void {
    const opened = copy && this.sealing.open(from.card, copy.sealed, start);
    if (opened?.ok !== true) throw new Error("what was sealed does not open");
  }
}

export function sealingRows(): Row[] {
  const [box, oneWay, oneWayPure] = [boxed(), forTwo(native, false), forTwo(pure, false)];
  const [turns, turnsPure] = [forTwo(native, true), forTwo(pure, true)];
  const room = forRoom(native);
  return [
    row(
      "seal and open 200 bytes, two people, one talks",
      oneWay,
      `NaCl box ${ms(box.p50)}; pure primitives ${ms(oneWayPure.p50)}`,
      "≤ 0.1 ms",
    ),
    row("the same, taking turns: a ratchet step each", turns, `pure primitives ${ms(turnsPure.p50)}`, "reported"),
    row(`one reader's open in a room of ${roomSize}`, room.open, `NaCl box, seal and open ${ms(box.p50)}`, "reported"),
    row(`seal for a room of ${roomSize}`, room.seal, `${roomSize - 1} copies by NaCl box ${ms(boxesFor(roomSize - 1).p50)}`, "reported"),
    {
      what: "sealed messages a second, one core: two people; a room of 50",
      value: `${perSecond(oneWay.p50)}; ${perSecond(room.seal.p50)}`,
      baseline: `NaCl box ${perSecond(box.p50)}; ${perSecond(boxesFor(roomSize - 1).p50)}`,
      aim: "reported",
    },
    row(
      `new key for a room of ${rekeySize}, with its first message`,
      rekey(native),
      `its pure primitives ${ms(rekey(pure, 3).p50)}`,
      "≤ 100 ms",
    ),
  ];
}

interface Figures {
  readonly p50: number;
  readonly p99: number;
}

function row(what: string, { p50, p99 }: Figures, baseline: string, aim: string): Row {
  return { what, value: `p50 ${ms(p50)}, p99 ${ms(p99)}`, baseline, aim };
}

const perSecond = (each: number): string => Math.round(1_000 / each).toLocaleString("en");

function measure(times: number, act: () => void, between: () => void = () => undefined): Figures {
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const at = performance.now();
    act();
    took.push(performance.now() - at);
    between();
  }
  // The first third warms the compiler up.
  const counted = took.slice(Math.floor(times / 3));
  return { p50: percentile(counted, 0.5), p99: percentile(counted, 0.99) };
}

function forTwo(kind: Kind, inTurns: boolean): Figures {
  const [mara, tomas] = [new Person(kind), new Person(kind)];
  tomas.open(mara, mara.seal([tomas])[0]);
  mara.open(tomas, tomas.seal([mara])[0]);
  let turn = 0;
  return measure(kind === pure ? rounds / 10 : rounds, () => {
    const [from, to] = inTurns && turn++ % 2 === 1 ? [tomas, mara] : [mara, tomas];
    to.open(from, from.seal([to])[0]);
  });
}

function forRoom(kind: Kind): { readonly seal: Figures; readonly open: Figures } {
  const author = new Person(kind);
  const readers = Array.from({ length: roomSize - 1 }, () => new Person(kind));
  for (const copy of author.seal(readers, "room")) byId(readers, copy).open(author, copy);
  const copies: SealedCopy[] = [];
  const seal = measure(rounds / 4, () => {
    const [copy] = author.seal(readers, "room");
    if (copy !== undefined) copies.push(copy);
  });
  let next = 0;
  const open = measure(copies.length, () => readers[0]?.open(author, copies[next++]));
  return { seal, open };
}

/** Somebody leaves each time. */
function rekey(kind: Kind, times = 20): Figures {
  const author = new Person(kind);
  const people = Array.from({ length: rekeySize }, () => new Person(kind));
  // Sessions stand, as they do among people who have talked.
  for (const copy of author.seal(people, "room")) byId(people, copy).open(author, copy);
  for (const person of people) author.open(person, person.seal([author])[0]);
  return measure(
    times,
    () => {
      if (author.seal(people.slice(1), "room").length < 2 * (rekeySize - 1)) throw new Error("the chain was not changed");
    },
    // They come back, which takes a key for one.
    () => author.seal(people, "room"),
  );
}

function byId(people: readonly Person[], { to }: SealedCopy): Person {
  const person = people.find(({ identity }) => identity.peerId === to);
  if (person === undefined) throw new Error("a copy for nobody");
  return person;
}

function boxed(): Figures {
  const [mara, tomas] = [nacl.box.keyPair(), nacl.box.keyPair()];
  const [there, back] = [nacl.box.before(tomas.publicKey, mara.secretKey), nacl.box.before(mara.publicKey, tomas.secretKey)];
  return measure(rounds, () => {
    const nonce = randomBytes(24);
    if (nacl.box.open.after(nacl.box.after(text, nonce, there), nonce, back) === null) throw new Error("what was boxed does not open");
  });
}

function boxesFor(readers: number): Figures {
  const key = nacl.box.before(nacl.box.keyPair().publicKey, nacl.box.keyPair().secretKey);
  return measure(60, () => {
    for (let n = 0; n < readers; n += 1) nacl.box.after(text, randomBytes(24), key);
  });
}
