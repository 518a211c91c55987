/** A town for the tests of rooms: peers with real keys in virtual time, between whom posts can be lost, doubled and delayed. */

import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import type { PublicIdentity, Signatures } from "../../src/crypto/ports.ts";
import type { LogId, Millis, PeerId } from "../../src/ids.ts";
import type { CrowdBounds } from "../../src/rooms/crowd.ts";
import { type KeptRooms, type MessagePage, type PageAt, type RoomMessage, Rooms } from "../../src/rooms/index.ts";
import type { RoomChange, RoomsOutcome, RoomsPorts } from "../../src/rooms/ports.ts";
import { createRandom } from "../support/random.ts";

const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
const spki = Buffer.from("302a300506032b6570032100", "hex");
const privateKey = (seed: Uint8Array) => createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });

export const signatures: Signatures = {
  publicKey: (seed) => new Uint8Array(createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" }).subarray(-32)),
  sign: (seed, message) => new Uint8Array(sign(null, message, privateKey(seed))),
  verify: (key, message, signature) => {
    try {
      return verify(null, message, createPublicKey({ key: Buffer.concat([spki, key]), format: "der", type: "spki" }), signature);
    } catch {
      return false;
    }
  },
};

export const numbered = (name: string, length: number): Uint8Array =>
  new Uint8Array(createHash("sha512").update(name).digest().subarray(0, length));

const base32 = "abcdefghijklmnopqrstuvwxyz234567";
const bindingOf = (agreeKey: Uint8Array): Uint8Array => Buffer.concat([Buffer.from("earshot binding v1"), agreeKey]);

export function identityFromKeys(signKey: Uint8Array, agreeKey: Uint8Array, binding: Uint8Array): PublicIdentity | undefined {
  if (!signatures.verify(signKey, bindingOf(agreeKey), binding)) return undefined;
  const digest = createHash("sha512").update("earshot peer v1").update(signKey).update(agreeKey).digest().subarray(0, 20);
  let bits = "";
  for (const byte of digest) bits += byte.toString(2).padStart(8, "0");
  const peerId = (bits.match(/.{5}/g) ?? []).map((five) => base32[Number.parseInt(five, 2)]).join("") as PeerId;
  return { peerId, signKey, agreeKey, binding };
}

export interface Person {
  readonly name: string;
  readonly self: PublicIdentity;
  readonly signSeed: Uint8Array;
}

/** Somebody of this name; always the same keys. */
export function person(name: string): Person {
  const signSeed = numbered(`sign ${name}`, 32);
  const agreeKey = numbered(`agree ${name}`, 32);
  const self = identityFromKeys(signatures.publicKey(signSeed), agreeKey, signatures.sign(signSeed, bindingOf(agreeKey)));
  if (self === undefined) throw new Error("keys that do not bind");
  return { name, self, signSeed };
}

export interface Weather {
  readonly loss: number;
  readonly doubling: number;
  readonly delayMsMax: number;
  /** Of each copy of a broadcast; as of posts where nothing is said. */
  readonly broadcastLoss?: number;
}
/** As on a link: nothing is lost, and everything keeps its order. */
export const calm: Weather = { loss: 0, doubling: 0, delayMsMax: 0 };

interface Letter {
  readonly at: number;
  readonly number: number;
  readonly from: PeerId;
  readonly to: PeerId;
  readonly payload: Uint8Array;
  readonly isBroadcast: boolean;
}

export class Citizen {
  readonly name: string;
  readonly peerId: PeerId;
  readonly ports: RoomsPorts;
  rooms: Rooms;
  readonly changes: RoomChange[] = [];
  readonly failures: string[] = [];
  /** Whose words this one does not want to see. */
  readonly blocked = new Set<PeerId>();
  /** How long this machine keeps what is said. */
  keepMs: number | undefined;

  constructor(name: string, ports: RoomsPorts, bounds: CrowdBounds | undefined, kept: KeptRooms | undefined) {
    this.name = name;
    this.peerId = ports.self.peerId;
    this.ports = ports;
    this.rooms = new Rooms(ports, kept, bounds);
  }

  messages(roomId: string): RoomMessage[] {
    return this.page(roomId, undefined, 500).messages;
  }

  page(roomId: string, where: PageAt, limit: number): MessagePage {
    const page = this.rooms.listMessages(roomId as never, where, limit);
    if (page === undefined) throw new Error("there is no such message");
    return page;
  }

  texts(roomId: string): string[] {
    return this.messages(roomId).map((message) => message.text);
  }
}

export class Town {
  now = 1_000;
  weather: Weather = calm;
  readonly citizens: Citizen[] = [];
  readonly posted = { count: 0, bytes: 0, largest: 0 };
  /** Called for each letter that arrives, before it is read. */
  watch: ((from: Citizen, to: Citizen, payload: Uint8Array) => void) | undefined;
  readonly random: () => number;
  readonly #wallStart = 1_790_000_000_000;
  readonly #links = new Set<string>();
  readonly #ids = new Map<PeerId, Citizen>();
  readonly #bounds: CrowdBounds | undefined;
  /** In the order in which they arrive. */
  readonly #letters: Letter[] = [];
  #count = 0;
  readonly broadcast = { count: 0, bytes: 0 };

  /** `bounds` make a crowd of few. */
  constructor(seed = 1, bounds?: CrowdBounds) {
    this.random = createRandom(seed);
    this.#bounds = bounds;
  }

  /** `start` tells starts of one person apart; `skewMs` is by how much its clock is wrong; `kept` is what earlier starts wrote down. */
  add(name: string, skewMs = 0, start = 1, kept?: KeptRooms): Citizen {
    const { self, signSeed } = person(name);
    const ports: RoomsPorts = {
      self,
      signSeed,
      logId: Buffer.from(numbered(`${name} ${start}`, 8)).toString("hex") as LogId,
      signatures,
      randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(this.random() * 256)),
      wallNow: () => Math.floor(this.#wallStart + this.now + skewMs) as Millis,
      nameOf: (peerId) => this.#ids.get(peerId)?.name,
      isBlocked: (peerId) => this.#ids.get(self.peerId)?.blocked.has(peerId) === true,
      keepMs: () => this.#ids.get(self.peerId)?.keepMs,
      identityOf: (peerId) => (this.areLinked(self.peerId, peerId) ? this.#ids.get(peerId)?.ports.self : undefined),
      identityFromKeys,
    };
    const citizen = new Citizen(name, ports, this.#bounds, kept);
    this.citizens.push(citizen);
    this.#ids.set(citizen.peerId, citizen);
    return citizen;
  }

  areLinked(a: PeerId, b: PeerId): boolean {
    return this.#links.has(linkKey(a, b));
  }

  link(a: Citizen, b: Citizen): void {
    if (this.areLinked(a.peerId, b.peerId)) return;
    this.#links.add(linkKey(a.peerId, b.peerId));
    this.take(a, a.rooms.peerReachable(b.peerId, this.millis));
    this.take(b, b.rooms.peerReachable(a.peerId, this.millis));
  }

  /** The two have a connection of their own; without one they reach each other through others. */
  wire(a: Citizen, b: Citizen, isWired = true): void {
    this.take(a, a.rooms.peerLinked(b.peerId, isWired, this.millis));
    this.take(b, b.rooms.peerLinked(a.peerId, isWired, this.millis));
  }

  unlink(a: Citizen, b: Citizen): void {
    if (!this.#links.delete(linkKey(a.peerId, b.peerId))) return;
    this.take(a, a.rooms.peerUnreachable(b.peerId, this.millis));
    this.take(b, b.rooms.peerUnreachable(a.peerId, this.millis));
  }

  linkAll(): void {
    for (const a of this.citizens) for (const b of this.citizens) if (a.peerId < b.peerId) this.link(a, b);
  }

  unlinkAll(citizen: Citizen): void {
    for (const other of this.citizens) if (other !== citizen) this.unlink(citizen, other);
  }

  elect(host: Citizen): void {
    for (const citizen of this.citizens) this.take(citizen, citizen.rooms.hostChanged(host.peerId, citizen === host, this.millis));
  }

  get millis(): Millis {
    return this.now as Millis;
  }

  take(citizen: Citizen, outcome: RoomsOutcome): void {
    citizen.changes.push(...outcome.changes);
    for (const { to, payload } of outcome.posts) {
      this.posted.count++;
      this.posted.bytes += payload.length;
      this.posted.largest = Math.max(this.posted.largest, payload.length);
      this.#send(citizen.peerId, to, payload, this.weather.loss, false);
    }
    for (const payload of outcome.broadcasts) {
      this.broadcast.count++;
      this.broadcast.bytes += payload.length;
      for (const { peerId } of this.citizens) {
        if (this.areLinked(citizen.peerId, peerId))
          this.#send(citizen.peerId, peerId, payload, this.weather.broadcastLoss ?? this.weather.loss, true);
      }
    }
  }

  #send(from: PeerId, to: PeerId, payload: Uint8Array, loss: number, isBroadcast: boolean): void {
    if (this.random() < loss) return;
    const copies = this.random() < this.weather.doubling ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const at = this.now + 0.5 + this.random() * this.weather.delayMsMax;
      let place = this.#letters.length;
      while (place > 0 && (this.#letters[place - 1] as Letter).at > at) place--;
      this.#letters.splice(place, 0, { at, number: this.#count++, from, to, payload, isBroadcast });
    }
  }

  /** Does what a person asked for; fails where it was refused. */
  act<T extends { readonly ok: boolean }>(citizen: Citizen, result: T): Extract<T, { ok: true }> {
    if (!result.ok) throw new Error(`refused: ${JSON.stringify(result)}`);
    this.take(citizen, (result as unknown as { outcome: RoomsOutcome }).outcome);
    return result as Extract<T, { ok: true }>;
  }

  say(citizen: Citizen, roomId: string, text: string): string {
    return this.act(citizen, citizen.rooms.sendMessage(roomId as never, { text }, this.millis)).messageId;
  }

  /** The next thing that happens. False where nothing does before `until`. */
  step(until: number): boolean {
    const letter = this.#letters[0];
    let waking: { citizen: Citizen; at: number } | undefined;
    for (const citizen of this.citizens) {
      const at = citizen.rooms.nextWakeAt();
      if (at !== undefined && (waking === undefined || at < waking.at)) waking = { citizen, at };
    }
    const at = Math.min(letter?.at ?? Number.POSITIVE_INFINITY, waking?.at ?? Number.POSITIVE_INFINITY);
    if (at > until) return false;
    this.now = Math.max(this.now, at);
    if (letter !== undefined && letter.at === at) this.#deliver(letter);
    else if (waking !== undefined) this.take(waking.citizen, waking.citizen.rooms.wake(this.millis));
    return true;
  }

  #deliver(letter: Letter): void {
    this.#letters.shift();
    const from = this.#ids.get(letter.from);
    const to = this.#ids.get(letter.to);
    if (from === undefined || to === undefined || !this.areLinked(letter.from, letter.to)) return;
    this.watch?.(from, to, letter.payload);
    const received = letter.isBroadcast
      ? to.rooms.receiveBroadcast(letter.payload, this.millis)
      : to.rooms.receive(letter.from, letter.payload, this.millis);
    if (received.ok) this.take(to, received.outcome);
    else to.failures.push(`${from.name}: ${received.failure}`);
  }

  run(forMs: number, stepsMax = 200_000): void {
    const until = this.now + forMs;
    for (let steps = 0; this.step(until); steps++) if (steps > stepsMax) throw new Error("it does not come to rest");
    this.now = until;
  }

  /** Until nobody waits for anything; returns how long that took. */
  settle(forMsMax = 120_000, stepsMax = 200_000): number {
    const start = this.now;
    for (let steps = 0; this.step(start + forMsMax); steps++) if (steps > stepsMax) throw new Error("it does not come to rest");
    if (this.#letters.length > 0 || this.citizens.some((citizen) => citizen.rooms.nextWakeAt() !== undefined))
      throw new Error("somebody still waits");
    return this.now - start;
  }
}

const linkKey = (a: PeerId, b: PeerId): string => (a < b ? `${a}${b}` : `${b}${a}`);

export function town(...names: string[]): { town: Town; people: Citizen[] } {
  const made = new Town();
  const people = names.map((name) => made.add(name));
  made.linkAll();
  if (people[0] !== undefined) made.elect(people[0]);
  made.settle();
  return { town: made, people };
}
/** Three who know each other; Ann is host. */
export const three = (): { t: Town; ann: Citizen; ben: Citizen; cid: Citizen } => {
  const { town: t, people } = town("ann", "ben", "cid");
  return { t, ann: people[0] as Citizen, ben: people[1] as Citizen, cid: people[2] as Citizen };
};
