/** Services that have been heard of, so that they need not answer again (RFC 6762, section 7.1). Pure: time comes in. */
import type { Millis } from "../ids.ts";
import { knownForMs, knownServicesMax } from "./limits.ts";

interface Heard {
  readonly at: Millis;
  readonly lifetimeSeconds: number;
}

export interface KnownService {
  readonly name: string;
  /** What is left of it. */
  readonly lifetimeSeconds: number;
}

export class KnownServices {
  /** Heard longest ago first. */
  readonly #heard = new Map<string, Heard>();

  has(name: string): boolean {
    return this.#heard.has(name);
  }

  heard(name: string, lifetimeSeconds: number, now: Millis): void {
    this.#heard.delete(name);
    const [oldest] = this.#heard.keys();
    if (oldest !== undefined && this.#heard.size >= knownServicesMax) this.#heard.delete(oldest);
    this.#heard.set(name, { at: now, lifetimeSeconds });
  }

  gone(name: string): void {
    this.#heard.delete(name);
  }

  /** Those that a question may say it knows, heard last first: none for long, or for more than half of its life. */
  fresh(now: Millis): KnownService[] {
    const fresh: KnownService[] = [];
    for (const [name, { at, lifetimeSeconds }] of this.#heard) {
      const ageMs = now - at;
      if (ageMs > knownForMs || ageMs > lifetimeSeconds * 500) continue;
      fresh.push({ name, lifetimeSeconds: Math.floor(lifetimeSeconds - ageMs / 1_000) });
    }
    return fresh.reverse();
  }

  /** Somebody may have gone without a word: all are to answer the next question. */
  forget(): void {
    this.#heard.clear();
  }
}
