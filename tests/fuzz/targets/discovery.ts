/** Packets that anybody on the wire may send, as far as the sightings they become. */
import { EventEmitter } from "node:events";
import * as fc from "fast-check";
import type { MachineAddress } from "../../../src/discovery/interfaces.node.ts";
import {
  answerDelayMaxMs,
  answerPauseMs,
  moreKnownWaitMs,
  questionDelayMaxMs,
  sightingAddressesMax,
} from "../../../src/discovery/limits.ts";
import type { Sighting } from "../../../src/discovery/sighting.ts";
import { startVoice } from "../../../src/discovery/voice.node.ts";
import type { Millis, PeerId } from "../../../src/ids.ts";
import { hold, type Target } from "../target.ts";

const own: MachineAddress = { interface: "lo", host: "127.0.0.1", netmask: "255.0.0.0", internal: true };
const tag = "0123456789abcdef";
const sender = { address: "127.0.0.9", port: 5_353, family: "IPv4", size: 0 };
const answersMax = 200;

/** A socket that is on no wire. */
class Deaf extends EventEmitter {
  readonly sent: Uint8Array[] = [];

  send(message: Uint8Array, _offset: number, _length: number, _port: number, _host: string, done?: () => void): void {
    this.sent.push(Uint8Array.from(message));
    done?.();
  }

  close(done?: () => void): void {
    done?.();
  }
}

/** Goes on when told. */
class Clock {
  #now = 0;
  readonly #timers = new Map<() => void, number>();

  now(): Millis {
    return this.#now as Millis;
  }

  setTimer(at: Millis, ring: () => void): () => void {
    const timer = (): void => ring();
    this.#timers.set(timer, at);
    return () => void this.#timers.delete(timer);
  }

  /** Each timer that comes due rings once. */
  pass(ms: number): void {
    this.#now += ms;
    for (const [timer, at] of [...this.#timers]) {
      if (at > this.#now || !this.#timers.delete(timer)) continue;
      timer();
    }
  }
}

interface Heard {
  readonly sightings: readonly Sighting[];
  readonly sent: readonly Uint8Array[];
  readonly failures: readonly string[];
}

async function hear(peerId: string, packets: readonly Uint8Array[]): Promise<Heard> {
  const socket = new Deaf();
  const clock = new Clock();
  const sightings: Sighting[] = [];
  const failures: string[] = [];
  const voice = startVoice(
    {
      peerId: peerId as PeerId,
      networkTag: tag,
      port: 47_474,
      interfaces: [],
      sighted: (sighting) => sightings.push(sighting),
      log: (line) => failures.push(line),
    },
    own,
    { socket, clock },
  );
  // What it says by itself waits for the next turn, and its question for the clock.
  await new Promise((resolve) => setImmediate(resolve));
  clock.pass(questionDelayMaxMs);
  for (const packet of packets) socket.emit("message", Buffer.from(packet), sender);
  await Promise.resolve();
  // It has just announced itself, and answers no sooner than this.
  clock.pass(answerPauseMs + moreKnownWaitMs + answerDelayMaxMs);
  const sent = [...socket.sent];
  await voice.stop();
  return { sightings, sent, failures };
}

/** What a peer really says: its announcement, its question, and its answer to one. */
const announced = await hear("b".repeat(32), []);
const [question] = announced.sent.filter((bytes) => (bytes[2] ?? 0) < 0x80);
const answered = await hear("b".repeat(32), question === undefined ? [] : [question]);
const real = [...announced.sent, ...answered.sent];

const packets: Target = {
  name: "mdns",
  covers: ["src/discovery/voice.node.ts startVoice"],
  form: "bytes",
  valid: fc.oneof(fc.constantFrom(...real), fc.uint8Array({ minLength: 12, maxLength: 60 })),
  bytesMax: 65_507,
  cpuMsMax: 500,
  async run(input) {
    const { sightings, sent, failures } = await hear("a".repeat(32), [input]);
    // It is contained; but what can be made to throw at will should be known.
    hold(failures.length === 0, `a packet made something throw: ${failures[0]}`);
    hold(sent.length <= answersMax, "one packet makes a flood");
    for (const { addresses, peerId } of sightings) {
      hold(addresses.length >= 1 && addresses.length <= sightingAddressesMax, "a sighting has too many addresses, or none");
      hold(peerId === undefined || /^[a-z2-7]{32}$/u.test(peerId), "a sighting names nobody");
      for (const { host, port } of addresses) {
        hold(host.startsWith("127.") && port >= 1 && port <= 65_535, "an address is no address of this wire");
      }
    }
  },
};

export const discoveryTargets: readonly Target[] = [packets];
