import { useEffect, useState } from "preact/hooks";
import type { Result, RoomView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { peopleRowsMax } from "../limits.ts";
import { lobbyId } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { threadStrings } from "../strings-threads.ts";
import { Avatar } from "./avatar.dom.tsx";
import { Name, WhichOne } from "./controls.dom.tsx";
import { Fact, Facts } from "./facts.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { Pinned } from "./pinned.dom.tsx";
import { RetentionSetting } from "./retention.dom.tsx";
import { Mark, TrustMarks } from "./sidebar-rows.dom.tsx";
import { TimerSetting } from "./timer.dom.tsx";

const words = strings.details;
type Member = Result<"rooms.members">["members"][number];

export function RoomDetails({ room }: { readonly room: RoomView }) {
  const { navigation } = useApp();
  const isLobby = room.roomId === lobbyId;
  const members = useMembers(room);
  return (
    <>
      <div class="face">
        <span class="beginning-mark">
          <Icon name={room.visibility === "private" ? "private" : "room"} size={28} />
        </span>
        <h3>
          <Name>#{room.name}</Name>
        </h3>
        <p class="face-note">{isLobby ? words.everybody : room.visibility === "private" ? words.private : words.public}</p>
        {room.visibility === "private" && <p class="face-note">{room.history === "all" ? words.tellsAll : words.fromJoin}</p>}
      </div>
      {room.topic !== "" && (
        <Facts>
          <Fact label={words.topic}>
            <bdi>{room.topic}</bdi>
          </Fact>
        </Facts>
      )}
      {room.joined && (
        <>
          {!isLobby && <TimerSetting conversation={room.roomId} timerMs={room.timerMs} />}
          <Pinned conversation={room.roomId} />
          <RetentionSetting conversation={room.roomId} keepMs={room.keepMs} />
          <div class="section-head">
            <h3 class="section-title">{words.members(members.length)}</h3>
            {!isLobby && (
              <button
                type="button"
                class="button button-small"
                onClick={() => navigation.openDialog({ kind: "invite", roomId: room.roomId })}
              >
                <Icon name="invite" size={14} /> {words.invite}
              </button>
            )}
          </div>
          <ul class="rows" aria-label={words.membersLabel}>
            {members.slice(0, peopleRowsMax).map((member) => (
              <MemberRow key={member.peerId} member={member} />
            ))}
          </ul>
          <button
            type="button"
            class="button button-wide"
            onClick={() => navigation.openDialog({ kind: "exportConversation", id: room.roomId })}
          >
            {threadStrings.export}
          </button>
          {!isLobby && (
            <button
              type="button"
              class="button button-wide button-danger"
              onClick={() => navigation.openDialog({ kind: "leave", roomId: room.roomId })}
            >
              {words.leave}
            </button>
          )}
        </>
      )}
    </>
  );
}

function MemberRow({ member }: { readonly member: Member }) {
  const { store, navigation } = useApp();
  const peer = store.peers.value.get(member.peerId);
  const isSelf = member.peerId === store.session.value?.peerId;
  return (
    <li>
      <button
        type="button"
        class={member.online || isSelf ? "row" : "row row-away"}
        onClick={() => navigation.showAside(isSelf ? { kind: "self" } : { kind: "person", peerId: member.peerId })}
      >
        <Avatar peerId={member.peerId} name={member.name} size="small" presence={member.online || isSelf ? "here" : "away"} />
        <span class="row-label">
          <Name>{member.name}</Name> {peer && <WhichOne peer={peer} />}
          {isSelf && <span class="muted"> ({strings.you.toLowerCase()})</span>}
        </span>
        {store.host.value?.hostId === member.peerId && <Mark icon="crown" words={strings.host} />}
        {peer && <TrustMarks peer={peer} />}
      </button>
    </li>
  );
}

/** Read anew whenever people come, go or take another name, oneself included; until then the last answer stands. */
function useMembers(room: RoomView): readonly Member[] {
  const { api, store } = useApp();
  const [members, setMembers] = useState<readonly Member[]>([]);
  const peers = store.peers.value;
  const ownName = store.session.value?.name;
  const isOpen = store.connection.value === "open";
  useEffect(() => {
    let isCurrent = true;
    if (!room.joined || !isOpen) return undefined;
    api
      .call("rooms.members", { room: room.roomId })
      .then((answer) => {
        if (isCurrent) setMembers([...answer.members].sort((a, b) => Number(b.online) - Number(a.online) || a.name.localeCompare(b.name)));
      })
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [room, peers, ownName, isOpen]);
  return members;
}
