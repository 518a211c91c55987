import { useApp } from "../app.dom.ts";
import { type Conversation, lobbyId } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { IconButton, Name, WhichOne } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { mainKey } from "./platform.dom.ts";
import { Mark, presenceWords, TrustMarks } from "./sidebar-rows.dom.tsx";
import { TimerMark } from "./timer.dom.tsx";

const words = strings.conversation;

export function ConversationHeader({ conversation }: { readonly conversation: Conversation }) {
  const { navigation, store, sidebar } = useApp();
  const aside = navigation.aside.value.kind;
  const toggle = (kind: "conversation" | "search") => (aside === kind ? navigation.closeAside() : navigation.showAside({ kind }));
  return (
    <header class="conversation-header">
      <IconButton
        icon="back"
        size={20}
        class="only-narrow"
        label={strings.back}
        onClick={() => {
          navigation.pane.value = "list";
        }}
      />
      {conversation.kind === "room" ? <RoomTitle conversation={conversation} /> : <PersonTitle conversation={conversation} />}
      {conversation.kind === "room" && (
        <button type="button" class="people-count" onClick={() => navigation.showAside({ kind: "conversation" })}>
          {words.people(conversation.id === lobbyId ? sidebar.value.hereCount + 1 : conversation.room.memberCount)}
        </button>
      )}
      {conversation.kind === "person" && store.host.value?.hostId === conversation.peer.peerId && (
        <span class="header-host">
          <Mark icon="crown" words={strings.host} />
        </span>
      )}
      <IconButton
        icon="search"
        label={words.search}
        shortcut={`${mainKey} F`}
        pressed={aside === "search"}
        onClick={() => toggle("search")}
      />
      <IconButton icon="info" label={words.details} pressed={aside === "conversation"} onClick={() => toggle("conversation")} />
    </header>
  );
}

function RoomTitle({ conversation }: { readonly conversation: Extract<Conversation, { kind: "room" }> }) {
  const { name, topic, visibility } = conversation.room;
  return (
    <div class="header-title">
      <h2>
        <Icon name={visibility === "private" ? "private" : "room"} size={16} />
        <Name>{name}</Name>
      </h2>
      <TimerMark timerMs={conversation.room.timerMs} />
      {topic !== "" && (
        <bdi class="header-topic" title={topic}>
          {topic}
        </bdi>
      )}
    </div>
  );
}

function PersonTitle({ conversation }: { readonly conversation: Extract<Conversation, { kind: "person" }> }) {
  const { store } = useApp();
  const { peer } = conversation;
  return (
    <div class="header-title">
      <Avatar peerId={peer.peerId} name={peer.name} size="small" presence={peer.online ? "here" : "away"} />
      <h2>
        <Name>{peer.name}</Name> <WhichOne peer={peer} />
      </h2>
      <TimerMark timerMs={peer.timerMs} />
      <TrustMarks peer={peer} />
      <span class="header-topic">{presenceWords(peer, store.nameOf)}</span>
    </div>
  );
}
