/** Above the first message there is: where one is, and what to do when nobody is here. */
import { useApp } from "../app.dom.ts";
import { formatCount } from "../model/amounts.ts";
import { type Conversation, labelOf, lobbyId } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { Mark } from "./mark.dom.tsx";

const words = strings.conversation;

export function Beginning({ conversation, isEmpty }: { readonly conversation: Conversation; readonly isEmpty: boolean }) {
  const { store, sidebar } = useApp();
  const isLobby = conversation.id === lobbyId;
  if (isLobby && isEmpty && sidebar.value.hereCount === 0) {
    const address = store.session.value?.addresses[0];
    return (
      <div class="beginning beginning-alone">
        <span class="beginning-mark">
          <Mark size={28} />
        </span>
        <h3>{words.aloneTitle}</h3>
        <p>{words.aloneWhat}</p>
        {address && (
          <p class="beginning-note">
            {words.aloneAddress("")}
            <code>{address}</code>
          </p>
        )}
      </div>
    );
  }
  const missing = conversation.kind === "room" ? conversation.room.missing : 0;
  if (missing > 0) return <p class="beginning-note">{words.olderComing(formatCount(missing))}</p>;
  return (
    <div class="beginning">
      {conversation.kind === "person" ? (
        <Avatar peerId={conversation.peer.peerId} name={conversation.peer.name} size="large" />
      ) : (
        <span class="beginning-mark">
          <Icon name={conversation.room.visibility === "private" ? "private" : "room"} size={28} />
        </span>
      )}
      <h3>{labelOf(conversation)}</h3>
      <p>{sayWhere(conversation)}</p>
      {conversation.kind === "room" && conversation.room.hasUntold && <p class="beginning-note">{words.untold}</p>}
    </div>
  );
}

function sayWhere(conversation: Conversation): string {
  if (conversation.kind === "person") return words.beginningPerson(conversation.peer.name);
  if (conversation.id === lobbyId) return words.beginningLobby;
  const { name, visibility, hasUntold } = conversation.room;
  if (hasUntold) return words.beginningPrivate;
  return `${words.beginningRoom(name)} ${visibility === "private" ? words.beginningPrivate : words.beginningPublic}`;
}
