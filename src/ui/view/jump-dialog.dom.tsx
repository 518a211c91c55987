/** "Jump to…": a few letters, Enter, and one is there. */
import { useMemo, useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { jumpResultsMax } from "../limits.ts";
import { type Conversation, directWith, labelOf } from "../model/conversation.ts";
import { rankByQuery } from "../model/jump.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { Icon } from "./icon.dom.tsx";

const words = strings.jump;
const listId = "jump-results";

export function JumpDialog() {
  const { sidebar, navigation, open } = useApp();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const { rooms, otherRooms, here, away, blocked } = sidebar.value;
  const all = useMemo<readonly Conversation[]>(() => {
    const roomOf = (room: (typeof rooms)[number]) => ({ kind: "room", id: room.roomId, room }) as const;
    const personOf = (peer: (typeof here)[number]) => ({ kind: "person", id: directWith(peer.peerId), peer }) as const;
    const joined = rooms.map(roomOf);
    const people = [...here, ...away, ...blocked].map(personOf);
    const unread = [...joined, ...people].filter((item) => unreadOf(item) > 0);
    return [...unread, ...[...joined, ...people].filter((item) => unreadOf(item) === 0), ...otherRooms.map(roomOf)];
  }, [rooms, otherRooms, here, away]);
  const hits = useMemo(() => rankByQuery(all, labelOf, query, jumpResultsMax), [all, query]);
  const at = Math.min(chosen, hits.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    const hit = hits[at];
    if (event.key === "ArrowDown" && hits.length > 0) setChosen((at + 1) % hits.length);
    else if (event.key === "ArrowUp" && hits.length > 0) setChosen((at - 1 + hits.length) % hits.length);
    else if (event.key === "Enter" && hit && !event.isComposing) open(hit.item.id);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog title={words.title} class="dialog-jump" hideTitle onClose={() => navigation.closeDialog()}>
      <div class="jump-field">
        <Icon name="search" />
        <input
          class="jump-input"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={hits.length > 0 ? `jump-${at}` : undefined}
          aria-autocomplete="list"
          aria-label={words.placeholder}
          placeholder={words.placeholder}
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {hits.length === 0 && <p class="jump-none">{words.none}</p>}
      <div class="jump-results" id={listId} role="listbox" aria-label={words.results}>
        {hits.map(({ item, matched }, index) => (
          <div
            key={item.id}
            id={`jump-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            class="jump-result"
            ref={index === at ? scrollIntoView : null}
            onMouseMove={() => setChosen(index)}
            onMouseDown={(event) => {
              event.preventDefault();
              open(item.id);
            }}
          >
            <JumpIcon item={item} />
            <bdi class="jump-label">{markMatched(labelOf(item), matched)}</bdi>
            <span class="muted">{hintOf(item)}</span>
            {unreadOf(item) > 0 && <span class={isForYou(item) ? "badge badge-strong" : "badge"}>{unreadOf(item)}</span>}
          </div>
        ))}
      </div>
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

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
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
