/** A thread beside the conversation: the message it begins at, the answers, and where one writes the next. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { textBytesMax } from "../limits.ts";
import { utf8Bytes } from "../model/amounts.ts";
import { type ConversationId, findConversation, heldBack, labelOf } from "../model/conversation.ts";
import type { MentionNames } from "../model/rich-text.ts";
import { strings } from "../strings.ts";
import { threadStrings } from "../strings-threads.ts";
import { fitHeight } from "./composer.dom.tsx";
import { IconButton, Name } from "./controls.dom.tsx";
import { EditComposer } from "./edit-composer.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { Message } from "./message.dom.tsx";
import { useMentionNames, walkMessages } from "./messages.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

interface ThreadPanelProps {
  readonly conversation: ConversationId;
  readonly root: string;
}

export function ThreadPanel({ conversation, root }: ThreadPanelProps) {
  const { store, threads } = useApp();
  const names = useMentionNames();
  const [replyTo, setReplyTo] = useState<MessageView | undefined>(undefined);
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const isConnected = store.connection.value === "open";
  useEffect(() => {
    if (isConnected) void threads.load(conversation, root);
  }, [conversation, root, isConnected]);
  const { first, answers, hasOlder, status } = threads.opened.value;
  const scroller = useEndInView(answers);
  if (status === "gone") return <p class="aside-note thread-note">{threadStrings.gone}</p>;
  const all = first === undefined ? [] : [first, ...answers];
  const edited = all.find(({ messageId, deleted }) => messageId === editing && !deleted);
  return (
    <>
      <div
        class="thread-messages"
        role="log"
        aria-label={threadStrings.messages}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by key
        tabIndex={0}
        ref={scroller}
        onKeyDown={walkMessages}
      >
        {first === undefined ? (
          <p class="thread-note">{threadStrings.loading}</p>
        ) : (
          <Line message={first} all={all} names={names} onReply={setReplyTo} onEdit={setEditing} />
        )}
        {first !== undefined && answers.length === 0 && <p class="thread-note">{threadStrings.none}</p>}
        {first !== undefined && answers.length > 0 && (
          <h3 class="day thread-count">
            <span>{threadStrings.replies(first.replies)}</span>
          </h3>
        )}
        {hasOlder && (
          <button type="button" class="button button-small thread-older" onClick={() => void threads.loadOlder().catch(() => undefined)}>
            {threadStrings.older}
          </button>
        )}
        {answers.map((message) => (
          <Line key={message.messageId} message={message} all={all} names={names} onReply={setReplyTo} onEdit={setEditing} />
        ))}
      </div>
      {edited !== undefined ? (
        <EditComposer key={edited.messageId} message={edited} onDone={() => setEditing(undefined)} />
      ) : (
        <ThreadComposer conversation={conversation} root={root} replyTo={replyTo} onReplyTo={setReplyTo} />
      )}
    </>
  );
}

interface LineProps {
  readonly message: MessageView;
  readonly all: readonly MessageView[];
  readonly names: MentionNames;
  readonly onReply: (message: MessageView) => void;
  readonly onEdit: (messageId: string) => void;
}

function Line({ message, all, names, onReply, onEdit }: LineProps) {
  const { store, threads } = useApp();
  const quoted = message.replyTo === null ? undefined : all.find(({ messageId }) => messageId === message.replyTo);
  const edit = useMemo(() => (edited: MessageView) => onEdit(edited.messageId), [onEdit]);
  return (
    <Message
      message={message}
      startsGroup
      isOwn={message.from === store.session.value?.peerId}
      quoted={quoted}
      names={names}
      flash={threads.target.value === message.messageId}
      inThread
      onReply={onReply}
      onEdit={edit}
    />
  );
}

/** The newest answer comes into view, or the one that was asked for, unless one reads further up. */
function useEndInView(answers: readonly MessageView[]) {
  const { threads } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const wasAtEnd = useRef(true);
  const target = threads.target.value;
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    const wanted = target === undefined ? null : box.querySelector<HTMLElement>(`[data-message="${CSS.escape(target)}"]`);
    if (wanted !== null) {
      wanted.scrollIntoView({ block: "center" });
      wanted.focus({ preventScroll: true });
      const shown = setTimeout(() => threads.revealed(), 2_000);
      return () => clearTimeout(shown);
    }
    if (wasAtEnd.current) box.scrollTop = box.scrollHeight;
    return undefined;
  }, [answers, target]);
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    const notice = () => {
      wasAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    };
    box.addEventListener("scroll", notice, { passive: true });
    return () => box.removeEventListener("scroll", notice);
  }, [answers.length > 0]);
  return scroller;
}

