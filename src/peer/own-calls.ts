/** Calls about what a person keeps for themselves. Params have passed their schemas. */
import { type OwnMethodName, type Params, scheduleAheadMsMax, textBytesMax } from "../api/contract.ts";
import type { Millis, RoomId } from "../ids.ts";
import { utf8Length } from "../rooms/index.ts";
import { type Acts, type Answer, done, inConversation, refuse, refuseFor } from "./call-acts.ts";
import type { ApiOutcome } from "./effect.ts";
import { keepsMax, scheduledMax, starsMax } from "./limits.ts";
import { answerAboutMessages } from "./message-calls.ts";
import type { Scheduled } from "./own-records.ts";

export function answerAboutOwn(acts: Acts, method: OwnMethodName, params: unknown, now: Millis): Answer {
  const { records } = acts.own;
  switch (method) {
    case "drafts.set": {
      const { in: conversation, text, replyTo } = params as Params<"drafts.set">;
      return inConversation(acts, conversation, (roomId) => {
        // Room for one that is too long to be sent: what was typed is not lost.
        if (text.length > 4 * textBytesMax) return refuseFor("textTooLong");
        const isEmpty = text === "" && replyTo === undefined;
        records.setDraft(roomId, isEmpty ? undefined : { text, at: acts.own.wallNow(), ...(replyTo !== undefined && { replyTo }) });
        return done({});
      });
    }
    case "drafts.list": {
      const drafts = [...records.drafts].map(([roomId, { text, replyTo, at }]) => {
        return { in: acts.views.conversation(roomId as RoomId), text, replyTo: replyTo ?? null, at };
      });
      return done({ drafts });
    }
    case "messages.star": {
      const { messageId, on } = params as Params<"messages.star">;
      const message = acts.rooms.message(messageId);
      if (on && message === undefined) return refuseFor("unknownMessage");
      if (on && message?.isDeleted === true) return refuseFor("deleted");
      if (!records.setStar(messageId, on ? acts.own.wallNow() : undefined))
        return refuse(
          "tooMany",
          `You have starred ${starsMax} messages, which is as many as there is room for. Take some stars away first.`,
        );
      acts.own.messageChanged(messageId);
      return done({});
    }
    case "messages.starred": {
      const found = records.stars.flatMap((messageId) => acts.rooms.message(messageId) ?? []);
      return done({ messages: found.filter(({ isDeleted }) => !isDeleted).map((message) => acts.views.message(message)) });
    }
    case "messages.markUnread": {
      const marked = acts.rooms.acts.markUnread((params as Params<"messages.markUnread">).messageId);
      if (!marked.ok) return refuseFor(marked.code);
      acts.absorbRooms(marked.outcome, now);
      return done({});
    }
    case "messages.schedule": {
      const { to, text, at, replyTo, thread } = params as Params<"messages.schedule">;
      return inConversation(acts, to, (roomId) => {
        if (acts.rooms.room(roomId)?.joined === false) return refuseFor("notMember");
        if (utf8Length(text) > textBytesMax) return refuseFor("textTooLong");
        const wall = acts.own.wallNow();
        if (at <= wall) return refuse("invalidParams", "That moment is past. Choose one ahead, or send it now.");
        if (at > wall + scheduleAheadMsMax) return refuse("invalidParams", "That is more than a year ahead. Choose an earlier moment.");
        const scheduleId = acts.own.newId();
        const about = { ...(replyTo !== undefined && { replyTo }), ...(thread !== undefined && { thread }) };
        if (!records.setScheduled(scheduleId, { roomId, text, at, ...about }))
          return refuse(
            "tooMany",
            `${scheduledMax} messages wait to be sent later, which is as many as there is room for. Cancel one first.`,
          );
        acts.own.scheduled.changed(now);
        return done({ scheduleId });
      });
    }
    case "messages.scheduled": {
      const scheduled = [...records.scheduled].map(([scheduleId, { roomId, text, at, replyTo, thread, problem }]) => ({
        scheduleId,
        in: acts.views.conversation(roomId as RoomId),
        text,
        at,
        replyTo: replyTo ?? null,
        thread: thread ?? null,
        problem: problem ?? null,
      }));
      return done({ scheduled: scheduled.sort((a, b) => a.at - b.at) });
    }
    case "messages.unschedule": {
      const { scheduleId } = params as Params<"messages.unschedule">;
      if (!records.scheduled.has(scheduleId))
        return refuse("unknownSchedule", "There is no such message to be sent. It may have been sent already.");
      records.setScheduled(scheduleId, undefined);
      acts.own.scheduled.changed(now);
      return done({});
    }
    case "conversations.typing":
      return inConversation(acts, (params as Params<"conversations.typing">).in, (roomId) => {
        if (acts.rooms.room(roomId)?.joined === false) return refuseFor("notMember");
        acts.own.typing.say(roomId, now);
        return done({});
      });
    case "conversations.setRetention": {
      const { in: conversation, keepMs } = params as Params<"conversations.setRetention">;
      return inConversation(acts, conversation, (roomId) => {
        if (acts.rooms.room(roomId)?.joined === false) return refuseFor("notMember");
        if (!records.setKeepMs(roomId, keepMs ?? undefined))
          return refuse("tooMany", `${keepsMax} conversations are kept for a time of their own, which is as many as there is room for.`);
        acts.rooms.retention.look(roomId);
        acts.own.conversationChanged(roomId);
        return done({ keepMs });
      });
    }
  }
}

/** As the person would send it now. */
export function sendScheduled(acts: Acts, { roomId, text, replyTo, thread }: Scheduled, now: Millis): ApiOutcome {
  const about = { ...(replyTo !== undefined && { replyTo }), ...(thread !== undefined && { thread }) };
  const outcome = answerAboutMessages(acts, "messages.send", { to: acts.views.conversation(roomId as RoomId), text, ...about }, now);
  return outcome === "later" ? refuse("busy", "It could not be sent yet.") : outcome;
}
