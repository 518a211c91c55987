/**
 * A conversation as a file: everything of it that is shown here, as JSON or as Markdown.
 *
 * What disappears by itself is left out, and counted: who wrote it did not want it kept. In Markdown, what people wrote keeps
 * its emphasis, lists and code, but can neither become HTML nor fetch a picture where the file is viewed.
 */
import type { ApiClient } from "./client.ts";
import type { MessageView } from "./contract.ts";

export interface ExportedConversation {
  /** "#design", or "@" and a name. */
  readonly title: string;
  readonly exportedAt: number;
  readonly exportedBy: string;
  /** In the order of the screen; answers in a thread after the message it begins at. */
  readonly messages: readonly MessageView[];
  /** How many disappear by themselves, and are left out. */
  readonly leftOut: number;
}

/** As many as `messages.list` gives at once; a test compares them. */
export const exportPageMessages = 500;

/** How a person reads days and times. */
export interface Calendar {
  day(at: number): string;
  time(at: number): string;
}

/** @param to as `messages.list` takes it */
export async function readConversation(
  client: Pick<ApiClient, "call">,
  to: string,
): Promise<Pick<ExportedConversation, "messages" | "leftOut">> {
  const inRoom = await readPages(client, { in: to });
  const messages: MessageView[] = [];
  let leftOut = 0;
  for (const message of inRoom) {
    const beside = message.replies === 0 ? [] : await readPages(client, { in: to, thread: message.messageId });
    for (const one of [message, ...beside.filter(({ thread }) => thread?.inRoom !== true)]) {
      if (one.expiresAt === null) messages.push(one);
      else leftOut++;
    }
  }
  return { messages, leftOut };
}

/** Oldest first. */
async function readPages(client: Pick<ApiClient, "call">, of: { in: string; thread?: string }): Promise<MessageView[]> {
  const pages: MessageView[][] = [];
  for (let before: string | undefined; ; ) {
    const page = await client.call("messages.list", { ...of, limit: exportPageMessages, ...(before !== undefined && { before }) });
    pages.push(page.messages);
    before = page.messages[0]?.messageId;
    if (!page.hasMore || before === undefined) return pages.reverse().flat();
  }
}

export function conversationAsJson({ title, exportedAt, exportedBy, messages, leftOut }: ExportedConversation): string {
  const file = {
    format: "earshot conversation",
    version: 1,
    conversation: title,
    exportedAt: isoOf(exportedAt),
    exportedBy,
    leftOut,
    messages: messages.map((message) => ({
      id: message.messageId,
      from: message.from,
      fromName: message.fromName,
      sentAt: isoOf(message.sentAt),
      ...(message.notice === null ? { text: message.text } : { notice: message.notice }),
      ...(message.editedAt !== null && { editedAt: isoOf(message.editedAt) }),
      ...(message.deleted && { deleted: true }),
      ...(message.replyTo !== null && { replyTo: message.replyTo }),
      ...(message.thread !== null && { thread: message.thread.root }),
      ...(message.forwarded !== null && { forwarded: { ...message.forwarded, sentAt: isoOf(message.forwarded.sentAt) } }),
      ...(message.reactions.length > 0 && { reactions: message.reactions }),
      ...(message.pinned !== null && { pinned: { ...message.pinned, at: isoOf(message.pinned.at) } }),
    })),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

export function conversationAsMarkdown(exported: ExportedConversation, calendar: Calendar): string {
  const { title, exportedAt, exportedBy, messages, leftOut } = exported;
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const lines = [
    `# ${inline(title)}`,
    "",
    `Exported by ${inline(exportedBy)}, ${calendar.day(exportedAt)}, ${calendar.time(exportedAt)}: ${counted(messages.length, "message")}.` +
      (leftOut === 0 ? "" : ` ${counted(leftOut, "message")} that will disappear ${leftOut === 1 ? "is" : "are"} left out.`),
  ];
  let day = "";
  for (const message of messages) {
    const isAnswer = message.thread !== null && byId.has(message.thread.root);
    const itsDay = calendar.day(message.sentAt);
    if (itsDay !== day && !isAnswer) lines.push("", `## ${itsDay}`);
    if (!isAnswer) day = itsDay;
    const when = itsDay === day ? calendar.time(message.sentAt) : `${itsDay}, ${calendar.time(message.sentAt)}`;
    const prefix = isAnswer ? "> > " : "> ";
    lines.push(
      "",
      `${isAnswer ? "> " : ""}**${inline(message.fromName)}** · ${[when, ...remarks(message, byId)].join(" · ")}`,
      ...(isAnswer ? [">"] : [""]),
    );
    for (const line of bodyOf(message).split("\n")) lines.push(`${prefix}${line}`.trimEnd());
    const signs = message.reactions.map(({ emoji, from }) => `${inline(emoji)} ${from.length}`);
    if (signs.length > 0) lines.push(...(isAnswer ? [">"] : [""]), `${isAnswer ? "> " : ""}${signs.join(" · ")}`);
  }
  return `${lines.join("\n")}\n`;
}

function remarks({ editedAt, forwarded, pinned, replyTo, thread }: MessageView, byId: ReadonlyMap<string, MessageView>): string[] {
  const quoted = replyTo === null ? undefined : byId.get(replyTo);
  return [
    ...(thread?.inRoom ? ["also in a thread"] : []),
    ...(quoted === undefined ? [] : [`in reply to ${inline(quoted.fromName)}`]),
    ...(forwarded === null ? [] : [`forwarded from ${inline(forwarded.fromName)}`]),
    ...(editedAt === null ? [] : ["edited"]),
    ...(pinned === null ? [] : ["pinned"]),
  ];
}

function bodyOf({ deleted, notice, text }: MessageView): string {
  if (deleted) return "*Deleted*";
  if (notice !== null) return notice.timerMs === null ? "*Messages stay from here on*" : "*Messages disappear from here on*";
  return harmless(text);
}

/** `<tag>`, `&entity;`, pictures, and links to anything but pages and mail are taken as they were typed. */
export const harmless = (text: string): string =>
  text
    .replace(/\r\n?/gu, "\n")
    .replace(/&(?=[#a-z])/giu, "&amp;")
    .replace(/<(?=[a-z/!?])/giu, "&lt;")
    .replace(/!(?=\[)/gu, "\\!")
    .replace(/\](?=\((?!\s*(?:https?:\/\/|mailto:))|:(?!\s*(?:https?:\/\/|mailto:)\S))/giu, "\\]");

/** Text of one line in which nothing is Markdown. */
const inline = (text: string): string => harmless(text.replace(/\s+/gu, " ")).replace(/[\\`*_{}[\]|~]/gu, "\\$&");

const counted = (count: number, word: string): string => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
const isoOf = (at: number): string => new Date(at).toISOString();
