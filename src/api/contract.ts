/**
 * The public contract: every method, event and error of the API, once. The server checks calls against these schemas,
 * docs/api.md is generated from them, and window and command line take their types from here.
 *
 * Transport: JSON-RPC 2.0 over a WebSocket on 127.0.0.1; events are notifications of the method "event".
 */
import { z } from "zod";
import { messageMethods, messageSchema } from "./contract-messages.ts";
import { ownEvents, ownMethods } from "./contract-own.ts";
import { profileMethods, profilesSchema, shellMethods } from "./contract-profiles.ts";
import { settingsMethods, settingsSchema } from "./contract-settings.ts";
import {
  address,
  empty,
  history,
  keepMs,
  millis,
  peerId,
  personName,
  roomId,
  roomNameCharsMax,
  roomRef,
  timerMs,
  topicCharsMax,
  visibility,
} from "./schemas.ts";

export const sessionSchema = z.object({
  peerId,
  name: z.string(),
  named: z.boolean().describe("false until the person chose a name"),
  profile: z.string().nullable().describe("null for a guest"),
  network: z.string(),
  version: z.string(),
  addresses: z.array(z.string()).describe('"ip:port" of this peer'),
});

export const peerSchema = z.object({
  peerId,
  name: z.string(),
  online: z.boolean(),
  link: z.enum(["direct", "relayed", "none"]),
  via: peerId.nullable().describe("who relays, where link is relayed"),
  address: z.string().nullable(),
  linkedSince: millis.nullable(),
  isHost: z.boolean(),
  verified: z.boolean(),
  blocked: z.boolean().describe("nothing of theirs is shown or arrives"),
  keyChange: z
    .object({ previous: peerId, wasVerified: z.boolean().describe("you have verified the one before"), since: millis })
    .nullable()
    .describe("they bear the name of somebody you know, with another key; nothing is sent to them until people.acceptKey"),
  timerMs,
  keepMs,
  nameClash: z.boolean().describe("another known person, or you, has the same name; whom you have known by it for longest keeps it plain"),
  forked: z.boolean().describe("they have signed two histories that contradict each other: what they said from there on is not shown"),
  unread: z.number().int().nonnegative(),
  lastMessageAt: millis.nullable(),
});

export const hostSchema = z.object({
  hostId: peerId,
  term: z.number().int().nonnegative(),
  isSelf: z.boolean(),
  since: millis,
});

export const roomSchema = z.object({
  roomId,
  name: z.string().describe("without #"),
  topic: z.string(),
  visibility,
  history,
  hasUntold: z.boolean().describe("something was said before you came, and is not shown to you"),
  missing: z.number().int().nonnegative().describe("older entries, messages for the most part, that have not come from the others yet"),
  joined: z.boolean(),
  invitedBy: peerId.nullable(),
  memberCount: z.number().int().nonnegative(),
  timerMs,
  keepMs,
  unread: z.number().int().nonnegative(),
  mentioned: z.boolean().describe("an unread message names you"),
  keyChanges: z.array(peerId).describe("of a private room: members whose key is new"),
  waitingFor: z.array(peerId).describe("whose messages have come and cannot be read yet; their keys have been asked for"),
  lastMessageAt: millis.nullable(),
});

export const logEntrySchema = z.object({
  at: millis,
  kind: z.enum(["joined", "left", "lost", "hostChanged", "roomCreated", "linkFailed", "flooding", "keyChanged", "forked"]),
  peerId: peerId.nullable(),
  text: z.string().describe("in plain words"),
});

export const hostStatsSchema = z.object({
  peers: z.array(
    z.object({
      peerId,
      name: z.string(),
      address: z.string().nullable(),
      linkedSince: millis.nullable(),
      relayedFrames: z.number(),
      relayedBytes: z.number(),
    }),
  ),
  rooms: z.array(z.object({ roomId, name: z.string(), memberCount: z.number() })),
  relayed: z.object({ frames: z.number(), bytes: z.number() }),
  mail: z
    .object({ items: z.number().int(), bytes: z.number().int(), oldestAt: millis.nullable(), forPeople: z.number().int() })
    .describe("sealed messages that this peer holds for people who are away"),
  refused: z.object({
    tooMany: z.number(),
    badHandshake: z.number(),
    timedOut: z.number(),
    badFrames: z.number(),
    unauthentic: z.number(),
  }),
  floods: z
    .array(
      z.object({
        peerId,
        name: z.string(),
        since: millis,
        dropped: z.number().int().nonnegative().describe("frames that were too much"),
        reportedBy: peerId.nullable().describe("who told the host so; null where this peer noticed it itself"),
      }),
    )
    .describe("who sends too much at once, or did within ten minutes"),
  log: z.array(logEntrySchema).describe("newest last, at most 500"),
});

