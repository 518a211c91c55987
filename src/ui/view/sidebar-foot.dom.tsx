import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { ownStrings } from "../strings-own.ts";
import { Avatar } from "./avatar.dom.tsx";
import { IconButton, Name } from "./controls.dom.tsx";

export function SidebarFoot() {
  const { store, navigation } = useApp();
  const session = store.session.value;
  const isHost = store.host.value?.isSelf === true;
  if (!session) return null;
  return (
    <footer class="sidebar-foot">
      <button type="button" class="row you" onClick={() => navigation.showAside({ kind: "self" })}>
        <Avatar peerId={session.peerId} name={session.name} size="small" presence="here" />
        <span class="row-label">
          <span class="visually-hidden">{strings.sidebar.yourself} </span>
          <Name>{session.name}</Name>
        </span>
      </button>
      {isHost && <IconButton icon="crown" label={strings.sidebar.hostPanel} onClick={() => navigation.showAside({ kind: "host" })} />}
      <IconButton icon="star" label={ownStrings.starred} onClick={() => navigation.showAside({ kind: "starred" })} />
      <IconButton icon="settings" label={strings.sidebar.settings} onClick={() => navigation.openDialog({ kind: "settings" })} />
    </footer>
  );
}
