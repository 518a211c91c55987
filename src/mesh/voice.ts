/** What a peer says of itself to everybody: now and then that it is here, at once when somebody doubts it, and that it goes. */
import type { Millis } from "../ids.ts";
import { aliveIntervalMaxMs, aliveIntervalMinMs, aliveMsPerPeer, objectIntervalMs } from "./limits.ts";
import type { News, Statement } from "./news.ts";

export interface VoicePorts {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Everybody here, this peer included. */
  size(): number;
  sign(seq: number, left: boolean): Statement;
  broadcast(news: News): void;
}

export class Voice {
  readonly #ports: VoicePorts;
  #seq = 0;
  #objectAt: Millis | undefined;
  #objectedAt = Number.NEGATIVE_INFINITY;
  #aliveAt: Millis;

  constructor(ports: VoicePorts, now: Millis) {
    this.#ports = ports;
    this.#aliveAt = this.#nextAlive(now);
  }

  /** How often it has spoken. */
  get seq(): number {
    return this.#seq;
  }

  /** How often everybody speaks, where there are so many. */
  get intervalMs(): number {
    return Math.min(aliveIntervalMaxMs, Math.max(aliveIntervalMinMs, aliveMsPerPeer * this.#ports.size()));
  }

  /** Its last words, once more. */
  proof(): Statement {
    return this.#ports.sign(this.#seq, false);
  }

  /** At once, or as soon as the last time is long enough ago. */
  object(now: Millis): void {
    if (this.#objectAt !== undefined) return;
    this.#objectAt = Math.max(now, this.#objectedAt + objectIntervalMs) as Millis;
    if (this.#objectAt <= now) this.#speak(now);
  }

  leave(): void {
    this.#seq += 1;
    this.#ports.broadcast({ k: "statement", statement: this.#ports.sign(this.#seq, true) });
  }

  wake(now: Millis): void {
    if (now >= this.nextWakeAt()) this.#speak(now);
  }

  nextWakeAt(): Millis {
    return Math.min(this.#aliveAt, this.#objectAt ?? this.#aliveAt) as Millis;
  }

  #speak(now: Millis): void {
    this.#objectAt = undefined;
    this.#objectedAt = now;
    this.#aliveAt = this.#nextAlive(now);
    this.#seq += 1;
    this.#ports.broadcast({ k: "statement", statement: this.#ports.sign(this.#seq, false) });
  }

  #nextAlive(now: Millis): Millis {
    return Math.round(now + this.intervalMs * (0.75 + this.#ports.random() / 2)) as Millis;
  }
}
