/**
 * Tells and asks by mDNS (RFC 6762, RFC 6763) who is here: one instance for each interface, since an instance sends on
 * one only. Group membership does not survive sleep or a new address, so instances are rebuilt when interfaces change.
 *
 * Invariants
 * 1. Nothing here keeps anybody alive or declares anybody gone: sightings are all it gives.
 * 2. An error of one interface (no route, no such address) ends neither the others nor the process.
 * 3. `stop` says goodbye on every interface, within `goodbyeMs`.
 */
import { randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { Bonjour, type Browser, type Service } from "bonjour-service";
import type { Address, PeerId } from "../ids.ts";
import { chosenAddresses, isSameSubnet, type MachineAddress } from "./interfaces.node.ts";
import {
  failuresToldMax,
  firstQueriesMs,
  goodbyeMs,
  interfacesCheckMs,
  queryIntervalMs,
  recordsPerPacketMax,
  sightingAddressesMax,
  sightingsPerQueryMax,
  sleepSuspectedMs,
} from "./limits.ts";
import type { Sighting } from "./sighting.ts";

export interface MdnsOptions {
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

export interface Mdns {
  stop(): Promise<void>;
}

const serviceType = { type: "earshot", protocol: "tcp" } as const;

export function startMdns(options: MdnsOptions): Mdns {
  let voices = new Map<string, Voice>();
  // Wall time: the monotonic clock of Linux stands still while the machine sleeps.
  let lookedAt = Date.now();
  const refresh = (isAfterSleep: boolean): void => {
    const wanted = new Map(chosenAddresses(options.interfaces).map((address) => [address.host, address]));
    for (const [host, voice] of voices) {
      if (wanted.has(host) && !isAfterSleep) continue;
      voices.delete(host);
      void voice.stop();
    }
    for (const [host, address] of wanted) if (!voices.has(host)) voices.set(host, startVoice(options, address));
  };
  refresh(false);
  const timer = setInterval(() => {
    const now = Date.now();
    refresh(now - lookedAt > sleepSuspectedMs);
    lookedAt = now;
  }, interfacesCheckMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      const all = [...voices.values()];
      voices = new Map();
      await Promise.all(all.map((voice) => voice.stop()));
    },
  };
}

/** mDNS on one interface. */
interface Voice {
  stop(): Promise<void>;
}

/** `socket` in place of one on the wire. */
export function startVoice(options: MdnsOptions, own: MachineAddress, socket?: EventEmitter): Voice {
  const told = new Set<string>();
  const failed = (error: unknown): void => {
    // Every question fails again in the same way. What strangers make fail can be told in ever other words.
    if (!told.has(String(error)) && told.size < failuresToldMax) options.log(`mDNS on ${own.interface} (${own.host}): ${String(error)}`);
    if (told.size < failuresToldMax) told.add(String(error));
  };
  // Bound to the interface's own address, Linux would deliver no multicast.
  const settings = socket === undefined ? { interface: own.host, bind: "0.0.0.0" } : { socket, multicast: false, bind: false };
  const bonjour = new Bonjour(settings as object, failed);
  const { mdns } = (bonjour as unknown as { readonly server: { readonly mdns: EventEmitter } }).server;
  contain(mdns, failed);
  // A port held by somebody else is told here alone, and would end the process; bonjour-service does not listen.
  mdns.on("error", failed);
  bonjour.publish({
    ...serviceType,
    // Random, hence never taken: no probing, seen at once.
    name: randomBytes(8).toString("hex"),
    probe: false,
    port: options.port,
    disableIPv6: true,
    txt: { v: "1", id: options.peerId, net: options.networkTag },
  });

  let browser: Browser | undefined;
  const ask = (): void => {
    browser?.stop();
    let sightings = 0;
    // A new browser a question: an old one tells of each service once, and of none again.
    browser = bonjour.find(serviceType, (service) => {
      const sighting = sightingOf(service, options, own);
      // What fails from here on is ours, not the library's.
      if (sighting !== undefined) queueMicrotask(() => options.sighted(sighting));
      // It would go on to compare each new service with all before it.
      if (++sightings >= sightingsPerQueryMax) browser?.stop();
    });
  };
  ask();
  const first = firstQueriesMs.map((delay) => setTimeout(() => browser?.update(), delay));
  const again = setInterval(ask, queryIntervalMs);
  for (const timer of [...first, again]) timer.unref();

  return {
    stop() {
      for (const timer of first) clearTimeout(timer);
      clearInterval(again);
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
 * Anybody on the wire may send anything. The library compares each record of a packet with each other one, and takes some
 * for granted: a packet that is too full is not shown to it, and what one makes it throw does not end the process.
 */
function contain(mdns: EventEmitter, failed: (error: unknown) => void): void {
  const emit = mdns.emit.bind(mdns);
  mdns.emit = (event: string | symbol, ...words: unknown[]): boolean => {
    if (isPacket(event) && recordCount(words[0]) > recordsPerPacketMax) return false;
    try {
      return emit(event, ...words);
    } catch (error) {
      failed(error);
      return true;
    }
  };
}

const isPacket = (event: string | symbol): boolean => event === "packet" || event === "query" || event === "response";

function recordCount(packet: unknown): number {
  const { questions = [], answers = [], authorities = [], additionals = [] } = packet as Partial<Record<string, readonly unknown[]>>;
  return questions.length + answers.length + authorities.length + additionals.length;
}

/**
 * The packet's source comes first: it is known to reach us. Other addresses only of this wire. Linux delivers multicast of
 * every wire to every instance: where interfaces were named, what came in by another one is left alone.
 */
function sightingOf(service: Service, options: MdnsOptions, own: MachineAddress): Sighting | undefined {
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