interface ThreadComposerProps extends ThreadPanelProps {
  readonly replyTo: MessageView | undefined;
  readonly onReplyTo: (message: MessageView | undefined) => void;
}

function ThreadComposer({ conversation: id, root, replyTo, onReplyTo }: ThreadComposerProps) {
  const { api, emoji, store, threads } = useApp();
  const [text, setText] = useState(() => threads.drafts.get(root) ?? "");
  const [alsoInRoom, setAlsoInRoom] = useState(false);
  const sending = useSubmit();
  const field = useRef<HTMLTextAreaElement>(null);
  const conversation = findConversation(id, { rooms: store.rooms.value, peers: store.peers.value });
  const bytesLeft = textBytesMax - utf8Bytes(text.trim());
  const obstacle = conversation && heldBack(conversation);
  const isSendable = text.trim() !== "" && bytesLeft >= 0 && obstacle === undefined && !sending.busy;
  const change = (next: string) => {
    setText(next);
    if (next !== "") emoji.load();
    if (next === "") threads.drafts.delete(root);
    else threads.drafts.set(root, next);
  };
  useEffect(() => field.current?.focus(), [root, replyTo]);
  useLayoutEffect(() => {
    if (field.current) fitHeight(field.current);
  }, [text]);
  const send = () => {
    if (!isSendable) return;
    sending.run(async () => {
      const about = replyTo === undefined ? {} : { replyTo: replyTo.messageId };
      await api.call("messages.send", { to: id, text: emoji.replace(text.trim()), thread: root, alsoInRoom, ...about });
      // Refused, it stays where it was typed.
      change("");
      setAlsoInRoom(false);
      onReplyTo(undefined);
      field.current?.focus();
    });
  };
  const problem = sending.error ?? (bytesLeft < 0 ? strings.conversation.bytesOver(-bytesLeft) : undefined);
  const held = obstacle === undefined || text.trim() === "" || conversation === undefined ? undefined : obstacle;
  return (
    <form
      class="composer thread-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-box">
        {replyTo !== undefined && (
          <div class="composer-reply">
            <Icon name="reply" size={14} />
            <span class="composer-reply-text">
              <Name>{strings.conversation.replyingTo(replyTo.fromName)}</Name>
              <bdi>{replyTo.text}</bdi>
            </span>
            <IconButton icon="close" label={strings.conversation.dropReply} onClick={() => onReplyTo(undefined)} />
          </div>
        )}
        <div class="composer-line">
          <textarea
            class="composer-field"
            ref={field}
            rows={1}
            value={text}
            dir="auto"
            aria-label={threadStrings.composer}
            placeholder={threadStrings.composer}
            aria-describedby="thread-problem"
            onInput={(event) => change(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.isComposing || event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
              event.preventDefault();
              send();
            }}
          />
          <button type="submit" class="send" aria-label={threadStrings.send} title={`${threadStrings.send} (Enter)`} disabled={!isSendable}>
            <Icon name="send" size={16} />
          </button>
        </div>
      </div>
      <label class="thread-also">
        <input type="checkbox" checked={alsoInRoom} onChange={(event) => setAlsoInRoom(event.currentTarget.checked)} />
        <span>{conversation?.kind === "room" ? threadStrings.alsoInRoom(labelOf(conversation)) : threadStrings.alsoInConversation}</span>
      </label>
      <p class={problem === undefined && held === undefined ? "composer-bytes" : "composer-bytes composer-bytes-over"} id="thread-problem">
        {problem !== undefined && <span role="alert">{problem}</span>}
        {problem === undefined && held !== undefined && conversation !== undefined && (
          <span role="alert">{held === "blocked" ? strings.trust.unblockFirst(labelOf(conversation)) : strings.trust.decideFirst}</span>
        )}
      </p>
    </form>
  );
}
