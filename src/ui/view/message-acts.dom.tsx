/** What can be done with a message, and what was done to it. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { permalinkTo } from "../model/permalinks.ts";
import { strings } from "../strings.ts";
import { actStrings } from "../strings-acts.ts";
import { formatStrings } from "../strings-format.ts";
import { ownStrings } from "../strings-own.ts";
import { placeStrings } from "../strings-places.ts";
import { threadStrings } from "../strings-threads.ts";
import { IconButton } from "./controls.dom.tsx";
import { Icon, type IconName } from "./icon.dom.tsx";
import { type Submit, useSubmit } from "./use-submit.dom.ts";

/** One thing to do with a message: a button or a line of the menu, and a key on the chosen message. */
export interface MessageAct {
  readonly icon: IconName;
  readonly label: string;
  /** As `KeyboardEvent.key` says it. */
  readonly key: string;
  /** A button of its own; else it stands in the menu. */
  readonly isMain: boolean;
  readonly isDangerous?: boolean;
  run(): void;
}

export interface Acts {
  readonly submit: Submit;
  /** What is open beside the message. */
  readonly opened: "nothing" | "signs" | "menu";
  /** All that can be done with it, in the order of toolbar and menu. */
  readonly all: readonly MessageAct[];
  show(opened: "nothing" | "signs" | "menu"): void;
  react(emoji: string): void;
  /** A sign among all there are. */
  chooseEmoji(): void;
}

export interface ActsProps {
  readonly message: MessageView;
  readonly isOwn: boolean;
  readonly onReply: (message: MessageView) => void;
  readonly onEdit: (message: MessageView) => void;
}

export function useActs({ message, isOwn, onReply, onEdit }: ActsProps): Acts {
  const { api, attention, navigation, store } = useApp();
  const submit = useSubmit();
  const [opened, show] = useState<Acts["opened"]>("nothing");
  const { messageId, deleted } = message;
  const self = store.session.value?.peerId ?? "";
  const words = strings.conversation;
  // Asked for where one is, and by a key: not for each of three hundred messages.
  const allActs = (): readonly MessageAct[] => {
    const all: MessageAct[] = [
      { icon: "react", label: actStrings.react, key: "+", isMain: true, run: () => show(opened === "signs" ? "nothing" : "signs") },
      { icon: "reply", label: words.reply, key: "r", isMain: true, run: () => onReply(message) },
      { icon: "thread", label: threadStrings.open, key: "t", isMain: true, run: () => navigation.showThread(message) },
    ];
    if (isOwn && message.expiresAt === null)
      all.push({ icon: "pencil", label: actStrings.edit, key: "e", isMain: true, run: () => onEdit(message) });
    all.push({
      icon: message.pinned === null ? "pin" : "unpin",
      label: message.pinned === null ? actStrings.pin : actStrings.unpin,
      key: "p",
      isMain: false,
      run: () => submit.run(async () => void (await api.call("messages.pin", { messageId, on: message.pinned === null }))),
    });
    all.push({
      icon: message.starred ? "unstar" : "star",
      label: message.starred ? ownStrings.unstar : ownStrings.star,
      key: "s",
      isMain: false,
      run: () => submit.run(async () => void (await api.call("messages.star", { messageId, on: !message.starred }))),
    });
    if (!isOwn && message.thread === null)
      all.push({ icon: "unread", label: ownStrings.markUnread, key: "u", isMain: false, run: () => attention.markUnread(message) });
    if (message.expiresAt === null)
      all.push({
        icon: "forward",
        label: threadStrings.forward,
        key: "f",
        isMain: false,
        run: () => navigation.openDialog({ kind: "forward", messageId }),
      });
    all.push({ icon: "copy", label: words.copy, key: "c", isMain: false, run: () => void navigator.clipboard.writeText(message.text) });
    all.push({
      icon: "link",
      label: placeStrings.copyLink,
      key: "l",
      isMain: false,
      run: () => void navigator.clipboard.writeText(permalinkTo(messageId)),
    });
    if (isOwn)
      all.push({
        icon: "delete",
        label: actStrings.delete,
        key: "Delete",
        isMain: false,
        isDangerous: true,
        run: () => navigation.openDialog({ kind: "delete", messageId }),
      });
    all.push({ icon: "more", label: actStrings.more, key: "m", isMain: true, run: () => show(opened === "menu" ? "nothing" : "menu") });
    return all;
  };
  return {
    submit,
    opened: deleted ? "nothing" : opened,
    get all() {
      return deleted ? [] : allActs();
    },
    show,
    chooseEmoji() {
      show("nothing");
      navigation.openDialog({ kind: "emoji", target: { what: "react", messageId } });
    },
    react(emoji) {
      show("nothing");
      const on = message.reactions.find((reaction) => reaction.emoji === emoji)?.from.includes(self) !== true;
      submit.run(async () => void (await api.call("messages.react", { messageId, emoji, on })));
    },
  };
}

