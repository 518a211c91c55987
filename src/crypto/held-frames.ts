/** Frames that came before the sender key that opens them: held for a while, and the key asked for. */
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Millis, PeerId } from "../ids.ts";
import { heldFramesMax, heldFramesPerPeerMax, heldMs, renewMsMin } from "./limits.ts";

export interface Held {
  readonly from: PeerId;
  readonly keyId: Uint8Array;
  readonly frame: Uint8Array;
  readonly until: Millis;
}

export class HeldFrames {
  /** Oldest first. */
  #held: Held[] = [];
  /** By key id: not to be asked for before. */
  readonly #askedUntil = new Map<string, Millis>();

  /** Another number whenever frames came or went. */
  revision = 0;

  get all(): readonly Held[] {
    return this.#held;
  }

  nextAt(): Millis | undefined {
    return this.#held[0]?.until;
  }

  /** Answers whether its key is to be asked for now. */
  hold(from: PeerId, keyId: Uint8Array, frame: Uint8Array, now: Millis): boolean {
    const isTooMany = this.#held.filter((other) => other.from === from).length >= heldFramesPerPeerMax;
    if (!isTooMany && this.#held.length < heldFramesMax) {
      this.revision += 1;
      this.#held.push({ from, keyId, frame: frame.slice(), until: (now + heldMs) as Millis });
    }
    return this.mayAsk(keyId, now);
  }

  mayAsk(keyId: Uint8Array, now: Millis): boolean {
    const name = bytesToHex(keyId);
    if ((this.#askedUntil.get(name) ?? Number.NEGATIVE_INFINITY) > now) return false;
    this.#askedUntil.delete(name);
    this.#askedUntil.set(name, (now + 2 * renewMsMin) as Millis);
    for (const oldest of this.#askedUntil.keys()) {
      if (this.#askedUntil.size <= heldFramesMax) break;
      this.#askedUntil.delete(oldest);
    }
    return true;
  }

  /** The frames of this key, oldest first. */
  take(from: PeerId, keyId: Uint8Array): Uint8Array[] {
    const name = bytesToHex(keyId);
    const taken = this.#held.filter((held) => held.from === from && bytesToHex(held.keyId) === name);
    if (taken.length > 0) this.revision += 1;
    this.#held = this.#held.filter((held) => !taken.includes(held));
    return taken.map(({ frame }) => frame);
  }

  expire(now: Millis): void {
    const kept = this.#held.filter(({ until }) => until > now);
    if (kept.length < this.#held.length) this.revision += 1;
    this.#held = kept;
  }
}
