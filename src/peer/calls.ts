/** The API's methods, as acts on mesh and rooms. Params have passed their schemas. */
import type { ApiError, ErrorCode, Params, PeerMethodName } from "../api/contract.ts";
import type { Address, Millis, PeerId, RoomId } from "../ids.ts";
import { parseAddress } from "../mesh/index.ts";
import type { Rooms } from "../rooms/index.ts";
import { directRoomId, type RoomsFailure } from "../rooms/index.ts";
import type { RoomsOutcome } from "../rooms/ports.ts";
import type { ApiOutcome } from "./effect.ts";
import type { FloodReports } from "./flood-reports.ts";
import { listLimitDefault, signallingPortCount, signallingPortFirst } from "./limits.ts";
import type { LogBook } from "./log-book.ts";
import type { People } from "./people.ts";
import type { Views } from "./views.ts";

/** What a call may do to the peer. `later` answers when a machine has settled. */
export interface Acts {
  readonly views: Views;
  readonly rooms: Rooms;
  readonly log: LogBook;
  readonly self: PeerId;
  isKnown(peerId: PeerId): boolean;
  isReachable(peerId: PeerId): boolean;
  isHost(): boolean;
  absorbRooms(outcome: RoomsOutcome, now: Millis): void;
  rename(name: string, now: Millis): void;
  connect(addresses: readonly Address[], now: Millis): "later";
  handOff(to: PeerId, now: Millis): "later";
  readonly people: People;
  unauthentic(): number;
  readonly floods: FloodReports;
}

type Answer = ApiOutcome | "later";