const keyLabel = (key: string): string => (key.length === 1 ? key.toUpperCase() : key);

export function MessageToolbar({ acts }: { readonly acts: Acts }) {
  const isOpen = acts.opened !== "nothing";
  const bar = useRef<HTMLDivElement>(null);
  // A click elsewhere closes what is open.
  useEffect(() => {
    if (!isOpen) return;
    const onDown = (event: Event) => {
      if (event.target instanceof Node && bar.current?.contains(event.target) !== true) acts.show("nothing");
    };
    document.addEventListener("pointerdown", onDown);
    return () => document.removeEventListener("pointerdown", onDown);
  }, [isOpen]);
  return (
    <div
      class={isOpen ? "message-actions message-actions-open" : "message-actions"}
      role="toolbar"
      aria-label={strings.conversation.actions}
      ref={bar}
    >
      {acts.opened === "signs" && <SignPicker onChoose={acts.react} onMore={acts.chooseEmoji} onClose={() => acts.show("nothing")} />}
      {acts.opened === "menu" && <MessageMenu acts={acts} />}
      {acts.all
        .filter(({ isMain }) => isMain)
        .map(({ icon, label, key, run }) => (
          <IconButton key={key} icon={icon} label={label} shortcut={keyLabel(key)} tabIndex={-1} onClick={run} />
        ))}
    </div>
  );
}

