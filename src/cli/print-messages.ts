/** Messages as lines for people at a terminal. */
import type { MessageView } from "../api/contract.ts";
import type { Calendar } from "../api/conversation-export.ts";
import { printable } from "./print.ts";

export interface PrintedMessages {
  /** With the ids by which the other commands name them. */
  readonly ids: boolean;
  readonly calendar: Calendar;
  /** Where they stand, when that is not all the same. */
  readonly rooms?: ReadonlyMap<string, string>;
}

export function formatMessages(messages: readonly MessageView[], { ids, calendar, rooms }: PrintedMessages): string {
  return messages.map((message) => formatMessage(message, { ids, calendar }, rooms?.get(message.in))).join("\n");
}

function formatMessage(message: MessageView, { ids, calendar }: PrintedMessages, room: string | undefined): string {
  const { fromName, sentAt, thread } = message;
  const indent = thread !== null && !thread.inRoom && room === undefined ? "  " : "";
  const head = [
    `${calendar.day(sentAt)} ${calendar.time(sentAt)}`,
    ...(room === undefined ? [] : [printable(room)]),
    `${printable(fromName)}:`,
  ];
  const [first = "", ...others] = contentOf(message).split("\n").map(printable);
  const remarks = remarksOf(message).map((remark) => ` (${remark})`);
  const id = ids ? [`${indent}    ${message.messageId}`] : [];
  return (
    [`${indent}${head.join(" ")} ${first}`, ...others.map((line) => `${indent}    ${line}`)].join("\n") +
    remarks.join("") +
    id.map((line) => `\n${line}`).join("")
  );
}

function contentOf({ deleted, notice, text }: MessageView): string {
  if (deleted) return "[deleted]";
  if (notice !== null) return notice.timerMs === null ? "[messages stay from here on]" : "[messages disappear from here on]";
  return text;
}

function remarksOf({ editedAt, forwarded, pinned, reactions, replies }: MessageView): string[] {
  return [
    ...(forwarded === null ? [] : [`forwarded from ${printable(forwarded.fromName)}`]),
    ...(editedAt === null ? [] : ["edited"]),
    ...(pinned === null ? [] : ["pinned"]),
    ...(replies === 0 ? [] : [replies === 1 ? "1 answer" : `${replies} answers`]),
    ...(reactions.length === 0 ? [] : [reactions.map(({ emoji, from }) => `${printable(emoji)} ${from.length}`).join(" ")]),
  ];
}
