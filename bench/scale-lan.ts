/**
 * Many whole peers, with their real core and driver, on one LAN in virtual time; what they send, link and show is counted
 * by taps around them. The same seed gives the same run.
 */
import type { EarshotEvent } from "../src/api/contract.ts";
import { createIdentity } from "../src/crypto/index.ts";
import type { Identity, Signatures } from "../src/crypto/ports.ts";
import { createNodeSignatures } from "../src/crypto/signatures.node.ts";
import type { Address, ConnectionId, LogId, Millis } from "../src/ids.ts";
import type { Transport, TransportInput } from "../src/mesh/transport.ts";
import { createVirtualNetwork, type VirtualNetwork } from "../src/mesh/transport-memory.ts";
import { createDriver, type Driver, Peer } from "../src/peer/index.ts";
import { createOpenNetworkSealing, createOpenSealing, shareVerdicts } from "./scale-crypto.ts";
import { Timers } from "./scale-timers.ts";
import { kindOf, markedText, markOf, marksIn, type Sent, Trace, Traffic } from "./scale-wire.ts";

const wallAtStart = Date.UTC(2026, 0, 1);
/** Mean one-way latency of a frame: a home's Wi-Fi. */
const latencyMs = 2;
/** A newcomer's question is answered within this, and its own announcement follows the probing that RFC 6762 asks for. */
const answersMs = 5;
const announcedMs = 950;
/** Of the others on the wire so many answer a newcomer, and as many hear it: packets collide, and adapters bound what they take. */
const sightingsMax = 100;

export class ScalePeer {
  readonly number: number;
  readonly identity: Identity;
  readonly address: Address;
  readonly sent: Sent = { frames: 0, bytes: 0 };
  received = 0;
  /** Told by one other, shown here. */
  directTexts = 0;
  readonly links = new Set<ConnectionId>();
  /** Who stands at the other end. */
  readonly ends = new Map<ConnectionId, number>();
  /** By number: whom it lists as online. */
  readonly online: Uint8Array;
  onlineCount = 0;
  hostId: string;
  driver!: Driver;
  isAlive = true;

  constructor(number: number, identity: Identity, address: Address, capacity: number) {
    this.number = number;
    this.identity = identity;
    this.address = address;
    this.online = new Uint8Array(capacity);
    this.hostId = identity.peerId;
  }
}

export class ScaleLan {
  readonly network: VirtualNetwork;
  readonly traffic = new Traffic();
  readonly traces: Trace[] = [];
  readonly #all: ScalePeer[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #timers = new Timers();
  readonly #random: () => number;
  readonly #signatures: Signatures;
  readonly #capacity: number;

  /** At most `capacity` peers join in all. */
  constructor(random: () => number, capacity: number) {
    this.#random = random;
    this.#capacity = capacity;
    this.#signatures = shareVerdicts(createNodeSignatures());
    this.network = createVirtualNetwork({ random, latencyMs });
  }

  get now(): Millis {
    return this.network.now();
  }

  get living(): ScalePeer[] {
    return this.#all.filter((peer) => peer.isAlive);
  }

  peerOf(peerId: string): ScalePeer | undefined {
    return this.#all[this.#numbers.get(peerId) ?? -1];
  }