function MessageMenu({ acts }: { readonly acts: Acts }) {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = menu.current;
    if (box === null) return;
    // Above, where there is no room below.
    const frame = box.closest(".messages, .thread-messages")?.getBoundingClientRect();
    if (frame !== undefined && box.getBoundingClientRect().bottom > frame.bottom) box.classList.add("message-menu-above");
    box.querySelector("button")?.focus();
  }, []);
  const back = (from: HTMLElement) => {
    acts.show("nothing");
    from.closest<HTMLElement>("[data-message]")?.focus();
  };
  return (
    <div
      class="message-menu"
      role="menu"
      aria-label={actStrings.more}
      tabIndex={-1}
      ref={menu}
      onKeyDown={(event) => {
        const items = [...event.currentTarget.querySelectorAll("button")];
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (event.key === "Escape" || event.key === "Tab") back(event.currentTarget);
        else if (step !== 0)
          items[(items.indexOf(document.activeElement as HTMLButtonElement) + step + items.length) % items.length]?.focus();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {acts.all
        .filter(({ isMain }) => !isMain)
        .map(({ icon, label, key, isDangerous, run }) => (
          <button
            key={key}
            type="button"
            role="menuitem"
            class={isDangerous ? "menu-item menu-item-danger" : "menu-item"}
            tabIndex={-1}
            onClick={(event) => {
              back(event.currentTarget);
              run();
            }}
          >
            <Icon name={icon} size={14} /> <span>{label}</span> <kbd>{keyLabel(key)}</kbd>
          </button>
        ))}
    </div>
  );
}

interface SignPickerProps {
  readonly onChoose: (emoji: string) => void;
  readonly onMore: () => void;
  readonly onClose: () => void;
}

function SignPicker({ onChoose, onMore, onClose }: SignPickerProps) {
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => group.current?.querySelector("button")?.focus(), []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no popup
    <div
      class="sign-picker"
      role="group"
      aria-label={actStrings.reactWith}
      ref={group}
      onKeyDown={(event) => {
        const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (event.key === "Escape") {
          onClose();
          event.currentTarget.closest<HTMLElement>("[data-message]")?.focus();
        } else if (step !== 0) {
          const buttons = [...event.currentTarget.querySelectorAll("button")];
          const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
          buttons[(at + step + buttons.length) % buttons.length]?.focus();
        } else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {actStrings.signs.map(([emoji, name]) => (
        <button
          key={emoji}
          type="button"
          class="sign"
          aria-label={name}
          title={name}
          onClick={(event) => {
            event.currentTarget.closest<HTMLElement>("[data-message]")?.focus();
            onChoose(emoji);
          }}
        >
          {emoji}
        </button>
      ))}
      <button
        type="button"
        class="sign"
        aria-label={formatStrings.moreEmoji}
        title={formatStrings.moreEmoji}
        onClick={(event) => {
          event.currentTarget.closest<HTMLElement>("[data-message]")?.focus();
          onMore();
        }}
      >
        <Icon name="plus" size={16} />
      </button>
    </div>
  );
}

/** Below the text: the signs that were put there. */
export function Reactions({ message, acts }: { readonly message: MessageView; readonly acts: Acts }) {
  const { store } = useApp();
  const self = store.session.value?.peerId ?? "";
  if (message.reactions.length === 0 && acts.submit.error === undefined) return null;
  return (
    <div class="reactions">
      {message.reactions.map(({ emoji, from }) => {
        const isMine = from.includes(self);
        const others = from.filter((peerId) => peerId !== self).map(store.nameOf);
        const names = [...(isMine ? [actStrings.you] : []), ...others].join(", ");
        const label = actStrings.reaction(actStrings.signs.find(([sign]) => sign === emoji)?.[1] ?? emoji, names);
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={isMine}
            title={label}
            tabIndex={-1}
            onClick={() => acts.react(emoji)}
          >
            <span>{emoji}</span> <span>{from.length}</span> <span class="visually-hidden">{label}</span>
          </button>
        );
      })}
      {acts.submit.error !== undefined && (
        <span class="act-error" role="alert">
          {acts.submit.error}
        </span>
      )}
    </div>
  );
}

/** The text, or that there is none any more; and that it was another. */
export function SaidOrDeleted({ message, children }: { readonly message: MessageView; readonly children: ComponentChildren }) {
  const { dates, navigation } = useApp();
  if (message.deleted) return <p class="text text-deleted">{actStrings.deleted}</p>;
  if (message.editedAt === null) return <>{children}</>;
  return (
    <>
      {children}
      <button
        type="button"
        class="edited-mark"
        tabIndex={-1}
        title={actStrings.editedAt(dates.full(message.editedAt))}
        aria-label={actStrings.editedAt(dates.full(message.editedAt))}
        onClick={() => navigation.openDialog({ kind: "history", messageId: message.messageId })}
      >
        ({actStrings.edited})
      </button>
    </>
  );
}

export function PinMark({ message }: { readonly message: MessageView }) {
  const { store } = useApp();
  if (message.pinned === null) return null;
  const self = store.session.value?.peerId;
  const label = actStrings.pinnedBy(message.pinned.by === self ? actStrings.you : store.nameOf(message.pinned.by));
  return (
    <span class="pin-mark" title={label}>
      <Icon name="pin" size={12} />
      <span class="visually-hidden">{label}</span>
    </span>
  );
}
