/** The API's methods, as acts on mesh and rooms. Params have passed their schemas. */
import { isMessageMethod, isOwnMethod, type Params, type PeerMethodName, type Settings } from "../api/contract.ts";
import type { Address, Millis, PeerId } from "../ids.ts";
import { parseAddress } from "../mesh/index.ts";
import { type Acts, type Answer, barredFrom, done, inRoom, refuse, settled, unknownPeer } from "./call-acts.ts";
import { signallingPortCount, signallingPortFirst } from "./limits.ts";
import { answerAboutMessages } from "./message-calls.ts";
import { answerAboutOwn } from "./own-calls.ts";

export function answer(acts: Acts, method: PeerMethodName, params: unknown, now: Millis): Answer {
  if (isOwnMethod(method)) return answerAboutOwn(acts, method, params, now);
  if (isMessageMethod(method)) return answerAboutMessages(acts, method, params, now);
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
      return done(acts.views.hostStats(acts.mailStats(), acts.unauthentic(), acts.floods.list(now), acts.log.entries()));
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
    case "settings.set":
      acts.settings.set(params as Params<"settings.set"> as Partial<Settings>);
      acts.settingsChanged(now);
      return done(acts.settings.all);
    case "settings.get":
      return done(acts.settings.all);
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
  }
}

function handOff(acts: Acts, to: PeerId, now: Millis): Answer {
  if (!acts.isHost()) return refuse("notHost", "Only the host can hand its role to somebody else.");
  if (to === acts.self) return refuse("handOffFailed", "You keep the room list already. Choose somebody else.");
  if (!acts.isKnown(to)) return unknownPeer();
  if (!acts.isReachable(to)) return refuse("peerAway", "This person is away. Choose somebody who is here.");
  return acts.handOff(to, now);
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
