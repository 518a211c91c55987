/** One size from the first arrival to the loss of 30 %: each phase begins when the one before has settled, or after its patience. */
import { createRandom } from "../tests/support/random.ts";
import { type Baseline, mean, type ScaleFigures, type Spread, spreadOf, type Vanishing } from "./scale-figures.ts";
import { ScaleLan, type ScalePeer } from "./scale-lan.ts";
import type { Sent, Trace } from "./scale-wire.ts";

/** How much of each is done; a test does less than a benchmark. */
export interface ScalePlan {
  readonly idleMs: number;
  readonly broadcasts: number;
  readonly joins: number;
  readonly hostDeaths: number;
  readonly pairsMs: number;
}

export const benchPlan: ScalePlan = { idleMs: 60_000, broadcasts: 100, joins: 5, hostDeaths: 3, pairsMs: 20_000 };

/** Ten arrive each second, but all within half a minute, as at the beginning of a large lecture. */
const arrivalMs = 100;
const arrivalsMsMax = 30_000;
const broadcastEveryMs = 200;
/** First broadcasts make the trees along which later ones run. */
const warmUpBroadcasts = 40;
/** What a phase waits for at most. */
const patienceMs = 120_000;
/** Late copies of a broadcast come within this. */
const tailMs = 10_000;
/** Between two deaths, or two who join. */
const pauseMs = 5_000;
/**
 * Idle is measured so long after everything else, and, since peers tell seldom in a crowd that they are still there, so
 * long after the first arrival that they have begun to.
 */
const idleAfterMs = 90_000;
const idleAfterMsPerPeer = 450;
const vanishingPart = 0.3;
const vanishBroadcasts = 60;

export async function measureScale(size: number, seed: number, plan: ScalePlan, log: (line: string) => void): Promise<ScaleFigures> {
  return await new Measurement(size, seed, plan, log).run();
}

class Measurement {
  readonly #size: number;
  readonly #seed: number;
  readonly #plan: ScalePlan;
  readonly #log: (line: string) => void;
  readonly #lan: ScaleLan;

  constructor(size: number, seed: number, plan: ScalePlan, log: (line: string) => void) {
    this.#size = size;
    this.#seed = seed;
    this.#plan = plan;
    this.#log = log;
    // The host dies twice as often as planned, and for each dead one somebody comes.
    this.#lan = new ScaleLan(createRandom(seed), size + plan.joins + 2 * plan.hostDeaths + Math.ceil(size * vanishingPart));
  }

