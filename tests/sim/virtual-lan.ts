/** Whole peers, with their real drivers, on one LAN in virtual time. The same seed gives the same run. */
import type { EarshotEvent, MessageView, Params, PeerMethodName, Result } from "../../src/api/contract.ts";
import { createIdentity, createNetworkSealing, deriveNetwork } from "../../src/crypto/index.ts";
import type { Identity, Sealing } from "../../src/crypto/ports.ts";
import { createNodeSignatures } from "../../src/crypto/signatures.node.ts";
import type { Address, LogId, Millis } from "../../src/ids.ts";
import type { Transport } from "../../src/mesh/transport.ts";
import { createVirtualNetwork, type VirtualNetwork } from "../../src/mesh/transport-memory.ts";
import { createDriver, type Driver, type Effect, Peer } from "../../src/peer/index.ts";
import { createRandom } from "../support/random.ts";
import { createTestSealing } from "../support/sealing.ts";

/** 2026-01-01, so that times on screens look like times. */
const wallAtStart = Date.UTC(2026, 0, 1);
/** A timer that rings so often at one and the same moment makes no progress. */
const ringsPerMomentMax = 20;

/** Native, since tweetnacl verifies a hundred times slower; both pass one contract suite. */
const signatures = createNodeSignatures();

interface Timer {
  readonly owner: VirtualPeer;
  readonly at: Millis;
  readonly ring: () => void;
}

export type WireOrder = Extract<Effect, { type: "dial" | "negotiate" | "sendFrame" | "closeConnection" }>;

export interface JoinOptions {
  readonly isSighted?: boolean;
  readonly network?: string;
  /** A profile that comes back: the same identity, all else forgotten. */
  readonly identity?: Identity;
  readonly address?: Address;
  /** What a profile has kept of people. */
  readonly contacts?: ReadonlyMap<string, Uint8Array>;
  readonly own?: ReadonlyMap<string, Uint8Array>;
  /** How far this machine's clock is off. */
  readonly wallSkewMs?: number;
  /** What becomes of its seals on their way. */
  readonly spoil?: (sealing: Sealing) => Sealing;
}

export class VirtualPeer {
  readonly name: string;
  readonly identity: Identity;
  readonly address: Address;
  readonly wallSkewMs: number;
  readonly events: EarshotEvent[] = [];
  /** What it has had saved of people. */
  readonly contacts = new Map<string, Uint8Array>();
  readonly own = new Map<string, Uint8Array>();
  readonly #lan: VirtualLan;
  driver!: Driver;
  /** As its card shows it. */
  prekey!: () => Uint8Array;
  /** It quit by itself. */
  isStopped = false;
  /** Its process runs. */
  isAlive = true;

  constructor(lan: VirtualLan, name: string, identity: Identity, address: Address, wallSkewMs: number) {
    this.#lan = lan;
    this.name = name;
    this.identity = identity;
    this.address = address;
    this.wallSkewMs = wallSkewMs;
  }

  /** Calls the API and lets virtual time pass until the answer is there. */
  async call<M extends PeerMethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    let outcome: { ok: boolean; result?: unknown; error?: { code: string; message: string } } | undefined;
    void this.driver.call(method, params).then((settled) => {
      outcome = settled;
    });
    for (let waited = 0; waited < 20_000; waited += 10) {
      await Promise.resolve();
      await Promise.resolve();
      if (outcome !== undefined) break;
      this.#lan.pass(10);
    }
    if (outcome === undefined) throw new Error(`${method} was never answered`);
    if (!outcome.ok) throw new Error(`${outcome.error?.code}: ${outcome.error?.message}`);
    return outcome.result as Result<M>;
  }

  async say(to: string, text: string): Promise<string> {
    return (await this.call("messages.send", { to, text })).messageId;
  }

  async texts(conversation: string): Promise<string[]> {
    const { messages } = await this.call("messages.list", { in: conversation, limit: 500 });
    return messages.map((message) => message.text);
  }

  async message(conversation: string, messageId: string): Promise<MessageView | undefined> {
    const { messages } = await this.call("messages.list", { in: conversation, limit: 500 });
    return messages.find((message) => message.messageId === messageId);
  }
}

export class VirtualLan {
  readonly network: VirtualNetwork;
  readonly peers: VirtualPeer[] = [];
  /** Hears what any peer tells its window, at the moment it does. */
  watch: (peer: VirtualPeer, event: EarshotEvent) => void = () => undefined;
  /** Sees what any peer orders of its transport. */
  tap: (peer: VirtualPeer, order: WireOrder) => void = () => undefined;
  readonly #random: () => number;
  readonly #timers = new Set<Timer>();
  #lastHost = 0;
  #moment = 0;
  readonly #ringsNow = new Map<VirtualPeer, number>();

