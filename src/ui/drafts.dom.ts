/** What is half written, by conversation: at hand at once, and kept by the peer a moment later, over a reload and a restart. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { MessageView } from "../api/contract.ts";
import { draftPauseMs, typingPauseMs } from "./limits.ts";
import type { ConversationId } from "./model/conversation.ts";
import type { Api } from "./port.ts";

export interface Draft {
  readonly text: string;
  readonly replyTo: MessageView | undefined;
}

export interface Drafts {
  /** Where something is half written. */
  readonly held: ReadonlySignal<ReadonlySet<ConversationId>>;
  get(id: ConversationId): Draft | undefined;
  set(id: ConversationId, draft: Draft): void;
  delete(id: ConversationId): void;
  /** The message has disappeared. */
  dropReply(messageId: string): void;
  /** What the peer has kept; what was typed here meanwhile counts. */
  restore(): Promise<void>;
}

export function createDrafts(api: Api): Drafts {
  const drafts = new Map<ConversationId, Draft>();
  const held = signal<ReadonlySet<ConversationId>>(new Set());
  const pauses = new Map<ConversationId, ReturnType<typeof setTimeout>>();
  const typedAt = new Map<ConversationId, number>();

  function keep(id: ConversationId): void {
    if (held.value.has(id) !== drafts.has(id)) held.value = new Set(drafts.keys());
    clearTimeout(pauses.get(id));
    pauses.set(
      id,
      setTimeout(() => {
        pauses.delete(id);
        const { text, replyTo } = drafts.get(id) ?? { text: "", replyTo: undefined };
        // Where the connection is gone it is kept here, and again with the next letter.
        api.call("drafts.set", { in: id, text, ...(replyTo !== undefined && { replyTo: replyTo.messageId }) }).catch(() => undefined);
      }, draftPauseMs),
    );
  }

  function sayTyping(id: ConversationId): void {
    const now = Date.now();
    if (now - (typedAt.get(id) ?? 0) < typingPauseMs) return;
    typedAt.set(id, now);
    api.call("conversations.typing", { in: id }).catch(() => undefined);
  }

  return {
    held,
    get: (id) => drafts.get(id),
    set(id, draft) {
      const before = drafts.get(id);
      if (before?.text === draft.text && before.replyTo === draft.replyTo) return;
      drafts.set(id, draft);
      if (draft.text !== "" && draft.text !== before?.text) sayTyping(id);
      keep(id);
    },
    delete(id) {
      if (drafts.delete(id)) keep(id);
    },
    dropReply(messageId) {
      for (const [id, draft] of drafts) if (draft.replyTo?.messageId === messageId) drafts.set(id, { ...draft, replyTo: undefined });
    },
    async restore() {
      for (const { in: id, text, replyTo } of (await api.call("drafts.list", {})).drafts) {
        if (drafts.has(id)) continue;
        const quoted = replyTo === null ? undefined : await api.call("messages.get", { messageId: replyTo }).catch(() => undefined);
        drafts.set(id, { text, replyTo: quoted?.message });
      }
      held.value = new Set(drafts.keys());
    },
  };
}
