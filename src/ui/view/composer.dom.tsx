/** Where one writes. It never moves, never loses a word: drafts stay with their conversation, failed texts in the outbox. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { bytesLeftShown, completionsMax, composerLinesMax, textBytesMax } from "../limits.ts";
import { utf8Bytes } from "../model/amounts.ts";
import { complete, completionAt } from "../model/completion.ts";
import { type Conversation, heldBack, labelOf } from "../model/conversation.ts";
import { findEmoji, shortcodeAt } from "../model/emoji.ts";
import { namesForAll } from "../model/rich-text.ts";
import { strings } from "../strings.ts";
import { formatStrings } from "../strings-format.ts";
import { ownStrings } from "../strings-own.ts";
import { CompletionList, completionListId, completionOptionId, type Option } from "./completion.dom.tsx";
import { IconButton, Name } from "./controls.dom.tsx";
import { applyEdit, editByKey } from "./editing.dom.ts";
import { Icon } from "./icon.dom.tsx";

const words = strings.conversation;

interface Offer {
  /** Where "@" or ":" stands. */
  readonly start: number;
  readonly label: string;
  readonly options: readonly Option[];
  readonly chosen: number;
}

interface ComposerProps {
  readonly conversation: Conversation;
  readonly replyTo: MessageView | undefined;
  readonly onReplyTo: (message: MessageView | undefined) => void;
  /** The last message of one's own is to be corrected. */
  readonly onEditLast: () => void;
}

