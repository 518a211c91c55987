/** A known name under a new key, taken for somebody else: both side by side, and what to do with the new one. */
import type { ComponentChildren } from "preact";
import type { PeerView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { directWith } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { Name } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { BlockButton } from "./trust-banner.dom.tsx";

const words = strings.twoPeople;

export function TwoPeopleDialog({ peerId }: { readonly peerId: string }) {
  const { dates, navigation, open, store } = useApp();
  const peer = store.peers.value.get(peerId);
  const close = () => navigation.closeDialog();
  if (!peer) return null;
  const { keyChange } = peer;
  const known = keyChange === null ? undefined : store.peers.value.get(keyChange.previous);
  return (
    <Dialog title={words.title(peer.name)} onClose={close}>
      <div class="form">
        <p class="form-lead">{words.explain}</p>
        <div class="two-people">
          {keyChange !== null && (
            <One
              peerId={keyChange.previous}
              peer={known}
              name={known?.name ?? peer.name}
              note={known?.verified === true ? words.knownVerified : words.known}
            >
              {known && (
                <button type="button" class="button button-small" onClick={() => open(directWith(known.peerId))}>
                  {words.openKnown}
                </button>
              )}
            </One>
          )}
          <One peerId={peerId} peer={peer} name={peer.name} note={keyChange === null ? strings.trust.blockedNote(peer.name) : words.other}>
            {keyChange !== null && <p class="fact-note">{words.since(dates.full(keyChange.since))}</p>}
          </One>
        </div>
        <BlockButton peer={peer} />
        {!peer.blocked && <p class="fact-note">{strings.trust.blockWhat}</p>}
        <div class="form-actions">
          <button type="button" class="button button-primary" data-autofocus onClick={close}>
            {words.keepApart}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

interface OneProps {
  readonly peerId: string;
  readonly peer: PeerView | undefined;
  readonly name: string;
  readonly note: string;
  readonly children: ComponentChildren;
}

function One({ peerId, peer, name, note, children }: OneProps) {
  return (
    <section class="one-of-two">
      <Avatar peerId={peerId} name={name} size="medium" presence={peer?.online === true ? "here" : "away"} />
      <div>
        <p>
          <Name>{name}</Name> <code class="which-one">{peerId.slice(0, 4)}</code>
        </p>
        <p class="fact-note">{note}</p>
        {children}
      </div>
    </section>
  );
}
