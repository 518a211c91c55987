/**
 * When to answer with one record that many have under the same name (RFC 6762, sections 6, 7.1, 7.2 and 7.4): a little later
 * than asked, so that not all answer in the same instant and one answer serves all who ask meanwhile; at most once a second;
 * not at all where everybody who asked has said that it knows. Pure: time comes in.
 */
import type { Millis } from "../ids.ts";
import { answerDelayMaxMs, answerDelayMinMs, answerPauseMs, askersMax, moreKnownWaitMs } from "./limits.ts";

export class AnswerSchedule {
  /** Uniform in [0, 1). */
  readonly #random: () => number;
  /** Whom the next answer is for, and whether they may yet say that they know. */
  readonly #askers = new Map<string, boolean>();
  #saidAt = Number.NEGATIVE_INFINITY;
  #nextAt: Millis | undefined;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Undefined while nobody waits for an answer. */
  get nextAt(): Millis | undefined {
    return this.#nextAt;
  }

  /** `isMoreToCome`: packets follow that say what the asker knows. */
  asked(asker: string, isMoreToCome: boolean, now: Millis): void {
    const wait = isMoreToCome ? moreKnownWaitMs : 0;
    const jitter = answerDelayMinMs + (answerDelayMaxMs - answerDelayMinMs) * this.#random();
    const at = Math.max(now + wait, this.#saidAt + answerPauseMs) + jitter;
    this.#nextAt = Math.min(at, this.#nextAt ?? Number.POSITIVE_INFINITY) as Millis;
    // One too many cannot be told from others: it gets its answer whatever it knows.
    const name = this.#askers.has(asker) || this.#askers.size < askersMax ? asker : "";
    this.#askers.set(name, isMoreToCome && this.#askers.get(name) !== false && name !== "");
  }

  /** An asker that had more to say knows the record. */
  known(asker: string): void {
    if (this.#askers.get(asker) !== true) return;
    this.#askers.delete(asker);
    if (this.#askers.size === 0) this.#nextAt = undefined;
  }

  /** The record has just been sent to everybody, by us or in the same words by somebody else. */
  said(now: Millis): void {
    this.#saidAt = now;
    this.#askers.clear();
    this.#nextAt = undefined;
  }
}
