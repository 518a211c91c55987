/**
 * Many real peers as processes on one machine, each on a host of its own, in one room: they talk at a steady pace over
 * lines that lose packets, and one host after another is killed. What came of it is judged by the ledger.
 *
 * One process drives them all. Its own delay is part of every latency that it reports, and is reported beside them.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { EarshotEvent, HostView } from "../../src/api/contract.ts";
import { Ledger, type Problem, type Screen } from "./crowd-ledger.ts";
import { LinkEnds } from "./crowd-links.ts";
import { CrowdPeer } from "./crowd-peer.ts";
import { type CrowdPlan, upheavalMs } from "./crowd-plan.ts";
import { machineCpuMs, Samples } from "./crowd-samples.ts";
import { Lan } from "./lan.ts";

export interface CrowdOptions extends CrowdPlan {
  readonly sampleEveryMs: number;
  /** So long they are watched in silence before they talk. */
  readonly idleMs: number;
  /** What a peer keeps of one room at least. */
  readonly keptMin: number;
  /** The first peer's words for Node. */
  readonly nodeOptions?: readonly string[];
  readonly log: (line: string) => void;
}

export interface Death {
  readonly name: string;
  /** Until all who live named the same next host. */
  readonly agreedAfterMs: number;
}

/** What the processes used during a time. */
export interface Observation {
  readonly ms: number;
  readonly samples: Samples;
  /** On the cables of those who were there all the time, both ways. */
  readonly wireBytes: readonly number[];
  /** This process, which drives them. */
  readonly driver: { readonly cpuMs: number; readonly lagP99Ms: number };
  /** Everything else on this machine. */
  readonly othersCpuMs: number;
  /** Links that ended, for whatever reason, counted at both ends. */
  readonly linkEnds: number;
}

export interface CrowdResult {
  readonly problems: readonly Problem[];
  readonly ledger: Ledger;
  /** Living at the end and there from the start, by peer id. */
  readonly witnesses: readonly string[];
  readonly deaths: readonly Death[];
  /** Times around deaths of hosts. */
  readonly upheavals: readonly (readonly [from: number, to: number])[];
  readonly startMs: number;
  readonly agreeMs: number;
  readonly joinMs: number;
  /** From the last message until all had everything. */
  readonly settleMs: number;
  readonly idle: Observation;
  readonly talk: Observation;
}

const roomName = "crowd";
const lookAgainMs = 250;
const lagResolutionMs = 5;
/** Thirty peers link to each other on two cores. */
const gatherPatienceMs = 120_000;
/** After the last message: repetitions go out after 15 s at the latest, and comparisons after 45. */
const settlePatienceMs = 120_000;
const agreePatienceMs = 30_000;
const pageMax = 500;
const pagesMax = 40;

export class Crowd {
  readonly #plan: CrowdOptions;
  readonly #lan = new Lan();
  readonly #all: CrowdPeer[] = [];
  readonly #ledger = new Ledger();
  readonly #hosts = new Map<CrowdPeer, HostView>();
  readonly #links = new LinkEnds();
  readonly #deaths: Death[] = [];
  readonly #upheavals: [number, number][] = [];
  /** In the room, and still there. */
  readonly #speakers: CrowdPeer[] = [];
  readonly #sending = new Set<Promise<void>>();
  readonly #newcomers: Promise<void>[] = [];
  #roomId = "";

  constructor(plan: CrowdOptions) {
    this.#plan = plan;
  }

