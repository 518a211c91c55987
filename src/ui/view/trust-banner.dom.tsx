/** What stands between the messages and where one writes: whose key is new, who is blocked, whose messages wait for a key. */
import type { PeerView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import type { Conversation } from "../model/conversation.ts";
import { listNames } from "../model/delivery.ts";
import { strings } from "../strings.ts";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.trust;

export function TrustBanner({ conversation }: { readonly conversation: Conversation }) {
  const { store } = useApp();
  if (conversation.kind === "person") {
    const { peer } = conversation;
    if (peer.blocked) return <Blocked peer={peer} />;
    return peer.keyChange ? <NewKey peer={peer} /> : null;
  }
  const { keyChanges, waitingFor } = conversation.room;
  const strangers = keyChanges.flatMap((peerId) => store.peers.value.get(peerId) ?? []);
  return (
    <>
      {strangers.map((peer) => (
        <NewKey key={peer.peerId} peer={peer} />
      ))}
      {waitingFor.length > 0 && (
        <p class="trust trust-quiet" role="status">
          <Icon name="key" size={14} />
          <span>{words.waiting(listNames(waitingFor.map(store.nameOf)))}</span>
        </p>
      )}
    </>
  );
}

function NewKey({ peer }: { readonly peer: PeerView }) {
  const { api, navigation } = useApp();
  const accepting = useSubmit();
  return (
    <div class="trust" role="note">
      <Icon name="alert" />
      <div class="trust-words">
        <p>
          <strong>{words.newKey(peer.name)}</strong>{" "}
          {peer.keyChange?.wasVerified ? words.newKeyOfVerified(peer.name) : words.newKeyWhat(peer.name)}
        </p>
        {accepting.error !== undefined && <p role="alert">{accepting.error}</p>}
        <div class="trust-acts">
          <button type="button" class="button button-small" onClick={() => navigation.openDialog({ kind: "safety", peerId: peer.peerId })}>
            {words.compare}
          </button>
          <button
            type="button"
            class="button button-small"
            disabled={accepting.busy}
            onClick={() =>
              accepting.run(async () => {
                await api.call("people.acceptKey", { peer: peer.peerId });
                navigation.focusComposer();
              })
            }
          >
            {words.accept}
          </button>
          <button
            type="button"
            class="button button-small"
            onClick={() => navigation.openDialog({ kind: "twoPeople", peerId: peer.peerId })}
          >
            {words.somebodyElse}
          </button>
        </div>
      </div>
    </div>
  );
}

function Blocked({ peer }: { readonly peer: PeerView }) {
  return (
    <div class="trust" role="note">
      <Icon name="blocked" />
      <div class="trust-words">
        <p>{words.blockedNote(peer.name)}</p>
        <div class="trust-acts">
          <BlockButton peer={peer} isSmall />
        </div>
      </div>
    </div>
  );
}

/** Blocks, or takes it back; what is shown now is read anew. */
export function BlockButton({ peer, isSmall = false }: { readonly peer: PeerView; readonly isSmall?: boolean }) {
  const { api, conversations, navigation } = useApp();
  const blocking = useSubmit();
  const act = () =>
    blocking.run(async () => {
      await api.call("people.block", { peer: peer.peerId, blocked: !peer.blocked });
      await conversations.renew(navigation.conversation.value);
    });
  return (
    <>
      <button
        type="button"
        class={`button ${isSmall ? "button-small" : "button-wide"} ${peer.blocked ? "" : "button-danger"}`}
        title={peer.blocked ? undefined : words.blockWhat}
        disabled={blocking.busy}
        onClick={act}
      >
        {peer.blocked ? words.unblock(peer.name) : words.block(peer.name)}
      </button>
      {blocking.error !== undefined && <p role="alert">{blocking.error}</p>}
    </>
  );
}
