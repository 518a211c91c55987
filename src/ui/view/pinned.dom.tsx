/** The pinned messages of a conversation, in its details. */
import { useEffect, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import type { ConversationId } from "../model/conversation.ts";
import { actStrings } from "../strings-acts.ts";
import { Name } from "./controls.dom.tsx";

export function Pinned({ conversation }: { readonly conversation: ConversationId }) {
  const { api, conversations, dates, now, readable, reveal } = useApp();
  const [pinned, setPinned] = useState<readonly MessageView[]>([]);
  const { messages } = conversations.windowOf(conversation).value;
  // Pins of what is drawn change with it; others are as they were when this was opened.
  const signs = messages.map(({ messageId, pinned: pin, deleted }) => (pin === null || deleted ? "" : messageId)).join("");
  useEffect(() => {
    let isOver = false;
    api.call("messages.pinned", { in: conversation }).then(
      (answer) => {
        if (!isOver) setPinned(answer.messages);
      },
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [conversation, signs]);
  return (
    <section class="pinned-section">
      <div class="section-head">
        <h3 class="section-title">{actStrings.pinned}</h3>
      </div>
      {pinned.length === 0 && <p class="fact-note">{actStrings.nonePinned}</p>}
      <ul class="pinned-list">
        {pinned.map((message) => (
          <li key={message.messageId}>
            <button type="button" class="pinned" onClick={() => void reveal(message.in, message.messageId)}>
              <span class="pinned-head">
                <Name>{message.fromName}</Name> <time>{dates.day(message.sentAt, now.value)}</time>
              </span>
              <bdi class="pinned-text">{readable(message.text)}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
