/** The right pane: details of what is open, the host's panel, or the search. */
import type { ComponentChildren } from "preact";
import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { ownStrings } from "../strings-own.ts";
import { threadStrings } from "../strings-threads.ts";
import { IconButton } from "./controls.dom.tsx";
import { lazily } from "./lazily.dom.tsx";
import { PersonDetails } from "./person-details.dom.tsx";
import { RoomDetails } from "./room-details.dom.tsx";
import { SearchPanel } from "./search-panel.dom.tsx";
import { SelfDetails } from "./self-details.dom.tsx";
import { StarredPanel } from "./starred-panel.dom.tsx";
import { ThreadPanel } from "./thread-panel.dom.tsx";

const HostPanel = lazily(async () => (await import("./host-panel.dom.tsx")).HostPanel);

export function AsidePane() {
  const { navigation, current, store } = useApp();
  const aside = navigation.aside.value;
  const conversation = current.value;
  switch (aside.kind) {
    case "none":
      return null;
    case "search":
      return (
        <Pane title={strings.search.title}>
          <SearchPanel />
        </Pane>
      );
    case "host":
      return (
        <Pane title={strings.hostPanel.title}>
          <HostPanel />
        </Pane>
      );
    case "self":
      return (
        <Pane title={strings.you}>
          <SelfDetails />
        </Pane>
      );
    case "person": {
      const peer = store.peers.value.get(aside.peerId);
      return <Pane title={strings.details.label}>{peer && <PersonDetails key={peer.peerId} peer={peer} />}</Pane>;
    }
    case "starred":
      return (
        <Pane title={ownStrings.starred}>
          <StarredPanel />
        </Pane>
      );
    case "thread":
      return (
        <Pane title={threadStrings.title} isBare>
          <ThreadPanel key={aside.root} conversation={aside.in} root={aside.root} />
        </Pane>
      );
    case "conversation":
      return (
        <Pane title={strings.details.label}>
          {conversation?.kind === "person" && <PersonDetails key={conversation.id} peer={conversation.peer} />}
          {conversation?.kind === "room" && <RoomDetails key={conversation.id} room={conversation.room} />}
        </Pane>
      );
  }
}

/** @param isBare what it shows scrolls by itself */
function Pane({
  title,
  isBare = false,
  children,
}: {
  readonly title: string;
  readonly isBare?: boolean;
  readonly children: ComponentChildren;
}) {
  const { navigation } = useApp();
  return (
    <section class="aside" aria-label={title}>
      <header class="aside-header">
        <IconButton icon="back" size={20} class="only-narrow" label={strings.back} onClick={() => navigation.closeAside()} />
        <h2>{title}</h2>
        <IconButton icon="close" class="not-narrow" label={strings.close} onClick={() => navigation.closeAside()} />
      </header>
      {isBare ? children : <div class="aside-scroll">{children}</div>}
    </section>
  );
}