  async run(): Promise<ScaleFigures> {
    const lan = this.#lan;
    for (let i = 0; i < this.#size; i += 1) {
      lan.join();
      lan.pass(Math.min(arrivalMs, arrivalsMsMax / this.#size));
      if ((i + 1) % 100 === 0) this.#note(`${i + 1} have arrived`);
    }
    const settledMs = this.#waitUntilSettled();
    await this.#speak(warmUpBroadcasts, () => lan.living);
    lan.pass(tailMs);
    const steady = await this.#steady();
    const { p99, missing } = steady.ways.hops;
    this.#note(`broadcasts: ${(steady.copies / steady.deliveries).toFixed(3)} copies, hops p99 ${p99}, ${missing} missing`);
    const pairs = await this.#pairs();
    this.#note(`pairs: host ${Math.round(pairs.host)}, median ${Math.round(pairs.median)} frames/s`);
    const join = this.#joins();
    this.#note(`joins: listed ${join.listedMs.p50} ms, ready ${join.readyMs.p50} ms`);
    const host = { killedMs: this.#hostDeaths("kill"), silentMs: this.#hostDeaths("silence") };
    this.#note(`deaths of the host: ${host.killedMs.p50} ms, silent ${host.silentMs.p50} ms`);
    this.#refill();
    const idle = this.#idle();
    const links = lan.living.map((peer) => peer.links.size);
    this.#note(`idle: ${Math.round(idle.bytes)} bytes/s, links ${Math.max(...links)}`);
    const silent = await this.#vanish("silence");
    this.#note(`30 % cut off: ${silent.withinTenSeconds} within 10 s, slowest ${silent.longestMs} ms`);
    this.#waitUntilSettled();
    const killed = await this.#vanish("kill");
    this.#note(`30 % killed: ${killed.withinTenSeconds} within 10 s, slowest ${killed.longestMs} ms`);
    return {
      peers: this.#size,
      seed: this.#seed,
      settledMs,
      links: { mean: mean(links), max: Math.max(...links) },
      idle: { frames: idle.frames, bytes: idle.bytes, bytesMax: idle.bytesMax },
      broadcast: this.#perDelivery(steady, idle),
      ...steady.ways,
      join,
      host,
      vanish: { silent, killed },
      pairs: { ...pairs, ...this.#idleHost(idle) },
      baseline: this.#baseline(links, idle, steady),
      cost: {
        cpuSeconds: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
        memoryMb: process.resourceUsage().maxRSS / 1024,
        virtualSeconds: lan.now / 1_000,
      },
      idleKinds: idle.kinds,
      broadcastKinds: steady.kinds,
    };
  }

  // ── Phases ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #idle(): Idle {
    const lan = this.#lan;
    const peers = lan.living;
    lan.pass(Math.max(idleAfterMs, this.#size * idleAfterMsPerPeer - lan.now));
    const before = peers.map((peer) => ({ ...peer.sent, received: peer.received }));
    lan.traffic.clear();
    lan.pass(this.#plan.idleMs);
    const seconds = this.#plan.idleMs / 1_000;
    const bytes = peers.map((peer, place) => (peer.sent.bytes - (before[place]?.bytes ?? 0)) / seconds);
    const handled = peers.map((peer, place) => {
      const then = before[place];
      return (peer.sent.frames - (then?.frames ?? 0) + peer.received - (then?.received ?? 0)) / seconds;
    });
    return {
      frames: lan.traffic.total().frames / seconds / peers.length,
      bytes: lan.traffic.total().bytes / seconds / peers.length,
      bytesMax: Math.max(...bytes),
      host: this.#host(),
      handled: new Map(peers.map((peer, place) => [peer, handled[place] ?? 0])),
      kinds: lan.traffic.kinds(),
    };
  }

  async #steady(): Promise<Steady> {
    const lan = this.#lan;
    lan.traffic.clear();
    const from = lan.now;
    const traces = await this.#speak(this.#plan.broadcasts, () => lan.living);
    lan.pass(tailMs);
    const sum = (read: (trace: Trace) => number): number => traces.reduce((total, trace) => total + read(trace), 0);
    return {
      deliveries: traces.length * (lan.living.length - 1),
      copies: sum(({ copies }) => copies),
      copyBytes: sum(({ bytes }) => bytes),
      ways: waysOf(traces, lan.living),
      sent: lan.traffic.total(),
      peerSeconds: ((lan.now - from) / 1_000) * lan.living.length,
      kinds: lan.traffic.kinds(),
    };
  }

  /** Everybody says something to one other each second. */
  async #pairs(): Promise<Pick<ScaleFigures["pairs"], "delivered" | "host" | "median">> {
    const lan = this.#lan;
    const shuffled = lan.sample(lan.living, lan.living.length);
    let before: number[] = [];
    const seconds = this.#plan.pairsMs / 1_000;
    const step = 1_000 / shuffled.length;
    let told = 0;
    for (let second = 0; second < seconds; second += 1) {
      // By then whoever is worth a link of one's own has it.
      if (second === Math.floor(seconds / 2)) before = shuffled.map(handledBy);
      for (const [place, peer] of shuffled.entries()) {
        const partner = shuffled[place % 2 === 0 ? place + 1 : place - 1];
        if (partner !== undefined) {
          await lan.tell(peer, partner);
          told += 1;
        }
        lan.pass(step);
      }
    }
    const rates = shuffled.map((peer, place) => (handledBy(peer) - (before[place] ?? 0)) / Math.ceil(seconds / 2));
    const host = this.#host();
    const rateOfHost = rates[host === undefined ? -1 : shuffled.indexOf(host)] ?? Number.NaN;
    lan.pass(tailMs);
    return {
      delivered: shuffled.reduce((sum, peer) => sum + peer.directTexts, 0) / told,
      host: rateOfHost,
      median: spreadOf(rates).p50,
    };
  }

  #joins(): ScaleFigures["join"] {
    const listed: (number | undefined)[] = [];
    const ready: (number | undefined)[] = [];
    for (let i = 0; i < this.#plan.joins; i += 1) {
      const others = this.#lan.living;
      const newcomer = this.#lan.join();
      const joinedAt = this.#lan.now;
      let listedMs: number | undefined;
      let readyMs: number | undefined;
      this.#until(() => {
        const elapsed = this.#lan.now - joinedAt;
        if (listedMs === undefined && others.every((peer) => peer.online[newcomer.number] === 1)) listedMs = elapsed;
        if (readyMs === undefined && this.#isReady(newcomer)) readyMs = elapsed;
        return listedMs !== undefined && readyMs !== undefined;
      }, 10);
      listed.push(listedMs);
      ready.push(readyMs);
      this.#lan.pass(pauseMs);
    }
    return { listedMs: spreadOf(listed), readyMs: spreadOf(ready) };
  }

  #hostDeaths(way: "kill" | "silence"): Spread {
    const times: (number | undefined)[] = [];
    for (let i = 0; i < this.#plan.hostDeaths; i += 1) {
      const host = this.#host();
      if (host === undefined) {
        times.push(undefined);
        continue;
      }
      this.#lan[way](host);
      times.push(this.#until(() => this.#host() !== undefined, 10));
      this.#lan.pass(pauseMs);
    }
    return spreadOf(times);
  }

  async #vanish(way: "kill" | "silence"): Promise<Vanishing> {
    const lan = this.#lan;
    const vanishing = new Set(lan.sample(lan.living, Math.round(lan.living.length * vanishingPart)));
    const survivors = lan.living.filter((peer) => !vanishing.has(peer));
    const early = await this.#speak(3, () => survivors);
    for (const peer of vanishing) lan[way](peer);
    const traces = [...early, ...(await this.#speak(vanishBroadcasts, () => survivors, 100))];
    const pairs = traces.flatMap((trace) =>
      survivors.filter((peer) => peer.number !== trace.author).map((peer) => ({ trace, number: peer.number })),
    );
    this.#until(() => pairs.every(({ trace, number }) => trace.delayMs(number) !== undefined), 500);
    const delays = pairs.map(({ trace, number }) => trace.delayMs(number));
    return {
      withinTenSeconds: delays.filter((delay) => delay !== undefined && delay <= 10_000).length / delays.length,
      longestMs: lastOf(delays),
    };
  }

  // ── Parts of them ─────────────────────────────────────────────────────────────────────────────────────────────────

  async #speak(count: number, authors: () => readonly ScalePeer[], everyMs = broadcastEveryMs): Promise<Trace[]> {
    const traces: Trace[] = [];
    for (let i = 0; i < count; i += 1) {
      const [author] = this.#lan.sample(authors(), 1);
      if (author !== undefined) traces.push(await this.#lan.say(author));
      this.#lan.pass(everyMs);
    }
    return traces;
  }

  /** As many as before, all settled again. */
  #refill(): void {
    while (this.#lan.living.length < this.#size) {
      this.#lan.join();
      this.#lan.pass(arrivalMs);
    }
    this.#waitUntilSettled();
  }

  #waitUntilSettled(): number | undefined {
    const settledMs = this.#until(() => this.#isSettled(), 1_000);
    this.#note(settledMs === undefined ? `not settled: ${this.#unsettled()}` : `settled after ${settledMs} ms`);
    this.#lan.pass(pauseMs);
    return settledMs;
  }

  /** How long it took, in virtual time. */
  #until(holds: () => boolean, stepMs: number): number | undefined {
    const from = this.#lan.now;
    while (!holds()) {
      if (this.#lan.now - from >= patienceMs) return undefined;
      this.#lan.pass(stepMs);
    }
    return this.#lan.now - from;
  }

  #isSettled(): boolean {
    const { living } = this.#lan;
    if (living.some((peer) => peer.onlineCount !== living.length - 1)) return false;
    return this.#host() !== undefined && living.every((peer) => living.every((other) => other === peer || peer.online[other.number] === 1));
  }

