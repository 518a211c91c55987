/** One machine of the virtual LAN with its clocks, disk and address, and the peer that may run on it: production core and driver. */

import type { ErrorCode, Params, PeerMethodName, Result } from "../../src/api/contract.ts";
import { createNetworkSealing, createPrimitives, createSealing, deriveNetwork, identityFromSecrets } from "../../src/crypto/index.ts";
import type { Identity, NetworkSealing, RandomBytes, Sealing } from "../../src/crypto/ports.ts";
import type { Address, ConnectionId, LogId, Millis, PeerId, RequestId } from "../../src/ids.ts";
import type { Transport, TransportInput } from "../../src/mesh/transport.ts";
import { createDriver, type Driver, type Effect, type Input, Peer } from "../../src/peer/index.ts";
import { bytesFrom } from "../support/random.ts";
import { sealingThrough } from "../support/sealing.ts";
import { createNetworkSealingTwin, createTwinPrimitives } from "./sealing-twin.ts";
import type { Asked, Start } from "./seen.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { type DiskStore, VirtualDisk } from "./virtual-disk.ts";
import type { World } from "./world.ts";

export interface MachineOptions {
  readonly name: string;
  readonly address: Address;
  readonly network: string;
  /** Undefined for guests. */
  readonly disk: VirtualDisk | undefined;
  readonly clock: VirtualClock;
}

/** Parts of a peer that a test may replace by a faulty one. */
export interface Spoilers {
  readonly transport?: (transport: Transport, machine: Machine) => Transport;
  readonly sealing?: (sealing: Sealing, machine: Machine) => Sealing;
  /** The network that the handshake believes it to be in. */
  readonly network?: (machine: Machine) => string;
  readonly peer?: (peer: Pick<Peer, "handle" | "nextWakeAt">, machine: Machine) => Pick<Peer, "handle" | "nextWakeAt">;
}

/** A timer that rings so often at one and the same moment makes no progress. */
const ringsPerMomentMax = 20;

type Answer = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly code: ErrorCode };

export class Machine implements Asked {
  readonly name: string;
  readonly network: string;
  readonly disk: VirtualDisk | undefined;
  readonly clock: VirtualClock;
  address: Address;
  isAsleep = false;
  /** Of the peer that runs, or ran last. */
  start!: Start;
  identity: Identity | undefined;
  #starts = 0;
  /** Switched on or off so often. */
  #generation = 0;
  #startedAt = 0;
  readonly #world: World;
  #running: { readonly driver: Driver; readonly peer: Peer; readonly store: DiskStore } | undefined;
  #timer: { readonly at: Millis; readonly ring: () => void } | undefined;
  #armed = 0;
  #asked = 0;
  #ringsAt = { moment: -1, count: 0 };
  readonly #answers = new Map<string, Answer>();
  /** Whom the handshake proved at the other end. */
  readonly #ends = new Map<ConnectionId, PeerId>();
  /** Open data channels, by the other end. */
  readonly links = new Map<ConnectionId, PeerId>();

