/** The little world behind the fake API: rooms, people and messages in memory, enough to look at every view. */
import type { ApiError, EarshotEvent, HostStats, HostView, MessageView, PeerView, RoomView, Session } from "../../../src/api/contract.ts";

export type Outcome = { readonly result: unknown } | { readonly refused: ApiError };
type CallParams = Readonly<Record<string, string | number | undefined>>;

export interface FakeWorld {
  call(method: string, params: CallParams): Outcome;
  onEvent(listener: (event: EarshotEvent) => void): void;
  /** Somebody says something now. */
  say(from: string, to: string, text: string, replyTo?: string): void;
  changePeer(peerId: string, change: Partial<PeerView>): void;
  changeHost(hostId: string): void;
  /** The next sends are refused with this, until called without. */
  refuseSends(error?: ApiError): void;
}

export interface WorldStart {
  readonly session: Session;
  readonly peers: readonly PeerView[];
  readonly rooms: readonly RoomView[];
  readonly host: HostView;
  readonly stats: HostStats;
  readonly messages: readonly MessageView[];
}

const pageDefault = 50;

export function createFakeWorld(start: WorldStart): FakeWorld {
  let session = start.session;
  let host = start.host;
  let sendRefusal: ApiError | undefined;
  let lastSeq = 0;
  const peers = new Map(start.peers.map((peer) => [peer.peerId, peer]));
  const rooms = new Map(start.rooms.map((room) => [room.roomId, room]));
  const messages = [...start.messages];
  let emit: (event: EarshotEvent) => void = () => undefined;

  const roomOf = (ref: unknown) => [...rooms.values()].find(({ roomId, name }) => ref === roomId || ref === `#${name}`);
  const changeRoom = (roomId: string, change: Partial<RoomView>): void => {
    const room = rooms.get(roomId);
    if (!room) return;
    const next = { ...room, ...change };
    rooms.set(roomId, next);
    emit({ event: "roomChanged", room: next });
  };
  const changePeer = (peerId: string, change: Partial<PeerView>): void => {
    const peer = peers.get(peerId);
    if (!peer) return;
    const next = { ...peer, ...change };
    peers.set(peerId, next);
    emit({ event: "peerChanged", peer: next });
  };
  const setUnread = (id: string, step: (unread: number) => number): void => {
    if (id.startsWith("@")) changePeer(id.slice(1), { unread: step(peers.get(id.slice(1))?.unread ?? 0) });
    else changeRoom(id, { unread: step(rooms.get(id)?.unread ?? 0), mentioned: false });
  };
  const timerOf = (id: string): number | null => (id.startsWith("@") ? peers.get(id.slice(1))?.timerMs : rooms.get(id)?.timerMs) ?? null;
  const add = (from: string, to: string, text: string, replyTo: string | null): MessageView => {
    lastSeq += 1;
    const isOwn = from === session.peerId;
    const timer = timerOf(to);
    const message: MessageView = {
      messageId: `${from}/new/${lastSeq}`,
      in: to,
      from,
      fromName: isOwn ? session.name : (peers.get(from)?.name ?? "?"),
      text,
      sentAt: Date.now(),
      replyTo,
      editedAt: null,
      deleted: false,
      reactions: [],
      pinned: null,
      thread: null,
      replies: 0,
      lastReplyAt: null,
      forwarded: null,
      starred: false,
      state: isOwn ? "queued" : "delivered",
      receivedBy: [],
      heldBy: 0,
      readBy: [],
      notHeld: null,
      readers: peers.size,
      mentionsYou: !isOwn && text.includes(`@${session.name}`),
      expiresAt: timer === null ? null : Date.now() + timer,
      notice: null,
    };
    messages.push(message);
    emit({ event: "messageAdded", message });
    return message;
  };
  const listOf = (params: CallParams): readonly MessageView[] =>
    messages.filter((message) => message.in === (roomOf(params["in"])?.roomId ?? params["in"]));

  const answers: Readonly<Record<string, (params: CallParams) => Outcome>> = {
    "profiles.list": () => ({
      result: { state: "running", current: null, profiles: [], keychain: false, suggestedName: "ada", damage: null },
    }),
    "settings.get": () => ({ result: { readReceipts: true } }),
    "settings.set": (params) => ({ result: { readReceipts: true, ...(params as object) } }),
    "people.list": () => ({ result: { people: [] } }),
    "session.get": () => ({ result: session }),
    "session.setName": ({ name }) => {
      session = { ...session, name: String(name), named: true };
      emit({ event: "sessionChanged", session });
      return { result: session };
    },
    "peers.list": () => ({ result: { peers: [...peers.values()] } }),
    "peers.connect": () => ({
      refused: {
        code: "unreachable",
        message: "Nothing answers at this address. Check that Earshot is open there and that it shows the same address.",
      },
    }),
    "host.get": () => ({ result: host }),
    "host.handOff": ({ to }) => {
      changeHost(String(to));
      return { result: { hostId: host.hostId, term: host.term } };
    },
    "host.stats": () => ({ result: start.stats }),
    "rooms.list": () => ({ result: { rooms: [...rooms.values()] } }),
    "rooms.create": ({ name, visibility, topic }) => {
      const bare = String(name).replace(/^#/u, "");
      if (roomOf(`#${bare}`))
        return { refused: { code: "nameTaken", message: `There is a room called #${bare} already. Choose another name.` } };
      const room: RoomView = {
        roomId: `room-${bare}`,
        name: bare,
        topic: String(topic ?? ""),
        visibility: visibility === "private" ? "private" : "public",
        history: visibility === "private" ? "fromJoin" : "all",
        hasUntold: false,
        missing: 0,
        joined: true,
        invitedBy: null,
        memberCount: 1,
        unread: 0,
        mentioned: false,
        waitingFor: [],
        keyChanges: [],
        timerMs: null,
        keepMs: null,
        lastMessageAt: null,
      };
      rooms.set(room.roomId, room);
      emit({ event: "roomChanged", room });
      return { result: { roomId: room.roomId } };
    },
    "rooms.join": ({ room }) => {
      const found = roomOf(room);
      if (!found) return { refused: { code: "unknownRoom", message: "There is no such room any more." } };
      changeRoom(found.roomId, { joined: true, invitedBy: null, memberCount: found.memberCount + 1 });
      return { result: { roomId: found.roomId } };
    },
    "rooms.leave": ({ room }) => {
      const found = roomOf(room);
      if (!found) return { refused: { code: "unknownRoom", message: "There is no such room any more." } };
      changeRoom(found.roomId, { joined: false, memberCount: found.memberCount - 1 });
      return { result: { roomId: found.roomId } };
    },
    "rooms.invite": ({ room }) => ({ result: { roomId: roomOf(room)?.roomId } }),
    "rooms.members": () => ({
      result: {
        members: [
          { peerId: session.peerId, name: session.name, online: true },
          ...[...peers.values()].slice(0, 4).map(({ peerId, name, online }) => ({ peerId, name, online })),
        ],
      },
    }),
    "messages.send": ({ to, text, replyTo }) => {
      if (sendRefusal) return { refused: sendRefusal };
      const id = roomOf(to)?.roomId ?? String(to);
      const message = add(session.peerId, id, String(text), replyTo === undefined ? null : String(replyTo));
      const others = [...peers.values()].filter(({ online }) => online).map(({ peerId }) => peerId);
      setTimeout(() => {
        const at = messages.indexOf(message);
        messages[at] = { ...message, state: "delivered", receivedBy: others, readers: others.length };
        emit({ event: "messageChanged", message: messages[at] });
      }, 30);
      return { result: { messageId: message.messageId } };
    },
    "messages.list": (params) => {
      const all = listOf(params);
      const end = params["before"] === undefined ? all.length : all.findIndex(({ messageId }) => messageId === params["before"]);
      const from = Math.max(0, end - Number(params["limit"] ?? pageDefault));
      return { result: { messages: all.slice(from, end), hasMore: from > 0 } };
    },
    "messages.search": (params) => {
      const words = String(params["query"]).toLowerCase().split(/\s+/u);
      const scope = params["in"] === undefined ? messages : listOf(params);
      return { result: { messages: scope.filter(({ text }) => words.every((word) => text.toLowerCase().includes(word))).reverse() } };
    },
    "messages.markRead": (params) => {
      setUnread(roomOf(params["in"])?.roomId ?? String(params["in"]), () => 0);
      return { result: {} };
    },
  };

  function changeHost(hostId: string): void {
    host = { hostId, term: host.term + 1, isSelf: hostId === session.peerId, since: Date.now() };
    for (const peer of peers.values()) changePeer(peer.peerId, { isHost: peer.peerId === hostId });
    emit({ event: "hostChanged", host });
  }

  return {
    call: (method, params) => answers[method]?.(params) ?? { refused: { code: "unknownMethod", message: "unknown method" } },
    onEvent(listener) {
      emit = listener;
    },
    say(from, to, text, replyTo) {
      add(from, to, text, replyTo ?? null);
      setUnread(to, (unread) => unread + 1);
    },
    changePeer,
    changeHost,
    refuseSends(error) {
      sendRefusal = error;
    },
  };
}
