/**
 * Messages that came in after later ones had been read: from people who were out of reach when they wrote. They stand in their
 * place in the order of every screen, above what one reads, where nobody would look.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { MessageView } from "../api/contract.ts";
import { lateBeyondMs, lateKnownMax, lateSettledMs } from "./limits.ts";
import type { ConversationId } from "./model/conversation.ts";

export interface Late {
  /** In the order of coming, since the conversation was opened. */
  readonly of: ReadonlySignal<ReadonlyMap<ConversationId, readonly string[]>>;
  /** Which of them nobody was led to yet. */
  readonly untold: ReadonlySignal<readonly string[]>;
  /** In the open conversation. `newest` is the last message shown there before this one came. */
  arrived(message: MessageView, newest: MessageView | undefined, isOwn: boolean): void;
  /** The person has been led to them. */
  told(): void;
  /** The person goes elsewhere. */
  leave(id: ConversationId): void;
}

export function createLate(): Late {
  const of = signal<ReadonlyMap<ConversationId, readonly string[]>>(new Map());
  const untold = signal<readonly string[]>([]);
  /** Since when nothing newer came: what comes in one rush has no order yet. */
  let newestSince = Date.now();
  return {
    of,
    untold,
    arrived(message, newest, isOwn) {
      const { in: id, messageId, notice, sentAt, thread } = message;
      const now = Date.now();
      if (newest === undefined || (thread !== null && !thread.inRoom)) return;
      const isSettled = now - newestSince > lateSettledMs;
      if (sentAt >= newest.sentAt) newestSince = now;
      if (isOwn || notice !== null || !isSettled || sentAt > newest.sentAt - lateBeyondMs) return;
      of.value = new Map(of.value).set(id, [...(of.value.get(id) ?? []), messageId].slice(-lateKnownMax));
      untold.value = [...untold.value, messageId].slice(-lateKnownMax);
    },
    told() {
      untold.value = [];
    },
    leave(id) {
      newestSince = Date.now();
      untold.value = [];
      if (!of.value.has(id)) return;
      const left = new Map(of.value);
      left.delete(id);
      of.value = left;
    },
  };
}
