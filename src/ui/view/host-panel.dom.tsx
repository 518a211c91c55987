/** For the host: who is connected, what is passed on, who sends too much, who came and went, and the way to hand the role on. */
import { useEffect, useState } from "preact/hooks";
import type { HostStats } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { hostPanelTickMs } from "../limits.ts";
import { formatBytes } from "../model/amounts.ts";
import { describeFlood, gatherFloods } from "../model/floods.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { Name, WhichOne } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";

const words = strings.hostPanel;

export function HostPanel() {
  const { store, navigation, sidebar } = useApp();
  const stats = useHostStats();
  const host = store.host.value;
  if (!host?.isSelf) return <p class="aside-note">{host && words.notHost(store.nameOf(host.hostId))}</p>;
  const canHandOff = sidebar.value.here.length > 0;
  return (
    <>
      <p class="host-line">
        <Icon name="crown" />
        <span>{words.explain}</span>
      </p>
      <button type="button" class="button button-wide" disabled={!canHandOff} onClick={() => navigation.openDialog({ kind: "handOff" })}>
        {words.handOff}
      </button>
      {!canHandOff && <p class="aside-note">{words.noCandidate}</p>}
      {stats && (
        <>
          <Floods stats={stats} />
          <Connected stats={stats} />
          <h3 class="section-title">{words.rooms}</h3>
          <ul class="panel-list" aria-label={words.rooms}>
            {stats.rooms.map((room) => (
              <li key={room.roomId} class="panel-line">
                <Name>#{room.name}</Name>
                <span class="muted">{strings.conversation.people(room.memberCount)}</span>
              </li>
            ))}
          </ul>
          <Sums stats={stats} />
          <Log stats={stats} />
        </>
      )}
    </>
  );
}

function Connected({ stats }: { readonly stats: HostStats }) {
  const { dates, now } = useApp();
  return (
    <>
      <h3 class="section-title">{words.connected}</h3>
      {stats.peers.length === 0 && <p class="aside-note">{words.nobody}</p>}
      <ul class="panel-list" aria-label={words.connected}>
        {stats.peers.map((peer) => (
          <li key={peer.peerId} class="panel-person">
            <Avatar peerId={peer.peerId} name={peer.name} size="small" />
            <div>
              <p class="panel-line">
                <Name>{peer.name}</Name>
                <span class="muted">{peer.linkedSince === null ? strings.reach.none : dates.ago(peer.linkedSince, now.value)}</span>
              </p>
              <p class="panel-line muted">
                <code>{peer.address ?? strings.details.noAddress}</code>
                {peer.relayedBytes > 0 && <span>{words.passedOn(formatBytes(peer.relayedBytes))}</span>}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Sums({ stats: { relayed, refused, mail } }: { readonly stats: HostStats }) {
  const { dates } = useApp();
  const refusals = refused.tooMany + refused.badHandshake + refused.timedOut + refused.badFrames + refused.unauthentic;
  return (
    <dl class="facts">
      <div class="fact">
        <dt>{words.relayed}</dt>
        <dd>{relayed.frames === 0 ? words.relayedNone : words.relayedSum(relayed.frames, formatBytes(relayed.bytes))}</dd>
      </div>
      <div class="fact">
        <dt>{words.mail}</dt>
        <dd>
          {mail.items === 0 ? words.mailNone : words.mailSum(mail.items, mail.forPeople, formatBytes(mail.bytes))}
          {mail.oldestAt !== null && `, ${words.mailOldest(dates.full(mail.oldestAt))}`}
        </dd>
      </div>
      <div class="fact">
        <dt>{words.refused}</dt>
        <dd>{refusals === 0 ? words.refusedNone : words.refusedSum(refusals)}</dd>
      </div>
    </dl>
  );
}

function Floods({ stats }: { readonly stats: HostStats }) {
  const { dates, now, store } = useApp();
  const rows = gatherFloods(stats.floods);
  if (rows.length === 0) return null;
  return (
    <>
      <h3 class="section-title">{words.floods}</h3>
      <p class="warning" role="note">
        <Icon name="alert" />
        <span>{words.floodsExplain}</span>
      </p>
      <ul class="panel-list" aria-label={words.floods}>
        {rows.map((row) => (
          <li key={row.peerId} class="panel-person">
            <Avatar peerId={row.peerId} name={row.name} size="small" />
            <div>
              <p class="panel-line">
                <span>
                  <Name>{row.name}</Name> <FloodingOne peerId={row.peerId} />
                </span>
                <span class="muted" title={dates.full(row.since)}>
                  {dates.ago(row.since, now.value)}
                </span>
              </p>
              <p class="panel-line muted">{describeFlood(row, (peerId) => store.nameOf(peerId))}</p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function FloodingOne({ peerId }: { readonly peerId: string }) {
  const peer = useApp().store.peers.value.get(peerId);
  return peer === undefined ? null : <WhichOne peer={peer} />;
}

function Log({ stats }: { readonly stats: HostStats }) {
  const { dates } = useApp();
  return (
    <>
      <h3 class="section-title">{words.log}</h3>
      {stats.log.length === 0 && <p class="aside-note">{words.logEmpty}</p>}
      <ol class="panel-log" aria-label={words.log}>
        {[...stats.log].reverse().map((entry, at) => (
          <li key={`${entry.at} ${stats.log.length - at}`}>
            <time dateTime={new Date(entry.at).toISOString()} title={dates.full(entry.at)}>
              {dates.time(entry.at)}
            </time>
            <span>{entry.text}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function useHostStats(): HostStats | undefined {
  const { api } = useApp();
  const [stats, setStats] = useState<HostStats | undefined>(undefined);
  useEffect(() => {
    let isCurrent = true;
    const read = () => {
      api
        .call("host.stats", {})
        .then((next) => {
          if (isCurrent) setStats(next);
        })
        .catch(() => undefined);
    };
    read();
    const timer = setInterval(read, hostPanelTickMs);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [api]);
  return stats;
}
