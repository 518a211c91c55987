import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { Face, Fact, Facts, Identity } from "./facts.dom.tsx";
import { Icon } from "./icon.dom.tsx";

const words = strings.details;

export function SelfDetails() {
  const { store, navigation, dates, now } = useApp();
  const session = store.session.value;
  const host = store.host.value;
  if (!session) return null;
  return (
    <>
      <Face
        peerId={session.peerId}
        name={session.name}
        presence="here"
        note={session.profile === null ? words.guest : words.profile(session.profile)}
      />
      <button type="button" class="button button-wide" onClick={() => navigation.openDialog({ kind: "rename" })}>
        <Icon name="pencil" size={14} /> {words.rename}
      </button>
      {host?.isSelf && (
        <>
          <p class="host-line">
            <Icon name="crown" />
            <span>
              {words.hostLine} <span class="muted">{words.hostSince(dates.ago(host.since, now.value))}</span>
            </span>
          </p>
          <button type="button" class="button button-wide" onClick={() => navigation.showAside({ kind: "host" })}>
            {words.openHostPanel}
          </button>
        </>
      )}
      <Facts>
        <Fact label={words.yourAddresses}>
          {session.addresses.length === 0
            ? words.noAddress
            : session.addresses.map((address) => (
                <code key={address} class="fact-line">
                  {address}
                </code>
              ))}
        </Fact>
        <Identity peerId={session.peerId} />
      </Facts>
    </>
  );
}
