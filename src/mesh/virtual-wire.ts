/**
 * How long what one machine sends another is on its way, in virtual time. A link is reliable and ordered, so that a lost
 * packet costs the time of its repetition, and holds up what is behind it.
 */
import { sendQueueBytesMax } from "./signalling-limits.ts";

/** Of one direction between two machines. */
export interface WireConditions {
  /** Mean one-way latency; each message takes between half and one and a half of it. */
  readonly latencyMs?: number;
  /** How often a packet is lost, in [0, 1). */
  readonly lossRate?: number;
  readonly bytesPerSecond?: number;
}

/** A retransmission timer on a LAN; doubles with each loss in a row. */
const retransmitMs = 200;
/** The third loss of a SYN (RFC 6298: 1 s, doubled) is beyond what a dial waits for. */
const retransmitDialMs = 1_000;
const lossesInRowMax = 5;

export class Wires {
  readonly #random: (from: string, to: string) => number;
  readonly #latencyMs: number;
  readonly #conditions = new Map<string, WireConditions>();

  constructor(random: (from: string, to: string) => number, latencyMs: number) {
    this.#random = random;
    this.#latencyMs = latencyMs;
  }

  /** Undefined: as everywhere. */
  set(from: string, to: string, conditions: WireConditions | undefined): void {
    const way = wayOf(from, to);
    if (conditions === undefined) this.#conditions.delete(way);
    else this.#conditions.set(way, conditions);
  }

  /** Of one packet of a link. */
  delay(from: string, to: string): number {
    return this.#delay(from, to, retransmitMs);
  }

  /** Of one packet before there is a link. */
  dialDelay(from: string, to: string): number {
    return this.#delay(from, to, retransmitDialMs);
  }

  /** Milliseconds that the wire is taken by so many bytes. */
  transmission(from: string, to: string, bytes: number): number {
    const rate = this.#conditions.get(wayOf(from, to))?.bytesPerSecond;
    return rate === undefined ? 0 : (bytes * 1_000) / rate;
  }

  /** Whether more waits for this wire than a sender may hold. */
  isClogged(from: string, to: string, waitingMs: number): boolean {
    const rate = this.#conditions.get(wayOf(from, to))?.bytesPerSecond;
    return rate !== undefined && (waitingMs * rate) / 1_000 > sendQueueBytesMax;
  }

  #delay(from: string, to: string, repeatMs: number): number {
    const conditions = this.#conditions.get(wayOf(from, to));
    let delay = (conditions?.latencyMs ?? this.#latencyMs) * (0.5 + this.#random(from, to));
    const lossRate = conditions?.lossRate ?? 0;
    if (lossRate === 0) return delay;
    let repeat = repeatMs;
    for (let losses = 0; losses < lossesInRowMax && this.#random(from, to) < lossRate; losses += 1) {
      delay += repeat;
      repeat *= 2;
    }
    return delay;
  }
}

export const wayOf = (from: string, to: string): string => `${from} > ${to}`;
