import { useEffect, useRef, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import type { Conversation as ConversationModel } from "../model/conversation.ts";
import { labelOf } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Composer } from "./composer.dom.tsx";
import { ConversationHeader } from "./conversation-header.dom.tsx";
import { EditComposer } from "./edit-composer.dom.tsx";
import { Messages } from "./messages.dom.tsx";
import { ScheduledNote, TypingLine } from "./own-marks.dom.tsx";
import { TrustBanner } from "./trust-banner.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.conversation;

export function Conversation() {
  const { current, store } = useApp();
  const conversation = current.value;
  if (!conversation) return <section class="conversation">{store.session.value && <p class="conversation-gone">{words.gone}</p>}</section>;
  return (
    <section class="conversation" aria-label={labelOf(conversation)} key={conversation.id}>
      <ConversationHeader conversation={conversation} />
      {conversation.kind === "room" && !conversation.room.joined ? (
        <NotJoined conversation={conversation} />
      ) : (
        <OpenConversation key={conversation.id} conversation={conversation} />
      )}
    </section>
  );
}

function OpenConversation({ conversation }: { readonly conversation: ConversationModel }) {
  const { conversations, drafts, navigation, store } = useApp();
  const selfId = store.session.value?.peerId;
  const { id } = conversation;
  const [replyTo, setReplyTo] = useState<MessageView | undefined>(() => drafts.get(id)?.replyTo);
  const [reply] = useState(() => (message: MessageView) => {
    setReplyTo(message);
    navigation.focusComposer();
  });
  const [editing, setEditing] = useState<MessageView | undefined>(undefined);
  const { messages } = conversations.windowOf(id).value;
  // Deleted elsewhere meanwhile, or by another window.
  const edited = editing && messages.find(({ messageId, deleted }) => messageId === editing.messageId && !deleted);
  const editLast = () =>
    setEditing(
      messages
        .filter(({ from, deleted, expiresAt, notice }) => from === selfId && !deleted && expiresAt === null && notice === null)
        .at(-1),
    );
  const isGone = replyTo !== undefined && replyTo.expiresAt !== null && !messages.some(({ messageId }) => messageId === replyTo.messageId);
  useEffect(() => {
    if (isGone) setReplyTo(undefined);
  }, [isGone]);
  return (
    <>
      <Messages conversation={conversation} onReply={reply} onEdit={setEditing} />
      <TrustBanner conversation={conversation} />
      <ScheduledNote conversation={id} />
      {edited ? (
        <EditComposer key={edited.messageId} message={edited} onDone={() => setEditing(undefined)} />
      ) : (
        <Composer conversation={conversation} replyTo={isGone ? undefined : replyTo} onReplyTo={setReplyTo} onEditLast={editLast} />
      )}
      <TypingLine conversation={id} />
    </>
  );
}

function NotJoined({ conversation }: { readonly conversation: Extract<ConversationModel, { kind: "room" }> }) {
  const { api, open } = useApp();
  const joining = useSubmit();
  const { name, roomId } = conversation.room;
  const join = useRef<HTMLButtonElement>(null);
  // Not before a dialog that led here has given the focus back.
  useEffect(() => join.current?.focus(), []);
  return (
    <div class="not-joined">
      <h3>{words.notJoined(name)}</h3>
      <p>{joining.error ?? words.joinToRead}</p>
      <button
        type="button"
        ref={join}
        class="button button-primary"
        disabled={joining.busy}
        onClick={() =>
          joining.run(async () => {
            await api.call("rooms.join", { room: roomId });
            open(roomId);
          })
        }
      >
        {strings.sidebar.joinRoom(name)}
      </button>
    </div>
  );
}