export function Composer({ conversation, replyTo, onReplyTo, onEditLast }: ComposerProps) {
  const { drafts, emoji, outbox, navigation, readable, store } = useApp();
  const { id } = conversation;
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => drafts.get(id)?.text ?? "");
  const [completion, setCompletion] = useState<Offer | undefined>(undefined);
  const bytesLeft = textBytesMax - utf8Bytes(text.trim());
  const obstacle = heldBack(conversation);
  const isSendable = text.trim() !== "" && bytesLeft >= 0 && obstacle === undefined;

  const keep = (nextText: string, nextReplyTo: MessageView | undefined) => {
    if (nextText === "" && !nextReplyTo) drafts.delete(id);
    else drafts.set(id, { text: nextText, replyTo: nextReplyTo });
  };
  const keptReply = useRef(replyTo);
  useEffect(() => {
    // What is kept may be older than this composer: only what is chosen in it counts.
    if (keptReply.current === replyTo) return;
    keptReply.current = replyTo;
    keep(text, replyTo);
  }, [replyTo]);

  const called = navigation.composerCalled.value;
  useLayoutEffect(() => {
    // "Edit" of a refused text puts it into the draft, then calls.
    const draft = drafts.get(id);
    if ((draft?.text ?? "") !== text) {
      setText(draft?.text ?? "");
      onReplyTo(draft?.replyTo);
    }
    if (document.querySelector("dialog[open]") === null) field.current?.focus();
  }, [called]);

  useLayoutEffect(() => {
    if (field.current) fitHeight(field.current);
  }, [text]);

  const change = (next: string, caret: number) => {
    setText(next);
    keep(next, replyTo);
    const names = [...store.peers.value.values()].filter(({ online }) => online).map(({ name }) => name);
    const found = completionAt(next, caret, conversation.kind === "room" ? [...names, ...namesForAll] : names);
    const options = found?.names.map((name) => ({ inserted: `@${name}`, label: name }));
    setCompletion(found && options ? { start: found.start, label: words.names, options, chosen: 0 } : offerEmoji(next, caret));
    if (next !== "") emoji.load();
  };

  const offerEmoji = (next: string, caret: number): Offer | undefined => {
    const asked = shortcodeAt(next, caret);
    const found = asked && emoji.book.value ? findEmoji(emoji.book.value, asked.typed, completionsMax) : [];
    const options = found.map((one) => ({ inserted: emoji.toned(one), label: `${emoji.toned(one)} ${one.names[0]}` }));
    return asked && options.length > 0 ? { start: asked.start, label: formatStrings.emoji, options, chosen: 0 } : undefined;
  };

  /** The colon that closes a name makes it the emoji. */
  const onColon = (area: HTMLTextAreaElement) => {
    const before = area.value.slice(0, area.selectionStart);
    const replaced = emoji.replace(before);
    if (replaced === before) return;
    applyEdit(area, { text: replaced + area.value.slice(area.selectionStart), start: replaced.length, end: replaced.length });
  };

  const accept = (inserted: string) => {
    const area = field.current;
    if (!area || !completion) return;
    const completed = complete(area.value, area.selectionStart, completion.start, inserted);
    applyEdit(area, { text: completed.text, start: completed.caret, end: completed.caret });
    setCompletion(undefined);
  };

  const send = () => {
    if (!isSendable || !outbox.send(id, emoji.replace(text.trim()), replyTo?.messageId)) return;
    setText("");
    drafts.delete(id);
    onReplyTo(undefined);
    setCompletion(undefined);
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter belongs to it.
    if (event.isComposing) return;
    if (completion && !event.altKey && !event.ctrlKey && !event.metaKey) {
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      const chosen = completion.options[completion.chosen];
      if (step !== 0) {
        const { length } = completion.options;
        setCompletion({ ...completion, chosen: (completion.chosen + step + length) % length });
      } else if (event.key === "Escape") setCompletion(undefined);
      else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && chosen !== undefined) accept(chosen.inserted);
      else return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (field.current && editByKey(event, field.current)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && text === "" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      onEditLast();
    } else if (event.key === "Escape" && replyTo) {
      event.stopPropagation();
      onReplyTo(undefined);
    }
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {conversation.kind === "person" && !conversation.peer.online && <p class="composer-note">{words.awayNote(conversation.peer.name)}</p>}
      <div class="composer-box">
        {replyTo && (
          <div class="composer-reply">
            <Icon name="reply" size={14} />
            <span class="composer-reply-text">
              <Name>{words.replyingTo(replyTo.fromName)}</Name>
              <bdi>{readable(replyTo.text)}</bdi>
            </span>
            <IconButton icon="close" label={words.dropReply} onClick={() => onReplyTo(undefined)} />
          </div>
        )}
        <div class="composer-line">
          <textarea
            class="composer-field"
            ref={field}
            rows={1}
            value={text}
            dir="auto"
            aria-label={words.composer(labelOf(conversation))}
            placeholder={words.composer(labelOf(conversation))}
            aria-controls={completion ? completionListId : undefined}
            aria-activedescendant={completion ? completionOptionId(completion.chosen) : undefined}
            aria-describedby="composer-bytes"
            onInput={(event) => {
              change(event.currentTarget.value, event.currentTarget.selectionStart);
              if (event.inputType === "insertText" && event.data === ":") onColon(event.currentTarget);
            }}
            onKeyDown={onKeyDown}
            onBlur={() => setCompletion(undefined)}
          />
          <IconButton
            icon="react"
            label={formatStrings.emoji}
            onClick={() => navigation.openDialog({ kind: "emoji", target: { what: "write", id } })}
          />
          <IconButton icon="later" label={ownStrings.sendLater} onClick={() => navigation.openDialog({ kind: "schedule", id })} />
          <button type="submit" class="send" aria-label={words.send} title={`${words.send} (Enter)`} disabled={!isSendable}>
            <Icon name="send" size={16} />
          </button>
        </div>
        {completion && (
          <CompletionList label={completion.label} options={completion.options} chosen={completion.chosen} onAccept={accept} />
        )}
      </div>
      <p class={bytesLeft < 0 ? "composer-bytes composer-bytes-over" : "composer-bytes"} id="composer-bytes">
        {obstacle !== undefined && text.trim() !== "" ? (
          <span role="alert">{obstacle === "blocked" ? strings.trust.unblockFirst(labelOf(conversation)) : strings.trust.decideFirst}</span>
        ) : (
          bytesWords(bytesLeft)
        )}
      </p>
    </form>
  );
}

function bytesWords(bytesLeft: number): string {
  if (bytesLeft < 0) return words.bytesOver(-bytesLeft);
  return bytesLeft <= bytesLeftShown ? words.bytesLeft(bytesLeft) : "";
}

export function fitHeight(field: HTMLTextAreaElement): void {
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(field);
  const padding = Number.parseFloat(paddingTop) + Number.parseFloat(paddingBottom);
  const heightMax = Number.parseFloat(lineHeight) * composerLinesMax + padding;
  field.style.height = "0";
  field.style.height = `${Math.min(field.scrollHeight, heightMax)}px`;
}
