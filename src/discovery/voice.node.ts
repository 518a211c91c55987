/**
 * mDNS on one interface. The library packs and unpacks, announces, answers and says goodbye; when it asks and when it answers
 * what is asked of many is decided here, so that what is on the wire grows with the peers and not with their square.
 */
import { randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { Bonjour, Browser, type Service } from "bonjour-service";
import type { Address, Millis, PeerId } from "../ids.ts";
import { AnswerSchedule } from "./answering.ts";
import { QuestionSchedule } from "./asking.ts";
import { isSameSubnet, type MachineAddress } from "./interfaces.node.ts";
import { KnownServices } from "./known-services.ts";
import { announceAgainMs, failuresToldMax, goodbyeMs, recordsPerPacketMax, sightingAddressesMax, sightingsPerQueryMax } from "./limits.ts";
import { QuestionsHeard } from "./questions-heard.ts";
import {
  type DnsRecord,
  instancesIn,
  instancesTold,
  isQuestionFor,
  isSaid,
  metaName,
  questionPackets,
  recordCount,
  type ServicePacket,
  serviceName,
} from "./service-packets.ts";
import type { Sighting } from "./sighting.ts";

export interface VoiceOptions {
  readonly peerId: PeerId;
  /** Only peers that announce the same are sighted: 16 hex digits. */
  readonly networkTag: string;
  readonly port: number;
  /** Names or addresses; none means all. */
  readonly interfaces: readonly string[];
  readonly sighted: (sighting: Sighting) => void;
  /** What went wrong, in a line. */
  readonly log: (line: string) => void;
}

export interface Voice {
  /** Asks as at the start. */
  hurry(): void;
  /** The next question is to be answered by all. */
  forget(): void;
  stop(): Promise<void>;
}

export interface VoiceClock {
  /** Monotonic. */
  now(): Millis;
  /** Calls once, about at `at`. Returns how to cancel. */
  setTimer(at: Millis, ring: () => void): () => void;
}

export interface Surroundings {
  /** In place of one on the wire. */
  readonly socket?: EventEmitter;
  readonly clock?: VoiceClock;
}

interface Sender {
  readonly address: string;
  readonly port: number;
}

/** A record of ours under a name that others have records under as well. */
interface SharedRecord {
  readonly name: string;
  readonly data: string;
  readonly lifetimeSeconds: number;
  readonly schedule: AnswerSchedule;
}

/** What the library has and does not declare. */
interface Server {
  readonly mdns: EventEmitter & {
    query(packet: object): void;
    respond(said: readonly DnsRecord[] | ServicePacket, ...words: unknown[]): void;
  };
  respondToQuery(packet: ServicePacket): void;
}

const serviceType = { type: "earshot", protocol: "tcp" } as const;
/** Others ask from other ports: resolvers that speak no mDNS, and hear no answers to others. */
const mdnsPort = 5_353;

const realClock: VoiceClock = {
  now: () => performance.now() as Millis,
  setTimer(at, ring) {
    const timer = setTimeout(ring, Math.max(0, at - performance.now()));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export function startVoice(options: VoiceOptions, own: MachineAddress, { socket, clock = realClock }: Surroundings = {}): Voice {
  const told = new Set<string>();
  const failed = (error: unknown): void => {
    // Every question fails again in the same way. What strangers make fail can be told in ever other words.
    if (!told.has(String(error)) && told.size < failuresToldMax) options.log(`mDNS on ${own.interface} (${own.host}): ${String(error)}`);
    if (told.size < failuresToldMax) told.add(String(error));
  };
  // Bound to the interface's own address, Linux would deliver no multicast.
  const settings = socket === undefined ? { interface: own.host, bind: "0.0.0.0" } : { socket, multicast: false, bind: false };
  const bonjour = new Bonjour(settings as object, failed);
  const { server } = bonjour as unknown as { readonly server: Server };
  const { mdns } = server;

  const asking = new QuestionSchedule(Math.random, clock.now());
  const questions = new QuestionsHeard();
  const known = new KnownServices();
  // Random, hence never taken: no probing, seen at once.
  const name = randomBytes(8).toString("hex");
  const instance = `${name}.${serviceName}`;
  const shared: readonly SharedRecord[] = [
    { name: serviceName, data: instance, lifetimeSeconds: 28_800, schedule: new AnswerSchedule(Math.random) },
    { name: metaName, data: serviceName, lifetimeSeconds: 120, schedule: new AnswerSchedule(Math.random) },
  ];

  // Also of what the library says by itself.
  const respond = mdns.respond.bind(mdns);
  mdns.respond = (said, ...words) => {
    const records = (Array.isArray(said) ? said : (said as ServicePacket).answers) ?? [];
    for (const record of shared) if (isSaid(records, record.name, record.data, record.lifetimeSeconds)) record.schedule.said(clock.now());
    respond(said, ...words);
  };

  // A browser would ask as soon as it is made.
  const unasking = { on: mdns.on.bind(mdns), removeListener: mdns.removeListener.bind(mdns), query: () => {} };
  let browser: Browser | undefined;
  const listenAnew = (): void => {
    browser?.stop();
    let sightings = 0;
    // A new browser a question: an old one tells of each service once, and of none again.
    browser = new Browser(unasking, serviceType, (service) => {
      const sighting = sightingOf(service, options, own);
      // What fails from here on is ours, not the library's.
      if (sighting !== undefined) queueMicrotask(() => options.sighted(sighting));
      // It would go on to compare each new service with all before it.
      if (++sightings >= sightingsPerQueryMax) browser?.stop();
    });
  };

  const ask = (): void => {
    listenAnew();
    const others = known.fresh(clock.now()).filter((service) => service.name !== instance);
    asking.asked(clock.now());
    for (const packet of questionPackets(others)) mdns.query(packet);
  };

  /** Gives what is left of the question for the library to answer at once: what nobody but us can answer. */
  const questionHeard = (packet: ServicePacket, sender: Sender): ServicePacket => {
    const now = clock.now();
    const asker = `${sender.address}:${sender.port}`;
    const { questions: asked = [], answers = [], flag_tc: isMoreToCome = false } = packet;
    for (const { name: sharedName, data, lifetimeSeconds, schedule } of shared) {
      const isKnown = isSaid(answers, sharedName, data, lifetimeSeconds);
      const isAsked = asked.some((question) => isQuestionFor(question, sharedName));
      if (isAsked && !isKnown) schedule.asked(asker, isMoreToCome, now);
      if (!isAsked && isKnown) schedule.known(asker);
    }
    if (sender.port === mdnsPort && isSameSubnet(own, sender.address)) {
      const isOurs = questions.hear({
        asker,
        isQuestion: asked.some((question) => isQuestionFor(question, serviceName)),
        isMoreToCome,
        hidesWhatWeLack: instancesIn(answers).some((hidden) => hidden.name !== instance && !known.has(hidden.name)),
      });
      if (isOurs && asking.questionHeard(now)) listenAnew();
    }
    return { ...packet, questions: asked.filter((question) => !shared.some((record) => isQuestionFor(question, record.name))) };
  };

  const answerHeard = (packet: ServicePacket, sender: Sender): void => {
    // Linux delivers what is said on every wire.
    if (!isSameSubnet(own, sender.address)) return;
    const now = clock.now();
    for (const { name: other, lifetimeSeconds } of instancesTold(packet)) {
      if (lifetimeSeconds === 0) known.gone(other);
      else known.heard(other, lifetimeSeconds, now);
    }
    // In the same words as ours: nobody but us speaks of our instance, whoever pretends to.
    for (const { name: sharedName, data, lifetimeSeconds, schedule } of shared)
      if (data !== instance && isSaid(packet.answers ?? [], sharedName, data, lifetimeSeconds)) schedule.said(now);
  };

  let cancelTimer = (): void => {};
  let armedAt = Number.POSITIVE_INFINITY;
  let isStopped = false;
  const arm = (): void => {
    const nextAt = Math.min(asking.nextAt, ...shared.map(({ schedule }) => schedule.nextAt ?? Number.POSITIVE_INFINITY)) as Millis;
    if (isStopped || nextAt === armedAt) return;
    cancelTimer();
    armedAt = nextAt;
    cancelTimer = clock.setTimer(nextAt, () => {
      armedAt = Number.POSITIVE_INFINITY;
      attempt(wake);
      arm();
    });
  };
  const wake = (): void => {
    const now = clock.now();
    for (const record of shared) {
      if ((record.schedule.nextAt ?? Number.POSITIVE_INFINITY) > now) continue;
      record.schedule.said(now);
      server.respondToQuery({ questions: [{ name: record.name, type: "PTR" }] });
    }
    if (asking.nextAt <= now) ask();
  };
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      failed(error);
    }
  };

  // Anybody on the wire may send anything. The library compares each record of a packet with each other one, and takes some
  // for granted: a packet that is too full is not shown to it, and what one makes it throw does not end the process.
  const emit = mdns.emit.bind(mdns);
  mdns.emit = (event: string | symbol, ...words: unknown[]): boolean => {
    const [packet, sender] = words as [ServicePacket, Sender];
    const isPacket = event === "packet" || event === "query" || event === "response";
    if (isPacket && (isStopped || recordCount(packet) > recordsPerPacketMax)) return false;
    let isHeard = true;
    attempt(() => {
      if (event === "response") answerHeard(packet, sender);
      isHeard = event === "query" ? emit(event, questionHeard(packet, sender), sender) : emit(event, ...words);
    });
    if (isPacket) arm();
    return isHeard;
  };
  // A port held by somebody else is told here alone, and would end the process; bonjour-service does not listen.
  mdns.on("error", failed);

  listenAnew();
  const service = bonjour.publish({
    ...serviceType,
    name,
    probe: false,
    port: options.port,
    disableIPv6: true,
    txt: { v: "1", id: options.peerId, net: options.networkTag },
  });
  const cancelSecond = clock.setTimer((clock.now() + announceAgainMs) as Millis, () => attempt(() => mdns.respond(service.records())));
  arm();

  return {
    hurry() {
      known.forget();
      asking.hurry(clock.now());
      arm();
    },
    forget: () => known.forget(),
    stop() {
      isStopped = true;
      cancelTimer();
      cancelSecond();
      browser?.stop();
      return new Promise((resolve) => {
        const destroy = (): void => {
          clearTimeout(patience);
          bonjour.destroy(() => resolve());
          resolve();
        };
        const patience = setTimeout(destroy, goodbyeMs);
        bonjour.unpublishAll(destroy);
      });
    },
  };
}

/**
 * The packet's source comes first: it is known to reach us. Other addresses only of this wire. Linux delivers multicast of
 * every wire to every instance: where interfaces were named, what came in by another one is left alone.
 */
function sightingOf(service: Service, options: VoiceOptions, own: MachineAddress): Sighting | undefined {
  // A service without a TXT record has none.
  const { id, net } = (service.txt ?? {}) as { readonly id?: unknown; readonly net?: unknown };
  if (net !== options.networkTag || id === options.peerId || typeof id !== "string" || !/^[a-z2-7]{32}$/u.test(id)) return undefined;
  const source = service.referer?.address;
  if (options.interfaces.length > 0 && (source === undefined || !isSameSubnet(own, source))) return undefined;
  const near = (service.addresses ?? []).filter((host) => isSameSubnet(own, host));
  const hosts = new Set([...(source === undefined ? [] : [source]), ...near]);
  const addresses: Address[] = [...hosts].slice(0, sightingAddressesMax).map((host) => ({ host, port: service.port }));
  return addresses.length === 0 || service.port < 1 ? undefined : { source: "mdns", addresses, peerId: id as PeerId };
}