/** One entry per method: what it takes and what it gives back. */
export const methods = {
  ...shellMethods,
  ...profileMethods,
  "session.get": { summary: "Who this peer is.", params: empty, result: sessionSchema },
  "session.setName": { summary: "Take another name.", params: z.object({ name: personName }).strict(), result: sessionSchema },
  "peers.list": { summary: "Everybody known, without yourself.", params: empty, result: z.object({ peers: z.array(peerSchema) }) },
  "peers.connect": {
    summary: "Dial an address. Answers when the link stands.",
    errors: ["addressInvalid", "unreachable"],
    params: z.object({ address }).strict(),
    result: z.object({ peerId }),
  },
  "host.get": { summary: "Who keeps the room list.", params: empty, result: hostSchema },
  "host.handOff": {
    summary: "Pass the host's role on. Only the host can.",
    errors: ["notHost", "unknownPeer", "peerAway", "handOffFailed", "busy"],
    params: z.object({ to: peerId }).strict(),
    result: z.object({ hostId: peerId, term: z.number().int() }),
  },
  "host.stats": { summary: "What this peer carries for others, and who came and went.", params: empty, result: hostStatsSchema },
  "rooms.list": {
    summary: "Public rooms, and private ones that you are in or invited to.",
    params: empty,
    result: z.object({ rooms: z.array(roomSchema) }),
  },
  "rooms.create": {
    summary: "Create a room and join it.",
    errors: ["nameInvalid", "nameTaken", "roomFull", "invalidParams"],
    params: z
      .object({
        name: z
          .string()
          .min(1)
          .max(roomNameCharsMax + 1),
        visibility,
        topic: z.string().max(topicCharsMax).optional(),
        history: history.optional().describe('of a private room, "fromJoin" where nothing is said; of a public one always "all"'),
      })
      .strict(),
    result: z.object({ roomId }),
  },
  "rooms.join": {
    summary: "Join a public room, or a private one you are invited to.",
    errors: ["unknownRoom", "ambiguousRoom", "notInvited", "lobbyPermanent", "roomFull"],
    params: z.object({ room: roomRef }).strict(),
    result: z.object({ roomId }),
  },
  "rooms.leave": {
    summary: "Leave a room.",
    errors: ["unknownRoom", "ambiguousRoom", "notMember", "lobbyPermanent"],
    params: z.object({ room: roomRef }).strict(),
    result: z.object({ roomId }),
  },
  "rooms.invite": {
    summary: "Invite somebody to a room you are in.",
    errors: ["unknownRoom", "ambiguousRoom", "unknownPeer", "notMember", "lobbyPermanent", "keyChanged", "blocked"],
    params: z.object({ room: roomRef, peer: peerId }).strict(),
    result: z.object({ roomId }),
  },
  "rooms.members": {
    summary: "Who is in a room.",
    errors: ["unknownRoom", "ambiguousRoom"],
    params: z.object({ room: roomRef }).strict(),
    result: z.object({ members: z.array(z.object({ peerId, name: z.string(), online: z.boolean() })) }),
  },
  "people.list": {
    summary: "Everybody of whom something is remembered: known by a name, verified, or blocked; here or not.",
    params: empty,
    result: z.object({
      people: z.array(z.object({ peerId, name: z.string(), online: z.boolean(), verified: z.boolean(), blocked: z.boolean() })),
    }),
  },
  "people.safetyNumber": {
    summary: "What two people compare, in person or read aloud, to know that nobody sits between them.",
    errors: ["unknownPeer"],
    params: z.object({ peer: peerId }).strict(),
    result: z.object({ digits: z.string().describe("12 groups of 5 digits, the same on both sides"), qr: z.string() }),
  },
  "people.verify": {
    summary: "The safety numbers match, or are not taken to match any more. With `scanned`, the other's code, only where it does.",
    errors: ["unknownPeer", "safetyNumberDiffers"],
    params: z.object({ peer: peerId, verified: z.boolean(), scanned: z.string().max(400).optional() }).strict(),
    result: empty,
  },
  "people.block": {
    summary: "Nothing of theirs arrives or is shown, anywhere; or it does again.",
    errors: ["unknownPeer"],
    params: z.object({ peer: peerId, blocked: z.boolean() }).strict(),
    result: empty,
  },
  "people.acceptKey": {
    summary: "A person whose key is new is who they say: messages go to them again.",
    errors: ["unknownPeer"],
    params: z.object({ peer: peerId }).strict(),
    result: empty,
  },
  ...messageMethods,
  ...settingsMethods,
  ...ownMethods,
} as const;

