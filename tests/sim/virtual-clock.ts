/** The clocks of one machine in virtual time: one that never goes back, and the wall's, which people set. */
import type { Millis } from "../../src/ids.ts";

/** 2026-01-01, so that times on screens look like times. */
const wallAtStart = Date.UTC(2026, 0, 1);
/** Above what rounding loses: a timer must not ring before its time. */
const roundingMs = 1e-6;

export interface ClockOptions {
  /** Virtual milliseconds that count. */
  readonly now: () => number;
  /** How many milliseconds pass here in one: 1.0001 gains eight seconds a day. */
  readonly rate: number;
  readonly wallSkewMs: number;
  /** Linux stops its monotonic clock while the machine sleeps, others do not. */
  readonly stopsAsleep: boolean;
}

export class VirtualClock {
  readonly #options: ClockOptions;
  #wallSkewMs: number;
  #sleptMs = 0;
  #asleepSince: number | undefined;

  constructor(options: ClockOptions) {
    this.#options = options;
    this.#wallSkewMs = options.wallSkewMs;
  }

  now(): Millis {
    return ((this.#options.now() - this.#stoodMs()) * this.#options.rate) as Millis;
  }

  wall(): Millis {
    return Math.max(0, Math.round(wallAtStart + this.#wallSkewMs + this.#options.now() * this.#options.rate)) as Millis;
  }

  /** When `at` of this clock will be, should the machine stay awake. */
  virtualAt(at: Millis): number {
    return at / this.#options.rate + this.#stoodMs() + roundingMs;
  }

  jump(byMs: number): void {
    this.#wallSkewMs += byMs;
  }

  sleep(): void {
    this.#asleepSince ??= this.#options.now();
  }

  wake(): void {
    if (this.#options.stopsAsleep) this.#sleptMs = this.#stoodMs();
    this.#asleepSince = undefined;
  }

  #stoodMs(): number {
    if (!this.#options.stopsAsleep || this.#asleepSince === undefined) return this.#sleptMs;
    return this.#sleptMs + this.#options.now() - this.#asleepSince;
  }
}
