/**
 * What the simulator says of the crowd in the lab: the same plan, on the production core and driver in virtual time, judged
 * by the same ledger. Sealing and signatures are real, so that processor time means something.
 */
import type { HostView } from "../src/api/contract.ts";
import { Ledger, summarize } from "../tests/lab/crowd-ledger.ts";
import { LinkEnds } from "../tests/lab/crowd-links.ts";
import { type CrowdPlan, upheavalMs } from "../tests/lab/crowd-plan.ts";
import { VirtualLan, type VirtualPeer } from "../tests/sim/virtual-lan.ts";
import { percentile } from "./stats.ts";

export interface CrowdPrediction {
  readonly problems: readonly string[];
  readonly calm: readonly [p50: number, p99: number];
  readonly upheaval: readonly [p50: number, p99: number];
  readonly delivered: readonly [p50: number, p99: number];
  readonly agreedAfterMs: readonly number[];
  /** Per peer and second, sent. */
  readonly idle: Traffic;
  readonly talking: Traffic;
  readonly links: number;
  /** While they talked, counted at both ends. */
  readonly linkEnds: number;
  /** Of one core, per peer. */
  readonly cpuPercent: number;
  readonly cpuMsPerInput: number;
  readonly inputsPerSecond: number;
  /** Live objects of one peer, before and after the talk. */
  readonly heapMegabytes: readonly [before: number, after: number];
  readonly messages: number;
}

export interface Traffic {
  readonly frames: number;
  readonly bytes: number;
}

const seed = 1;
/** Of a veth pair, one way. */
const latencyMs = 0.1;
const stepMs = 5;
const gatherMs = 20_000;
const idleMs = 20_000;
const settleMs = 60_000;
const agreePatienceMs = 30_000;
const roomName = "crowd";

export async function predictCrowd(plan: CrowdPlan): Promise<CrowdPrediction> {
  const run = new VirtualCrowd(plan);
  await run.gather();
  return run.talk();
}

class VirtualCrowd {
  readonly #plan: CrowdPlan;
  readonly #lan = new VirtualLan(seed, latencyMs);
  readonly #ledger = new Ledger();
  readonly #hosts = new Map<VirtualPeer, HostView>();
  readonly #speakers: VirtualPeer[] = [];
  readonly #agreed: number[] = [];
  readonly #upheavals: [number, number][] = [];
  #roomId = "";
  readonly #links = new LinkEnds();
  #frames = 0;
  #bytes = 0;
  #inputs = 0;

