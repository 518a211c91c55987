/** The part of the contract about messages. */
import { z } from "zod";
import { destination, emojiCharsMax, empty, listLimitMax, millis, peerId, timerMs, timerMsMax, timerMsMin } from "./schemas.ts";

const messageId = z.string().min(1).max(120);

export const messageSchema = z.object({
  messageId: z.string(),
  in: z.string().describe('room id, or "@" and a peer id'),
  from: peerId,
  fromName: z.string(),
  text: z.string(),
  sentAt: millis,
  replyTo: z.string().nullable(),
  state: z
    .enum(["queued", "held", "delivered", "read"])
    .describe(
      "of your own messages: delivered or read by every reader, held: it gets to them though you and any one other are lost; others' are delivered",
    ),
  receivedBy: z.array(peerId).describe("of your own messages: whose peer has acknowledged it"),
  readers: z.number().int().nonnegative().describe("how many others it is meant for"),
  heldBy: z
    .number()
    .int()
    .nonnegative()
    .describe("of your own messages: how many others who are here now have it, for every reader who lacks it; held from two on"),
  readBy: z.array(peerId).describe("of your own messages: who has seen it, and says so"),
  notHeld: z
    .enum(["noHolders", "full", "noKeys", "unreadable"])
    .nullable()
    .describe(
      "why a queued message is not held: too few are here to hold it, they have no space, its reader's keys are not known here, or its reader cannot open what was sealed",
    ),
  mentionsYou: z.boolean(),
  editedAt: millis.nullable().describe("when its author corrected it last"),
  deleted: z.boolean().describe("its author took it back: it has no text any more"),
  reactions: z.array(z.object({ emoji: z.string(), from: z.array(peerId) })).describe("in the order in which each sign was first given"),
  pinned: z.object({ by: peerId, at: millis }).nullable(),
  thread: z
    .object({ root: z.string(), inRoom: z.boolean(), follows: z.boolean() })
    .nullable()
    .describe("it answers in the thread of `root`; `inRoom`: and stands in the room as well; `follows`: you take part in that thread"),
  replies: z.number().int().nonnegative().describe("answers in the thread that begins at it"),
  lastReplyAt: millis.nullable(),
  forwarded: z
    .object({ from: peerId, fromName: z.string(), sentAt: millis })
    .nullable()
    .describe("who said it first, as who forwarded it says"),
  starred: z.boolean().describe("you have marked it for yourself"),
  expiresAt: millis.nullable().describe("when it disappears here; null: it stays"),
  notice: z
    .object({ kind: z.literal("timer"), timerMs })
    .nullable()
    .describe("no message but a line about the conversation, without text: `from` set when messages disappear"),
});

