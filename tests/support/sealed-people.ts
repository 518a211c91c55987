/** People with a sealing and a disk of their own, and the frames between them: delivered, lost, late, twice, as a test says. */
import { decode } from "cborg";
import { createIdentity } from "../../src/crypto/index.ts";
import type { Identity, RandomBytes, SealedCopy, Sealing, SealingRecord } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Millis } from "../../src/ids.ts";
import { correspondent, createTestSealing } from "./sealing.ts";
import { valuesIn } from "./thief.ts";

const signatures = createNodeSignatures();

export interface Clock {
  now: number;
}

export interface SealedFrame {
  readonly from: SealedPerson;
  readonly to: SealedPerson;
  readonly sealed: Uint8Array;
}

export interface RoomOf {
  readonly roomId: string;
  readonly members: readonly SealedPerson[];
}

export class SealedPerson {
  readonly identity: Identity;
  readonly name: string;
  /** Texts that were opened, as `from: text`. */
  readonly read: string[] = [];
  readonly #clock: Clock;
  readonly #randomBytes: RandomBytes;
  #disk = new Map<string, SealingRecord>();
  #sealing: Sealing;

  constructor(name: string, clock: Clock, randomBytes: RandomBytes) {
    this.name = name;
    this.#clock = clock;
    this.#randomBytes = randomBytes;
    this.identity = createIdentity(randomBytes, signatures);
    this.#sealing = this.#start();
  }

  /** What a card says, as of now. */
  get shown() {
    return correspondent(this.identity, this.#sealing);
  }

  /** For two; `room` for several, all of whose members are readers. */
  say(text: string, readers: readonly SealedPerson[], room?: RoomOf): SealedFrame[] {
    const audience = {
      roomId: room?.roomId ?? "",
      members: room?.members.map(({ identity }) => identity.peerId),
      readers: readers.map(({ shown }) => shown),
    };
    return this.#framed(this.#sealing.seal(audience, new TextEncoder().encode(text), this.#now), readers);
  }

  /** Gives the frames that the sealing sends by itself. */
  receive({ from, sealed }: SealedFrame): SealedFrame[] {
    const opened = this.#sealing.open(from.shown, sealed, this.#now);
    if (opened.ok) for (const plaintext of opened.plaintexts) this.read.push(`${from.name}: ${new TextDecoder().decode(plaintext)}`);
    return this.#framed(this.#sealing.takePosts(), [from]);
  }

  /** What is on disk now, to be put back later. */
  backup(): Map<string, SealingRecord> {
    this.#save();
    return new Map(this.#disk);
  }

  /** With what is on disk; or with what was there once, or with nothing. */
  restart(disk?: ReadonlyMap<string, SealingRecord>): void {
    this.#save();
    if (disk !== undefined) this.#disk = new Map(disk);
    this.#sealing = this.#start();
  }

  /** All that a thief of the opened vault gets, the identity included. */
  loot(): Uint8Array[] {
    this.#save();
    const kept = [...this.#disk.values()].map(({ value }): unknown => (value === undefined ? undefined : decode(value)));
    return valuesIn([this.identity.signSeed, this.identity.agreeSecret, kept]);
  }

  get #now(): Millis {
    return this.#clock.now as Millis;
  }

  #start(): Sealing {
    return createTestSealing(this.identity, this.#randomBytes, {
      wallNow: () => (1_000_000_000_000 + this.#clock.now) as Millis,
      kept: (table) =>
        [...this.#disk.values()].flatMap((record): [string, Uint8Array][] =>
          record.table === table && record.value !== undefined ? [[record.key, record.value]] : [],
        ),
    });
  }

  #save(): void {
    for (const record of this.#sealing.takeRecords()) this.#disk.set(`${record.table} ${record.key}`, record);
  }

  /** Saved before it leaves, as the driver does. */
  #framed(copies: readonly SealedCopy[], readers: readonly SealedPerson[]): SealedFrame[] {
    this.#save();
    return copies.flatMap(({ to: peerId, sealed }) => {
      const to = readers.find(({ identity }) => identity.peerId === peerId);
      return to === undefined ? [] : [{ from: this, to, sealed }];
    });
  }
}

/** Delivers these and whatever they make the receivers send, to the end. */
export function deliver(frames: readonly SealedFrame[]): void {
  const queue = [...frames];
  for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) queue.push(...frame.to.receive(frame));
}