  /** For people, where something is wrong. */
  #unsettled(): string {
    const { living } = this.#lan;
    const missing = living.flatMap((peer) =>
      living.filter((other) => other !== peer && peer.online[other.number] !== 1).map((other) => `${peer.number} misses ${other.number}`),
    );
    const wrong = living.filter((peer) => peer.onlineCount > living.length - 1).map((peer) => `${peer.number} lists ${peer.onlineCount}`);
    const hosts = new Set(living.map((peer) => this.#lan.peerOf(peer.hostId)?.number));
    return `hosts ${[...hosts].join()}; ${[...missing, ...wrong].slice(0, 12).join("; ")} (${missing.length}, ${wrong.length})`;
  }

  #isReady(newcomer: ScalePeer): boolean {
    if (newcomer.onlineCount < this.#lan.living.length - 1) return false;
    return this.#lan.traces.every((trace) => trace.delayMs(newcomer.number) !== undefined);
  }

  /** Whom everybody names, if that one is here. */
  #host(): ScalePeer | undefined {
    const { living } = this.#lan;
    const hostId = living[0]?.hostId;
    if (hostId === undefined || living.some((peer) => peer.hostId !== hostId)) return undefined;
    const host = this.#lan.peerOf(hostId);
    return host?.isAlive === true ? host : undefined;
  }

