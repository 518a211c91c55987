import type { PeerView, RoomView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { directWith } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { ownStrings } from "../strings-own.ts";
import { Avatar } from "./avatar.dom.tsx";
import { Name, WhichOne } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.sidebar;

export function RoomRow({ room }: { readonly room: RoomView }) {
  const { navigation, open } = useApp();
  const current = navigation.conversation.value === room.roomId;
  return (
    <li>
      <button
        type="button"
        class={`row ${room.unread > 0 ? "row-unread" : ""}`}
        aria-current={current ? "page" : undefined}
        onClick={() => open(room.roomId)}
      >
        <span class="row-icon">
          <Icon name={room.visibility === "private" ? "private" : "room"} />
        </span>
        <span class="row-label">
          <Name>{room.name}</Name>
          {room.visibility === "private" && <span class="visually-hidden"> ({words.privateRoom})</span>}
        </span>
        <DraftMark id={room.roomId} />
        <Unread count={room.unread} mentioned={room.mentioned} />
      </button>
    </li>
  );
}

export function PersonRow({ peer }: { readonly peer: PeerView }) {
  const { navigation, open, store } = useApp();
  const id = directWith(peer.peerId);
  const isHost = store.host.value?.hostId === peer.peerId;
  return (
    <li>
      <button
        type="button"
        class={`row ${peer.online ? "" : "row-away"} ${peer.unread > 0 ? "row-unread" : ""}`}
        aria-current={navigation.conversation.value === id ? "page" : undefined}
        onClick={() => open(id)}
      >
        <Avatar peerId={peer.peerId} name={peer.name} size="small" presence={peer.online ? "here" : "away"} />
        <span class="row-label">
          <Name>{peer.name}</Name> <WhichOne peer={peer} />
          <span class="visually-hidden"> {presenceWords(peer, store.nameOf)}</span>
        </span>
        {isHost && <Mark icon="crown" words={strings.host} />}
        <TrustMarks peer={peer} />
        <DraftMark id={id} />
        <Unread count={peer.unread} mentioned={true} />
      </button>
    </li>
  );
}

/** Beside a person's name, wherever it stands. */
export function TrustMarks({ peer }: { readonly peer: PeerView }) {
  if (peer.blocked) return <Mark icon="blocked" words={words.blocked} />;
  return (
    <>
      {peer.verified && <Mark icon="verified" words={words.verified} />}
      {peer.forked && <Mark icon="alert" words={ownStrings.forkedMark} warning />}
      {peer.keyChange !== null ? (
        <Mark icon="alert" words={words.keyChange} warning />
      ) : (
        peer.nameClash && <Mark icon="alert" words={words.nameClash} warning />
      )}
    </>
  );
}

export function presenceWords(peer: PeerView, nameOf: (peerId: string) => string): string {
  if (!peer.online) return words.presence.away;
  return peer.link === "relayed" && peer.via !== null ? words.presence.through(nameOf(peer.via)) : words.presence.here;
}

export function Mark({ icon, words: said, warning = false }: MarkProps) {
  return (
    <span class={warning ? "mark mark-warning" : `mark mark-${icon}`} title={said}>
      <Icon name={icon} size={14} />
      <span class="visually-hidden"> {said}</span>
    </span>
  );
}

interface MarkProps {
  readonly icon: "crown" | "alert" | "verified" | "blocked";
  readonly words: string;
  readonly warning?: boolean;
}

/** Something is half written there, unless one is looking at it. */
function DraftMark({ id }: { readonly id: string }) {
  const { drafts, navigation } = useApp();
  if (!drafts.held.value.has(id) || navigation.conversation.value === id) return null;
  return (
    <span class="mark" title={ownStrings.draft}>
      <Icon name="pencil" size={14} />
      <span class="visually-hidden"> {ownStrings.draft}</span>
    </span>
  );
}

function Unread({ count, mentioned }: { readonly count: number; readonly mentioned: boolean }) {
  if (count === 0) return null;
  return (
    <span class={mentioned ? "badge badge-strong" : "badge"}>
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span class="visually-hidden"> {mentioned ? words.unreadMention(count) : words.unread(count)}</span>
    </span>
  );
}

export function Invitation({ room }: { readonly room: RoomView }) {
  const { api, store, open } = useApp();
  const joining = useSubmit();
  return (
    <li class="invitation">
      <span class="row-icon">
        <Icon name="private" />
      </span>
      <span class="row-label">
        <Name>{room.name}</Name>
        <span class="row-note">
          {joining.error ?? words.invitedBy(room.invitedBy === null ? strings.unknownPerson : store.nameOf(room.invitedBy))}
        </span>
      </span>
      <button
        type="button"
        class="button button-small button-primary"
        aria-label={words.joinRoom(room.name)}
        disabled={joining.busy}
        onClick={() =>
          joining.run(async () => {
            await api.call("rooms.join", { room: room.roomId });
            open(room.roomId);
          })
        }
      >
        {words.join}
      </button>
    </li>
  );
}