export type MethodName = keyof typeof methods;
export type ShellMethodName = keyof typeof shellMethods;
export type ProfileMethodName = keyof typeof profileMethods;
export type MessageMethodName = keyof typeof messageMethods;
export type OwnMethodName = keyof typeof ownMethods;
/** Answered by the peer's core. */
export type PeerMethodName = Exclude<MethodName, ShellMethodName | ProfileMethodName>;

export function isShellMethod(method: MethodName): method is ShellMethodName {
  return Object.hasOwn(shellMethods, method);
}

export function isMessageMethod(method: MethodName): method is MessageMethodName {
  return Object.hasOwn(messageMethods, method);
}

export function isOwnMethod(method: MethodName): method is OwnMethodName {
  return Object.hasOwn(ownMethods, method);
}

export function isProfileMethod(method: MethodName): method is ProfileMethodName {
  return Object.hasOwn(profileMethods, method);
}
export type Params<M extends MethodName> = z.input<(typeof methods)[M]["params"]>;
export type Result<M extends MethodName> = z.output<(typeof methods)[M]["result"]>;

export { settingsSchema };
export type Settings = z.output<typeof settingsSchema>;
export type Session = z.output<typeof sessionSchema>;
export type PeerView = z.output<typeof peerSchema>;
export type HostView = z.output<typeof hostSchema>;
export type RoomView = z.output<typeof roomSchema>;
export type MessageView = z.output<typeof messageSchema>;
export type LogEntry = z.output<typeof logEntrySchema>;
export type ProfilesView = z.output<typeof profilesSchema>;
export type HostStats = z.output<typeof hostStatsSchema>;

/** What a peer tells its window, its command line and its bots, as it happens. `ready` is printed by `run --json` first. */
export const eventSchema = z.discriminatedUnion("event", [
  z.object({ event: z.literal("ready"), peerId, api: z.string(), dataDir: z.string() }),
  z.object({ event: z.literal("sessionChanged"), session: sessionSchema }),
  z.object({ event: z.literal("peerChanged"), peer: peerSchema }),
  z.object({ event: z.literal("hostChanged"), host: hostSchema }),
  z.object({ event: z.literal("roomChanged"), room: roomSchema }),
  z.object({ event: z.literal("roomRemoved"), roomId }),
  z.object({ event: z.literal("messageAdded"), message: messageSchema }),
  z.object({ event: z.literal("messageChanged"), message: messageSchema }),
  z
    .object({ event: z.literal("historyGrown"), in: z.string() })
    .describe("older messages have come from others: `messages.list` gives more than before"),
  z.object({ event: z.literal("messageRemoved"), messageId: z.string(), in: z.string() }).describe("it has disappeared"),
  ownEvents.typing,
  ownEvents.scheduledChanged,
  ownEvents.scheduledSent,
  z.object({ event: z.literal("logged"), entry: logEntrySchema }),
  z
    .object({ event: z.literal("profilesChanged"), profiles: profilesSchema })
    .describe("somebody logged in or out: all that was told before is over"),
]);
export type EarshotEvent = z.output<typeof eventSchema>;

/** Why a call was refused. Match on these, never on the text. */
export const errorCodes = [
  "invalidRequest",
  "unknownMethod",
  "invalidParams",
  "unknownRoom",
  "ambiguousRoom",
  "unknownPeer",
  "peerAway",
  "notMember",
  "notInvited",
  "nameTaken",
  "nameInvalid",
  "textTooLong",
  "unknownMessage",
  "notYours",
  "deleted",
  "disappears",
  "tooManyReactions",
  "threadFull",
  "unknownSchedule",
  "tooMany",
  "lobbyPermanent",
  "roomFull",
  "notHost",
  "handOffFailed",
  "locked",
  "unknownProfile",
  "profileExists",
  "profileInvalid",
  "profileInUse",
  "keychainMissing",
  "phraseInvalid",
  "fileInvalid",
  "notKept",
  "wrongPassphrase",
  "tooManyTries",
  "passphraseInvalid",
  "profileUnusable",
  "safetyNumberDiffers",
  "keyChanged",
  "blocked",
  "addressInvalid",
  "unreachable",
  "busy",
  "stopping",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** `message` says what happened and what to do, in the person's words. */
export interface ApiError {
  readonly code: ErrorCode;
  readonly message: string;
}

export { messageSchema } from "./contract-messages.ts";
export {
  listLimitMax,
  nameCharsMax,
  roomNameCharsMax,
  scheduleAheadMsMax,
  textBytesMax,
  timerMsMax,
  timerMsMin,
  topicCharsMax,
} from "./schemas.ts";
export { apiSubprotocol, apiTokenPrefix, rpcErrorNumbers } from "./wire.ts";
