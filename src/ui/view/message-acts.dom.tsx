/** What can be done with a message, and what was done to it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { actStrings } from "../strings-acts.ts";
import { IconButton } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { type Submit, useSubmit } from "./use-submit.dom.ts";

export interface Acts {
  readonly submit: Submit;
  readonly isChoosing: boolean;
  choose(isChoosing: boolean): void;
  react(emoji: string): void;
  pin(): void;
  edit(): void;
  delete(): void;
  copy(): void;
}

export function useActs(message: MessageView, isOwn: boolean, onEdit: (message: MessageView) => void): Acts {
  const { api, navigation, store } = useApp();
  const submit = useSubmit();
  const [isChoosing, choose] = useState(false);
  const { messageId, deleted } = message;
  const self = store.session.value?.peerId ?? "";
  return {
    submit,
    isChoosing: isChoosing && !deleted,
    choose,
    react(emoji) {
      choose(false);
      const on = message.reactions.find((reaction) => reaction.emoji === emoji)?.from.includes(self) !== true;
      submit.run(async () => void (await api.call("messages.react", { messageId, emoji, on })));
    },
    pin() {
      if (!deleted) submit.run(async () => void (await api.call("messages.pin", { messageId, on: message.pinned === null })));
    },
    edit() {
      if (isOwn && !deleted && message.expiresAt === null) onEdit(message);
    },
    delete() {
      if (isOwn && !deleted) navigation.openDialog({ kind: "delete", messageId });
    },
    copy: () => void navigator.clipboard.writeText(message.text),
  };
}

interface ToolbarProps {
  readonly message: MessageView;
  readonly isOwn: boolean;
  readonly acts: Acts;
  readonly onReply: (message: MessageView) => void;
}

export function MessageToolbar({ message, isOwn, acts, onReply }: ToolbarProps) {
  const words = strings.conversation;
  return (
    <div class={acts.isChoosing ? "message-actions message-actions-open" : "message-actions"} role="toolbar" aria-label={words.actions}>
      {acts.isChoosing && <SignPicker onChoose={acts.react} onClose={() => acts.choose(false)} />}
      <IconButton icon="react" label={actStrings.react} shortcut="+" tabIndex={-1} onClick={() => acts.choose(!acts.isChoosing)} />
      <IconButton icon="reply" label={words.reply} shortcut="R" tabIndex={-1} onClick={() => onReply(message)} />
      {isOwn && message.expiresAt === null && (
        <IconButton icon="pencil" label={actStrings.edit} shortcut="E" tabIndex={-1} onClick={acts.edit} />
      )}
      <IconButton
        icon={message.pinned === null ? "pin" : "unpin"}
        label={message.pinned === null ? actStrings.pin : actStrings.unpin}
        shortcut="P"
        tabIndex={-1}
        onClick={acts.pin}
      />
      <IconButton icon="copy" label={words.copy} shortcut="C" tabIndex={-1} onClick={acts.copy} />
      {isOwn && <IconButton icon="delete" label={actStrings.delete} shortcut="Delete" tabIndex={-1} onClick={acts.delete} />}
    </div>
  );
}

function SignPicker({ onChoose, onClose }: { readonly onChoose: (emoji: string) => void; readonly onClose: () => void }) {
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
