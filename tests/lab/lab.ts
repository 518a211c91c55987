/** What a test of the lab begins with: a LAN, and people who start Earshot on it. Gone after the test, whatever happened. */
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { HostView } from "../../src/api/contract.ts";
import { LabPeer, type PeerOptions, patienceMs } from "./lab-peer.ts";
import { type Host, Lan, type LanShape } from "./lan.ts";
import { temporaryFolder } from "./namespaces.ts";

/** How long an agreement may need without any event that announces it. */
const lookAgainMs = 1_000;

export class Lab {
  readonly lan: Lan;
  readonly #peers: LabPeer[] = [];
  readonly #folders: string[] = [];

  constructor(shape?: LanShape) {
    this.lan = new Lan(shape);
  }

  /** A guest on a machine; a name draws a new machine of that name. */
  start(where: Host | string, ...args: readonly string[]): Promise<LabPeer> {
    const host = typeof where === "string" ? this.lan.host(where) : where;
    return this.startAs(host, { name: host.name, args });
  }

  startAs(host: Host, options: PeerOptions): Promise<LabPeer> {
    const peer = new LabPeer(host, options);
    this.#peers.push(peer);
    return peer.ready();
  }

  /** For a profile: it outlives its peers, and ends with the lab. */
  profileDir(): string {
    const folder = temporaryFolder();
    this.#folders.push(folder);
    return folder;
  }

  /** One guest on each machine, all started at once and all linked to each other. */
  async meet<const Names extends readonly (Host | string)[]>(...machines: Names): Promise<{ [Index in keyof Names]: LabPeer }> {
    const hosts = machines.map((machine) => (typeof machine === "string" ? this.lan.host(machine) : machine));
    const peers = await Promise.all(hosts.map((host) => this.start(host)));
    await allLinked(peers);
    return peers as unknown as { [Index in keyof Names]: LabPeer };
  }

  async close(): Promise<void> {
    const ends = await Promise.allSettled(this.#peers.splice(0).map((peer) => peer.stop()));
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    this.lan.remove();
    const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, "not every peer could be stopped");
  }
}

/** A new lab for each test of this file. Called once, outside of any test; gives how to reach the current one. */
export function labForEachTest(shape?: LanShape): () => Lab {
  return heldLab(beforeEach, afterEach, shape);
}

/** One lab for all tests of this file, whose tests follow on each other. */
export function labForAllTests(shape?: LanShape): () => Lab {
  return heldLab(beforeAll, afterAll, shape);
}

function heldLab(before: (act: () => void) => void, after: (act: () => Promise<void>) => void, shape: LanShape | undefined): () => Lab {
  let lab: Lab | undefined;
  before(() => {
    lab = new Lab(shape);
  });
  after(async () => {
    await lab?.close();
    lab = undefined;
  });
  return () => {
    if (lab === undefined) throw new Error("there is a lab only while a test runs");
    return lab;
  };
}

export function others(peers: readonly LabPeer[], self: LabPeer): LabPeer[] {
  return peers.filter((peer) => peer !== self);
}

export async function allLinked(peers: readonly LabPeer[]): Promise<void> {
  await Promise.all(peers.map((peer) => peer.linkedTo(...others(peers, peer))));
}

/** Resolves when `look` finds something: it looks again whenever one of them tells something. */
export async function settled<T>(peers: readonly LabPeer[], look: () => Promise<T | undefined>, what: string): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const counts = peers.map((peer) => peer.events.length);
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await Promise.race(peers.map((peer, index) => peer.news(counts[index] ?? 0, lookAgainMs)));
  }
}

/** Everyone names the same of them as host, in the same term. */
export async function agreedHost(peers: readonly LabPeer[], fits: (host: HostView) => boolean = () => true): Promise<LabPeer> {
  let views: HostView[] = [];
  return settled(
    peers,
    async () => {
      views = await Promise.all(peers.map((peer) => peer.call("host.get", {})));
      const [first] = views;
      const agree = views.every((view) => view.hostId === first?.hostId && view.term === first.term);
      return first !== undefined && agree && fits(first) ? peers.find((peer) => peer.peerId === first.hostId) : undefined;
    },
    `one host agreed by ${peers.map((peer) => peer.name).join(", ")}`,
  );
}

/** When the last of them heard who is host now. */
export function agreedAt(peers: readonly LabPeer[], host: LabPeer, after: number): number {
  return Math.max(
    ...peers.map((peer) => peer.toldAt((event) => event.event === "hostChanged" && event.host.hostId === host.peerId, after)),
  );
}

/** A figure for the person who reads the run. */
export function report(what: string, milliseconds: number): void {
  console.log(`${what}: ${milliseconds.toFixed(0)} ms`);
}
