/**
 * What the person has seen. A conversation is read when the window has the focus and the end of it is in view;
 * a message that comes elsewhere is told of, aloud or outside the window.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MessageView } from "../api/contract.ts";
import { announcedCharsMax } from "./limits.ts";
import { type ConversationId, findConversation, labelOf, personOf } from "./model/conversation.ts";
import type { Readable } from "./model/plain-text.ts";
import type { Navigation } from "./navigation.dom.ts";
import type { Notifier } from "./notifier.dom.ts";
import type { Api } from "./port.ts";
import type { Store } from "./store.dom.ts";
import { strings } from "./strings.ts";

export interface Attention {
  /** The message list says whether the end of the open conversation is in view. */
  readonly endVisible: Signal<boolean>;
  /** The first message that is new to the person in the open conversation. */
  readonly unreadFrom: Signal<string | undefined>;
  /** Read out by the polite live region. */
  readonly announcement: ReadonlySignal<string>;
  unreadOf(id: ConversationId): number;
  arrived(message: MessageView): void;
  /** From this message on nothing has been seen: it stays so until the person goes elsewhere. */
  markUnread(message: MessageView): void;
  /** It has disappeared. */
  removed(messageId: string): void;
}

export function createAttention(
  api: Api,
  store: Store,
  navigation: Navigation,
  notifier: Notifier,
  unread: ReadonlySignal<number>,
  readable: Readable,
): Attention {
  const focused = signal(document.hasFocus());
  const endVisible = signal(false);
  const unreadFrom = signal<string | undefined>(undefined);
  const announcement = signal("");
  let announced: string | undefined;
  let heldUnread: ConversationId | undefined;
  window.addEventListener("focus", () => {
    focused.value = true;
  });
  window.addEventListener("blur", () => {
    focused.value = false;
  });

  function unreadOf(id: ConversationId): number {
    const conversation = findConversation(id, { rooms: store.rooms.value, peers: store.peers.value });
    if (!conversation) return 0;
    return conversation.kind === "room" ? conversation.room.unread : conversation.peer.unread;
  }

  const watched = computed(() => focused.value && endVisible.value);
  effect(() => {
    const id = navigation.conversation.value;
    if (heldUnread !== undefined && heldUnread !== id) heldUnread = undefined;
    if (heldUnread === undefined && watched.value && unreadOf(id) > 0 && store.connection.value === "open") {
      // A refusal leaves it unread, which is true.
      api.call("messages.markRead", { in: id }).catch(() => undefined);
    }
  });

  effect(() => {
    document.title = strings.title(unread.value);
    notifier.setBadge(unread.value);
  });

  return {
    endVisible,
    unreadFrom,
    announcement,
    unreadOf,
    arrived(message) {
      if (message.notice !== null) return;
      if (message.from === store.session.value?.peerId) {
        if (message.in === navigation.conversation.value) unreadFrom.value = undefined;
        return;
      }
      // Others' threads are no news; the number below their first message is.
      if (message.thread !== null && !message.thread.follows && !message.mentionsYou && !message.thread.inRoom) return;
      const isOpen = message.in === navigation.conversation.value;
      const isInRoom = message.thread === null || message.thread.inRoom;
      if (isOpen && isInRoom && !watched.value && unreadFrom.value === undefined) unreadFrom.value = message.messageId;
      const isDirect = personOf(message.in) !== undefined;
      const conversation = findConversation(message.in, { rooms: store.rooms.value, peers: store.peers.value });
      const where = conversation ? labelOf(conversation) : strings.app;
      const text = readable(message.text).slice(0, announcedCharsMax);
      announced = message.messageId;
      if (isOpen || isDirect || message.mentionsYou) {
        announcement.value = isDirect
          ? strings.conversation.announceDirect(message.fromName, text)
          : strings.conversation.announce(message.fromName, where, text);
      }
      if (!focused.value && (isDirect || message.mentionsYou)) {
        // What the system is told it keeps.
        const told = message.expiresAt === null ? text : strings.timer.unnamed;
        notifier.notify(isDirect ? message.fromName : `${message.fromName}, ${where}`, told, message.in);
      }
    },
    markUnread(message) {
      heldUnread = message.in;
      unreadFrom.value = message.messageId;
      api.call("messages.markUnread", { messageId: message.messageId }).catch(() => undefined);
    },
    removed(messageId) {
      if (unreadFrom.value === messageId) unreadFrom.value = undefined;
      if (announced !== messageId) return;
      announced = undefined;
      announcement.value = "";
    },
  };
}
