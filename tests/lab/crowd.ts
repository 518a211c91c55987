/**
 * Many real peers as processes on one machine, each on a host of its own: they talk at a steady pace in the lobby and in a
 * room, over lines that lose packets, while one host after another is killed and a fresh peer takes its place. What came
 * of it is judged by the ledgers.
 *
 * One process drives them all. Its own delay is part of every latency that it reports, and is reported beside them.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { EarshotEvent, HostView } from "../../src/api/contract.ts";
import { Ledger, type Problem, type Screen, type Witness } from "./crowd-ledger.ts";
import { endsSince, type LinkEnds, LinkWatch } from "./crowd-links.ts";
import { CrowdPeer } from "./crowd-peer.ts";
import { type ConversationName, type CrowdPlan, conversationNames, conversationOf, upheavalMs } from "./crowd-plan.ts";
import { type Observation, observe } from "./crowd-samples.ts";
import { Lan } from "./lan.ts";

export interface CrowdOptions extends CrowdPlan {
  readonly sampleEveryMs: number;
  /** So long they are watched in silence before they talk. */
  readonly idleMs: number;
  /** So many of the newest messages of a conversation every screen must have. */
  readonly keptMin: number;
  readonly log: (line: string) => void;
}

export interface Death {
  readonly name: string;
  /** Until all who live named the same next host. */
  readonly agreedAfterMs: number;
}

export interface CrowdResult {
  readonly problems: readonly Problem[];
  /** One for each conversation. */
  readonly ledgers: readonly Ledger[];
  readonly witnesses: readonly Witness[];
  readonly deaths: readonly Death[];
  /** Times around deaths of hosts. */
  readonly upheavals: readonly (readonly [from: number, to: number])[];
  readonly startMs: number;
  readonly agreeMs: number;
  readonly joinMs: number;
  /** From the last message until everything was everywhere. */
  readonly settleMs: number;
  /** Mean, before they talk. */
  readonly linksPerPeer: number;
  /** While they talk. */
  readonly linkEnds: LinkEnds;
  readonly idle: Observation;
  readonly talk: Observation;
}

const roomName = "crowd";
const lookAgainMs = 250;
/** Reading every screen is work for those who are looked at. */
const judgeAgainMs = 2_000;
/** Thirty peers link to each other on two cores. */
const gatherPatienceMs = 120_000;
/** After the last message; what is missing is to be there after that. */
const settlePatienceMs = 30_000;
const agreePatienceMs = 30_000;
const pageMax = 500;
const pagesMax = 40;

export class Crowd {
  readonly #plan: CrowdOptions;
  readonly #lan = new Lan();
  readonly #all: CrowdPeer[] = [];
  readonly #ledgers = new Map<string, Ledger>();
  readonly #hosts = new Map<CrowdPeer, HostView>();
  readonly #links = new LinkWatch();
  readonly #deaths: Death[] = [];
  readonly #upheavals: [number, number][] = [];
  readonly #failures: Problem[] = [];
  /** In both conversations, and still there. */
  readonly #speakers: CrowdPeer[] = [];
  readonly #since = new Map<CrowdPeer, number>();
  readonly #sending = new Set<Promise<void>>();
  readonly #newcomers: Promise<void>[] = [];
  readonly #conversationIds: Record<ConversationName, string> = { lobby: "lobby", room: "" };
  #saidCount = 0;

  constructor(plan: CrowdOptions) {
    this.#plan = plan;
  }

