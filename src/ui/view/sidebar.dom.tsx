/** Who is here, where am I talking: rooms and people. */

import { useApp } from "../app.dom.ts";
import { peopleRowsMax } from "../limits.ts";
import { strings } from "../strings.ts";
import { IconButton } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { Mark } from "./mark.dom.tsx";
import { mainKey } from "./platform.dom.ts";
import { SidebarFoot } from "./sidebar-foot.dom.tsx";
import { Invitation, PersonRow, RoomRow } from "./sidebar-rows.dom.tsx";

export function Sidebar() {
  const { store, sidebar, navigation } = useApp();
  const { invitations, rooms, otherRooms, here, away, blocked, hereCount } = sidebar.value;
  const people = [...here, ...away];
  const words = strings.sidebar;
  return (
    <nav class="sidebar" aria-label={words.label}>
      <header class="sidebar-header">
        <span class="network-mark">
          <Mark size={20} />
        </span>
        <div class="network">
          <p class="network-name">{store.session.value?.network ?? strings.app}</p>
          <p class="network-count">{words.here(hereCount)}</p>
        </div>
      </header>
      <button type="button" class="jump-button" onClick={() => navigation.openDialog({ kind: "jump" })}>
        <Icon name="search" size={14} />
        <span>{words.jump}</span>
        <kbd>{mainKey} K</kbd>
      </button>
      <div class="sidebar-scroll">
        {invitations.length > 0 && (
          <section>
            <h2 class="section-title" id="invitations-title">
              {words.invitations}
            </h2>
            <ul class="rows" aria-labelledby="invitations-title">
              {invitations.map((room) => (
                <Invitation key={room.roomId} room={room} />
              ))}
            </ul>
          </section>
        )}
        <section>
          <div class="section-head">
            <h2 class="section-title" id="rooms-title">
              {words.rooms}
            </h2>
            <IconButton icon="plus" label={words.createRoom} onClick={() => navigation.openDialog({ kind: "createRoom" })} />
          </div>
          <ul class="rows" aria-labelledby="rooms-title">
            {rooms.map((room) => (
              <RoomRow key={room.roomId} room={room} />
            ))}
          </ul>
          {otherRooms.length > 0 && (
            <button type="button" class="row row-quiet" onClick={() => navigation.openDialog({ kind: "browseRooms" })}>
              <span class="row-icon" />
              <span class="row-label">{words.browse(otherRooms.length)}</span>
            </button>
          )}
        </section>
        <section>
          <div class="section-head">
            <h2 class="section-title" id="people-title">
              {words.people}
            </h2>
            <IconButton icon="plus" label={words.connect} onClick={() => navigation.openDialog({ kind: "connect" })} />
          </div>
          {people.length === 0 && <p class="sidebar-empty">{words.alone}</p>}
          <ul class="rows" aria-labelledby="people-title">
            {people.slice(0, peopleRowsMax).map((peer) => (
              <PersonRow key={peer.peerId} peer={peer} />
            ))}
          </ul>
          {people.length > peopleRowsMax && <p class="sidebar-empty">{words.morePeople(people.length - peopleRowsMax)}</p>}
        </section>
        {blocked.length > 0 && (
          <section>
            <h2 class="section-title" id="blocked-title">
              {words.blockedTitle}
            </h2>
            <ul class="rows" aria-labelledby="blocked-title">
              {blocked.slice(0, peopleRowsMax).map((peer) => (
                <PersonRow key={peer.peerId} peer={peer} />
              ))}
            </ul>
            {blocked.length > peopleRowsMax && <p class="sidebar-empty">{words.morePeople(blocked.length - peopleRowsMax)}</p>}
          </section>
        )}
      </div>
      <SidebarFoot />
    </nav>
  );
}
