/** What this person does with messages: judged, written down and sent. */
import type { MessageId, Millis, PeerId, RoomId } from "../ids.ts";
import { doneIn, entryNamed, isMessage } from "./acting.ts";
import { messageId } from "./event.ts";
import { listMessagesMax, reactionSignsMax, textBytesMax, threadRepliesMax } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import { messageOf, type RoomMessage } from "./messages.ts";
import { noteUnread } from "./news.ts";
import type { Outbox } from "./outbox.ts";
import { type MessagePage, shownAfter, threadPageOf } from "./pages.ts";
import type { RoomsOutcome } from "./ports.ts";
import type { Registry } from "./registry.ts";
import type { RoomsFailure, RoomsResult } from "./result.ts";
import type { Room } from "./room.ts";
import { utf8Length } from "./shape.ts";
import type { Speaking } from "./speaking.ts";
import { answersTo, changedInThread, threadPlaceOf } from "./threads.ts";
import { type Said, saidIn } from "./timed.ts";

export interface Version {
  readonly text: string;
  readonly at: Millis;
}

export class MessageActs {
  readonly #self: PeerId;
  readonly #registry: Registry;
  readonly #speaking: Speaking;
  readonly #outbox: Outbox;

  constructor(self: PeerId, registry: Registry, speaking: Speaking, outbox: Outbox) {
    this.#self = self;
    this.#registry = registry;
    this.#speaking = speaking;
    this.#outbox = outbox;
  }

  /** Answers in the thread of a message; an answer's thread is that of the message it answers. */
  answer(id: string, said: Said, alsoInRoom: boolean, now: Millis): RoomsResult<{ readonly messageId: MessageId }> {
    const found = this.#find(id);
    if (found === undefined) return { ok: false, code: "unknownMessage" };
    const { room, entry } = found;
    const root = threadPlaceOf(room, this.#self, entry)?.root ?? messageId(entry.event);
    if (answersTo(room, root).length >= threadRepliesMax) return { ok: false, code: "threadFull" };
    const sent = this.#speaking.say(room, said, now, { thread: root, ...(alsoInRoom && { alsoInRoom }) });
    if (typeof sent !== "string") return { ok: false, code: sent.code };
    this.#outbox.messageChanged(root);
    return { ok: true, messageId: sent, outcome: this.#done() };
  }

  /** The thread that a message begins. */
  thread(id: string, before: string | undefined, limit: number): MessagePage | undefined {
    const found = this.#find(id);
    return found && threadPageOf(found.room, this.#self, messageId(found.entry.event), before, limit);
  }

  /** One's own says something else from now on. */
  edit(id: string, text: string, now: Millis): RoomsResult<object> {
    if (utf8Length(text) > textBytesMax) return { ok: false, code: "textTooLong" };
    return this.#act(id, (room, entry) => {
      if (entry.event.author !== this.#self) return "notYours";
      const said = saidIn(entry);
      if (said === undefined || entry.secret?.expiresAt !== undefined) return "disappears";
      this.#speaking.edit(room, entry, { ...said, text }, now);
      return undefined;
    });
  }

  /** One's own is taken back, for everybody and for good. */
  delete(id: string, now: Millis): RoomsResult<object> {
    return this.#act(id, (room, entry) => {
      if (entry.event.author !== this.#self) return "notYours";
      this.#speaking.act(room, entry, { kind: "delete", of: id }, now);
      for (const root of changedInThread(room, entry)) this.#outbox.messageChanged(root);
      return undefined;
    });
  }

  react(id: string, emoji: string, on: boolean, now: Millis): RoomsResult<object> {
    return this.#act(id, (room, entry) => {
      const { reactions } = doneIn(room, entry);
      const given = reactions.find((reaction) => reaction.emoji === emoji);
      if ((given?.from.includes(this.#self) ?? false) === on) return undefined;
      if (given === undefined && reactions.length >= reactionSignsMax) return "tooManyReactions";
      this.#speaking.act(room, entry, { kind: "react", of: id, emoji, on }, now);
      return undefined;
    });
  }

  pin(id: string, on: boolean, now: Millis): RoomsResult<object> {
    return this.#act(id, (room, entry) => {
      if ((doneIn(room, entry).pinned !== undefined) === on) return undefined;
      this.#speaking.act(room, entry, { kind: "pin", of: id, on }, now);
      return undefined;
    });
  }

  #act(id: string, act: (room: Room, entry: LogEntry) => RoomsFailure | undefined): RoomsResult<object> {
    const found = this.#find(id);
    if (found === undefined) return { ok: false, code: "unknownMessage" };
    const { room, entry } = found;
    if (doneIn(room, entry).isDeleted) return { ok: false, code: "deleted" };
    const failure = act(room, entry);
    return failure === undefined ? { ok: true, outcome: this.#done() } : { ok: false, code: failure };
  }

  #done(): RoomsOutcome {
    return this.#outbox.take();
  }

  /** This person has seen nothing from this message on. */
  markUnread(id: string): RoomsResult<object> {
    const found = this.#find(id);
    if (found === undefined) return { ok: false, code: "unknownMessage" };
    const { room, entry } = found;
    room.news.markRead();
    noteUnread(room, entry);
    for (const later of shownAfter(room, entry.event)) noteUnread(room, later);
    room.changed();
    this.#outbox.roomChanged(room.roomId);
    return { ok: true, outcome: this.#done() };
  }

  /** Where a message stands that this person is shown. */
  #find(id: string): { readonly room: Room; readonly entry: LogEntry } | undefined {
    for (const room of this.#registry.all()) {
      const entry = room.isJoined ? entryNamed(room, id) : undefined;
      if (entry?.shown === true && isMessage(entry.event)) return room.ports.isBlocked(entry.event.author) ? undefined : { room, entry };
    }
    return undefined;
  }

  /** The room it is said in; undefined where it is not to be seen. */
  roomOf(id: string): RoomId | undefined {
    return this.#find(id)?.room.roomId;
  }

  /** What it said first, and after each correction; undefined where there is no such message. */
  versions(id: string): Version[] | undefined {
    const found = this.#find(id);
    if (found === undefined) return undefined;
    const { isDeleted, edits } = doneIn(found.room, found.entry);
    const first = saidIn(found.entry);
    if (isDeleted || first === undefined) return [];
    const texts = edits.flatMap(({ secret, shownAt }) => (secret === undefined ? [] : { text: secret.said.text, at: shownAt }));
    return [{ text: first.text, at: found.entry.shownAt }, ...texts];
  }

  /** Newest first. */
  pinned(roomId: RoomId): RoomMessage[] {
    const room = this.#registry.get(roomId);
    if (room?.isJoined !== true) return [];
    const pinned: RoomMessage[] = [];
    for (const id of new Set([...room.acts.pinnedOnce(), ...(room.archive?.pinnedOnce() ?? [])])) {
      const entry = entryNamed(room, id);
      const message = entry?.shown === true ? messageOf(room, this.#self, entry) : undefined;
      if (message?.pinned !== undefined && !room.ports.isBlocked(message.author)) pinned.push(message);
    }
    return pinned.sort((a, b) => b.sentAt - a.sentAt).slice(0, listMessagesMax);
  }
}
