/** Where the person is: which conversation, which pane, which dialog. */
import { batch, type Signal, signal } from "@preact/signals";
import type { MessageView } from "../api/contract.ts";
import { type ConversationId, lobbyId } from "./model/conversation.ts";

/** What stands at the right. */
export type Aside =
  | { readonly kind: "none" }
  | { readonly kind: "conversation" }
  | { readonly kind: "person"; readonly peerId: string }
  | { readonly kind: "self" }
  | { readonly kind: "host" }
  | { readonly kind: "search" }
  | { readonly kind: "starred" }
  | { readonly kind: "thread"; readonly in: ConversationId; readonly root: string };

export type DialogKind =
  | { readonly kind: "none" }
  | { readonly kind: "jump" }
  | { readonly kind: "date" }
  | { readonly kind: "createRoom" }
  | { readonly kind: "browseRooms" }
  | { readonly kind: "connect" }
  | { readonly kind: "rename" }
  | { readonly kind: "settings" }
  | { readonly kind: "shortcuts" }
  | { readonly kind: "handOff" }
  | { readonly kind: "keep" }
  | { readonly kind: "exportProfile" }
  | { readonly kind: "logOut" }
  | { readonly kind: "invite"; readonly roomId: string }
  | { readonly kind: "safety"; readonly peerId: string }
  | { readonly kind: "twoPeople"; readonly peerId: string }
  | { readonly kind: "delete"; readonly messageId: string }
  | { readonly kind: "history"; readonly messageId: string }
  | { readonly kind: "forward"; readonly messageId: string }
  | { readonly kind: "emoji"; readonly target: EmojiFor }
  | { readonly kind: "schedule"; readonly id: ConversationId }
  | { readonly kind: "exportConversation"; readonly id: ConversationId }
  | { readonly kind: "leave"; readonly roomId: string };

/** What is done with a chosen emoji. */
export type EmojiFor = { readonly what: "write"; readonly id: ConversationId } | { readonly what: "react"; readonly messageId: string };

/** The pane that a narrow window shows; a wide one shows them side by side. */
export type Pane = "list" | "conversation" | "aside";

export interface Navigation {
  readonly conversation: Signal<ConversationId>;
  readonly pane: Signal<Pane>;
  readonly aside: Signal<Aside>;
  readonly dialog: Signal<DialogKind>;
  /** Counts up whenever the composer should take the focus. */
  readonly composerCalled: Signal<number>;
  /** A message to bring into view, and mark for a moment. */
  readonly target: Signal<string | undefined>;
  goTo(id: ConversationId): void;
  showAside(aside: Aside): void;
  /** The thread that begins at a message, or that it answers in. */
  showThread(message: Pick<MessageView, "in" | "messageId" | "thread">): void;
  closeAside(): void;
  openDialog(dialog: DialogKind): void;
  closeDialog(): void;
  focusComposer(): void;
}

/** @param isWide whether three panes have room side by side */
export function createNavigation(isWide: () => boolean): Navigation {
  const conversation = signal<ConversationId>(lobbyId);
  const pane = signal<Pane>("conversation");
  const aside = signal<Aside>({ kind: isWide() ? "conversation" : "none" });
  const dialog = signal<DialogKind>({ kind: "none" });
  const composerCalled = signal(0);
  const target = signal<string | undefined>(undefined);

  const focusComposer = () => {
    composerCalled.value += 1;
  };

  const showAside = (next: Aside) => {
    batch(() => {
      aside.value = next;
      pane.value = "aside";
    });
  };

  return {
    conversation,
    pane,
    aside,
    dialog,
    composerCalled,
    target,
    focusComposer,
    goTo(id) {
      batch(() => {
        conversation.value = id;
        pane.value = "conversation";
        target.value = undefined;
        dialog.value = { kind: "none" };
        // Where it lies over the conversation it would hide what one came for.
        if (!isWide()) aside.value = { kind: "none" };
        else if (aside.value.kind !== "none" && aside.value.kind !== "search") aside.value = { kind: "conversation" };
        focusComposer();
      });
    },
    showAside,
    showThread: ({ in: conversationId, messageId, thread }) =>
      showAside({ kind: "thread", in: conversationId, root: thread?.root ?? messageId }),
    closeAside() {
      batch(() => {
        aside.value = { kind: "none" };
        pane.value = "conversation";
        focusComposer();
      });
    },
    openDialog(next) {
      dialog.value = next;
    },
    closeDialog() {
      dialog.value = { kind: "none" };
    },
  };
}
