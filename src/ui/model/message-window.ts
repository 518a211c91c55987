/**
 * The part of one conversation that the page remembers: one unbroken run of messages, oldest first.
 *
 * 1. No message stands in it twice.
 * 2. It is never longer than `rememberedMessagesMax`; what falls off at one end is marked there (`hasOlder`, `hasNewer`).
 * 3. The order is the API's. A message that arrives goes to the end; one written before what already stands there tells
 *    that the end has to be read again (`suspect`), since only the API knows its place.
 */
import type { MessageView } from "../../api/contract.ts";
import { rememberedMessagesMax } from "../limits.ts";

export interface MessageWindow {
  readonly messages: readonly MessageView[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

export const emptyWindow: MessageWindow = { messages: [], hasOlder: false, hasNewer: false };

export function appendMessage(window: MessageWindow, message: MessageView): { readonly window: MessageWindow; readonly suspect: boolean } {
  if (window.hasNewer) return { window, suspect: false };
  if (window.messages.some(({ messageId }) => messageId === message.messageId)) {
    return { window: replaceMessage(window, message), suspect: false };
  }
  const last = window.messages[window.messages.length - 1];
  const messages = [...window.messages, message];
  const surplus = Math.max(0, messages.length - rememberedMessagesMax);
  return {
    window: { ...window, messages: messages.slice(surplus), hasOlder: window.hasOlder || surplus > 0 },
    suspect: last !== undefined && message.sentAt < last.sentAt,
  };
}

export function replaceMessage(window: MessageWindow, message: MessageView): MessageWindow {
  if (!window.messages.some(({ messageId }) => messageId === message.messageId)) return window;
  return { ...window, messages: window.messages.map((known) => (known.messageId === message.messageId ? message : known)) };
}

export function removeMessage(window: MessageWindow, messageId: string): MessageWindow {
  return { ...window, messages: window.messages.filter((known) => known.messageId !== messageId) };
}

export function prependPage(window: MessageWindow, page: readonly MessageView[], hasMore: boolean): MessageWindow {
  const known = new Set(window.messages.map(({ messageId }) => messageId));
  const messages = [...page.filter(({ messageId }) => !known.has(messageId)), ...window.messages];
  return {
    messages: messages.slice(0, rememberedMessagesMax),
    hasOlder: hasMore,
    hasNewer: window.hasNewer || messages.length > rememberedMessagesMax,
  };
}

/** The page after what is remembered. */
export function appendPage(window: MessageWindow, page: readonly MessageView[], hasNewer: boolean): MessageWindow {
  const known = new Set(window.messages.map(({ messageId }) => messageId));
  const messages = [...window.messages, ...page.filter(({ messageId }) => !known.has(messageId))];
  const surplus = Math.max(0, messages.length - rememberedMessagesMax);
  return { messages: messages.slice(surplus), hasOlder: window.hasOlder || surplus > 0, hasNewer };
}

/** Puts the newest page, just read, in place of the end; older messages stay where the two overlap. */
export function renewEnd(window: MessageWindow, page: readonly MessageView[], hasMore: boolean): MessageWindow {
  const fresh = new Set(page.map(({ messageId }) => messageId));
  const overlap = window.hasNewer ? -1 : window.messages.findIndex(({ messageId }) => fresh.has(messageId));
  if (overlap <= 0) return { messages: page, hasOlder: hasMore, hasNewer: false };
  const messages = [...window.messages.slice(0, overlap), ...page];
  const surplus = Math.max(0, messages.length - rememberedMessagesMax);
  return { messages: messages.slice(surplus), hasOlder: window.hasOlder || surplus > 0, hasNewer: false };
}