  constructor(world: World, { name, address, network, disk, clock }: MachineOptions) {
    this.#world = world;
    this.name = name;
    this.address = address;
    this.network = network;
    this.disk = disk;
    this.clock = clock;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get linkCount(): number {
    return this.links.size;
  }

  get age(): number {
    return this.#world.now - this.#startedAt;
  }

  /** Loads the profile, or makes one; the peer runs when its keys are on disk. */
  async boot(): Promise<void> {
    const world = this.#world;
    const generation = ++this.#generation;
    const store = (this.disk ?? guestsDisk()).open();
    const { identity: secrets, name, remembered } = await store.load();
    const { signatures } = world;
    const identity = secrets === undefined ? world.newIdentity() : identityFromSecrets(signatures, secrets.signSeed, secrets.agreeSecret);
    if (secrets === undefined) await store.saveIdentity(identity);
    // It was switched off meanwhile.
    if (generation !== this.#generation) return;
    const count = ++this.#starts;
    this.identity = identity;
    this.start = { name: this.name, peerId: identity.peerId, count, network: this.network, isLiar: false };
    this.#startedAt = world.now;
    const randomBytes = bytesFrom(world.stream(`process ${this.name} ${count}`));
    const peer = new Peer(
      {
        identity,
        name: name ?? this.name,
        named: true,
        profile: this.disk === undefined ? undefined : this.name,
        networkName: this.network,
        version: "0",
        logId: hex(randomBytes(8)) as LogId,
        randomBytes,
        wallNow: () => this.clock.wall(),
        signatures,
        ...this.#sealings(identity, randomBytes, store),
        contacts: store.records("contacts"),
        settings: store.records("settings"),
        own: store.records("own"),
        mail: store.records("mail"),
        rooms: store.rooms(),
        remembered,
      },
      this.clock.now(),
    );
    const attachment = {
      identity,
      instance: hex(randomBytes(8)),
      address: this.address,
      network: world.spoilers.network?.(this) ?? this.network,
    };
    // The process before may still be closing its sockets.
    world.network.kill(this.address);
    const transport = world.network.attach(attachment, (input) => this.#arrived(input));
    const spoilers = world.spoilers;
    const driver = createDriver({
      peer: this.#watched(spoilers.peer?.(peer, this) ?? peer),
      transport: spoilers.transport?.(this.#tapped(transport), this) ?? this.#tapped(transport),
      clock: { now: () => this.clock.now(), setTimer: (at, ring) => this.#setTimer(at, ring) },
      rememberPeers: (peers) => void store.saveRemembered(peers),
      rememberName: (chosen) => void store.saveName(chosen),
      saveRecords: (records) => store.saveRecords(records),
      appendEvents: (events) => store.appendEvents(events),
      rewriteEvents: (events) => store.rewriteEvents(events),
      deleteEvents: (keys) => store.deleteEvents(keys),
      stopped: () => world.quit(this),
    });
    this.#running = { driver, peer, store };
    const { start } = this;
    driver.subscribe((event) => {
      world.see({ type: "told", start, event });
      if (event.event === "historyGrown") world.at(world.now, () => this.#lookBack(start, event.in));
    });
    world.started(this);
    driver.enqueue({ type: "addressesChanged", addresses: [this.address] });
  }

  /** Something happens to the peer, if one runs and is awake. */
  tell(input: Input): void {
    if (!this.isAsleep) this.#running?.driver.enqueue(input);
  }

  ask<M extends PeerMethodName>(method: M, params: Params<M>): Result<M> | undefined {
    const answer = this.call(method, params);
    return answer?.ok === true ? (answer.result as Result<M>) : undefined;
  }

  /** Undefined where the answer takes time. */
  call(method: PeerMethodName, params: unknown): Answer | undefined {
    if (this.isAsleep || this.#running === undefined) return undefined;
    const requestId = `sim-${++this.#asked}` as RequestId;
    this.#world.see({ type: "asked", start: this.start, requestId, method });
    this.tell({ type: "apiCalled", requestId, method, params });
    const answer = this.#answers.get(requestId);
    this.#answers.delete(requestId);
    return answer;
  }

  get core(): object | undefined {
    return this.#running?.peer;
  }

  sleep(): void {
    this.isAsleep = true;
    this.clock.sleep();
    this.#world.network.sleep(this.address);
  }

  wake(isForgotten: boolean): void {
    this.isAsleep = false;
    this.clock.wake();
    this.#world.network.wake(this.address, isForgotten);
    this.#arm();
  }

  move(to: Address): void {
    this.#world.network.move(this.address, to);
    this.address = to;
    this.tell({ type: "addressesChanged", addresses: [to] });
  }

  /** No more inputs, no more timers. */
  halt(): void {
    this.#generation += 1;
    this.#running = undefined;
    this.#ends.clear();
    this.links.clear();
    this.#timer = undefined;
    this.#armed += 1;
    this.isAsleep = false;
    this.clock.wake();
  }

  isLinkedTo(peerId: PeerId): boolean {
    for (const end of this.links.values()) if (end === peerId) return true;
    return false;
  }

  #arrived(input: TransportInput): void {
    if (input.type === "connectionAuthenticated") this.#ends.set(input.connectionId, input.remote.identity.peerId);
    const end = input.type === "linkOpened" ? this.#ends.get(input.connectionId) : undefined;
    if (input.type === "linkOpened" && end !== undefined) {
      this.links.set(input.connectionId, end);
      this.#world.see({ type: "linkOpened", start: this.start, to: end });
    }
    if (input.type === "connectionClosed" || input.type === "dialFailed") this.#ended(input.connectionId);
    this.#running?.driver.enqueue(input);
  }

  #ended(connectionId: ConnectionId): void {
    this.#ends.delete(connectionId);
    this.links.delete(connectionId);
  }

  #sealings(identity: Identity, randomBytes: RandomBytes, store: DiskStore): { sealing: Sealing; networkSealing: NetworkSealing } {
    const { sealing: kind, spoilers } = this.#world;
    const isReal = kind === "real";
    const sealing = createSealing({
      self: identity,
      primitives: isReal ? createPrimitives() : createTwinPrimitives(identity),
      signatures: this.#world.signatures,
      randomBytes,
      wallNow: () => this.clock.wall(),
      kept: (table) => store.records(table),
      isKept: this.disk !== undefined,
    });
    const used = spoilers.sealing?.(sealing, this) ?? sealing;
    const { start } = this;
    return {
      // What it keeps is to be found by those who look into a peer.
      sealing: Object.assign(sealingThrough(used), {
        within: used,
        seal: (...sealed: Parameters<Sealing["seal"]>) => {
          this.#world.see({ type: "sealed", start, plaintext: sealed[1] });
          return used.seal(...sealed);
        },
      }),
      networkSealing: isReal
        ? createNetworkSealing(deriveNetwork({ name: this.network }).secret, randomBytes)
        : createNetworkSealingTwin(this.network, randomBytes),
    };
  }

  #watched(peer: Pick<Peer, "handle" | "nextWakeAt">): Pick<Peer, "handle" | "nextWakeAt"> {
    const world = this.#world;
    const { start } = this;
    return {
      nextWakeAt: () => peer.nextWakeAt(),
      handle: (input, now) => {
        world.fingerprint.input(this.name, input, now);
        let effects: Effect[];
        try {
          effects = peer.handle(input, now);
        } catch (error) {
          world.crashed(this, input, error as Error);
          return [];
        }
        for (const effect of effects) {
          world.fingerprint.effect(effect);
          if (effect.type === "replied") this.#replied(start, effect);
        }
        return effects;
      },
    };
  }

  #replied(start: Start, { requestId, outcome }: Extract<Effect, { type: "replied" }>): void {
    this.#world.see({ type: "answered", start, requestId, ok: outcome.ok });
    this.#answers.set(requestId, outcome.ok ? outcome : { ok: false, code: outcome.error.code });
    // Answers that come later are not waited for.
    if (this.#answers.size > 100) for (const oldest of this.#answers.keys()) return void this.#answers.delete(oldest);
  }

  #tapped(transport: Transport): Transport {
    const world = this.#world;
    const { start } = this;
    return {
      dial: (connectionId: ConnectionId, address: Address) => transport.dial(connectionId, address),
      negotiate: (connectionId) => transport.negotiate(connectionId),
      sendFrame: (connectionId, bytes) => {
        world.see({ type: "frameSent", start, bytes });
        transport.sendFrame(connectionId, bytes);
      },
      closeConnection: (connectionId, reason) => {
        this.#ended(connectionId);
        transport.closeConnection(connectionId, reason);
      },
    };
  }

  #setTimer(at: Millis, ring: () => void): () => void {
    const timer = { at, ring };
    if (!this.isRunning) return () => undefined;
    this.#timer = timer;
    this.#arm();
    return () => {
      if (this.#timer === timer) this.#timer = undefined;
    };
  }

  /** The person scrolls up to the beginning. */
  #lookBack(start: Start, conversation: string): void {
    if (this.start !== start) return;
    for (let before: string | undefined; ; ) {
      const page = this.ask("messages.list", { in: conversation, limit: 500, ...(before !== undefined && { before }) });
      if (page === undefined) return;
      const answers = page.messages.flatMap(({ messageId: thread, replies }) =>
        replies === 0 ? [] : (this.ask("messages.list", { in: conversation, thread, limit: 500 })?.messages ?? []),
      );
      this.#world.see({ type: "listed", start, messages: [...page.messages, ...answers] });
      before = page.messages[0]?.messageId;
      if (!page.hasMore || before === undefined) return;
    }
  }

  /** One driver has one timer. It stands still while the machine sleeps. */
  #arm(): void {
    const timer = this.#timer;
    const armed = ++this.#armed;
    if (timer === undefined) return;
    this.#world.at(this.clock.virtualAt(timer.at), () => {
      if (this.#timer !== timer || this.#armed !== armed || this.isAsleep) return;
      this.#timer = undefined;
      this.#countRings();
      if (this.isRunning) timer.ring();
    });
  }

  #countRings(): void {
    const moment = this.#world.now;
    this.#ringsAt = this.#ringsAt.moment === moment ? { moment, count: this.#ringsAt.count + 1 } : { moment, count: 1 };
    if (this.#ringsAt.count < ringsPerMomentMax) return;
    this.#world.report("progress", `${this.name} wakes again and again without getting on`);
    this.#world.end(this, "killed");
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** In memory, and gone with the process. */
const guestsDisk = (): VirtualDisk => new VirtualDisk({ after: (_ms, run) => run(), syncMs: () => 0 });