  constructor(seed: number, latencyMs = 1) {
    this.#random = createRandom(seed);
    this.network = createVirtualNetwork({ random: this.#random, latencyMs });
  }

  /** Starts a peer that everybody sights, and that sights everybody, as mDNS would have it. */
  join(name: string, options: JoinOptions = {}): VirtualPeer {
    const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));
    const identity = options.identity ?? createIdentity(randomBytes, signatures);
    const address = options.address ?? { host: `10.0.0.${++this.#lastHost}`, port: 47_474 };
    const member = new VirtualPeer(this, name, identity, address, options.wallSkewMs ?? 0);
    for (const [key, value] of options.contacts ?? []) member.contacts.set(key, value);
    for (const [key, value] of options.own ?? []) member.own.set(key, value);
    const wallNow = () => Math.round(wallAtStart + member.wallSkewMs + this.network.now()) as Millis;
    const whole = createTestSealing(identity, randomBytes, { wallNow });
    const sealing = options.spoil?.(whole) ?? whole;
    member.prekey = () => sealing.prekey();
    const peer = new Peer(
      {
        identity,
        name,
        named: true,
        profile: undefined,
        networkName: "test",
        version: "0",
        logId: hex(randomBytes(8)) as LogId,
        randomBytes,
        wallNow,
        signatures: signatures,
        sealing,
        networkSealing: createNetworkSealing(deriveNetwork({ name: options.network ?? "test" }).secret, randomBytes),
        contacts: member.contacts,
        own: member.own,
        rooms: undefined,
        remembered: [],
      },
      this.network.now(),
    );
    const attachment = { identity, instance: hex(randomBytes(8)), address };
    const transport = this.network.attach(
      options.network === undefined ? attachment : { ...attachment, network: options.network },
      (input) => member.driver.enqueue(input),
    );
    member.driver = createDriver({
      peer,
      transport: this.#tapped(member, transport),
      clock: { now: () => this.network.now(), setTimer: (at, ring) => this.#setTimer(member, at, ring) },
      rememberPeers: () => undefined,
      rememberName: () => undefined,
      appendEvents: () => undefined,
      rewriteEvents: () => undefined,
      deleteEvents: () => undefined,
      saveRecords: (records) => {
        for (const { table, key, value } of records) {
          const kept = table === "contacts" ? member.contacts : table === "own" ? member.own : undefined;
          if (value === undefined) kept?.delete(key);
          else kept?.set(key, value);
        }
      },
      stopped: () => {
        member.isStopped = true;
      },
    });
    member.driver.subscribe((event) => {
      member.events.push(event);
      this.watch(member, event);
    });
    member.driver.enqueue({ type: "addressesChanged", addresses: [address] });
    for (const other of this.peers) {
      if (options.isSighted === false) break;
      this.#sight(member, other);
      this.#sight(other, member);
    }
    this.peers.push(member);
    return member;
  }

  /** Everybody hears everybody's announcement again, as after a query. */
  sightAgain(): void {
    for (const one of this.peers) for (const other of this.peers) if (one !== other) this.#sight(one, other);
  }

  kill(peer: VirtualPeer): void {
    this.network.kill(peer.address);
    const place = this.peers.indexOf(peer);
    if (place >= 0) this.peers.splice(place, 1);
    peer.isAlive = false;
    peer.driver.enqueue = () => undefined;
    for (const timer of this.#timers) if (timer.owner === peer) this.#timers.delete(timer);
  }

  /** Neither can dial the other; what both reach still carries between them. */
  separate(one: VirtualPeer, other: VirtualPeer): void {
    this.network.block(one.address, other.address);
  }

  cutBetween(left: readonly VirtualPeer[], right: readonly VirtualPeer[]): void {
    for (const one of left) for (const other of right) this.network.cut(one.address, other.address);
  }

  healBetween(left: readonly VirtualPeer[], right: readonly VirtualPeer[]): void {
    for (const one of left) for (const other of right) this.network.heal(one.address, other.address);
  }

  /** Lets virtual time pass. */
  pass(ms: number): void {
    const end = this.network.now() + ms;
    for (;;) {
      const timer = this.#nextTimer();
      const eventAt = this.network.nextEventAt();
      const next = Math.min(timer?.at ?? Number.POSITIVE_INFINITY, eventAt ?? Number.POSITIVE_INFINITY);
      if (next > end) break;
      if (eventAt !== undefined && eventAt <= next) {
        this.network.step();
        continue;
      }
      if (timer === undefined) break;
      this.network.runUntil(timer.at);
      if (this.#timers.delete(timer)) this.#ring(timer);
    }
    this.network.runUntil(end as Millis);
  }

  #tapped(peer: VirtualPeer, transport: Transport): Transport {
    return {
      dial: (connectionId, address) => {
        this.tap(peer, { type: "dial", connectionId, address });
        transport.dial(connectionId, address);
      },
      negotiate: (connectionId) => {
        this.tap(peer, { type: "negotiate", connectionId });
        transport.negotiate(connectionId);
      },
      sendFrame: (connectionId, bytes) => {
        this.tap(peer, { type: "sendFrame", connectionId, bytes });
        transport.sendFrame(connectionId, bytes);
      },
      closeConnection: (connectionId, reason) => {
        this.tap(peer, { type: "closeConnection", connectionId, reason });
        transport.closeConnection(connectionId, reason);
      },
    };
  }

  #ring(timer: Timer): void {
    const now = this.network.now();
    if (now !== this.#moment) {
      this.#moment = now;
      this.#ringsNow.clear();
    }
    const rings = (this.#ringsNow.get(timer.owner) ?? 0) + 1;
    this.#ringsNow.set(timer.owner, rings);
    if (rings > ringsPerMomentMax) throw new Error(`${timer.owner.name} wakes again and again at ${now} without getting on`);
    timer.ring();
  }

  #sight(who: VirtualPeer, whom: VirtualPeer): void {
    who.driver.enqueue({ type: "peerSighted", sighting: { source: "mdns", addresses: [whom.address], peerId: whom.identity.peerId } });
  }

  #setTimer(owner: VirtualPeer, at: Millis, ring: () => void): () => void {
    const timer = { owner, at, ring };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  #nextTimer(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    return next;
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