  #perDelivery({ deliveries, copies, sent, peerSeconds }: Steady, idle: Idle): ScaleFigures["broadcast"] {
    return {
      frames: (sent.frames - idle.frames * peerSeconds) / deliveries,
      bytes: (sent.bytes - idle.bytes * peerSeconds) / deliveries,
      copies: copies / deliveries,
    };
  }

  #idleHost({ host, handled }: Idle): { readonly idleHost: number; readonly idleMedian: number } {
    const ofHost = host === undefined ? undefined : handled.get(host);
    return { idleHost: ofHost ?? Number.NaN, idleMedian: spreadOf([...handled.values()]).p50 };
  }

  #baseline(links: readonly number[], idle: Idle, { copies, copyBytes }: Steady): Baseline {
    const others = this.#size - 1;
    const ends = links.reduce((sum, count) => sum + count, 0);
    const beats = idle.kinds.filter(([kind]) => kind === "heartbeat" || kind === "beat").map(([, sent]) => sent);
    const beatBytes = mean(beats.map(({ bytes }) => bytes)) / mean(beats.map(({ frames }) => frames));
    return {
      floodCopies: (ends - others) / others,
      meshIdleBytes: others * beatBytes,
      meshAuthorBytes: (others * copyBytes) / copies,
    };
  }

  #note(what: string): void {
    const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
    this.#log(`${this.#size} peers, ${Math.round(this.#lan.now / 1_000)} s: ${what} (${Math.round(process.uptime())} s, ${megabytes} MB)`);
  }
}

/** Read at once: later phases send the same texts again, to newcomers. */
interface Steady {
  readonly deliveries: number;
  readonly copies: number;
  readonly copyBytes: number;
  readonly ways: Pick<ScaleFigures, "hops" | "delayMs" | "lastHops" | "lastDelayMs">;
  readonly sent: Sent;
  readonly peerSeconds: number;
  readonly kinds: readonly [kind: string, sent: Sent][];
}

interface Idle {
  readonly frames: number;
  readonly bytes: number;
  readonly bytesMax: number;
  readonly host: ScalePeer | undefined;
  readonly handled: ReadonlyMap<ScalePeer, number>;
  readonly kinds: readonly [kind: string, sent: Sent][];
}

const handledBy = (peer: ScalePeer): number => peer.sent.frames + peer.received;

function waysOf(traces: readonly Trace[], peers: readonly ScalePeer[]): Steady["ways"] {
  const perTrace = traces.map((trace) => {
    const receivers = peers.filter(({ number }) => number !== trace.author);
    return { hops: receivers.map(({ number }) => trace.hops(number)), delays: receivers.map(({ number }) => trace.delayMs(number)) };
  });
  return {
    hops: spreadOf(perTrace.flatMap(({ hops }) => hops)),
    delayMs: spreadOf(perTrace.flatMap(({ delays }) => delays)),
    lastHops: spreadOf(perTrace.map(({ hops }) => lastOf(hops))),
    lastDelayMs: spreadOf(perTrace.map(({ delays }) => lastOf(delays))),
  };
}

/** Undefined where one is missing. */
function lastOf(samples: readonly (number | undefined)[]): number | undefined {
  let last = 0;
  for (const sample of samples) {
    if (sample === undefined) return undefined;
    last = Math.max(last, sample);
  }
  return last;
}
