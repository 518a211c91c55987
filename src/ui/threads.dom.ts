/** The thread that stands beside the conversation, read from the API and kept true by its events. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { MessageView } from "../api/contract.ts";
import { revealPageMessages } from "./limits.ts";
import type { ConversationId } from "./model/conversation.ts";
import type { Navigation } from "./navigation.dom.ts";
import type { Api } from "./port.ts";

export interface OpenThread {
  /** Undefined until it is read, and where it is not here any more. */
  readonly first: MessageView | undefined;
  /** Oldest first. */
  readonly answers: readonly MessageView[];
  readonly hasOlder: boolean;
  readonly status: "loading" | "ready" | "gone";
}

export interface Threads {
  readonly opened: ReadonlySignal<OpenThread>;
  /** What is half written, by the message at which the thread begins. */
  readonly drafts: Map<string, string>;
  /** An answer to bring into view. */
  readonly target: ReadonlySignal<string | undefined>;
  load(conversation: ConversationId, root: string): Promise<void>;
  loadOlder(): Promise<void>;
  /** A message is new, or different. */
  changed(message: MessageView): void;
  /** It has disappeared. */
  removed(messageId: string): void;
  /** Opens the thread of a message that stands in one alone; false where it stands in the conversation. */
  reveal(messageId: string): Promise<boolean>;
  revealed(): void;
}

const none: OpenThread = { first: undefined, answers: [], hasOlder: false, status: "loading" };

export function createThreads(api: Api, navigation: Navigation): Threads {
  const opened = signal<OpenThread>(none);
  const target = signal<string | undefined>(undefined);
  let place: { readonly in: ConversationId; readonly root: string } | undefined;

  function change(next: Partial<OpenThread>): void {
    opened.value = { ...opened.value, ...next };
  }

  return {
    opened,
    target,
    drafts: new Map(),
    async load(conversation, root) {
      const isOther = place?.root !== root;
      place = { in: conversation, root };
      if (isOther) opened.value = none;
      try {
        const [{ message }, page] = await Promise.all([
          api.call("messages.get", { messageId: root }),
          api.call("messages.list", { in: conversation, thread: root, limit: revealPageMessages }),
        ]);
        if (place?.root === root) opened.value = { first: message, answers: page.messages, hasOlder: page.hasMore, status: "ready" };
      } catch {
        // Where the connection is gone the banner says so, and it is read again when it is back.
        if (place?.root === root) change({ status: "gone" });
      }
    },
    async loadOlder() {
      const before = opened.value.answers[0]?.messageId;
      if (place === undefined || before === undefined || !opened.value.hasOlder) return;
      const { root } = place;
      const page = await api.call("messages.list", { in: place.in, thread: root, before, limit: revealPageMessages });
      if (place?.root === root) change({ answers: [...page.messages, ...opened.value.answers], hasOlder: page.hasMore });
    },
    changed(message) {
      const { first, answers } = opened.value;
      if (place === undefined) return;
      if (message.messageId === first?.messageId) change({ first: message });
      if (message.thread?.root !== place.root) return;
      const isKnown = answers.some(({ messageId }) => messageId === message.messageId);
      const next = isKnown
        ? answers.map((known) => (known.messageId === message.messageId ? message : known))
        : [...answers, message].sort((a, b) => a.sentAt - b.sentAt);
      change({ answers: next });
    },
    removed(messageId) {
      const { first, answers } = opened.value;
      if (first?.messageId === messageId) change({ first: undefined, status: "gone" });
      change({ answers: answers.filter((answer) => answer.messageId !== messageId) });
    },
    async reveal(messageId) {
      try {
        const { message } = await api.call("messages.get", { messageId });
        if (message.thread === null || message.thread.inRoom) return false;
        target.value = messageId;
        navigation.showThread(message);
        return true;
      } catch {
        return false;
      }
    },
    revealed() {
      target.value = undefined;
    },
  };
}