  async run(): Promise<CrowdResult> {
    const { peers: count, log } = this.#plan;
    const startedAt = performance.now();
    for (let number = 0; number < count; number += 1) await this.#start();
    const startMs = performance.now() - startedAt;
    log(`${count} peers run after ${startMs.toFixed(0)} ms`);

    await until(gatherPatienceMs, () => this.#everybodyIsListed(), "everybody listed everywhere");
    await until(gatherPatienceMs, () => this.#agreedHost() !== undefined, "one host");
    const agreeMs = performance.now() - startedAt;
    log(`all know all, and agree on ${this.#agreedHost()?.name}, after ${agreeMs.toFixed(0)} ms`);

    const joinMs = await this.#enterRoom();
    log(`all are in the room after ${joinMs.toFixed(0)} ms more`);

    const { sampleEveryMs, idleMs } = this.#plan;
    const idle = await observe(this.#speakers, sampleEveryMs, () => delay(idleMs));
    const { linksPerPeer, ends } = this.#links;
    const talk = await observe(this.#speakers, sampleEveryMs, () => this.#talk());
    const lastAt = performance.now();
    const linkEnds = endsSince(ends, this.#links.ends);
    const witnesses = this.#speakers.map((peer): Witness => ({ peerId: peer.peerId, since: this.#since.get(peer) ?? lastAt }));
    const problems = [...this.#failures, ...(await this.#settle(witnesses))];
    const settleMs = performance.now() - lastAt;
    log(`${problems.length} problems ${settleMs.toFixed(0)} ms after the last message`);

    return {
      problems,
      ledgers: [...this.#ledgers.values()],
      witnesses,
      deaths: this.#deaths,
      startMs,
      agreeMs,
      joinMs,
      settleMs,
      linksPerPeer,
      linkEnds,
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

  async #start(): Promise<CrowdPeer> {
    const host = this.#lan.host(`p${this.#all.length}`);
    host.lose(this.#plan.lossPercent);
    host.limitRate(this.#plan.megabits);
    const peer = new CrowdPeer({ host, onEvent: (self) => (event) => this.#hear(self, event) });
    this.#all.push(peer);
    await peer.ready();
    // Events may have been told before.
    const view = await peer.call("host.get", {});
    if (!this.#hosts.has(peer)) this.#hosts.set(peer, view);
    const { peers } = await peer.call("peers.list", {});
    for (const other of peers) this.#links.changed(peer.peerId, other);
    return peer;
  }

  #hear(peer: CrowdPeer, event: EarshotEvent): void {
    if (event.event === "hostChanged") this.#hosts.set(peer, event.host);
    this.#links.hear(peer.peerId, event);
    if (event.event !== "messageAdded" && event.event !== "messageChanged") return;
    const { message } = event;
    const ledger = this.#ledgers.get(message.in);
    const now = performance.now();
    if (event.event === "messageAdded") ledger?.show(peer.peerId, message.from, message.text, now);
    if (message.from === peer.peerId) ledger?.told(message.text, message.state, now);
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
    this.#conversationIds.room = (await first.call("rooms.create", { name: roomName, visibility: "public" })).roomId;
    for (const name of conversationNames) this.#ledgers.set(this.#conversationIds[name], new Ledger(name));
    this.#enter(first);
    await Promise.all(rest.map((peer) => this.#join(peer)));
    const count = this.#speakers.length;
    const isWhole = async (): Promise<boolean> => {
      for (const peer of this.#speakers) {
        const { members } = await peer.call("rooms.members", { room: this.#conversationIds.room });
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
      return rooms.some(({ roomId }) => roomId === this.#conversationIds.room);
    };
    await until(gatherPatienceMs, isListed, `the room in the list of ${peer.name}`);
    await peer.call("rooms.join", { room: this.#conversationIds.room });
    this.#enter(peer);
  }

  #enter(peer: CrowdPeer): void {
    this.#since.set(peer, performance.now());
    this.#speakers.push(peer);
  }

  async #talk(): Promise<void> {
    const { messagesPerSecond, seconds, killHostAt } = this.#plan;
    const from = performance.now();
    // Settled, so that one that fails is a problem of a run that goes on, and not this process's end.
    const kills = Promise.allSettled(
      killHostAt.map(async (second) => {
        await delay(second * 1_000);
        await this.#killHost();
      }),
    );
    const count = messagesPerSecond * seconds;
    for (let number = 0; number < count; number += 1) {
      const due = from + (number * 1_000) / messagesPerSecond;
      if (due > performance.now()) await delay(due - performance.now());
      this.#sayOne();
    }
    for (const end of [...(await kills), ...(await Promise.allSettled(this.#newcomers))]) {
      if (end.status === "rejected") this.#failures.push({ kind: "failed", where: "replacing a host", what: String(end.reason) });
    }
    await Promise.all(this.#sending);
  }

  /** In turn, so that all speak alike. */
  #sayOne(): void {
    const peer = this.#speakers.shift();
    if (peer === undefined) return;
    this.#speakers.push(peer);
    const to = this.#conversationIds[conversationOf(this.#saidCount, this.#plan)];
    const ledger = this.#ledgers.get(to);
    if (ledger === undefined) return;
    this.#saidCount += 1;
    const { said, text } = ledger.say(peer.peerId, performance.now(), this.#plan.textLength);
    const sent = peer.call("messages.send", { to, text }).then(
      () => {
        said.takenAt = performance.now();
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
    const place = this.#speakers.indexOf(host);
    if (place >= 0) this.#speakers.splice(place, 1);
    this.#links.killing(host.peerId);
    const at = performance.now();
    await host.kill();
    const living = this.#living;
    await until(agreePatienceMs, () => this.#agreedHost(living) !== undefined, "the next host", 5);
    const agreedAfterMs = performance.now() - at;
    this.#upheavals.push([at - upheavalMs, at + upheavalMs]);
    this.#deaths.push({ name: host.name, agreedAfterMs });
    this.#plan.log(`host ${host.name} killed; ${this.#agreedHost(living)?.name} is agreed after ${agreedAfterMs.toFixed(0)} ms`);
    this.#newcomers.push(this.#start().then((peer) => this.#join(peer)));
  }

  /** Gives what is still wrong when everything could have come right. */
  async #settle(witnesses: readonly Witness[]): Promise<Problem[]> {
    const ledgers = [...this.#ledgers.values()];
    const deadline = performance.now() + settlePatienceMs;
    const left = (): number => Math.max(0, deadline - performance.now());
    const isComplete = (): boolean => ledgers.every((ledger) => ledger.missing(witnesses) === 0);
    await until(left(), isComplete, "everything everywhere").catch(() => undefined);
    let problems: Problem[] = [];
    const look = async (): Promise<boolean> => {
      problems = await this.#judge(witnesses);
      return problems.length === 0;
    };
    await until(left(), look, "one history", judgeAgainMs).catch(() => undefined);
    return problems;
  }

  async #judge(witnesses: readonly Witness[]): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (const [conversation, ledger] of this.#ledgers) {
      const screens: Screen[] = [];
      for (const peer of this.#speakers) {
        const since = this.#since.get(peer) ?? 0;
        screens.push({ peerId: peer.peerId, since, numbers: await this.#screen(peer, conversation, ledger) });
      }
      problems.push(...ledger.problems(witnesses, screens, this.#plan.keptMin));
    }
    const hosts = new Set<string>();
    for (const peer of this.#speakers) {
      const { hostId, term } = await peer.call("host.get", {});
      hosts.add(`${hostId} in term ${term}`);
    }
    const [host] = hosts;
    const isLiving = this.#speakers.some(({ peerId }) => host?.startsWith(peerId));
    if (hosts.size !== 1 || !isLiving) problems.push({ kind: "divided", where: "hosts", what: [...hosts].join(", ") });
    return problems;
  }

  async #screen(peer: CrowdPeer, conversation: string, ledger: Ledger): Promise<number[]> {
    const pages: number[][] = [];
    let before: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const { messages, hasMore } = await peer.call("messages.list", {
        in: conversation,
        limit: pageMax,
        ...(before === undefined ? {} : { before }),
      });
      pages.unshift(messages.flatMap(({ text }) => ledger.numberOf(text) ?? []));
      before = messages[0]?.messageId;
      if (!hasMore || before === undefined) break;
    }
    return pages.flat();
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
