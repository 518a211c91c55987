/**
 * Messages that are sent later.
 *
 *   waiting ──its time comes, or is past at a start──► sent, and told to the view with when it was due
 *                        └──it is refused──► kept, with the reason, until the person changes or discards it
 */
import type { EarshotEvent } from "../api/contract.ts";
import type { Millis, RoomId } from "../ids.ts";
import type { ApiOutcome } from "./effect.ts";
import { scheduledCheckMs } from "./limits.ts";
import type { OwnRecords, Scheduled } from "./own-records.ts";

export interface ScheduledSendsParts {
  readonly records: OwnRecords;
  readonly wallNow: () => Millis;
  /** As the API's own call does. */
  send(scheduled: Scheduled, now: Millis): ApiOutcome;
  nameOf(roomId: RoomId): string;
  notify(event: EarshotEvent): void;
}

export class ScheduledSends {
  readonly #parts: ScheduledSendsParts;
  #nextAt: Millis | undefined = 0 as Millis;

  constructor(parts: ScheduledSendsParts) {
    this.#parts = parts;
  }

  nextWakeAt(): Millis | undefined {
    return this.#nextAt;
  }

  /** Something of them is different now. */
  changed(now: Millis): void {
    this.#parts.notify({ event: "scheduledChanged" });
    this.#plan(now);
  }

  step(now: Millis): void {
    if (this.#nextAt === undefined || now < this.#nextAt) return;
    const { records, wallNow, notify, nameOf } = this.#parts;
    const wall = wallNow();
    const due = [...records.scheduled]
      .filter(([, { at, problem }]) => at <= wall && problem === undefined)
      .sort((a, b) => a[1].at - b[1].at);
    for (const [scheduleId, scheduled] of due) {
      const outcome = this.#parts.send(scheduled, now);
      if (outcome.ok) {
        records.setScheduled(scheduleId, undefined);
        const { messageId } = outcome.result as { messageId: string };
        notify({ event: "scheduledSent", in: nameOf(scheduled.roomId as RoomId), messageId, dueAt: scheduled.at });
      } else records.setScheduled(scheduleId, { ...scheduled, problem: outcome.error.message.slice(0, 1_000) });
    }
    if (due.length > 0) notify({ event: "scheduledChanged" });
    this.#plan(now);
  }

  /** Wall clocks are set: it is looked at again before long. */
  #plan(now: Millis): void {
    const wall = this.#parts.wallNow();
    const times = [...this.#parts.records.scheduled.values()].flatMap(({ at, problem }) => (problem === undefined ? [at - wall] : []));
    this.#nextAt = times.length === 0 ? undefined : ((now + Math.max(0, Math.min(scheduledCheckMs, ...times))) as Millis);
  }
}
