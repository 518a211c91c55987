/** Calls about messages, as acts on rooms. Params have passed their schemas. */
import type { MessageMethodName, Params } from "../api/contract.ts";
import type { Millis, PeerId, RoomId } from "../ids.ts";
import type { PageAt, RoomsResult } from "../rooms/index.ts";
import { directRoomId } from "../rooms/index.ts";
import { type Acts, type Answer, barredIn, done, inConversation, refuse, refuseFor } from "./call-acts.ts";
import { listLimitDefault } from "./limits.ts";
import { type Known, parseSearch } from "./search-query.ts";

export function answerAboutMessages(acts: Acts, method: MessageMethodName, params: unknown, now: Millis): Answer {
  switch (method) {
    case "messages.send": {
      const { to, text, replyTo, thread, alsoInRoom } = params as Params<"messages.send">;
      if (alsoInRoom !== undefined && thread === undefined) return refuse("invalidParams", "`alsoInRoom` goes with `thread`.");
      return inConversation(acts, to, (roomId) => {
        const barred = barredIn(acts, roomId);
        if (barred !== undefined) return barred;
        if (thread !== undefined && acts.rooms.acts.roomOf(thread) !== roomId) return refuseFor("unknownMessage");
        const sent =
          thread === undefined
            ? acts.rooms.sendMessage(roomId, { text, replyTo }, now)
            : acts.rooms.acts.answer(thread, { text, ...(replyTo !== undefined && { replyTo }) }, alsoInRoom === true, now);
        if (!sent.ok) return refuseFor(sent.code);
        acts.absorbRooms(sent.outcome, now);
        return done({ messageId: sent.messageId });
      });
    }
    case "messages.forward": {
      const { messageId, to } = params as Params<"messages.forward">;
      const message = acts.rooms.message(messageId);
      if (message === undefined || message.timerMs !== undefined) return refuseFor("unknownMessage");
      if (message.isDeleted) return refuseFor("deleted");
      if (message.expiresAt !== undefined)
        return refuse("disappears", "This message disappears by itself: its author did not want it passed on.");
      return inConversation(acts, to, (roomId) => {
        const barred = barredIn(acts, roomId);
        if (barred !== undefined) return barred;
        const forwarded = message.forwarded ?? { from: message.author, name: acts.views.message(message).fromName, at: message.sentAt };
        const sent = acts.rooms.sendMessage(roomId, { text: message.text, forwarded }, now);
        if (!sent.ok) return refuseFor(sent.code);
        acts.absorbRooms(sent.outcome, now);
        return done({ messageId: sent.messageId });
      });
    }
    case "messages.get": {
      const message = acts.rooms.message((params as Params<"messages.get">).messageId);
      return message === undefined ? refuseFor("unknownMessage") : done({ message: acts.views.message(message) });
    }
    case "messages.edit": {
      const { messageId, text } = params as Params<"messages.edit">;
      const roomId = acts.rooms.acts.roomOf(messageId);
      const barred = roomId && barredIn(acts, roomId);
      return barred ?? settledAct(acts, acts.rooms.acts.edit(messageId, text, now), now);
    }
    case "messages.delete":
      return settledAct(acts, acts.rooms.acts.delete((params as Params<"messages.delete">).messageId, now), now);
    case "messages.react": {
      const { messageId, emoji, on } = params as Params<"messages.react">;
      return settledAct(acts, acts.rooms.acts.react(messageId, emoji, on, now), now);
    }
    case "messages.pin": {
      const { messageId, on } = params as Params<"messages.pin">;
      return settledAct(acts, acts.rooms.acts.pin(messageId, on, now), now);
    }
    case "messages.pinned":
      return inConversation(acts, (params as Params<"messages.pinned">).in, (roomId) =>
        done({ messages: acts.rooms.acts.pinned(roomId).map((message) => acts.views.message(message)) }),
      );
    case "messages.history": {
      const versions = acts.rooms.acts.versions((params as Params<"messages.history">).messageId);
      return versions === undefined ? refuseFor("unknownMessage") : done({ versions });
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
      const { in: conversation, thread, limit, ...place } = params as Params<"messages.list">;
      const { before, after, around, at } = place;
      if ([before, after, around, at].filter((one) => one !== undefined).length > 1)
        return refuse("invalidParams", "Give one of `before`, `after`, `around` and `at`.");
      if (thread !== undefined && (after !== undefined || around !== undefined || at !== undefined))
        return refuse("invalidParams", "Of a thread there are pages `before` a message.");
      return inConversation(acts, conversation, (roomId) => {
        const bound = limit ?? listLimitDefault;
        if (thread !== undefined && acts.rooms.acts.roomOf(thread) !== roomId) return refuseFor("unknownMessage");
        const page =
          thread === undefined ? acts.rooms.listMessages(roomId, pageAt(place), bound) : acts.rooms.acts.thread(thread, before, bound);
        if (page === undefined) return refuseFor("unknownMessage");
        return done({
          messages: page.messages.map((message) => acts.views.message(message)),
          hasMore: page.hasMore,
          hasNewer: page.hasNewer,
        });
      });
    }
    case "messages.search": {
      const { query, in: conversation, limit, eastMinutes } = params as Params<"messages.search">;
      const parsed = parseSearch(query, knownTo(acts), eastMinutes ?? 0);
      if (!parsed.ok) return refuse("invalidParams", parsed.why);
      const find = (roomId: RoomId | undefined): Answer => {
        const scope = roomId === undefined || parsed.query.roomIds !== undefined ? {} : { roomIds: [roomId] };
        const found = acts.rooms.search({ ...parsed.query, ...scope }, limit ?? listLimitDefault);
        return done({ messages: found.map((message) => acts.views.message(message)) });
      };
      return conversation === undefined ? find(undefined) : inConversation(acts, conversation, find);
    }
    case "messages.markRead":
      return inConversation(acts, (params as Params<"messages.markRead">).in, (roomId) => {
        acts.absorbRooms({ posts: [], broadcasts: [], changes: acts.rooms.markRead(roomId, now) }, now);
        return done({});
      });
  }
}

function pageAt({ before, after, around, at }: Pick<Params<"messages.list">, "before" | "after" | "around" | "at">): PageAt {
  if (before !== undefined) return { before };
  if (after !== undefined) return { after };
  if (around !== undefined) return { around };
  return at === undefined ? undefined : { at: at as Millis };
}

function settledAct(acts: Acts, result: RoomsResult<object>, now: Millis): Answer {
  if (!result.ok) return refuseFor(result.code);
  acts.absorbRooms(result.outcome, now);
  return done({});
}

/** Whom and what a person can name in a search. */
const knownTo = ({ views, rooms, self }: Acts): Known => {
  const named = (name: string): PeerId[] =>
    [self, ...views.knownIds()].filter((peerId) => views.nameOf(peerId)?.toLowerCase() === name.toLowerCase());
  return {
    self,
    named,
    conversation(ref) {
      if (ref.startsWith("@")) {
        const [person] = named(ref.slice(1));
        return person === undefined || person === self ? undefined : directRoomId(self, person);
      }
      const found = rooms.resolveRoom(ref);
      return found.ok ? found.roomId : undefined;
    },
  };
};
