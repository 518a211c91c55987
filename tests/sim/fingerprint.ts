/** A running hash over everything that peers are told and order: two runs are the same if theirs are. */
import type { Effect, Input } from "../../src/peer/index.ts";

export class Fingerprint {
  #a = 0x811c9dc5;
  #b = 0x01000193;
  /** Of inputs handled. */
  steps = 0;

  input(name: string, input: Input, now: number): void {
    this.steps += 1;
    this.#number(now);
    this.#text(name);
    if (input.type === "frameArrived") {
      this.#text(input.connectionId);
      this.#bytes(input.bytes);
    } else this.#text(plain(input));
  }

  effect(effect: Effect): void {
    if (effect.type === "sendFrame") {
      this.#text(effect.connectionId);
      this.#bytes(effect.bytes);
    } else this.#text(plain(effect));
  }

  get value(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #number(value: number): void {
    this.#word(Math.floor(value * 1_000) | 0);
  }

  #text(text: string): void {
    let a = this.#a;
    for (let i = 0; i < text.length; i += 1) a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    this.#a = a;
    this.#word(text.length);
  }

  #bytes(bytes: Uint8Array): void {
    let a = this.#a;
    for (let i = 0; i < bytes.length; i += 1) a = Math.imul(a ^ (bytes[i] ?? 0), 0x01000193);
    this.#a = a;
    this.#word(bytes.length);
  }

  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193);
    this.#a ^= this.#a >>> 15;
    this.#b = Math.imul(this.#b ^ this.#a, 0x5bd1e995);
    this.#b ^= this.#b >>> 13;
  }
}

function plain(value: Input | Effect): string {
  if (value.type !== "connectionAuthenticated") return JSON.stringify(value);
  const { connectionId, dialled, remote } = value;
  return JSON.stringify([connectionId, dialled, remote.identity.peerId, remote.instance, remote.address]);
}
