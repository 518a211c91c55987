/** "Jump to…": a few letters, Enter, and one is there. */
import { useMemo } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { type Conversation, directWith, labelOf } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { ConversationPicker } from "./conversation-picker.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { Icon } from "./icon.dom.tsx";

const words = strings.jump;

export function JumpDialog() {
  const { sidebar, navigation, open } = useApp();
  const { rooms, otherRooms, here, away, blocked } = sidebar.value;
  const all = useMemo<readonly Conversation[]>(() => {
    const roomOf = (room: (typeof rooms)[number]) => ({ kind: "room", id: room.roomId, room }) as const;
    const personOf = (peer: (typeof here)[number]) => ({ kind: "person", id: directWith(peer.peerId), peer }) as const;
    const joined = rooms.map(roomOf);
    const people = [...here, ...away, ...blocked].map(personOf);
    const unread = [...joined, ...people].filter((item) => unreadOf(item) > 0);
    return [...unread, ...[...joined, ...people].filter((item) => unreadOf(item) === 0), ...otherRooms.map(roomOf)];
  }, [rooms, otherRooms, here, away]);
  return (
    <Dialog title={words.title} class="dialog-jump" hideTitle onClose={() => navigation.closeDialog()}>
      <ConversationPicker
        all={all}
        onPick={(item) => open(item.id)}
        row={({ item, matched }) => (
          <>
            <JumpIcon item={item} />
            <bdi class="jump-label">{markMatched(labelOf(item), matched)}</bdi>
            <span class="muted">{hintOf(item)}</span>
            {unreadOf(item) > 0 && <span class={isForYou(item) ? "badge badge-strong" : "badge"}>{unreadOf(item)}</span>}
          </>
        )}
      />
    </Dialog>
  );
}

function JumpIcon({ item }: { readonly item: Conversation }) {
  if (item.kind === "room") {
    return (
      <span class="row-icon">
        <Icon name={item.room.visibility === "private" ? "private" : "room"} />
      </span>
    );
  }
  return <Avatar peerId={item.peer.peerId} name={item.peer.name} size="small" presence={item.peer.online ? "here" : "away"} />;
}

/** As in the sidebar: what is said to you alone, or names you, stands out. */
function isForYou(item: Conversation): boolean {
  return item.kind === "person" || item.room.mentioned;
}

function unreadOf(item: Conversation): number {
  return item.kind === "room" ? item.room.unread : item.peer.unread;
}

function hintOf(item: Conversation): string {
  if (item.kind === "room") return item.room.joined ? item.room.topic : words.joinHint;
  return item.peer.online ? "" : words.away;
}

function markMatched(label: string, matched: readonly number[]) {
  const marked = new Set(matched);
  return Array.from({ length: label.length }, (_, at) => (marked.has(at) ? <mark key={at}>{label[at]}</mark> : label[at]));
}