export const messageMethods = {
  "messages.send": {
    summary: "Send a text to a room or a person, or into the thread of a message there.",
    errors: [
      "unknownRoom",
      "ambiguousRoom",
      "unknownPeer",
      "notMember",
      "textTooLong",
      "keyChanged",
      "blocked",
      "unknownMessage",
      "threadFull",
      "invalidParams",
    ],
    params: z
      .object({
        to: destination,
        text: z.string().min(1),
        replyTo: z.string().max(120).optional(),
        thread: messageId.optional().describe("the message whose thread it answers in"),
        alsoInRoom: z.boolean().optional().describe("with `thread`: it stands in the room as well"),
      })
      .strict(),
    result: z.object({ messageId: z.string() }),
  },
  "messages.forward": {
    summary: "Send what a message says to another conversation, with who said it first.",
    errors: [
      "unknownMessage",
      "deleted",
      "disappears",
      "unknownRoom",
      "ambiguousRoom",
      "unknownPeer",
      "notMember",
      "keyChanged",
      "blocked",
    ],
    params: z.object({ messageId, to: destination }).strict(),
    result: z.object({ messageId: z.string() }),
  },
  "messages.get": {
    summary: "One message.",
    errors: ["unknownMessage"],
    params: z.object({ messageId }).strict(),
    result: z.object({ message: messageSchema }),
  },
  "messages.edit": {
    summary: "Correct a message of your own. What it said before can be looked up.",
    errors: ["unknownMessage", "notYours", "deleted", "disappears", "textTooLong", "keyChanged", "blocked"],
    params: z.object({ messageId, text: z.string().min(1) }).strict(),
    result: empty,
  },
  "messages.delete": {
    summary: "Take back a message of your own: its text is destroyed on every screen and disk.",
    errors: ["unknownMessage", "notYours", "deleted"],
    params: z.object({ messageId }).strict(),
    result: empty,
  },
  "messages.react": {
    summary: "Put a sign under a message, or take yours away.",
    errors: ["unknownMessage", "deleted", "tooManyReactions"],
    params: z.object({ messageId, emoji: z.string().min(1).max(emojiCharsMax), on: z.boolean() }).strict(),
    result: empty,
  },
  "messages.pin": {
    summary: "Pin a message for everybody in the conversation, or take the pin away.",
    errors: ["unknownMessage", "deleted"],
    params: z.object({ messageId, on: z.boolean() }).strict(),
    result: empty,
  },
  "messages.pinned": {
    summary: "The pinned messages of a conversation, newest first.",
    errors: ["unknownRoom", "ambiguousRoom", "unknownPeer"],
    params: z.object({ in: destination }).strict(),
    result: z.object({ messages: z.array(messageSchema) }),
  },
  "messages.history": {
    summary: "What a message said at first and after each correction, oldest first.",
    errors: ["unknownMessage"],
    params: z.object({ messageId }).strict(),
    result: z.object({ versions: z.array(z.object({ text: z.string(), at: millis })) }),
  },
  "messages.setTimer": {
    summary: "Messages written from here on disappear, on every screen and disk; with null they stay. In the lobby they always stay.",
    errors: ["unknownRoom", "ambiguousRoom", "unknownPeer", "notMember", "lobbyPermanent", "keyChanged", "blocked"],
    params: z
      .object({
        in: destination,
        afterMs: z.number().int().min(timerMsMin).max(timerMsMax).nullable().describe("5 seconds to 4 weeks; null: off"),
      })
      .strict(),
    result: z.object({ timerMs }),
  },
  "messages.list": {
    summary:
      "Messages of one conversation, or of one thread in it, oldest first: the newest page, or that before or after a message, around one, or from a moment on with some before it.",
    errors: ["unknownRoom", "ambiguousRoom", "unknownPeer", "unknownMessage", "invalidParams"],
    params: z
      .object({
        in: destination,
        thread: messageId.optional(),
        before: messageId.optional(),
        after: messageId.optional(),
        around: messageId.optional(),
        at: millis.optional().describe("one of `before`, `after`, `around` and `at`; threads have `before` alone"),
        limit: z.number().int().min(1).max(listLimitMax).optional(),
      })
      .strict(),
    result: z.object({
      messages: z.array(messageSchema),
      hasMore: z.boolean().describe("there are older ones"),
      hasNewer: z.boolean(),
    }),
  },
  "messages.search": {
    summary:
      "Messages that contain words beginning with all words of the query, newest first. Filters: from:NAME or from:me, in:#room or in:@NAME, before:, after:, on:YYYY-MM-DD, has:link, has:code, has:mention; names with spaces in quotation marks.",
    errors: ["invalidParams", "unknownRoom", "ambiguousRoom", "unknownPeer"],
    params: z
      .object({
        query: z.string().min(1).max(200),
        in: destination.optional(),
        limit: z.number().int().min(1).max(listLimitMax).optional(),
        eastMinutes: z.number().int().min(-900).max(900).optional().describe("by how much your clock is ahead of UTC: days are yours"),
      })
      .strict(),
    result: z.object({ messages: z.array(messageSchema) }),
  },
  "messages.markRead": {
    summary: "Everything in this conversation has been seen.",
    errors: ["unknownRoom", "ambiguousRoom", "unknownPeer"],
    params: z.object({ in: destination }).strict(),
    result: empty,
  },
} as const;
