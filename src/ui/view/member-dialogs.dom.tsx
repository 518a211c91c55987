/** Inviting to a room and leaving it. */
import { useEffect, useState } from "preact/hooks";
import type { PeerView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { lobbyId } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { FormError, Name, WhichOne } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.details;

export function InviteDialog({ roomId }: { readonly roomId: string }) {
  const { api, store, sidebar, navigation } = useApp();
  const [members, setMembers] = useState<ReadonlySet<string> | undefined>(undefined);
  useEffect(() => {
    api
      .call("rooms.members", { room: roomId })
      .then((answer) => setMembers(new Set(answer.members.map(({ peerId }) => peerId))))
      .catch(() => setMembers(new Set()));
  }, [api, roomId]);
  const candidates = members ? sidebar.value.here.filter(({ peerId }) => !members.has(peerId)) : [];
  return (
    <Dialog title={words.inviteTitle(store.rooms.value.get(roomId)?.name ?? "")} onClose={() => navigation.closeDialog()}>
      {members && candidates.length === 0 && <p class="form-lead">{words.nobodyToInvite}</p>}
      <ul class="panel-list browse-list" aria-label={strings.sidebar.people}>
        {candidates.map((peer) => (
          <Candidate key={peer.peerId} peer={peer} roomId={roomId} />
        ))}
      </ul>
    </Dialog>
  );
}

function Candidate({ peer, roomId }: { readonly peer: PeerView; readonly roomId: string }) {
  const { api } = useApp();
  const [invited, setInvited] = useState(false);
  const inviting = useSubmit();
  return (
    <li class="browse-room">
      <Avatar peerId={peer.peerId} name={peer.name} size="small" presence="here" />
      <div class="browse-text">
        <Name>{peer.name}</Name> <WhichOne peer={peer} />
        {inviting.error && <p class="muted">{inviting.error}</p>}
      </div>
      <button
        type="button"
        class="button button-small"
        aria-label={invited ? `${peer.name}: ${words.invited}` : words.inviteOne(peer.name)}
        disabled={invited || inviting.busy}
        onClick={() =>
          inviting.run(async () => {
            await api.call("rooms.invite", { room: roomId, peer: peer.peerId });
            setInvited(true);
          })
        }
      >
        {invited ? words.invited : words.invite.replace("…", "")}
      </button>
    </li>
  );
}

export function LeaveDialog({ roomId }: { readonly roomId: string }) {
  const { api, store, navigation, open } = useApp();
  const leaving = useSubmit();
  const room = store.rooms.value.get(roomId);
  return (
    <Dialog title={words.leaveTitle(room?.name ?? "")} onClose={() => navigation.closeDialog()}>
      <p class="form-lead">{room?.visibility === "private" ? words.leavePrivate : words.leavePublic}</p>
      <FormError id="leave-error">{leaving.error}</FormError>
      <div class="form-actions">
        <button type="button" class="button" data-autofocus="" onClick={() => navigation.closeDialog()}>
          {strings.cancel}
        </button>
        <button
          type="button"
          class="button button-danger"
          disabled={leaving.busy}
          onClick={() =>
            leaving.run(async () => {
              await api.call("rooms.leave", { room: roomId });
              open(lobbyId);
            })
          }
        >
          {words.leave}
        </button>
      </div>
    </Dialog>
  );
}
