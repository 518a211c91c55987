/** The remembered part of each conversation, read from the API page by page and kept true by its events. */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MessageView } from "../api/contract.ts";
import { pageMessages, rememberedConversationsMax, resyncPauseMs, revealPageMessages } from "./limits.ts";
import type { ConversationId } from "./model/conversation.ts";
import {
  appendMessage,
  appendPage,
  emptyWindow,
  type MessageWindow,
  prependPage,
  removeMessage,
  renewEnd,
  replaceMessage,
} from "./model/message-window.ts";
import type { Api } from "./port.ts";

export interface LoadedConversation extends MessageWindow {
  readonly status: "unread" | "loading" | "loadingOlder" | "loadingNewer" | "ready";
}

export interface Conversations {
  windowOf(id: ConversationId): ReadonlySignal<LoadedConversation>;
  /** Reads the newest page, at least `atLeast` messages of it. `ready` runs when it is here and nothing of it is drawn yet. */
  loadNewest(id: ConversationId, atLeast?: number, ready?: () => void): Promise<void>;
  loadOlder(id: ConversationId): Promise<void>;
  loadNewer(id: ConversationId): Promise<void>;
  /** Remembers the message and what stands around it. False where it is not there; rejects where there is no such message. */
  reach(id: ConversationId, messageId: string): Promise<boolean>;
  /** The same for the first message from a moment on, or else the last; answers which. */
  reachDate(id: ConversationId, at: number): Promise<string | undefined>;
  added(message: MessageView): void;
  changed(message: MessageView): void;
  /** Older messages have come, before those that are remembered or between them. */
  grown(id: ConversationId): void;
  /** It has disappeared. */
  removed(id: ConversationId, messageId: string): void;
  /** After an interruption: the open one is read anew, the others when they are opened. */
  interrupted(open: ConversationId, ready: () => void): Promise<void>;
  /** Other messages than before are to be shown, in whichever of them. */
  renew(open: ConversationId): Promise<void>;
}

const standsInRoom = ({ thread }: MessageView): boolean => thread === null || thread.inRoom;

const untouched: LoadedConversation = { ...emptyWindow, status: "unread" };

export function createConversations(api: Api): Conversations {
  const windows = new Map<ConversationId, Signal<LoadedConversation>>();
  const resyncs = new Map<ConversationId, ReturnType<typeof setTimeout>>();

  function windowOf(id: ConversationId): Signal<LoadedConversation> {
    const known = windows.get(id) ?? signal(untouched);
    // Last opened, last let go.
    windows.delete(id);
    windows.set(id, known);
    for (const oldest of windows.keys()) {
      if (windows.size <= rememberedConversationsMax) break;
      windows.delete(oldest);
    }
    return known;
  }

  async function loadNewest(id: ConversationId, atLeast = 0, ready?: () => void): Promise<void> {
    const window = windowOf(id);
    if (window.value.status === "unread") window.value = { ...window.value, status: "loading" };
    const limit = Math.min(Math.max(pageMessages, atLeast), revealPageMessages);
    try {
      const page = await api.call("messages.list", { in: id, limit });
      batch(() => {
        window.value = { ...renewEnd(window.value, page.messages, page.hasMore), status: "ready" };
        ready?.();
      });
    } catch (error) {
      window.value = { ...window.value, status: "unread" };
      throw error;
    }
  }

  async function loadOlder(id: ConversationId): Promise<void> {
    const window = windowOf(id);
    const oldest = window.value.messages[0];
    if (window.value.status !== "ready" || !window.value.hasOlder || !oldest) return;
    window.value = { ...window.value, status: "loadingOlder" };
    try {
      const page = await api.call("messages.list", { in: id, before: oldest.messageId, limit: pageMessages });
      const joins = window.value.messages[0]?.messageId === oldest.messageId;
      window.value = { ...(joins ? prependPage(window.value, page.messages, page.hasMore) : window.value), status: "ready" };
    } catch (error) {
      window.value = { ...window.value, status: "ready" };
      throw error;
    }
  }

  /** A stretch that does not join what was remembered takes its place. */
  async function loadAt(
    window: Signal<LoadedConversation>,
    where: { in: string; around: string } | { in: string; at: number },
  ): Promise<void> {
    const page = await api.call("messages.list", { ...where, limit: 2 * pageMessages });
    window.value = { messages: page.messages, hasOlder: page.hasMore, hasNewer: page.hasNewer, status: "ready" };
  }

  function resyncSoon(id: ConversationId): void {
    clearTimeout(resyncs.get(id));
    resyncs.set(
      id,
      setTimeout(() => {
        resyncs.delete(id);
        // A failure shows as a broken connection, after which everything is read anew.
        loadNewest(id, windowOf(id).value.messages.length).catch(() => undefined);
      }, resyncPauseMs),
    );
  }

  return {
    windowOf,
    loadNewest,
    loadOlder,
    async loadNewer(id) {
      const window = windowOf(id);
      const newest = window.value.messages.at(-1);
      if (window.value.status !== "ready" || !window.value.hasNewer || !newest) return;
      window.value = { ...window.value, status: "loadingNewer" };
      try {
        const page = await api.call("messages.list", { in: id, after: newest.messageId, limit: pageMessages });
        // Meanwhile the person may have gone elsewhere.
        const joins = window.value.messages.at(-1)?.messageId === newest.messageId;
        window.value = { ...(joins ? appendPage(window.value, page.messages, page.hasNewer) : window.value), status: "ready" };
      } catch (error) {
        window.value = { ...window.value, status: "ready" };
        throw error;
      }
    },
    async reach(id, messageId) {
      const window = windowOf(id);
      if (window.value.messages.some((message) => message.messageId === messageId)) return true;
      await loadAt(window, { in: id, around: messageId });
      return window.value.messages.some((message) => message.messageId === messageId);
    },
    async reachDate(id, at) {
      const window = windowOf(id);
      await loadAt(window, { in: id, at });
      return (window.value.messages.find(({ sentAt }) => sentAt >= at) ?? window.value.messages.at(-1))?.messageId;
    },
    added(message) {
      const window = windows.get(message.in);
      if (!window || window.value.status === "unread" || !standsInRoom(message)) return;
      const { window: next, suspect } = appendMessage(window.value, message);
      window.value = { ...window.value, ...next };
      if (suspect) resyncSoon(message.in);
    },
    changed(message) {
      const window = windows.get(message.in);
      if (!window) return;
      // Its thread's first message came after it.
      const next = standsInRoom(message) ? replaceMessage(window.value, message) : removeMessage(window.value, message.messageId);
      window.value = { ...window.value, ...next };
    },
    grown(id) {
      const window = windows.get(id);
      if (window === undefined || window.value.status === "unread") return;
      window.value = { ...window.value, hasOlder: true };
      // Who reads far back stays there.
      if (!window.value.hasNewer) resyncSoon(id);
    },
    removed(id, messageId) {
      const window = windows.get(id);
      if (window) window.value = { ...window.value, ...removeMessage(window.value, messageId) };
    },
    async renew(open) {
      for (const window of windows.values()) window.value = untouched;
      await loadNewest(open);
    },
    async interrupted(open, ready) {
      for (const [id, window] of windows) if (id !== open) window.value = untouched;
      await loadNewest(open, 0, ready);
    },
  };
}
