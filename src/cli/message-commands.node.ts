/** The commands about messages, each one conversation with a running peer. They return the exit code. */
import { writeFileSync } from "node:fs";
import type { NodeApiClient } from "../api/client.node.ts";
import type { MessageView } from "../api/contract.ts";
import { conversationAsJson, conversationAsMarkdown, readConversation } from "../api/conversation-export.ts";
import { calendar } from "./calendar.ts";
import type { MessageCommand } from "./message-options.ts";
import { formatMessages } from "./print-messages.ts";
import { type Recipient, resolveRecipient } from "./recipient.ts";

export interface Printing {
  print(text: string): void;
  fail(message: string): number;
}

export async function runMessageCommand(api: NodeApiClient, command: MessageCommand, { print, fail }: Printing): Promise<number> {
  switch (command.command) {
    case "send": {
      const recipient = await resolve(api, command.to);
      if (!recipient.ok) return fail(recipient.message);
      const { text, replyTo, thread, alsoInRoom } = command;
      const place = thread === undefined ? {} : { thread, alsoInRoom };
      if (command.when !== undefined) {
        const [year, month, day, hour, minute] = command.when;
        const about = { ...(replyTo !== undefined && { replyTo }), ...(thread !== undefined && { thread }) };
        await api.call("messages.schedule", {
          to: recipient.to,
          text,
          at: new Date(year, month - 1, day, hour, minute).getTime(),
          ...about,
        });
        return 0;
      }
      await api.call("messages.send", { to: recipient.to, text, ...(replyTo !== undefined && { replyTo }), ...place });
      return 0;
    }
    case "history": {
      const recipient = await resolve(api, command.of);
      if (!recipient.ok) return fail(recipient.message);
      const text = await historyOf(api, command, recipient.to);
      if (command.output === undefined) print(text.replace(/\n$/u, ""));
      else if (!write(command.output, text)) return fail(`${command.output} is there already, or cannot be written; choose another name`);
      return 0;
    }
    case "search": {
      const eastMinutes = -new Date().getTimezoneOffset();
      const { messages } = await api.call("messages.search", { query: command.query, eastMinutes });
      print(
        messages.length === 0
          ? "Nothing was found."
          : formatMessages(messages, { ids: command.ids, calendar, rooms: await roomNames(api, messages) }),
      );
      return 0;
    }
    case "edit":
      await api.call("messages.edit", { messageId: command.messageId, text: command.text });
      return 0;
    case "delete":
      await api.call("messages.delete", { messageId: command.messageId });
      return 0;
    case "versions": {
      const { versions } = await api.call("messages.history", { messageId: command.messageId });
      const { message } = await api.call("messages.get", { messageId: command.messageId });
      print(
        formatMessages(
          versions.map(({ text, at }) => ({ ...message, text, sentAt: at, editedAt: null, pinned: null, replies: 0, reactions: [] })),
          { ids: false, calendar },
        ),
      );
      return 0;
    }
    case "react":
      await api.call("messages.react", { messageId: command.messageId, emoji: command.emoji, on: command.on });
      return 0;
    case "pin":
      await api.call("messages.pin", { messageId: command.messageId, on: command.on });
      return 0;
    case "forward": {
      const recipient = await resolve(api, command.to);
      if (!recipient.ok) return fail(recipient.message);
      await api.call("messages.forward", { messageId: command.messageId, to: recipient.to });
      return 0;
    }
  }
}

async function resolve(api: NodeApiClient, to: string): Promise<Recipient> {
  return resolveRecipient(to, to.startsWith("@") ? (await api.call("peers.list", {})).peers : []);
}

async function historyOf(api: NodeApiClient, command: MessageCommand & { readonly command: "history" }, to: string): Promise<string> {
  const { thread, limit, ids, format } = command;
  if (limit !== undefined) {
    const page = await api.call("messages.list", { in: to, limit, ...(thread !== undefined && { thread }) });
    return page.messages.length === 0 ? "Nothing has been said there yet." : formatMessages(page.messages, { ids, calendar });
  }
  const read = await readConversation(api, to);
  if (format === "text") return formatMessages(read.messages, { ids, calendar });
  const { name } = await api.call("session.get", {});
  const exported = { title: await titleOf(api, to), exportedAt: Date.now(), exportedBy: name, ...read };
  return format === "json" ? conversationAsJson(exported) : conversationAsMarkdown(exported, calendar);
}

async function titleOf(api: NodeApiClient, to: string): Promise<string> {
  if (to.startsWith("@"))
    return `@${(await api.call("peers.list", {})).peers.find(({ peerId }) => to === `@${peerId}`)?.name ?? to.slice(1)}`;
  const bare = to.replace(/^#/u, "");
  const { rooms } = await api.call("rooms.list", {});
  return `#${rooms.find(({ roomId, name }) => roomId === bare || name === bare)?.name ?? bare}`;
}

async function roomNames(api: NodeApiClient, messages: readonly MessageView[]): Promise<Map<string, string>> {
  const [{ rooms }, { peers }] = await Promise.all([api.call("rooms.list", {}), api.call("peers.list", {})]);
  const names = new Map<string, string>([
    ...rooms.map(({ roomId, name }) => [roomId, `#${name}`] as const),
    ...peers.map(({ peerId, name }) => [`@${peerId}`, `@${name}`] as const),
  ]);
  return new Map(messages.map((message) => [message.in, names.get(message.in) ?? message.in]));
}

/** Never over another file, and readable by this person alone. */
function write(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