  constructor(plan: CrowdPlan) {
    this.#plan = plan;
    this.#lan.tap = (_peer, order) => {
      if (order.type !== "sendFrame") return;
      this.#frames += 1;
      this.#bytes += order.bytes.length;
    };
    this.#lan.watch = (peer, event) => {
      if (event.event === "hostChanged") this.#hosts.set(peer, event.host);
      if (event.event === "peerChanged") this.#links.changed(peer.identity.peerId, event.peer);
      if (event.event !== "messageAdded" && event.event !== "messageChanged") return;
      const { message } = event;
      if (message.in !== this.#roomId) return;
      if (event.event === "messageAdded") this.#ledger.show(peer.identity.peerId, message.from, message.text, this.#now);
      if (message.from === peer.identity.peerId) this.#ledger.told(message.text, message.state, this.#now);
    };
  }

  async gather(): Promise<void> {
    const founders = Array.from({ length: this.#plan.peers }, () => this.#start());
    await this.#pass(gatherMs);
    const [first] = founders;
    if (first === undefined) return;
    this.#roomId = (await first.call("rooms.create", { name: roomName, visibility: "public" })).roomId;
    this.#speakers.push(first);
    await this.#pass(gatherMs);
    for (const peer of founders.slice(1)) await this.#join(peer);
    await this.#pass(gatherMs);
  }

  async talk(): Promise<CrowdPrediction> {
    const { messagesPerSecond, seconds, killHostAt, textLength, peers } = this.#plan;
    const founders = new Set(this.#speakers);
    const idle = await this.#trafficOf(() => this.#pass(idleMs), idleMs);
    const heapBefore = heapMegabytes() / peers;
    const links = await this.#meanLinks();
    const cpuBefore = process.cpuUsage();
    const inputsBefore = this.#inputs;
    const linkEndsBefore = this.#links.count;
    const from = this.#now;
    const talking = await this.#trafficOf(async () => {
      const deaths = [...killHostAt];
      for (let number = 0; number < messagesPerSecond * seconds; number += 1) {
        await this.#pass(from + (number * 1_000) / messagesPerSecond - this.#now);
        if (deaths[0] !== undefined && this.#now - from >= deaths[0] * 1_000) {
          deaths.shift();
          await this.#killHost();
        }
        this.#sayOne(textLength);
      }
    }, seconds * 1_000);
    const { user, system } = process.cpuUsage(cpuBefore);
    const inputs = this.#inputs - inputsBefore;
    const linkEnds = this.#links.count - linkEndsBefore;
    const heapAfter = heapMegabytes() / peers;
    await this.#pass(settleMs);
    const witnesses = this.#speakers.filter((peer) => founders.has(peer)).map((peer) => peer.identity.peerId);
    const living = new Set(this.#speakers.map((peer) => peer.identity.peerId));
    const isCalm = (at: number): boolean => !this.#upheavals.some(([begin, end]) => at >= begin && at <= end);
    const cpuMs = (user + system) / 1_000;
    return {
      problems: summarize(this.#ledger.problems(witnesses, living, [], 0)),
      calm: both(this.#ledger.latencies(witnesses, ({ at }) => isCalm(at))),
      upheaval: both(this.#ledger.latencies(witnesses, ({ at }) => !isCalm(at))),
      delivered: both(
        this.#ledger.said.flatMap(({ at, deliveredAt }) => (isCalm(at) && deliveredAt !== undefined ? [deliveredAt - at] : [])),
      ),
      agreedAfterMs: this.#agreed,
      idle,
      talking,
      links,
      linkEnds,
      cpuPercent: (cpuMs / (seconds * 1_000) / peers) * 100,
      cpuMsPerInput: cpuMs / inputs,
      inputsPerSecond: inputs / seconds / peers,
      heapMegabytes: [heapBefore, heapAfter],
      messages: this.#ledger.said.length,
    };
  }

  get #now(): number {
    return this.#lan.network.now();
  }

  #start(): VirtualPeer {
    const { lossPercent, megabits } = this.#plan;
    const peer = this.#lan.join(`p${this.#lan.peers.length}`);
    const { driver } = peer;
    peer.driver = {
      ...driver,
      enqueue: (input) => {
        this.#inputs += 1;
        driver.enqueue(input);
      },
    };
    for (const other of this.#lan.peers) {
      if (other === peer) continue;
      this.#lan.network.setConditions(peer.address, other.address, {
        latencyMs,
        lossRate: lossPercent / 100,
        bytesPerSecond: (megabits * 1_000_000) / 8,
      });
    }
    return peer;
  }

  async #join(peer: VirtualPeer): Promise<void> {
    await peer.call("rooms.join", { room: this.#roomId });
    this.#speakers.push(peer);
  }

  #sayOne(length: number): void {
    const peer = this.#speakers.shift();
    if (peer === undefined) return;
    this.#speakers.push(peer);
    const { said, text } = this.#ledger.say(peer.identity.peerId, this.#now, length);
    void peer.driver.call("messages.send", { to: this.#roomId, text }).then(({ ok }) => {
      said.isTaken = ok;
    });
  }

  async #killHost(): Promise<void> {
    const hostId = this.#hosts.get(this.#speakers[0] as VirtualPeer)?.hostId;
    const host = this.#speakers.find((peer) => peer.identity.peerId === hostId);
    if (host === undefined) throw new Error("nobody is host");
    this.#speakers.splice(this.#speakers.indexOf(host), 1);
    this.#lan.kill(host);
    const at = this.#now;
    this.#upheavals.push([at - upheavalMs, at + upheavalMs]);
    const views = (): (HostView | undefined)[] => this.#speakers.map((peer) => this.#hosts.get(peer));
    void this.#watchAgreement(at, host.identity.peerId, views);
    if (!this.#plan.isReplaced) return;
    const newcomer = this.#start();
    void this.#joinWhenListed(newcomer);
    await this.#pass(0);
  }

  /** Looked at with every step of the talk that goes on. */
  async #watchAgreement(at: number, dead: string, views: () => (HostView | undefined)[]): Promise<void> {
    while (this.#now - at < agreePatienceMs) {
      const [first, ...rest] = views();
      if (first !== undefined && first.hostId !== dead && rest.every((view) => view?.hostId === first.hostId && view.term === first.term)) {
        this.#agreed.push(this.#now - at);
        return;
      }
      await this.#nextStep();
    }
  }

  async #joinWhenListed(peer: VirtualPeer): Promise<void> {
    while (this.#speakers.length > 0) {
      let isListed = false;
      await peer.driver.call("rooms.join", { room: this.#roomId }).then(({ ok }) => {
        isListed = ok;
      });
      if (isListed) return void this.#speakers.push(peer);
      await this.#nextStep();
    }
  }

  #waiting: (() => void)[] = [];

  #nextStep(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** In steps, so that promises settle in between. */
  async #pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const left = end - this.#now;
      if (left > 0) this.#lan.pass(Math.min(stepMs, left));
      for (const wake of this.#waiting.splice(0)) wake();
      await new Promise((resolve) => setImmediate(resolve));
      if (left <= stepMs) return;
    }
  }

  async #trafficOf(act: () => Promise<void>, ms: number): Promise<Traffic> {
    const [frames, bytes] = [this.#frames, this.#bytes];
    await act();
    const share = this.#plan.peers * (ms / 1_000);
    return { frames: (this.#frames - frames) / share, bytes: (this.#bytes - bytes) / share };
  }

  async #meanLinks(): Promise<number> {
    let links = 0;
    for (const peer of this.#speakers) {
      const { peers } = await peer.call("peers.list", {});
      links += peers.filter(({ link }) => link === "direct").length;
    }
    return links / this.#speakers.length;
  }
}

function both(samples: readonly number[]): [number, number] {
  return [percentile(samples, 0.5), percentile(samples, 0.99)];
}

/** Live objects alone, where the process was started with --expose-gc. */
function heapMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
