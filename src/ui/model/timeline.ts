/** From messages to what stands in the conversation: days, groups, the line above what is new, quiet notices. */
import type { MessageView } from "../../api/contract.ts";
import { groupGapMs } from "../limits.ts";
import type { DateWords } from "./dates.ts";

/** Something that happened, said in one quiet line. */
export interface Notice {
  readonly id: string;
  readonly at: number;
  readonly text: string;
  /** The conversation it belongs into; undefined: the lobby. */
  readonly in?: string;
}

export type Row =
  | { readonly kind: "day"; readonly key: string; readonly label: string }
  | { readonly kind: "unread"; readonly key: string }
  /** From here on so many came in after later ones had been read. */
  | { readonly kind: "late"; readonly key: string; readonly count: number }
  | { readonly kind: "notice"; readonly key: string; readonly notice: Notice }
  | { readonly kind: "timer"; readonly key: string; readonly message: MessageView }
  | { readonly kind: "message"; readonly key: string; readonly message: MessageView; readonly startsGroup: boolean };

export interface TimelineInput {
  readonly messages: readonly MessageView[];
  readonly notices: readonly Notice[];
  /** The first message that had not been seen when the conversation was opened. */
  readonly unreadFrom: string | undefined;
  /** Those that came in late. */
  readonly late?: ReadonlySet<string>;
  readonly dates: DateWords;
  readonly now: number;
}

export function buildTimeline({ messages, notices, unreadFrom, late, dates, now }: TimelineInput): readonly Row[] {
  const rows: Row[] = [];
  const waiting = [...notices];
  let day: string | undefined;
  let previous: MessageView | undefined;

  const enterDay = (at: number, firstId: string) => {
    const key = dates.dayKey(at);
    if (key === day) return;
    day = key;
    previous = undefined;
    rows.push({ kind: "day", key: `day ${key} ${firstId}`, label: dates.day(at, now) });
  };
  const placeNoticesBefore = (at: number) => {
    for (let notice = waiting[0]; notice && notice.at <= at; notice = waiting[0]) {
      waiting.shift();
      enterDay(notice.at, notice.id);
      rows.push({ kind: "notice", key: notice.id, notice });
      previous = undefined;
    }
  };

  let wasLate = false;
  for (const [at, message] of messages.entries()) {
    placeNoticesBefore(message.sentAt);
    enterDay(message.sentAt, message.messageId);
    if (message.messageId === unreadFrom) {
      rows.push({ kind: "unread", key: "unread" });
      previous = undefined;
    }
    const isLate = late?.has(message.messageId) === true;
    if (isLate && !wasLate) rows.push({ kind: "late", key: `late ${message.messageId}`, count: runFrom(messages, at, late) });
    if (isLate !== wasLate) previous = undefined;
    wasLate = isLate;
    if (message.notice !== null) {
      rows.push({ kind: "timer", key: message.messageId, message });
      previous = undefined;
      continue;
    }
    rows.push({ kind: "message", key: message.messageId, message, startsGroup: !continues(previous, message) });
    previous = message;
  }
  placeNoticesBefore(Number.POSITIVE_INFINITY);
  return rows;
}

/** How many stand there one after the other. */
function runFrom(messages: readonly MessageView[], from: number, late: ReadonlySet<string>): number {
  let to = from;
  while (late.has(messages[to]?.messageId ?? "")) to += 1;
  return to - from;
}

function continues(previous: MessageView | undefined, message: MessageView): boolean {
  return (
    previous !== undefined &&
    previous.from === message.from &&
    message.replyTo === null &&
    Math.abs(message.sentAt - previous.sentAt) < groupGapMs
  );
}

/** The first of the last `unread` messages of others: the API counts, the page knows which they are. */
export function firstUnread(messages: readonly MessageView[], unread: number, selfId: string): string | undefined {
  let left = unread;
  let first: string | undefined;
  for (let at = messages.length - 1; at >= 0 && left > 0; at -= 1) {
    const message = messages[at];
    if (!message || message.from === selfId || message.notice !== null) continue;
    first = message.messageId;
    left -= 1;
  }
  return first;
}
