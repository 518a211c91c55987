/** The part of the contract about what a person keeps for themselves; and that they are writing. */
import { z } from "zod";
import { messageSchema } from "./contract-messages.ts";
import { destination, empty, keepMsMax, keepMsMin, millis, peerId, scheduleAheadMsMax } from "./schemas.ts";

const messageId = z.string().min(1).max(120);
const scheduleId = z.string().min(1).max(40);
const conversationErrors = ["unknownRoom", "ambiguousRoom", "unknownPeer"] as const;

export const draftSchema = z.object({
  in: z.string().describe('room id, or "@" and a peer id'),
  text: z.string(),
  replyTo: z.string().nullable(),
  at: millis,
});

export const scheduledSchema = z.object({
  scheduleId: z.string(),
  in: z.string(),
  text: z.string(),
  at: millis.describe("when it is sent, or, where that is past, when it was due"),
  replyTo: z.string().nullable(),
  thread: z.string().nullable(),
  problem: z.string().nullable().describe("why it could not be sent; it waits for you"),
});

export const ownMethods = {
  "drafts.set": {
    summary: "What is half written in a conversation; kept over a restart. Without text it is forgotten.",
    errors: [...conversationErrors, "textTooLong"],
    params: z.object({ in: destination, text: z.string(), replyTo: messageId.optional() }).strict(),
    result: empty,
  },
  "drafts.list": {
    summary: "What is half written, and where.",
    params: empty,
    result: z.object({ drafts: z.array(draftSchema) }),
  },
  "messages.star": {
    summary: "Mark a message for yourself, or take the mark away. Nobody else sees it.",
    errors: ["unknownMessage", "deleted", "tooMany"],
    params: z.object({ messageId, on: z.boolean() }).strict(),
    result: empty,
  },
  "messages.starred": {
    summary: "The messages you have marked for yourself, the newest mark first.",
    params: empty,
    result: z.object({ messages: z.array(messageSchema) }),
  },
  "messages.markUnread": {
    summary: "As if nothing had been seen from this message on. Others are not told.",
    errors: ["unknownMessage"],
    params: z.object({ messageId }).strict(),
    result: empty,
  },
  "messages.schedule": {
    summary:
      "Send a text later. If Earshot is not running then, it is sent at the next start; what cannot be sent is kept, with the reason.",
    errors: [...conversationErrors, "notMember", "textTooLong", "invalidParams", "tooMany"],
    params: z
      .object({
        to: destination,
        text: z.string().min(1),
        at: millis.describe(`at most ${scheduleAheadMsMax / 86_400_000} days ahead`),
        replyTo: messageId.optional(),
        thread: messageId.optional(),
      })
      .strict(),
    result: z.object({ scheduleId: z.string() }),
  },
  "messages.scheduled": {
    summary: "What is to be sent later, the next first.",
    params: empty,
    result: z.object({ scheduled: z.array(scheduledSchema) }),
  },
  "messages.unschedule": {
    summary: "Do not send it.",
    errors: ["unknownSchedule"],
    params: z.object({ scheduleId }).strict(),
    result: empty,
  },
  "conversations.typing": {
    summary: "You are writing there: said to those who are here, at most every few seconds, and in small rooms alone.",
    errors: [...conversationErrors, "notMember"],
    params: z.object({ in: destination }).strict(),
    result: empty,
  },
  "conversations.setRetention": {
    summary: "How long this machine keeps what is said there; what is older is destroyed here, and nowhere else.",
    errors: [...conversationErrors, "notMember", "tooMany"],
    params: z
      .object({
        in: destination,
        keepMs: z.number().int().min(keepMsMin).max(keepMsMax).nullable().describe("one day to ten years; null: as long as there is space"),
      })
      .strict(),
    result: z.object({ keepMs: z.number().int().nullable() }),
  },
} as const;

export const ownEvents = {
  typing: z.object({ event: z.literal("typing"), in: z.string(), peerId, until: millis }),
  scheduledChanged: z.object({ event: z.literal("scheduledChanged") }),
  scheduledSent: z.object({
    event: z.literal("scheduledSent"),
    in: z.string(),
    messageId: z.string(),
    dueAt: millis.describe("long past where Earshot was not running then"),
  }),
} as const;
