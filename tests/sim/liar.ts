/**
 * A peer of our network that lies. Its identity is real, so the handshake passes; beyond that it does not run our core but
 * sends frames made by hand. Between its lies it behaves like a follower, so that its links stay.
 */

import { createNetworkSealing, createPrimitives, createSealing, deriveNetwork } from "../../src/crypto/index.ts";
import type { Correspondent, Identity, NetworkSealing, PublicIdentity, Sealing } from "../../src/crypto/ports.ts";
import type { Address, ConnectionId, Millis, PeerId } from "../../src/ids.ts";
import { type Card, signCard } from "../../src/mesh/card.ts";
import { signClaim } from "../../src/mesh/claims.ts";
import { decodeFrame, encodeFrame, type Frame } from "../../src/mesh/frames.ts";
import { frameBytesMax, statementSeqMax, termMax } from "../../src/mesh/limits.ts";
import { encodeNews } from "../../src/mesh/news.ts";
import type { Transport, TransportInput } from "../../src/mesh/transport.ts";
import { addressed, addressee } from "../../src/peer/control.ts";
import { bytesFrom } from "../support/random.ts";
import { encodeRoomsEvents, type ForgedEvent, forgeEvent } from "./forgery.ts";
import { MailLies } from "./mail-lies.ts";
import { createNetworkSealingTwin, createTwinPrimitives } from "./sealing-twin.ts";
import type { Start } from "./seen.ts";
import type { World } from "./world.ts";

export const lies = [
  "hugeTerm",
  "equalTerm",
  "hugeSequence",
  "ghostHost",
  "introduce",
  "departures",
  "suspicions",
  "replay",
  "forge",
  "garbage",
  "flip",
  "oldCards",
  "mail",
] as const;
export type Lie = (typeof lies)[number];

type Heartbeat = Extract<Frame, { t: "heartbeat" }>;

const heartbeatMs = 1_000;
/** Frames kept to be repeated. */
const recordedMax = 300;
const inventedAtOnce = 30;

interface Line {
  readonly peer: PublicIdentity;
  isOpen: boolean;
}

