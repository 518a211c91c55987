/**
 * When to ask who is here (RFC 6762, sections 5.2 and 7.3).
 *
 *   start, hurry ──► soon ──asked──► 1 s ──asked──► 2 s ──► … ──► `questionPauseMaxMs` ──┐
 *                                     ▲ each pause a little longer, at random            │ asked
 *                                     └── hurry                                    ▲─────┘
 *
 * A question of somebody else counts as asked once half of the pause is over: all hear its answers. Of a hundred peers the one
 * that drew the shortest pause asks, for all. Pure: time comes in.
 *
 * RFC 6762 would have the pauses grow to an hour. They stop growing at about a minute: nothing else brings the halves of a
 * large network together again that had been cut in two.
 */
import type { Millis } from "../ids.ts";
import { questionDelayMaxMs, questionDelayMinMs, questionPauseJitter, questionPauseMaxMs, questionPauseMinMs } from "./limits.ts";

export class QuestionSchedule {
  /** Uniform in [0, 1). */
  readonly #random: () => number;
  /** After the last question; 0 before the first. */
  #pauseMs = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #nextAt: Millis;

  constructor(random: () => number, now: Millis) {
    this.#random = random;
    this.#nextAt = this.#soon(now);
  }

  get nextAt(): Millis {
    return this.#nextAt;
  }

  /** The question was asked, or counts as asked. */
  asked(now: Millis): void {
    const nominal = this.#pauseMs === 0 ? questionPauseMinMs : Math.min(questionPauseMaxMs, 2 * this.#pauseMs);
    this.#pauseMs = nominal * (1 + questionPauseJitter * this.#random());
    this.#askedAt = now;
    this.#nextAt = (now + this.#pauseMs) as Millis;
  }

  /** Somebody asked on this wire, and hid nothing that we lack. Gives whether it counts as our own question. */
  questionHeard(now: Millis): boolean {
    if (now < this.#askedAt + this.#pauseMs / 2) return false;
    this.asked(now);
    return true;
  }

  /** As at the start: who was here may not be here any more. */
  hurry(now: Millis): void {
    this.#pauseMs = 0;
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#nextAt = this.#soon(now);
  }

  /** All the machines of a room may start at once, when its power comes back. */
  #soon(now: Millis): Millis {
    return (now + questionDelayMinMs + (questionDelayMaxMs - questionDelayMinMs) * this.#random()) as Millis;
  }
}
