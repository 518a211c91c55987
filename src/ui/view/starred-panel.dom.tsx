/** What this person has starred, wherever it stands. */
import { useEffect, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { findConversation, labelOf } from "../model/conversation.ts";
import { ownStrings } from "../strings-own.ts";
import { Name } from "./controls.dom.tsx";

export function StarredPanel() {
  const { api, dates, now, readable, reveal, store, starsChanged } = useApp();
  const [starred, setStarred] = useState<readonly MessageView[] | undefined>(undefined);
  const changes = starsChanged.value;
  const isOpen = store.connection.value === "open";
  useEffect(() => {
    if (!isOpen) return;
    api.call("messages.starred", {}).then(
      ({ messages }) => setStarred(messages),
      () => undefined,
    );
  }, [changes, isOpen]);
  if (starred === undefined) return null;
  if (starred.length === 0) return <p class="aside-note">{ownStrings.noneStarred}</p>;
  return (
    <ul class="pinned-list">
      {starred.map((message) => {
        const where = findConversation(message.in, { rooms: store.rooms.value, peers: store.peers.value });
        return (
          <li key={message.messageId}>
            <button type="button" class="pinned" onClick={() => void reveal(message.in, message.messageId)}>
              <span class="pinned-head">
                <Name>{message.fromName}</Name> {where && <bdi>{labelOf(where)}</bdi>} <time>{dates.day(message.sentAt, now.value)}</time>
              </span>
              <bdi class="pinned-text">{readable(message.text)}</bdi>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