export class Liar {
  readonly start: Start;
  readonly address: Address;
  readonly identity: Identity;
  readonly #world: World;
  readonly #transport: Transport;
  readonly #random: () => number;
  readonly #sealing: Sealing;
  readonly #networkSealing: NetworkSealing;
  readonly #lines = new Map<ConnectionId, Line>();
  readonly #recorded: Uint8Array[] = [];
  readonly #cards = new Map<string, Card>();
  readonly #forged: ForgedEvent[] = [];
  readonly #instance: string;
  readonly #mailLies: MailLies;
  #heard: Heartbeat | undefined;
  #claim: Heartbeat | undefined;
  #claimant: Identity;
  #isHere = true;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#random = world.stream(`liar ${name}`);
    const randomBytes = bytesFrom(this.#random);
    this.identity = world.newIdentity();
    this.address = world.newAddress();
    this.#claimant = this.identity;
    this.#mailLies = new MailLies(this.identity, world.signatures);
    this.#instance = hex(randomBytes(8));
    this.start = { name, peerId: this.identity.peerId, count: 1, network: "here", isLiar: true };
    const isReal = world.sealing === "real";
    this.#sealing = createSealing({
      self: this.identity,
      primitives: isReal ? createPrimitives() : createTwinPrimitives(this.identity),
      signatures: world.signatures,
      randomBytes,
      wallNow: () => 0 as Millis,
      kept: () => [],
      isKept: false,
    });
    this.#networkSealing = isReal
      ? createNetworkSealing(deriveNetwork({ name: "here" }).secret, randomBytes)
      : createNetworkSealingTwin("here", randomBytes);
    const attachment = { identity: this.identity, instance: this.#instance, address: this.address, network: "here" };
    this.#transport = world.network.attach(attachment, (input) => this.#arrived(input));
    world.see({ type: "started", start: this.start });
    world.announce(name, this.address, this.identity.peerId);
    this.#beatOn();
  }

  leave(): void {
    this.#isHere = false;
    this.#world.withdraw(this.start.name);
    this.#world.network.kill(this.address);
    this.#world.see({ type: "ended", start: this.start, how: "killed" });
    this.#world.liarMind = undefined;
  }

  lie(kind: Lie, number: number): void {
    if (!this.#isHere) return;
    const draw = this.#world.stream(`lie ${kind} ${number}`);
    switch (kind) {
      case "hugeTerm":
        this.#claims({ term: this.#farTerm(number), hostId: this.identity.peerId, hostSeq: 1, successors: [this.identity.peerId] });
        return;
      case "equalTerm":
        this.#claims({
          term: this.#heard?.term ?? 1,
          hostId: inventedId(draw, "a"),
          hostSeq: 1,
          successors: [this.identity.peerId],
        });
        return;
      case "ghostHost": {
        const ghost = this.#world.invent(draw);
        this.#say({ t: "neighbourUp", card: this.#ghostCard(ghost, draw) }, undefined);
        this.#claims({ term: (this.#heard?.term ?? 1) + 1 + (number % 5), hostId: ghost.peerId, hostSeq: 1, successors: [] }, ghost);
        return;
      }
      case "hugeSequence":
        this.#heard && this.#claims({ hostSeq: Number.MAX_SAFE_INTEGER - (number % 2) });
        return;
      case "introduce":
        for (let i = 0; i < inventedAtOnce; i += 1) this.#say({ t: "neighbourUp", card: this.#invent(draw) }, draw);
        return;
      case "departures":
        for (const { peer } of this.#lines.values()) this.#say({ t: "neighbourDown", peerId: peer.peerId }, undefined);
        return;
      case "suspicions":
        for (const card of this.#cards.values()) {
          const peerId = idOfCard(this.#world, card);
          const seq = draw() < 0.5 ? statementSeqMax : Math.floor(draw() * 50);
          if (peerId) this.#gossip(encodeNews({ k: "suspect", peerId, instance: card.instance, seq, round: Math.floor(draw() * 3) }));
        }
        return;
      case "replay":
        for (let i = 0; i < 20; i += 1) {
          const frame = this.#recorded[Math.floor(draw() * this.#recorded.length)];
          if (frame !== undefined) this.#send(frame, draw);
        }
        return;
      case "oldCards":
        for (const card of this.#cards.values()) this.#say({ t: "neighbourUp", card }, undefined);
        return;
      case "forge":
        this.#forge(draw);
        return;
      case "garbage": {
        const bytes = bytesFrom(draw);
        for (let i = 0; i < 10; i += 1) this.#send(bytes(1 + Math.floor(draw() ** 4 * (frameBytesMax - 1))), draw);
        return;
      }
      case "mail":
        for (const line of this.#lines.values())
          for (const invention of this.#mailLies.inventions(line.peer.peerId, draw)) this.#tell(line, invention);
        return;
      case "flip":
        for (let i = 0; i < 20; i += 1) {
          const frame = this.#recorded[Math.floor(draw() * this.#recorded.length)]?.slice();
          if (frame === undefined) return;
          const place = Math.floor(draw() * frame.length);
          frame[place] = (frame[place] ?? 0) ^ (1 << Math.floor(draw() * 8));
          this.#send(frame, draw);
        }
        return;
    }
  }

  // ── Behaving ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #arrived(input: TransportInput): void {
    if (!this.#isHere) return;
    switch (input.type) {
      case "connectionRefused":
        return;
      case "connectionAuthenticated":
        this.#lines.set(input.connectionId, { peer: input.remote.identity, isOpen: false });
        this.#transport.negotiate(input.connectionId);
        return;
      case "linkOpened": {
        const line = this.#lines.get(input.connectionId);
        if (line === undefined) return;
        line.isOpen = true;
        this.#world.see({ type: "linkOpened", start: this.start, to: line.peer.peerId });
        this.#transport.sendFrame(input.connectionId, encodeFrame({ t: "hello", card: this.#card(), neighbours: [] }));
        return;
      }
      case "connectionClosed":
      case "dialFailed":
        this.#lines.delete(input.connectionId);
        return;
      case "frameArrived":
        this.#read(input.connectionId, input.bytes);
        return;
    }
  }

  #read(connectionId: ConnectionId, bytes: Uint8Array): void {
    this.#recorded.push(bytes);
    if (this.#recorded.length > recordedMax) this.#recorded.shift();
    const frame = decodeFrame(bytes);
    const line = this.#lines.get(connectionId);
    if (frame === undefined || line === undefined) return;
    if (frame.t === "heartbeat" && frame.term > 0 && frame.term < termMax / 2) this.#heard = frame;
    if (frame.t === "hello" || frame.t === "neighbourUp") this.#cards.set(`${hex(frame.card.signKey)} ${frame.card.revision}`, frame.card);
    if (frame.t === "hello") for (const card of frame.neighbours) this.#cards.set(`${hex(card.signKey)} ${card.revision}`, card);
    if (frame.t === "envelope" && frame.to === this.identity.peerId && frame.from === line.peer.peerId) {
      const opened = this.#sealing.open(this.#correspondent(line.peer), frame.sealed, 0 as Millis);
      if (opened.ok) for (const plaintext of opened.plaintexts) this.#learn(plaintext, line);
    }
  }

  #correspondent(identity: PublicIdentity): Correspondent {
    const card = [...this.#cards.values()].findLast(({ signKey }) => hex(signKey) === hex(identity.signKey));
    return { identity, prekey: card?.prekey };
  }

  #learn(plaintext: Uint8Array, line: Line): void {
    if (plaintext[0] === addressee.mail) for (const answer of this.#mailLies.answer(plaintext.subarray(1))) this.#tell(line, answer);
    const forged = forgeEvent(plaintext, this.#world.signatures, this.identity);
    if (forged === undefined) return;
    this.#forged.push(forged);
    if (this.#forged.length > recordedMax) this.#forged.shift();
  }

  #beatOn(): void {
    const world = this.#world;
    world.after(heartbeatMs, () => {
      if (!this.#isHere) return;
      const beat = this.#claim ?? this.#heard;
      if (beat !== undefined) this.#say(this.#next(beat), undefined);
      this.#beatOn();
    });
  }

  /** The host that it made up must seem to live; an honest host's number is only repeated. */
  #next(beat: Heartbeat): Heartbeat {
    if (this.#claim === undefined) return beat;
    this.#claim = this.#signed({ ...beat, hostSeq: Math.min(Number.MAX_SAFE_INTEGER, beat.hostSeq + 1) });
    return this.#claim;
  }

  #signed(claim: Heartbeat): Heartbeat {
    const { term, hostId, hostSeq, successors } = claim;
    if (hostId !== this.#claimant.peerId) return claim;
    return { ...claim, signedSeq: hostSeq, signature: signClaim(this.#claimant, this.#world.signatures, term, hostSeq, successors) };
  }

  #card(): Card {
    return signCard(this.identity, this.#world.signatures, {
      name: "Mallory",
      named: true,
      revision: 1,
      instance: this.#instance,
      addresses: [this.address],
      prekey: this.#sealing.prekey(),
    });
  }

  // ── Lying ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** At the end of all terms, just before it, or so far ahead that only newcomers might believe it. */
  #farTerm(number: number): number {
    const heard = this.#heard?.term ?? 0;
    const terms = [termMax - 2, heard + 4_096, termMax / 2, termMax, termMax - 1, heard + 5_000, termMax / 2 + 1];
    return terms[number % terms.length] ?? termMax;
  }

  /** Under the signature of whom it has the keys of; else under that of the claim that it alters. */
  #claims(change: Partial<Heartbeat>, signer: Identity = this.identity): void {
    if (this.#heard === undefined) return;
    this.#claim = { ...this.#heard, ...change };
    this.#claimant = signer;
    this.#claim = this.#signed(this.#claim);
    this.#say(this.#claim, undefined);
  }

  /** Somebody who does not exist, at an address where nobody is. */
  #invent(draw: () => number): Card {
    return this.#ghostCard(this.#world.invent(draw), draw);
  }

  #ghostCard(identity: Identity, draw: () => number): Card {
    return signCard(identity, this.#world.signatures, {
      name: `Ghost ${Math.floor(draw() * 1_000)}`,
      named: true,
      revision: 1,
      instance: hex(bytesFrom(draw)(8)),
      addresses: [{ host: `10.77.${Math.floor(draw() * 256)}.${Math.floor(draw() * 256)}`, port: 47_474 }],
      prekey: bytesFrom(draw)(32),
    });
  }

  #forge(draw: () => number): void {
    const forged = this.#forged[Math.floor(draw() * this.#forged.length)];
    if (forged === undefined) return;
    const plaintext = encodeRoomsEvents(forged);
    this.#gossip(encodeNews({ k: "post", sealed: this.#networkSealing.seal(plaintext) }));
    for (const line of this.#lines.values()) {
      const [copy] = this.#sealing.seal(
        { roomId: "lobby", members: undefined, readers: [this.#correspondent(line.peer)] },
        plaintext,
        0 as Millis,
      );
      if (copy === undefined) continue;
      this.#say({ t: "envelope", from: this.identity.peerId, to: line.peer.peerId, hops: 0, sealed: copy.sealed }, undefined);
      this.#say({ t: "envelope", from: forged.author, to: line.peer.peerId, hops: 1, sealed: copy.sealed }, undefined);
    }
  }

  #tell(line: Line, aboutMail: Uint8Array): void {
    const readers = [this.#correspondent(line.peer)];
    const [copy] = this.#sealing.seal({ roomId: "", members: undefined, readers }, addressed(addressee.mail, aboutMail), 0 as Millis);
    if (copy === undefined) return;
    this.#say({ t: "envelope", from: this.identity.peerId, to: line.peer.peerId, hops: 0, sealed: copy.sealed }, undefined);
  }

  #gossip(body: Uint8Array): void {
    this.#say({ t: "gossip", hops: 0, body }, undefined);
  }

  /** To one, or to all. */
  #say(frame: Frame, draw: (() => number) | undefined): void {
    this.#send(encodeFrame(frame), draw);
  }

  #send(bytes: Uint8Array, draw: (() => number) | undefined): void {
    const open = [...this.#lines].filter(([, { isOpen }]) => isOpen).map(([connectionId]) => connectionId);
    const chosen = draw === undefined ? open : open.slice(Math.floor(draw() * open.length)).slice(0, 1);
    for (const connectionId of chosen) this.#transport.sendFrame(connectionId, bytes);
  }
}

function idOfCard(world: World, card: Card): PeerId | undefined {
  return world.peers.find(({ identity }) => identity !== undefined && hex(identity.signKey) === hex(card.signKey))?.identity?.peerId;
}

function inventedId(draw: () => number, start: string): PeerId {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  return Array.from({ length: 32 }, (_, place) => start.charAt(place) || letters.charAt(Math.floor(draw() * 32))).join("") as PeerId;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
