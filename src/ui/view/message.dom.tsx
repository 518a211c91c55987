/** One message. The arrows walk from message to message; keys act on the chosen one (message-acts.dom.tsx). */

import { useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { personOf } from "../model/conversation.ts";
import { describeDelivery } from "../model/delivery.ts";
import type { MentionNames } from "../model/rich-text.ts";
import { strings } from "../strings.ts";
import { actStrings } from "../strings-acts.ts";
import { Avatar } from "./avatar.dom.tsx";
import { Name, WhichOne } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { memo } from "./memo.dom.ts";
import { MessageToolbar, PinMark, Reactions, SaidOrDeleted, useActs } from "./message-acts.dom.tsx";
import { StarMark } from "./own-marks.dom.tsx";
import { RichText } from "./rich-text.dom.tsx";
import { TrustMarks } from "./sidebar-rows.dom.tsx";
import { ThreadMark, WhereFrom } from "./thread-marks.dom.tsx";
import { TimeLeft } from "./timer.dom.tsx";

const words = strings.conversation;

export interface MessageProps {
  readonly message: MessageView;
  readonly startsGroup: boolean;
  readonly isOwn: boolean;
  readonly quoted: MessageView | undefined;
  readonly names: MentionNames;
  readonly flash: boolean;
  /** It is drawn in its thread, not in the room. */
  readonly inThread?: boolean;
  readonly onReply: (message: MessageView) => void;
  readonly onEdit: (message: MessageView) => void;
}

export const Message = memo(function Message(props: MessageProps) {
  const { message, startsGroup, isOwn, quoted, names, flash, inThread = false, onReply, onEdit } = props;
  const { dates, navigation, reveal } = useApp();
  const time = dates.time(message.sentAt);
  // Between two, every message is meant for the other.
  const highlights = message.mentionsYou && personOf(message.in) === undefined;
  const showPerson = () => navigation.showAside(isOwn ? { kind: "self" } : { kind: "person", peerId: message.from });
  const acts = useActs({ message, isOwn, onReply, onEdit });
  // Drawn where one is: three hundred toolbars would be most of the page.
  const [isNear, setNear] = useState(false);
  return (
    <article
      class={`message ${startsGroup ? "message-first" : ""} ${highlights ? "message-mentions" : ""} ${flash ? "message-flash" : ""}`}
      data-message={message.messageId}
      tabIndex={-1}
      aria-label={`${message.fromName}, ${time}`}
      onPointerEnter={() => setNear(true)}
      onPointerLeave={(event) => setNear(event.currentTarget.contains(document.activeElement))}
      onFocusIn={() => setNear(true)}
      onFocusOut={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)))
          setNear(event.currentTarget.matches(":hover"));
      }}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
        const act = acts.all.find(({ key }) => key === event.key);
        if (act === undefined) return;
        event.preventDefault();
        act.run();
      }}
    >
      <div class="gutter">
        {startsGroup ? (
          <button type="button" class="avatar-button" tabIndex={-1} aria-hidden="true" onClick={showPerson}>
            <Avatar peerId={message.from} name={message.fromName} size="medium" />
          </button>
        ) : (
          <time class="gutter-time" dateTime={new Date(message.sentAt).toISOString()} title={dates.full(message.sentAt)}>
            {time}
          </time>
        )}
      </div>
      <div class="message-body">
        {startsGroup && (
          <header class="message-head">
            <button type="button" class="author" tabIndex={-1} onClick={showPerson}>
              <Name>{message.fromName}</Name>
            </button>
            <PersonMarks peerId={message.from} />
            <time class="message-time" dateTime={new Date(message.sentAt).toISOString()} title={dates.full(message.sentAt)}>
              {time}
            </time>
          </header>
        )}
        <WhereFrom message={message} inThread={inThread} />
        {message.replyTo !== null && (
          <Quote quoted={quoted} onClick={() => message.replyTo !== null && void reveal(message.in, message.replyTo)} />
        )}
        <SaidOrDeleted message={message}>
          <RichText text={message.text} names={names} />
        </SaidOrDeleted>
        <Reactions message={message} acts={acts} />
        {!inThread && <ThreadMark message={message} />}
      </div>
      {(isOwn || message.expiresAt !== null || message.pinned !== null || message.starred) && (
        <span class="message-edge">
          <StarMark message={message} />
          <PinMark message={message} />
          {message.expiresAt !== null && <TimeLeft expiresAt={message.expiresAt} />}
          {isOwn && !message.deleted && <DeliveryState message={message} />}
        </span>
      )}
      {!message.deleted && (isNear || acts.opened !== "nothing") && <MessageToolbar acts={acts} />}
    </article>
  );
});

/** Follows the person by itself: the message they stand beside is not drawn anew. */
function PersonMarks({ peerId }: { readonly peerId: string }) {
  const peer = useApp().store.peers.value.get(peerId);
  if (!peer) return null;
  return (
    <span class="message-marks">
      <WhichOne peer={peer} />
      <TrustMarks peer={peer} />
    </span>
  );
}

function Quote({ quoted, onClick }: { readonly quoted: MessageView | undefined; readonly onClick: () => void }) {
  const { readable } = useApp();
  return (
    <button type="button" class="quote" onClick={onClick}>
      <Icon name="reply" size={12} />
      {quoted ? (
        <>
          <span class="visually-hidden">{words.quoted(quoted.fromName)}: </span>
          <span class="quote-author" aria-hidden="true">
            <Name>{quoted.fromName}</Name>
          </span>
          <bdi class="quote-text">{quoted.deleted ? actStrings.deleted : readable(quoted.text)}</bdi>
        </>
      ) : (
        <span class="quote-text">{words.quoted(words.earlierMessage)}</span>
      )}
    </button>
  );
}

function DeliveryState({ message }: { readonly message: MessageView }) {
  const { store } = useApp();
  const delivery = describeDelivery(message, store.nameOf);
  return (
    <span class={`delivery delivery-${delivery.mark}`}>
      <Icon name={delivery.mark} size={14} />
      {delivery.count !== undefined && (
        <span class="delivery-count" aria-hidden="true">
          {delivery.count}
        </span>
      )}
      <span class="tip">{delivery.words}</span>
    </span>
  );
}