  async run(): Promise<CrowdResult> {
    const { peers: count, log } = this.#plan;
    const startedAt = performance.now();
    const peers = await Promise.all(Array.from({ length: count }, (_, index) => this.#start(index === 0)));
    const startMs = performance.now() - startedAt;
    log(`${count} peers run after ${startMs.toFixed(0)} ms`);

    await until(gatherPatienceMs, () => this.#everybodyIsListed(), "everybody listed everywhere");
    await until(gatherPatienceMs, () => this.#agreedHost() !== undefined, "one host");
    const agreeMs = performance.now() - startedAt;
    log(`all know all, and agree on ${this.#agreedHost()?.name}, after ${agreeMs.toFixed(0)} ms`);

    const joinMs = await this.#enterRoom();
    log(`all are in the room after ${joinMs.toFixed(0)} ms more`);

    const idle = await this.#observe(() => delay(this.#plan.idleMs));
    const talk = await this.#observe(() => this.#talk());
    const lastAt = performance.now();
    const founders = new Set(peers);
    const witnesses = this.#speakers.filter((peer) => founders.has(peer)).map(({ peerId }) => peerId);
    const living = new Set(this.#speakers.map(({ peerId }) => peerId));
    await until(settlePatienceMs, () => this.#ledger.missing(witnesses, living) === 0, "everything everywhere").catch(() => undefined);
    const settleMs = performance.now() - lastAt;
    log(`${this.#ledger.missing(witnesses, living)} are missing ${settleMs.toFixed(0)} ms after the last message`);
    const problems = await this.#judge(witnesses, living);

    return {
      problems,
      ledger: this.#ledger,
      witnesses,
      deaths: this.#deaths,
      startMs,
      agreeMs,
      joinMs,
      settleMs,
      upheavals: this.#upheavals,
      idle,
      talk,
    };
  }

  /** What any of them complained about. */
  complaints(): string[] {
    return this.#all.filter(({ complaints }) => complaints !== "").map(({ name, complaints }) => `${name}: ${complaints}`);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#newcomers);
    const ends = await Promise.allSettled(this.#all.splice(0).map((peer) => peer.stop()));
    this.#lan.remove();
    const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, "not every peer could be stopped");
  }

  async #start(isProfiled = false): Promise<CrowdPeer> {
    const host = this.#lan.host(`p${this.#all.length}`);
    host.lose(this.#plan.lossPercent);
    host.limitRate(this.#plan.megabits);
    const nodeOptions = isProfiled ? (this.#plan.nodeOptions ?? []) : [];
    const peer = new CrowdPeer({ host, nodeOptions, onEvent: (self) => (event) => this.#hear(self, event) });
    this.#all.push(peer);
    await peer.ready();
    // An event may have been told before.
    const view = await peer.call("host.get", {});
    if (!this.#hosts.has(peer)) this.#hosts.set(peer, view);
    return peer;
  }

  #hear(peer: CrowdPeer, event: EarshotEvent): void {
    if (event.event === "hostChanged") this.#hosts.set(peer, event.host);
    if (event.event === "peerChanged") this.#links.changed(peer.peerId, event.peer);
    if (event.event !== "messageAdded" && event.event !== "messageChanged") return;
    const { message } = event;
    if (message.in !== this.#roomId) return;
    const now = performance.now();
    if (event.event === "messageAdded") this.#ledger.show(peer.peerId, message.from, message.text, now);
    if (message.from === peer.peerId) this.#ledger.told(message.text, message.state, now);
  }

  get #living(): CrowdPeer[] {
    return this.#all.filter((peer) => peer.isRunning);
  }

  async #everybodyIsListed(): Promise<boolean> {
    const living = this.#living;
    for (const peer of living) {
      const { peers } = await peer.call("peers.list", {});
      if (peers.filter(({ online }) => online).length < living.length - 1) return false;
    }
    return true;
  }

  /** Whom all of these name in the same term. */
  #agreedHost(among: readonly CrowdPeer[] = this.#living): CrowdPeer | undefined {
    const [first, ...rest] = among.map((peer) => this.#hosts.get(peer));
    if (first === undefined || rest.some((view) => view?.hostId !== first.hostId || view.term !== first.term)) return undefined;
    return among.find(({ peerId }) => peerId === first.hostId);
  }

  async #enterRoom(): Promise<number> {
    const from = performance.now();
    const [first, ...rest] = this.#living;
    if (first === undefined) throw new Error("nobody is there");
    this.#roomId = (await first.call("rooms.create", { name: roomName, visibility: "public" })).roomId;
    this.#speakers.push(first);
    await Promise.all(rest.map((peer) => this.#join(peer)));
    const count = this.#speakers.length;
    const isWhole = async (): Promise<boolean> => {
      for (const peer of this.#speakers) {
        const { members } = await peer.call("rooms.members", { room: this.#roomId });
        if (members.filter(({ online }) => online).length < count) return false;
      }
      return true;
    };
    await until(gatherPatienceMs, isWhole, "all members known to all");
    return performance.now() - from;
  }

  async #join(peer: CrowdPeer): Promise<void> {
    const isListed = async (): Promise<boolean> => {
      const { rooms } = await peer.call("rooms.list", {});
      return rooms.some(({ roomId }) => roomId === this.#roomId);
    };
    await until(gatherPatienceMs, isListed, `the room in the list of ${peer.name}`);
    await peer.call("rooms.join", { room: this.#roomId });
    this.#speakers.push(peer);
  }

  async #talk(): Promise<void> {
    const { messagesPerSecond, seconds, killHostAt } = this.#plan;
    const from = performance.now();
    const killers = killHostAt.map(async (second) => {
      await delay(second * 1_000);
      await this.#killHost();
    });
    const count = messagesPerSecond * seconds;
    for (let number = 0; number < count; number += 1) {
      const due = from + (number * 1_000) / messagesPerSecond;
      if (due > performance.now()) await delay(due - performance.now());
      this.#sayOne();
    }
    await Promise.all(killers);
    await Promise.all(this.#newcomers);
    await Promise.all(this.#sending);
  }

  async #observe(act: () => Promise<void>): Promise<Observation> {
    const samples = new Samples();
    const lag = monitorEventLoopDelay({ resolution: lagResolutionMs });
    const before = { driver: process.cpuUsage(), machineMs: machineCpuMs(), bytes: this.#wireBytes(), linkEnds: this.#links.count };
    lag.enable();
    const from = performance.now();
    const look = (): void => samples.take(this.#speakers, performance.now() - from);
    look();
    const looking = setInterval(look, this.#plan.sampleEveryMs);
    try {
      await act();
    } finally {
      clearInterval(looking);
    }
    look();
    const ms = performance.now() - from;
    lag.disable();
    const { user, system } = process.cpuUsage(before.driver);
    const driverMs = (user + system) / 1_000;
    return {
      ms,
      samples,
      wireBytes: [...this.#wireBytes()].flatMap(([peer, bytes]) => {
        const earlier = before.bytes.get(peer);
        return earlier === undefined ? [] : [bytes - earlier];
      }),
      driver: { cpuMs: driverMs, lagP99Ms: lag.percentile(99) / 1e6 },
      othersCpuMs: machineCpuMs() - before.machineMs - driverMs - samples.cpuMs(),
      linkEnds: this.#links.count - before.linkEnds,
    };
  }

  /** In turn, so that all speak alike. */
  #sayOne(): void {
    const peer = this.#speakers.shift();
    if (peer === undefined) return;
    this.#speakers.push(peer);
    const { said, text } = this.#ledger.say(peer.peerId, performance.now(), this.#plan.textLength);
    const sent = peer.call("messages.send", { to: this.#roomId, text }).then(
      () => {
        said.isTaken = true;
      },
      // The ledger finds a message refused by somebody who lives.
      () => undefined,
    );
    this.#sending.add(sent);
    void sent.finally(() => this.#sending.delete(sent));
  }

  async #killHost(): Promise<void> {
    await until(agreePatienceMs, () => this.#agreedHost() !== undefined, "one host to kill");
    const host = this.#agreedHost();
    if (host === undefined) return;
    this.#speakers.splice(this.#speakers.indexOf(host), 1);
    const at = performance.now();
    await host.kill();
    const living = this.#living;
    await until(agreePatienceMs, () => this.#agreedHost(living) !== undefined, "the next host", 5);
    const agreedAfterMs = performance.now() - at;
    this.#upheavals.push([at - upheavalMs, at + upheavalMs]);
    this.#deaths.push({ name: host.name, agreedAfterMs });
    this.#plan.log(`host ${host.name} killed; ${this.#agreedHost(living)?.name} is agreed after ${agreedAfterMs.toFixed(0)} ms`);
    if (this.#plan.isReplaced) this.#newcomers.push(this.#start().then((peer) => this.#join(peer)));
  }

  async #judge(witnesses: readonly string[], living: ReadonlySet<string>): Promise<Problem[]> {
    let problems: Problem[] = [];
    const look = async (): Promise<boolean> => {
      const screens: Screen[] = [];
      for (const peer of this.#speakers) screens.push({ name: peer.name, numbers: await this.#screen(peer) });
      problems = this.#ledger.problems(witnesses, living, screens, this.#plan.keptMin);
      return problems.length === 0;
    };
    // Whoever came late may still be completed.
    await until(settlePatienceMs, look, "one history", 3_000).catch(() => undefined);
    return problems;
  }

  async #screen(peer: CrowdPeer): Promise<number[]> {
    const pages: number[][] = [];
    let before: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const { messages, hasMore } = await peer.call("messages.list", {
        in: this.#roomId,
        limit: pageMax,
        ...(before === undefined ? {} : { before }),
      });
      pages.unshift(messages.flatMap(({ text }) => this.#ledger.numberOf(text) ?? []));
      before = messages[0]?.messageId;
      if (!hasMore || before === undefined) break;
    }
    return pages.flat();
  }

  #wireBytes(): Map<CrowdPeer, number> {
    return new Map(this.#speakers.map((peer) => [peer, peer.host.carriedBytes()]));
  }
}

/** Looks again and again; rejects where it was in vain. */
async function until(patienceMs: number, look: () => boolean | Promise<boolean>, what: string, everyMs = lookAgainMs): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await delay(everyMs);
  }
}
