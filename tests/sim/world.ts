/**
 * Machines on one virtual LAN: time, wires, announcements on the wire, and what becomes visible of it all. The same seed
 * and the same acts give the same run, byte for byte.
 */
import type { Identity, Signatures } from "../../src/crypto/ports.ts";
import type { Address, Millis, PeerId } from "../../src/ids.ts";
import { createVirtualNetwork, type VirtualNetwork } from "../../src/mesh/transport-memory.ts";
import { VirtualQueue } from "../../src/mesh/virtual-queue.ts";
import type { Input } from "../../src/peer/index.ts";
import { streamOf } from "../support/random.ts";
import { type Cast, rememberVerdicts } from "./cast.ts";
import { Faults } from "./faults.ts";
import { Fingerprint } from "./fingerprint.ts";
import type { Liar } from "./liar.ts";
import { Machine, type Spoilers } from "./machine.ts";
import type { Checker, CreateChecker, Inspected, Seen, Start } from "./seen.ts";
import type { Settings } from "./settings.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { VirtualDisk } from "./virtual-disk.ts";

export interface Violation {
  readonly checker: string;
  readonly at: number;
  readonly step: number;
  readonly what: string;
}

interface Alarm {
  at: number;
  readonly sequence: number;
  readonly ring: () => void;
}

interface Announced {
  readonly address: Address;
  readonly peerId: PeerId;
  /** The announcer is gone without a goodbye. */
  staleSince: number | undefined;
}

const violationsMax = 20;
/** mDNS asks again so often. */
const queryMs = 15_000;
/** A dead machine's records are still answered from caches. */
const staleMs = 60_000;

export class World implements Inspected {
  readonly settings: Settings;
  readonly network: VirtualNetwork;
  readonly faults: Faults;
  readonly fingerprint = new Fingerprint();
  readonly signatures: Signatures;
  readonly machines = new Map<string, Machine>();
  readonly violations: Violation[] = [];
  readonly spoilers: Spoilers;
  readonly newIdentity: () => Identity;
  /** What the acts call which room. */
  readonly rooms = new Map<string, string>();
  isCalm = false;
  liarMind: Liar | undefined;
  readonly #checkers: Checker[];
  readonly #witness: ((what: Seen, now: number) => void) | undefined;
  readonly #alarms = new VirtualQueue<Alarm>();
  readonly #announced = new Map<string, Announced>();
  readonly #random: () => number;
  /** By peer id. */
  readonly #networks = new Map<string, string>();
  readonly #cast: Cast;
  #sequence = 0;
  #lastHost = 0;
  #turnDue = false;

