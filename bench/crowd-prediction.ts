/**
 * What the simulator says of the crowd in the lab: the same plan, on the production core and driver in virtual time, judged
 * by the same ledgers. Sealing and signatures are real, so that processor time means something.
 */
import type { EarshotEvent, HostView } from "../src/api/contract.ts";
import { Ledger, summarize, type Witness } from "../tests/lab/crowd-ledger.ts";
import { endsSince, LinkWatch } from "../tests/lab/crowd-links.ts";
import { type ConversationName, type CrowdPlan, conversationNames, conversationOf, upheavalMs } from "../tests/lab/crowd-plan.ts";
import { VirtualLan, type VirtualPeer, type WireOrder } from "../tests/sim/virtual-lan.ts";
import { type TalkFigures, talkFigures } from "./crowd-figures.ts";
import { kindOf, Traffic } from "./scale-wire.ts";

export interface CrowdPrediction extends TalkFigures {
  /** As told to the peers' windows; their screens are read in the lab alone. */
  readonly problems: readonly string[];
  readonly idle: Sending;
  readonly talking: Sending;
  /** How often one peer closed a connection while they talked, and why. */
  readonly closed: Readonly<Record<string, number>>;
  readonly cpuMicrosecondsPerInput: number;
  /** Of one peer. */
  readonly inputsPerSecond: number;
  /** Live objects of one peer, before and after the talk; after it the ledgers' are among them. */
  readonly heapMegabytes: readonly [before: number, after: number];
}

/** What one peer sends in a second. */
export interface Sending {
  readonly frames: number;
  readonly bytes: number;
  /** Frames by kind, the most frequent first. */
  readonly kinds: readonly (readonly [kind: string, frames: number])[];
}

