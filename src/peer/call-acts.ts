/** What the API's calls have in common: what they act on, whom they name, and why they are refused. */
import type { ApiError, ErrorCode } from "../api/contract.ts";
import type { Address, Millis, PeerId, RoomId } from "../ids.ts";
import type { MailStats, Rooms } from "../rooms/index.ts";
import { directRoomId, type RoomsFailure } from "../rooms/index.ts";
import type { RoomsOutcome } from "../rooms/ports.ts";
import type { ApiOutcome } from "./effect.ts";
import type { FloodReports } from "./flood-reports.ts";
import type { LogBook } from "./log-book.ts";
import type { Own } from "./own.ts";
import type { OwnSettings } from "./own-settings.ts";
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
  mailStats(): MailStats;
  readonly settings: OwnSettings;
  readonly own: Own;
  settingsChanged(now: Millis): void;
  readonly floods: FloodReports;
}

export type Answer = ApiOutcome | "later";

export function inRoom(acts: Acts, ref: string, act: (roomId: RoomId) => Answer): Answer {
  const found = acts.rooms.resolveRoom(ref);
  return found.ok ? act(found.roomId) : refuseFor(found.code);
}

export function inConversation(acts: Acts, destination: string, act: (roomId: RoomId) => Answer): Answer {
  if (!destination.startsWith("@")) return inRoom(acts, destination, act);
  const peerId = destination.slice(1) as PeerId;
  if (peerId === acts.self || !acts.isKnown(peerId)) return unknownPeer();
  return act(directRoomId(acts.self, peerId));
}

/** Nothing goes to somebody blocked, or unasked to a new key. */
export function barredIn(acts: Acts, roomId: RoomId): ApiOutcome | undefined {
  const person = acts.views.person(roomId);
  if (person !== undefined) return barredFrom(acts, person, "write to them");
  const [stranger] = acts.views.room(roomId)?.keyChanges ?? [];
  return stranger === undefined ? undefined : refuseStranger(acts, stranger as PeerId, "send again");
}

export function barredFrom(acts: Acts, person: PeerId, act: string): ApiOutcome | undefined {
  const bars = acts.people.barred(person);
  if (bars === "blocked") {
    const name = acts.views.nameOf(person) ?? "this person";
    return refuse("blocked", `You have blocked ${name}. Unblock them to ${act}.`);
  }
  return bars === "keyChanged" ? refuseStranger(acts, person, act === "write to them" ? "send again" : act) : undefined;
}

export function refuseStranger(acts: Acts, stranger: PeerId, then: string): ApiOutcome {
  const name = acts.views.nameOf(stranger) ?? "This person";
  const wasVerified = acts.views.peer(stranger)?.keyChange?.wasVerified ?? false;
  const whose = wasVerified ? "This is not the key you have verified" : "It may be another device, or somebody else";
  return refuse("keyChanged", `${name}'s key is new. ${whose}. Compare the safety number, or accept the new key; then ${then}.`);
}

export function settled(
  acts: Acts,
  result: { ok: true; roomId?: RoomId; outcome: RoomsOutcome } | { ok: false; code: RoomsFailure },
  now: Millis,
  roomId?: RoomId,
): Answer {
  if (!result.ok) return refuseFor(result.code);
  acts.absorbRooms(result.outcome, now);
  return done({ roomId: result.roomId ?? roomId });
}

export function done(result: unknown): ApiOutcome {
  return { ok: true, result };
}

export function refuse(code: ErrorCode, message: string): ApiOutcome {
  const error: ApiError = { code, message };
  return { ok: false, error };
}

export function unknownPeer(): ApiOutcome {
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
  unknownMessage: "There is no such message here. It may have disappeared, or stand in a room you are not in.",
  notYours: "Only who wrote a message can change it.",
  deleted: "This message was deleted. Nothing can be done with it any more.",
  disappears: "This message disappears by itself, and can't be corrected. Delete it, or write another.",
  threadFull: "This thread has as many answers as it can hold. Begin another, or make a room for it.",
  tooManyReactions: "This message has as many different signs as it can hold. Use one of those.",
};

export function refuseFor(code: RoomsFailure): ApiOutcome {
  return refuse(code, roomWords[code]);
}
