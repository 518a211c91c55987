/** What many peers on one wire say, in virtual time: it may grow with their number, never with its square. */
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MachineAddress } from "../../src/discovery/interfaces.node.ts";
import {
  announceAgainMs,
  answerDelayMaxMs,
  answerPauseMs,
  knownForMs,
  questionDelayMaxMs,
  questionPauseJitter,
  questionPauseMaxMs,
} from "../../src/discovery/limits.ts";
import { startVoice, type Voice } from "../../src/discovery/voice.node.ts";
import type { PeerId } from "../../src/ids.ts";

const crossingMs = 1;

class Wire {
  readonly #sockets = new Map<string, Socket>();
  #beyond = new Set<string>();
  /** As each peer receives them, its own among them. */
  packets = 0;
  questions = 0;

  plug(address: string, socket: Socket): void {
    this.#sockets.set(address, socket);
  }

  unplug(address: string): void {
    this.#sockets.delete(address);
  }

  /** These and the others do not hear each other any more. */
  cut(addresses: readonly string[]): void {
    this.#beyond = new Set(addresses);
  }

  heal(): void {
    this.#beyond.clear();
  }

  carry(bytes: Buffer, from: string): void {
    if (!this.#sockets.has(from)) return;
    this.packets += 1;
    if (((bytes[2] ?? 0) & 0x80) === 0 && bytes.readUInt16BE(4) > 0) this.questions += 1;
    const sender = { address: from, port: 5_353, family: "IPv4", size: bytes.length };
    setTimeout(() => {
      for (const [to, socket] of this.#sockets) if (this.#beyond.has(to) === this.#beyond.has(from)) socket.emit("message", bytes, sender);
    }, crossingMs);
  }

  /** Packets that each peer receives meanwhile. */
  async during(ms: number): Promise<number> {
    const before = this.packets;
    await vi.advanceTimersByTimeAsync(ms);
    return this.packets - before;
  }
}

class Socket extends EventEmitter {
  readonly #wire: Wire;
  readonly #address: string;

  constructor(wire: Wire, address: string) {
    super();
    this.#wire = wire;
    this.#address = address;
  }

  send(message: Uint8Array, _offset: number, _length: number, _port: number, _host: string, done?: () => void): void {
    this.#wire.carry(Buffer.from(message), this.#address);
    done?.();
  }

  close(done?: () => void): void {
    this.#wire.unplug(this.#address);
    done?.();
  }
}

interface Listener {
  readonly peerId: PeerId;
  readonly address: string;
  readonly voice: Voice;
  readonly seen: Set<PeerId>;
  readonly failures: string[];
}

describe("mDNS of many", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function start(wire: Wire, number: number): Listener {
    const address = `10.1.${Math.floor(number / 200)}.${(number % 200) + 1}`;
    const own: MachineAddress = { interface: "eth0", host: address, netmask: "255.255.0.0", internal: false };
    const peerId = number.toString(2).padStart(32, "a").replaceAll("0", "b").replaceAll("1", "c") as PeerId;
    const socket = new Socket(wire, address);
    wire.plug(address, socket);
    const seen = new Set<PeerId>();
    const failures: string[] = [];
    const options = { peerId, networkTag: "0123456789abcdef", port: 47_474, interfaces: [] };
    const sighted = (sighting: { readonly peerId?: PeerId }): void => {
      if (sighting.peerId !== undefined) seen.add(sighting.peerId);
    };
    const voice = startVoice({ ...options, sighted, log: (line) => failures.push(line) }, own, { socket });
    return { peerId, address, voice, seen, failures };
  }

  /** A start every 50 ms. */
  async function crowd(wire: Wire, count: number): Promise<Listener[]> {
    const peers: Listener[] = [];
    for (let number = 0; number < count; number += 1) {
      peers.push(start(wire, number));
      await vi.advanceTimersByTimeAsync(50);
    }
    return peers;
  }

  it("thirty: all see all, and when nothing happens less than one packet a second comes to each", async () => {
    const wire = new Wire();
    const peers = await crowd(wire, 30);
    await vi.advanceTimersByTimeAsync(announceAgainMs + questionDelayMaxMs + answerPauseMs + answerDelayMaxMs);
    for (const { seen } of peers) expect(seen.size).toBe(29);
    expect((await wire.during(60_000)) / 60).toBeLessThan(4);
    await vi.advanceTimersByTimeAsync(120_000);
    const before = wire.questions;
    expect((await wire.during(600_000)) / 600).toBeLessThan(1);
    // Of thirty one asks, for all.
    expect(wire.questions - before).toBeLessThanOrEqual(20);
    expect(peers.flatMap(({ failures }) => failures)).toEqual([]);
  });

  it("a newcomer is seen by all at once, and sees all within little more than a second; nobody else asks for it", async () => {
    const wire = new Wire();
    const peers = await crowd(wire, 30);
    await vi.advanceTimersByTimeAsync(300_000);
    const newcomer = start(wire, 30);
    await vi.advanceTimersByTimeAsync(2 * crossingMs);
    for (const { seen } of peers) expect(seen.has(newcomer.peerId)).toBe(true);
    // Whoever has just answered somebody else answers again a second later; all have seen the newcomer, and dial it, by then.
    await vi.advanceTimersByTimeAsync(questionDelayMaxMs + answerPauseMs + answerDelayMaxMs + 2 * crossingMs);
    expect(newcomer.seen.size).toBe(30);
    // All of its further questions, with what it knows by then.
    expect(await wire.during(45_000)).toBeLessThan(60);
  });

  it.each([30_000, 600_000])("two halves, cut apart for %i ms, see each other again within the longest pause", async (cutMs) => {
    const wire = new Wire();
    const peers = await crowd(wire, 12);
    await vi.advanceTimersByTimeAsync(knownForMs);
    const half = peers.slice(6);
    wire.cut(half.map(({ address }) => address));
    await vi.advanceTimersByTimeAsync(4_000);
    // As the mesh tells it.
    for (const { voice } of peers) voice.forget();
    await vi.advanceTimersByTimeAsync(cutMs);
    for (const { seen } of peers) seen.clear();
    wire.heal();
    await vi.advanceTimersByTimeAsync(questionPauseMaxMs * (1 + questionPauseJitter) + answerDelayMaxMs + 2 * crossingMs);
    for (const { peerId, seen } of peers.slice(0, 6)) {
      for (const other of half) expect(seen.has(other.peerId) || other.seen.has(peerId)).toBe(true);
    }
  });

  it("whoever has lost its last link asks at once, and all answer", async () => {
    const wire = new Wire();
    const [first, ...others] = (await crowd(wire, 12)) as [Listener, ...Listener[]];
    await vi.advanceTimersByTimeAsync(300_000);
    first.seen.clear();
    first.voice.hurry();
    await vi.advanceTimersByTimeAsync(questionDelayMaxMs + answerPauseMs + answerDelayMaxMs + 2 * crossingMs);
    expect(first.seen.size).toBe(others.length);
  });
});