export function answer(acts: Acts, method: PeerMethodName, params: unknown, now: Millis): Answer {
  switch (method) {
    case "session.get":
      return done(acts.views.session());
    case "session.setName": {
      acts.rename((params as Params<"session.setName">).name, now);
      return done(acts.views.session());
    }
    case "peers.list":
      return done({ peers: acts.views.peers() });
    case "peers.connect": {
      const addresses = dialable((params as Params<"peers.connect">).address);
      if (addresses === undefined) {
        return refuse("addressInvalid", 'That is not an address. Write it like "192.168.1.20" or "192.168.1.20:47474".');
      }
      return acts.connect(addresses, now);
    }
    case "host.get":
      return done(acts.views.host());
    case "host.handOff":
      return handOff(acts, (params as Params<"host.handOff">).to as PeerId, now);
    case "host.stats":
      return done(acts.views.hostStats(acts.unauthentic(), acts.floods.list(now), acts.log.entries()));
    case "rooms.list":
      return done({ rooms: acts.views.rooms() });
    case "rooms.create": {
      const { name, visibility, topic, history } = params as Params<"rooms.create">;
      if (visibility === "public" && history === "fromJoin")
        return refuse("invalidParams", "What is said in a public room is for everybody who joins. Make it private, or leave this out.");
      const told = visibility === "public" ? "all" : (history ?? "fromJoin");
      return settled(acts, acts.rooms.createRoom(name, visibility, topic ?? "", now, told), now);
    }
    case "rooms.join":
      return inRoom(acts, (params as Params<"rooms.join">).room, (roomId) => settled(acts, acts.rooms.joinRoom(roomId, now), now, roomId));
    case "rooms.leave":
      return inRoom(acts, (params as Params<"rooms.leave">).room, (roomId) =>
        settled(acts, acts.rooms.leaveRoom(roomId, now), now, roomId),
      );
    case "rooms.invite": {
      const { room, peer } = params as Params<"rooms.invite">;
      if (!acts.isKnown(peer as PeerId)) return unknownPeer();
      const barred = barredFrom(acts, peer as PeerId, "invite them");
      if (barred !== undefined) return barred;
      return inRoom(acts, room, (roomId) => settled(acts, acts.rooms.invite(roomId, peer as PeerId, now), now, roomId));
    }
    case "rooms.members":
      return inRoom(acts, (params as Params<"rooms.members">).room, (roomId) => done({ members: acts.views.members(roomId) }));
    case "people.list":
      return done({ people: acts.views.contacts() });
    case "people.block": {
      const { peer, blocked } = params as Params<"people.block">;
      const wasBlocked = acts.people.contacts.of(peer as PeerId).isBlocked;
      const outcome = acts.people.answer(method, params);
      const changes = outcome.ok && wasBlocked !== blocked ? acts.rooms.blockingChanged(peer as PeerId) : [];
      acts.absorbRooms({ posts: [], broadcasts: [], changes }, now);
      return outcome;
    }
    case "people.safetyNumber":
    case "people.verify":
    case "people.acceptKey":
      return acts.people.answer(method, params);
    case "messages.send": {
      const { to, text, replyTo } = params as Params<"messages.send">;
      return inConversation(acts, to, (roomId) => {
        const barred = barredIn(acts, roomId);
        if (barred !== undefined) return barred;
        const sent = acts.rooms.sendMessage(roomId, text, replyTo, now);
        if (!sent.ok) return refuseFor(sent.code);
        acts.absorbRooms(sent.outcome, now);
        return done({ messageId: sent.messageId });
      });
    }
    case "messages.setTimer": {
      const { in: conversation, afterMs } = params as Params<"messages.setTimer">;
      return inConversation(acts, conversation, (roomId) => {
        const barred = barredIn(acts, roomId);
        if (barred !== undefined) return barred;
        const set = acts.rooms.setTimer(roomId, afterMs, now);
        if (!set.ok) return set.code === "lobbyPermanent" ? refuse("lobbyPermanent", "In the lobby messages stay.") : refuseFor(set.code);
        acts.absorbRooms(set.outcome, now);
        return done({ timerMs: set.timerMs });
      });
    }
    case "messages.list": {
      const { in: conversation, before, limit } = params as Params<"messages.list">;
      return inConversation(acts, conversation, (roomId) => {
        const page = acts.rooms.listMessages(roomId, before, limit ?? listLimitDefault);
        return done({ messages: page.messages.map((message) => acts.views.message(message)), hasMore: page.hasMore });
      });
    }
    case "messages.search": {
      const { query, in: conversation, limit } = params as Params<"messages.search">;
      const find = (roomId: RoomId | undefined): Answer => {
        const found = acts.rooms.search(
          query.split(/\s+/u).filter((word) => word !== ""),
          roomId,
          limit ?? listLimitDefault,
        );
        return done({ messages: found.map((message) => acts.views.message(message)) });
      };
      return conversation === undefined ? find(undefined) : inConversation(acts, conversation, find);
    }
    case "messages.markRead":
      return inConversation(acts, (params as Params<"messages.markRead">).in, (roomId) => {
        acts.absorbRooms({ posts: [], broadcasts: [], changes: acts.rooms.markRead(roomId) }, now);
        return done({});
      });
  }
}

function handOff(acts: Acts, to: PeerId, now: Millis): Answer {
  if (!acts.isHost()) return refuse("notHost", "Only the host can hand its role to somebody else.");
  if (to === acts.self) return refuse("handOffFailed", "You keep the room list already. Choose somebody else.");
  if (!acts.isKnown(to)) return unknownPeer();
  if (!acts.isReachable(to)) return refuse("peerAway", "This person is away. Choose somebody who is here.");
  return acts.handOff(to, now);
}

function inRoom(acts: Acts, ref: string, act: (roomId: RoomId) => Answer): Answer {
  const found = acts.rooms.resolveRoom(ref);
  return found.ok ? act(found.roomId) : refuseFor(found.code);
}

function inConversation(acts: Acts, destination: string, act: (roomId: RoomId) => Answer): Answer {
  if (!destination.startsWith("@")) return inRoom(acts, destination, act);
  const peerId = destination.slice(1) as PeerId;
  if (peerId === acts.self || !acts.isKnown(peerId)) return unknownPeer();
  return act(directRoomId(acts.self, peerId));
}