const seed = 1;
/** Of a veth pair, one way. */
const latencyMs = 0.1;
/** Agreement is looked for so often, and promises settle in between. */
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
  readonly #ledgers: Record<ConversationName, Ledger> = { lobby: new Ledger("lobby"), room: new Ledger("room") };
  readonly #conversationIds: Record<ConversationName, string> = { lobby: "lobby", room: "" };
  readonly #hosts = new Map<VirtualPeer, HostView>();
  readonly #speakers: VirtualPeer[] = [];
  readonly #since = new Map<VirtualPeer, number>();
  readonly #agreedAfterMs: number[] = [];
  readonly #upheavals: [number, number][] = [];
  readonly #links = new LinkWatch();
  readonly #traffic = new Traffic();
  readonly #closed = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #saidCount = 0;
  #inputs = 0;
  readonly #heapAlone = heapMegabytes();

  constructor(plan: CrowdPlan) {
    this.#plan = plan;
    this.#lan.tap = (_peer, order) => this.#count(order);
    this.#lan.watch = (peer, event) => this.#hear(peer, event);
  }

  async gather(): Promise<void> {
    const founders = Array.from({ length: this.#plan.peers }, () => this.#start());
    await this.#pass(gatherMs);
    const [first, ...rest] = founders;
    if (first === undefined) throw new Error("nobody is there");
    this.#conversationIds.room = (await first.call("rooms.create", { name: roomName, visibility: "public" })).roomId;
    this.#enter(first);
    await this.#pass(gatherMs);
    for (const peer of rest) {
      await peer.call("rooms.join", { room: this.#conversationIds.room });
      this.#enter(peer);
    }
    await this.#pass(gatherMs);
  }

  async talk(): Promise<CrowdPrediction> {
    const { seconds, peers, killHostAt } = this.#plan;
    const idle = await this.#sendingOf(idleMs, () => this.#pass(idleMs));
    const { linksPerPeer, ends } = this.#links;
    const heapBefore = (heapMegabytes() - this.#heapAlone) / peers;
    this.#closed.clear();
    this.#inputs = 0;
    const cpu = process.cpuUsage();
    const talking = await this.#sendingOf(seconds * 1_000, () => this.#sayAll());
    const { user, system } = process.cpuUsage(cpu);
    const inputs = this.#inputs;
    const closed = Object.fromEntries(this.#closed);
    const linkEnds = endsSince(ends, this.#links.ends);
    const heapAfter = (heapMegabytes() - this.#heapAlone) / peers;
    await this.#pass(settleMs);
    const witnesses = this.#speakers.map((peer): Witness => ({ peerId: peer.identity.peerId, since: this.#since.get(peer) ?? 0 }));
    const ledgers = Object.values(this.#ledgers);
    return {
      ...talkFigures({
        ledgers,
        witnesses,
        upheavals: this.#upheavals,
        hostsKilled: killHostAt.length,
        agreedAfterMs: this.#agreedAfterMs,
        linksPerPeer,
        linkEnds,
      }),
      problems: summarize(ledgers.flatMap((ledger) => ledger.problems(witnesses, [], 0))),
      idle,
      talking,
      closed,
      cpuMicrosecondsPerInput: (user + system) / inputs,
      inputsPerSecond: inputs / seconds / peers,
      heapMegabytes: [heapBefore, heapAfter],
    };
  }

  get #now(): number {
    return this.#lan.network.now();
  }

  #count(order: WireOrder): void {
    if (order.type === "sendFrame") this.#traffic.count(kindOf(order.bytes), order.bytes.length);
    if (order.type === "closeConnection") this.#closed.set(order.reason, (this.#closed.get(order.reason) ?? 0) + 1);
  }

  #hear(peer: VirtualPeer, event: EarshotEvent): void {
    // Kept by the simulator for other tests; here they would count as memory of the peer.
    peer.events.length = 0;
    const { peerId } = peer.identity;
    this.#links.hear(peerId, event);
    if (event.event === "hostChanged") this.#hosts.set(peer, event.host);
    if (event.event !== "messageAdded" && event.event !== "messageChanged") return;
    const { message } = event;
    const name = conversationNames.find((candidate) => this.#conversationIds[candidate] === message.in);
    if (name === undefined) return;
    if (event.event === "messageAdded") this.#ledgers[name].show(peerId, message.from, message.text, this.#now);
    if (message.from === peerId) this.#ledgers[name].told(message.text, message.state, this.#now);
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
    const conditions = { latencyMs, lossRate: lossPercent / 100, bytesPerSecond: (megabits * 1_000_000) / 8 };
    for (const other of this.#lan.peers) {
      if (other !== peer) this.#lan.network.setConditions(peer.address, other.address, conditions);
    }
    return peer;
  }

  #enter(peer: VirtualPeer): void {
    this.#since.set(peer, this.#now);
    this.#speakers.push(peer);
  }

  async #sayAll(): Promise<void> {
    const { messagesPerSecond, seconds, killHostAt } = this.#plan;
    const from = this.#now;
    const deaths = [...killHostAt];
    for (let number = 0; number < messagesPerSecond * seconds; number += 1) {
      await this.#pass(from + (number * 1_000) / messagesPerSecond - this.#now);
      if (deaths[0] !== undefined && this.#now - from >= deaths[0] * 1_000) {
        deaths.shift();
        this.#killHost();
      }
      this.#sayOne();
    }
  }

  #sayOne(): void {
    const peer = this.#speakers.shift();
    if (peer === undefined) return;
    this.#speakers.push(peer);
    const name = conversationOf(this.#saidCount, this.#plan);
    this.#saidCount += 1;
    const { said, text } = this.#ledgers[name].say(peer.identity.peerId, this.#now, this.#plan.textLength);
    void peer.driver.call("messages.send", { to: this.#conversationIds[name], text }).then(({ ok }) => {
      if (ok) said.takenAt = this.#now;
    });
  }

  #killHost(): void {
    const hostIds = new Set([...this.#hosts.values()].map(({ hostId }) => hostId));
    const host = this.#speakers.find((peer) => hostIds.has(peer.identity.peerId) && this.#hosts.get(peer)?.isSelf === true);
    if (host === undefined) throw new Error("nobody is host");
    this.#speakers.splice(this.#speakers.indexOf(host), 1);
    this.#hosts.delete(host);
    this.#links.killing(host.identity.peerId);
    this.#lan.kill(host);
    const at = this.#now;
    this.#upheavals.push([at - upheavalMs, at + upheavalMs]);
    void this.#awaitNextHost(host.identity.peerId, [...this.#speakers]);
    void this.#joinWhenListed(this.#start());
  }

  async #awaitNextHost(dead: string, living: readonly VirtualPeer[]): Promise<void> {
    const at = this.#now;
    while (this.#now - at < agreePatienceMs) {
      const [first, ...rest] = living.map((peer) => this.#hosts.get(peer));
      const isNew = first !== undefined && first.hostId !== dead;
      if (isNew && rest.every((view) => view?.hostId === first.hostId && view.term === first.term)) {
        this.#agreedAfterMs.push(this.#now - at);
        return;
      }
      await this.#nextStep();
    }
  }

  async #joinWhenListed(peer: VirtualPeer): Promise<void> {
    const from = this.#now;
    while (this.#now - from < gatherMs) {
      const { ok } = await peer.driver.call("rooms.join", { room: this.#conversationIds.room });
      if (ok) return this.#enter(peer);
      await this.#nextStep();
    }
  }

  #nextStep(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

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

  async #sendingOf(ms: number, act: () => Promise<void>): Promise<Sending> {
    this.#traffic.clear();
    await act();
    const share = this.#plan.peers * (ms / 1_000);
    const { frames, bytes } = this.#traffic.total();
    const kinds = this.#traffic.kinds().map(([kind, sent]) => [kind, sent.frames / share] as const);
    return { frames: frames / share, bytes: bytes / share, kinds: kinds.sort(([, one], [, other]) => other - one) };
  }
}

/** Live objects alone, where the process was started with --expose-gc. */
function heapMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
