/** Mail that one other is offered, in order, a frame's worth at a time, until it has answered. */
import type { Millis } from "../ids.ts";
import { later } from "./backoff.ts";
import { mailIdsPerFrameMax, mailRetryMsMax, mailRetryMsMin } from "./limits.ts";
import type { MailId } from "./mail-frames.ts";

export class MailOffering {
  readonly #waiting = new Map<MailId, number>();
  /** Of these, told and not answered. */
  readonly #told = new Set<MailId>();
  #retryAt: Millis | undefined;
  #pauseMs = mailRetryMsMin;

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  nextAt(): Millis | undefined {
    if (this.#waiting.size === 0) return undefined;
    return this.#told.size === 0 ? (0 as Millis) : this.#retryAt;
  }

  add(id: MailId, bytes: number, _now: Millis): void {
    if (!this.#waiting.has(id)) this.#waiting.set(id, bytes);
  }

  /** The piece itself is on its way. */
  put(id: MailId, bytes: number, now: Millis): void {
    this.#waiting.set(id, bytes);
    this.#told.add(id);
    this.#retryAt ??= later(now, this.#pauseMs);
  }

  /** Whether it had waited for an answer. */
  settled(id: MailId): boolean {
    this.#told.delete(id);
    const waited = this.#waiting.delete(id);
    if (waited) this.#pauseMs = mailRetryMsMin;
    if (this.#told.size === 0) this.#retryAt = undefined;
    return waited;
  }

  /** What is to be offered now: the next, or again what was not answered in time. */
  take(now: Millis): (readonly [MailId, number])[] {
    if (this.#waiting.size === 0) return [];
    const isDue = this.#retryAt !== undefined && this.#retryAt <= now;
    if (this.#told.size >= mailIdsPerFrameMax && !isDue) return [];
    if (isDue) {
      this.#told.clear();
      this.#pauseMs = Math.min(2 * this.#pauseMs, mailRetryMsMax);
    }
    const mail: (readonly [MailId, number])[] = [];
    for (const [id, bytes] of this.#waiting) {
      if (this.#told.size >= mailIdsPerFrameMax) break;
      if (this.#told.has(id)) continue;
      this.#told.add(id);
      mail.push([id, bytes]);
    }
    if (mail.length > 0) this.#retryAt = later(now, this.#pauseMs);
    return mail;
  }
}