  join(): ScalePeer {
    const number = this.#all.length;
    if (number >= this.#capacity) throw new Error("more peers than the LAN was made for");
    const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));
    const identity = createIdentity(randomBytes, this.#signatures);
    const address = { host: `10.0.${number >> 7}.${(number & 127) + 1}`, port: 47_474 };
    const member = new ScalePeer(number, identity, address, this.#capacity);
    const peer = new Peer(
      {
        identity,
        name: `peer ${number}`,
        named: true,
        profile: undefined,
        networkName: "scale",
        version: "0",
        logId: hex(randomBytes(8)) as LogId,
        randomBytes,
        wallNow: () => Math.round(wallAtStart + this.now) as Millis,
        signatures: this.#signatures,
        sealing: createOpenSealing(identity),
        networkSealing: createOpenNetworkSealing(randomBytes),
        contacts: [],
        rooms: undefined,
        remembered: [],
      },
      this.now,
    );
    const transport = this.network.attach({ identity, instance: hex(randomBytes(8)), address }, (input) => this.#deliver(member, input));
    member.driver = createDriver({
      peer,
      transport: this.#tapped(member, transport),
      clock: { now: () => this.now, setTimer: (at, ring) => this.#timers.set(at, () => member.isAlive && ring()) },
      rememberPeers: () => undefined,
      rememberName: () => undefined,
      saveRecords: () => undefined,
      appendEvents: () => undefined,
      rewriteEvents: () => undefined,
      deleteEvents: () => undefined,
      stopped: () => undefined,
    });
    member.driver.subscribe((event) => this.#told(member, event));
    this.#numbers.set(identity.peerId, number);
    const others = this.sample(this.living, sightingsMax);
    this.#all.push(member);
    member.driver.enqueue({ type: "addressesChanged", addresses: [address] });
    for (const other of others) {
      this.after(answersMs, () => this.#sight(member, other));
      this.after(announcedMs, () => this.#sight(other, member));
    }
    return member;
  }

  /** Its process dies: the others' connections to it end at once. */
  kill(peer: ScalePeer): void {
    peer.isAlive = false;
    this.network.kill(peer.address);
  }

  /** Its cable is pulled: the others hear nothing, not even an end. */
  silence(peer: ScalePeer): void {
    peer.isAlive = false;
    for (const other of this.#all) if (other !== peer && other.isAlive) this.network.cut(peer.address, other.address);
  }

  /** Says something new in the lobby. */
  async say(author: ScalePeer): Promise<Trace> {
    const trace = new Trace(author.number, this.now, this.#capacity);
    this.traces.push(trace);
    await author.driver.call("messages.send", { to: "#lobby", text: markedText(this.traces.length - 1) });
    return trace;
  }

  /** A text between two; whoever gets it counts it. */
  async tell(from: ScalePeer, to: ScalePeer): Promise<void> {
    await from.driver.call("messages.send", { to: `@${to.identity.peerId}`, text: "x".repeat(200) });
  }

  after(ms: number, act: () => void): void {
    this.#timers.set((this.now + ms) as Millis, act);
  }

  pass(ms: number): void {
    const end = (this.now + ms) as Millis;
    for (;;) {
      const timerAt = this.#timers.nextAt() ?? Number.POSITIVE_INFINITY;
      const eventAt = this.network.nextEventAt() ?? Number.POSITIVE_INFINITY;
      if (Math.min(timerAt, eventAt) > end) break;
      if (eventAt <= timerAt) this.network.step();
      else {
        this.network.runUntil(timerAt as Millis);
        this.#timers.ring();
      }
    }
    this.network.runUntil(end);
  }

  /** Up to `count` of them, each once, in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    const pool = [...items];
    const chosen: T[] = [];
    while (chosen.length < count && pool.length > 0) {
      const place = Math.floor(this.#random() * pool.length);
      const [item] = pool.splice(place, 1);
      if (item !== undefined) chosen.push(item);
    }
    return chosen;
  }

  #sight(who: ScalePeer, whom: ScalePeer): void {
    if (!who.isAlive || !whom.isAlive) return;
    who.driver.enqueue({ type: "peerSighted", sighting: { source: "mdns", addresses: [whom.address], peerId: whom.identity.peerId } });
  }

  #deliver(peer: ScalePeer, input: TransportInput): void {
    if (!peer.isAlive) return;
    if (input.type === "frameArrived") {
      peer.received += 1;
      const from = peer.ends.get(input.connectionId);
      if (from !== undefined)
        for (const number of marksIn(input.bytes)) this.traces[number]?.arrived(from, peer.number, input.bytes.length);
    } else if (input.type === "connectionAuthenticated") {
      const other = this.#numbers.get(input.remote.identity.peerId);
      if (other !== undefined) peer.ends.set(input.connectionId, other);
    } else if (input.type === "linkOpened") peer.links.add(input.connectionId);
    else if (input.type === "connectionClosed") this.#ended(peer, input.connectionId);
    peer.driver.enqueue(input);
  }

  #ended(peer: ScalePeer, connectionId: ConnectionId): void {
    peer.links.delete(connectionId);
    peer.ends.delete(connectionId);
  }

  #tapped(peer: ScalePeer, transport: Transport): Transport {
    return {
      dial: (connectionId, address) => transport.dial(connectionId, address),
      negotiate: (connectionId) => transport.negotiate(connectionId),
      sendFrame: (connectionId, bytes) => {
        peer.sent.frames += 1;
        peer.sent.bytes += bytes.length;
        this.traffic.count(kindOf(bytes), bytes.length);
        transport.sendFrame(connectionId, bytes);
      },
      closeConnection: (connectionId, reason) => {
        this.#ended(peer, connectionId);
        transport.closeConnection(connectionId, reason);
      },
    };
  }

  #told(peer: ScalePeer, event: EarshotEvent): void {
    if (event.event === "messageAdded") {
      const number = markOf(event.message.text);
      if (number !== undefined) this.traces[number]?.shown(peer.number, this.now);
      else if (event.message.from !== peer.identity.peerId) peer.directTexts += 1;
    } else if (event.event === "hostChanged") peer.hostId = event.host.hostId;
    else if (event.event === "peerChanged") {
      const other = this.#numbers.get(event.peer.peerId);
      const isOnline = event.peer.online ? 1 : 0;
      if (other === undefined || peer.online[other] === isOnline) return;
      peer.online[other] = isOnline;
      peer.onlineCount += isOnline === 1 ? 1 : -1;
    }
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