/** Nothing goes to somebody blocked, or unasked to a new key. */
function barredIn(acts: Acts, roomId: RoomId): ApiOutcome | undefined {
  const person = acts.views.person(roomId);
  if (person !== undefined) return barredFrom(acts, person, "write to them");
  const [stranger] = acts.views.room(roomId)?.keyChanges ?? [];
  return stranger === undefined ? undefined : refuseStranger(acts, stranger as PeerId, "send again");
}

function barredFrom(acts: Acts, person: PeerId, act: string): ApiOutcome | undefined {
  const bars = acts.people.barred(person);
  if (bars === "blocked") {
    const name = acts.views.nameOf(person) ?? "this person";
    return refuse("blocked", `You have blocked ${name}. Unblock them to ${act}.`);
  }
  return bars === "keyChanged" ? refuseStranger(acts, person, act === "write to them" ? "send again" : act) : undefined;
}

function refuseStranger(acts: Acts, stranger: PeerId, then: string): ApiOutcome {
  const name = acts.views.nameOf(stranger) ?? "This person";
  const wasVerified = acts.views.peer(stranger)?.keyChange?.wasVerified ?? false;
  const whose = wasVerified ? "This is not the key you have verified" : "It may be another device, or somebody else";
  return refuse("keyChanged", `${name}'s key is new. ${whose}. Compare the safety number, or accept the new key; then ${then}.`);
}

function settled(
  acts: Acts,
  result: { ok: true; roomId?: RoomId; outcome: RoomsOutcome } | { ok: false; code: RoomsFailure },
  now: Millis,
  roomId?: RoomId,
): Answer {
  if (!result.ok) return refuseFor(result.code);
  acts.absorbRooms(result.outcome, now);
  return done({ roomId: result.roomId ?? roomId });
}

/** "host", "host:port" or "[v6]:port"; without a port, every port a peer may have taken. */
function dialable(text: string): Address[] | undefined {
  const trimmed = text.trim();
  const exact = parseAddress(trimmed);
  if (exact !== undefined) return [exact];
  const host = /^\[([0-9a-fA-F:.]+)\]$/.exec(trimmed)?.[1] ?? (/^[^\s:[\]/@]+$/.test(trimmed) ? trimmed : bareIpv6(trimmed));
  if (host === undefined) return undefined;
  return Array.from({ length: signallingPortCount }, (_, index) => ({ host, port: signallingPortFirst + index }));
}

function bareIpv6(text: string): string | undefined {
  return /^[0-9a-fA-F:.]+$/.test(text) && text.split(":").length > 2 ? text : undefined;
}

function done(result: unknown): ApiOutcome {
  return { ok: true, result };
}

export function refuse(code: ErrorCode, message: string): ApiOutcome {
  const error: ApiError = { code, message };
  return { ok: false, error };
}

function unknownPeer(): ApiOutcome {
  return refuse("unknownPeer", "Nobody here has this id. `peers.list` shows who is known.");
}

const roomWords: Record<RoomsFailure, string> = {
  unknownRoom: "There is no such room. `rooms.list` shows those there are.",
  ambiguousRoom: "Several rooms have this name. Use the room's id.",
  notMember: "You are not in this room. Join it first.",
  notInvited: "This room is private. Ask somebody in it to invite you.",
  nameTaken: "There is a room of this name already. Join it, or choose another name.",
  nameInvalid: "A room's name is 1 to 32 letters, digits, - or _, without spaces.",
  textTooLong: "This message is too long. Send it in parts of at most 16 KB.",
  lobbyPermanent: "Everybody is in the lobby; it can be neither left nor joined.",
  roomFull: "This room has as many members as it can hold.",
};

function refuseFor(code: RoomsFailure): ApiOutcome {
  return refuse(code, roomWords[code]);
}
