/** Who and what is here, as signals fed by the API: read once at the start and after each interruption, then by events. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { EarshotEvent, HostView, PeerView, RoomView, Session } from "../api/contract.ts";
import { lateMs, noticesMax } from "./limits.ts";
import type { Notice } from "./model/timeline.ts";
import type { Api, ConnectionState } from "./port.ts";
import { strings } from "./strings.ts";
import { ownStrings } from "./strings-own.ts";

export interface Store {
  readonly connection: ReadonlySignal<ConnectionState>;
  readonly session: ReadonlySignal<Session | undefined>;
  readonly rooms: ReadonlySignal<ReadonlyMap<string, RoomView>>;
  readonly peers: ReadonlySignal<ReadonlyMap<string, PeerView>>;
  readonly host: ReadonlySignal<HostView | undefined>;
  readonly notices: ReadonlySignal<readonly Notice[]>;
  nameOf(peerId: string): string;
  /** Takes an answer that also comes as an event, so that the screen does not wait for it. */
  apply(event: EarshotEvent): void;
  /** Reads everything anew. Rejects where the API does. */
  refresh(): Promise<void>;
}

export function createStore(api: Api): Store {
  const connection = signal<ConnectionState>("connecting");
  const session = signal<Session | undefined>(undefined);
  const rooms = signal<ReadonlyMap<string, RoomView>>(new Map());
  const peers = signal<ReadonlyMap<string, PeerView>>(new Map());
  const host = signal<HostView | undefined>(undefined);
  const notices = signal<readonly Notice[]>([]);

  api.onState((state) => {
    connection.value = state;
  });

  function nameOf(peerId: string): string {
    if (peerId === session.value?.peerId) return session.value.name;
    return peers.value.get(peerId)?.name ?? strings.unknownPerson;
  }

  function changeHost(next: HostView): void {
    const before = host.value;
    host.value = next;
    if (before === undefined || before.hostId === next.hostId) return;
    const text = next.isSelf ? strings.notices.hostIsYou : strings.notices.hostIs(nameOf(next.hostId));
    const at = Date.now();
    notices.value = [...notices.value, { id: `host ${next.term} ${next.hostId} ${at}`, at, text }].slice(-noticesMax);
  }

  function apply(event: EarshotEvent): void {
    switch (event.event) {
      case "sessionChanged":
        session.value = event.session;
        return;
      case "peerChanged":
        peers.value = new Map(peers.value).set(event.peer.peerId, event.peer);
        return;
      case "scheduledSent": {
        const at = Date.now();
        if (at - event.dueAt < lateMs) return;
        const text = ownStrings.sentLate(new Date(event.dueAt).toLocaleString());
        notices.value = [...notices.value, { id: `late ${event.messageId}`, at, text, in: event.in }].slice(-noticesMax);
        return;
      }
      case "hostChanged":
        changeHost(event.host);
        return;
      case "roomChanged":
        rooms.value = new Map(rooms.value).set(event.room.roomId, event.room);
        return;
      case "roomRemoved": {
        const left = new Map(rooms.value);
        left.delete(event.roomId);
        rooms.value = left;
        return;
      }
      case "ready":
      case "messageAdded":
      case "messageChanged":
      case "messageRemoved":
      case "historyGrown":
      case "logged":
      case "typing":
      case "scheduledChanged":
      case "profilesChanged":
        return;
    }
  }

  return {
    connection,
    session,
    rooms,
    peers,
    host,
    notices,
    nameOf,
    apply,
    async refresh() {
      const [nextSession, peerList, roomList, nextHost] = await Promise.all([
        api.call("session.get", {}),
        api.call("peers.list", {}),
        api.call("rooms.list", {}),
        api.call("host.get", {}),
      ]);
      session.value = nextSession;
      peers.value = new Map(peerList.peers.map((peer) => [peer.peerId, peer]));
      rooms.value = new Map(roomList.rooms.map((room) => [room.roomId, room]));
      changeHost(nextHost);
    },
  };
}
