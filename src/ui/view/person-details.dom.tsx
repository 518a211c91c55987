import type { PeerView } from "../../api/contract.ts";
import { type App, useApp } from "../app.dom.ts";
import { directWith } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { ownStrings } from "../strings-own.ts";
import { threadStrings } from "../strings-threads.ts";
import { Face, Fact, Facts, Identity } from "./facts.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { Pinned } from "./pinned.dom.tsx";
import { RetentionSetting } from "./retention.dom.tsx";
import { presenceWords } from "./sidebar-rows.dom.tsx";
import { TimerSetting } from "./timer.dom.tsx";
import { BlockButton } from "./trust-banner.dom.tsx";

const words = strings.details;

export function PersonDetails({ peer }: { readonly peer: PeerView }) {
  const { store, dates, now, navigation, open } = useApp();
  const host = store.host.value;
  const isHost = host?.hostId === peer.peerId;
  const id = directWith(peer.peerId);
  return (
    <>
      <Face peerId={peer.peerId} name={peer.name} presence={peer.online ? "here" : "away"} note={presenceWords(peer, store.nameOf)} />
      {navigation.conversation.value !== id && (
        <button type="button" class="button button-primary button-wide" aria-label={words.messageLabel(peer.name)} onClick={() => open(id)}>
          {words.message}
        </button>
      )}
      {(peer.nameClash || peer.keyChange !== null) && (
        <p class="warning" role="note">
          <Icon name="alert" />
          <span>{peer.keyChange === null ? words.nameClash(peer.name) : strings.trust.newKeyWhat(peer.name)}</span>
        </p>
      )}
      {peer.forked && (
        <p class="warning" role="note">
          <Icon name="alert" />
          <span>{ownStrings.forked(peer.name)}</span>
        </p>
      )}
      {isHost && host && (
        <p class="host-line">
          <Icon name="crown" />
          <span>
            {words.hostLine} <span class="muted">{words.hostSince(dates.ago(host.since, now.value))}</span>
          </span>
        </p>
      )}
      {!peer.blocked && <Pinned conversation={id} />}
      {!peer.blocked && (
        <button type="button" class="button button-wide" onClick={() => navigation.openDialog({ kind: "exportConversation", id })}>
          {threadStrings.export}
        </button>
      )}
      {!peer.blocked && <RetentionSetting conversation={id} keepMs={peer.keepMs} />}
      {!peer.blocked && peer.keyChange === null && <TimerSetting conversation={id} timerMs={peer.timerMs} />}
      <Facts>
        <Fact label={words.reached}>{reachWords(peer, store)}</Fact>
        <Fact label={words.address}>{peer.address === null ? words.noAddress : <code>{peer.address}</code>}</Fact>
        {peer.linkedSince !== null && (
          <Fact label={words.since}>
            <time dateTime={new Date(peer.linkedSince).toISOString()} title={dates.full(peer.linkedSince)}>
              {dates.time(peer.linkedSince)}, {dates.ago(peer.linkedSince, now.value)}
            </time>
          </Fact>
        )}
        <Fact label={words.verification}>{peer.verified ? words.verified : words.notVerified}</Fact>
        <Identity peerId={peer.peerId} />
      </Facts>
      <div class="person-acts">
        <button type="button" class="button button-wide" onClick={() => navigation.openDialog({ kind: "safety", peerId: peer.peerId })}>
          {strings.trust.compare}
        </button>
        <BlockButton peer={peer} />
        {!peer.blocked && <p class="fact-note">{strings.trust.blockWhat}</p>}
      </div>
    </>
  );
}

function reachWords(peer: PeerView, store: App["store"]) {
  switch (peer.link) {
    case "direct":
      return strings.reach.direct;
    case "none":
      return strings.reach.none;
    case "relayed": {
      const via = peer.via === null ? strings.unknownPerson : store.nameOf(peer.via);
      return (
        <>
          {strings.reach.through(via)}
          <span class="fact-note">{strings.reach.throughExplained(peer.name, via)}</span>
        </>
      );
    }
  }
}