  constructor(
    settings: Settings,
    cast: Cast,
    checkers: readonly CreateChecker[],
    options: { readonly spoilers?: Spoilers; readonly witness?: ((what: Seen, now: number) => void) | undefined } = {},
  ) {
    this.settings = settings;
    this.#cast = cast;
    this.spoilers = options.spoilers ?? {};
    this.#witness = options.witness;
    this.signatures = rememberVerdicts(cast.signatures);
    this.newIdentity = cast.draw(this.stream("cast"));
    this.#random = this.stream("world");
    const ways = new Map<string, () => number>();
    this.network = createVirtualNetwork({
      latencyMs: settings.latencyMs,
      random: (from, to) => {
        const way = `${from} ${to}`;
        const source = ways.get(way) ?? this.stream(`way ${way}`);
        ways.set(way, source);
        return source();
      },
    });
    this.faults = new Faults(this.network, (name) => this.machines.get(name)?.address);
    this.#checkers = checkers.map((create) => {
      const checker: Checker = create((what) => this.report(checker.name, what));
      return checker;
    });
  }

  get now(): number {
    return this.network.now();
  }

  get sealing(): "real" | "twin" {
    return this.settings.sealing;
  }

  get peers(): Machine[] {
    return [...this.machines.values()].filter((machine) => machine.isRunning);
  }

  get machineCount(): number {
    return this.machines.size;
  }

  get liar(): Start | undefined {
    return this.liarMind?.start;
  }

  nameOf(id: string): string {
    for (const { name, start } of this.machines.values()) if (start?.peerId === id) return name;
    for (const [name, roomId] of this.rooms) if (roomId === id) return name;
    return this.liar?.peerId === id ? this.liar.name : id;
  }

  networkOf(messageId: string): string | undefined {
    return this.#networks.get(messageId.slice(0, messageId.indexOf("/")));
  }

  /** Somebody who does not exist, but whose card holds. */
  invent(draw: () => number): Identity {
    return this.#cast.ghost(Math.floor(draw() * 1_000_000));
  }

  /** A source of random numbers for one purpose. */
  stream(name: string): () => number {
    return streamOf(this.settings.seed, name);
  }

  isLinked(one: Start, other: Start): boolean {
    const [here, there] = [this.machines.get(one.name), this.machines.get(other.name)];
    return (
      here !== undefined &&
      there !== undefined &&
      !here.isAsleep &&
      !there.isAsleep &&
      here.isLinkedTo(other.peerId) &&
      there.isLinkedTo(one.peerId) &&
      this.faults.isClear(one.name, other.name)
    );
  }

  // ── What is seen ──────────────────────────────────────────────────────────────────────────────────────────────────

  see(what: Seen): void {
    for (const checker of this.#checkers) checker.seen?.(what, this.now);
    this.#witness?.(what, this.now);
  }

  report(checker: string, what: string): void {
    if (this.violations.length >= violationsMax) return;
    this.violations.push({ checker, at: Math.round(this.now), step: this.fingerprint.steps, what });
  }

  crashed(machine: Machine, input: Input, error: Error): void {
    const place = (error.stack ?? "").split("\n").slice(0, 6).join("\n    ");
    this.report("no exception", `${machine.name} at ${input.type}: ${place}`);
  }

  inspect(): void {
    for (const checker of this.#checkers) checker.inspect?.(this, (what) => this.report(checker.name, what));
  }

  /** What does not hold yet of what must hold in the end. */
  unsettled(): { readonly checker: string; readonly what: string }[] {
    const open: { checker: string; what: string }[] = [];
    for (const checker of this.#checkers) checker.conclude?.(this, (what) => open.push({ checker: checker.name, what }));
    return open;
  }

  // ── Machines ──────────────────────────────────────────────────────────────────────────────────────────────────────

  add(name: string, network: string, isGuest: boolean): Machine {
    const random = this.stream(`machine ${name}`);
    const { wallSkewMaxMs, driftMax } = this.settings;
    const clock = new VirtualClock({
      now: () => this.now,
      rate: 1 + (random() * 2 - 1) * driftMax,
      wallSkewMs: Math.round((random() * 2 - 1) * wallSkewMaxMs),
      stopsAsleep: random() < 0.5,
    });
    const disk = isGuest ? undefined : new VirtualDisk({ after: (ms, run) => this.after(ms, run, true), syncMs: () => 2 + random() * 60 });
    const machine = new Machine(this, { name, address: this.newAddress(), network, disk, clock });
    this.machines.set(name, machine);
    this.faults.lay(name);
    return machine;
  }

  newAddress(): Address {
    this.#lastHost += 1;
    return { host: `10.0.${this.#lastHost >> 7}.${(this.#lastHost & 127) + 1}`, port: 47_474 };
  }

  async boot(machine: Machine): Promise<void> {
    void machine.boot();
    await turn();
  }

  started(machine: Machine): void {
    this.#networks.set(machine.start.peerId, machine.network);
    this.see({ type: "started", start: machine.start });
    this.announce(machine.name, machine.address, machine.start.peerId);
    this.after(5 + this.#random() * 20, () => this.#query(machine));
    this.#queryAgain(machine, machine.start);
  }

  quit(machine: Machine): void {
    this.#announced.delete(machine.name);
    this.see({ type: "ended", start: machine.start, how: "quit" });
    machine.halt();
    // Sockets close when what was said has left.
    const { address } = machine;
    this.after(200, () => machine.isRunning || this.network.kill(address));
  }

  end(machine: Machine, how: "killed" | "unplugged"): void {
    machine.disk?.crash();
    const wasRunning = machine.isRunning;
    machine.halt();
    if (!wasRunning) return;
    const announced = this.#announced.get(machine.name);
    if (announced !== undefined) announced.staleSince = this.now;
    if (how === "killed") this.network.kill(machine.address);
    else this.network.unplug(machine.address);
    this.see({ type: "ended", start: machine.start, how });
  }

  move(machine: Machine): void {
    this.faults.lift(machine.name);
    machine.move(this.newAddress());
    this.faults.lay(machine.name);
    this.announce(machine.name, machine.address, machine.start.peerId);
  }

  // ── Announcements on the wire ─────────────────────────────────────────────────────────────────────────────────────

  announce(name: string, address: Address, peerId: PeerId): void {
    const announced = { address, peerId, staleSince: undefined };
    this.#announced.set(name, announced);
    for (const machine of this.machines.values()) {
      if (machine.name === name) continue;
      this.after(100 + this.#random() * 900, () => this.#sight(machine, name, announced));
    }
  }

  withdraw(name: string): void {
    this.#announced.delete(name);
  }

  sight(machine: Machine, name: string): void {
    const announced = this.#announced.get(name);
    if (announced !== undefined) this.#sight(machine, name, announced);
  }

  /** Everybody hears everybody. */
  sightAll(): void {
    for (const machine of this.machines.values()) for (const name of this.#announced.keys()) this.sight(machine, name);
  }

  #queryAgain(machine: Machine, start: Start): void {
    this.after(queryMs * (0.9 + this.#random() * 0.2), () => {
      if (!machine.isRunning || machine.start !== start) return;
      this.#query(machine);
      this.#queryAgain(machine, start);
    });
  }

  #query(machine: Machine): void {
    for (const [name, announced] of this.#announced) {
      if (announced.staleSince !== undefined && this.now - announced.staleSince > staleMs) this.#announced.delete(name);
      else if (this.isCalm || this.#random() >= this.settings.sightingLossRate) this.#sight(machine, name, announced);
    }
  }

  #sight(machine: Machine, name: string, { address, peerId }: Announced): void {
    if (machine.name === name || !machine.isRunning || this.faults.isCut(name, machine.name)) return;
    machine.tell({ type: "peerSighted", sighting: { source: "mdns", addresses: [address], peerId } });
  }

  // ── Time ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  at(time: number, ring: () => void): void {
    this.#alarms.push({ at: Math.max(time, this.now), sequence: ++this.#sequence, ring });
  }

  /** `settles`: a promise may be settled by it, and who waits for it has its turn before time passes. */
  after(ms: number, ring: () => void, settles = false): void {
    this.at(this.now + ms, () => {
      ring();
      this.#turnDue ||= settles;
    });
  }

  /** Lets virtual time pass until then. */
  async passUntil(end: number): Promise<void> {
    for (;;) {
      const alarmAt = this.#alarms.peek()?.at ?? Number.POSITIVE_INFINITY;
      const eventAt = this.network.nextEventAt() ?? Number.POSITIVE_INFINITY;
      if (Math.min(alarmAt, eventAt) > end) break;
      if (eventAt <= alarmAt) this.network.step();
      else {
        this.network.runUntil(alarmAt as Millis);
        this.#alarms.pop()?.ring();
      }
      if (this.#turnDue) {
        this.#turnDue = false;
        await turn();
      }
      if (this.violations.length > 0 && this.settings.stopsAtOnce) return;
    }
    this.network.runUntil(end as Millis);
  }
}

/** Everything that waits for a settled promise has gone on. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
