/**
 * Answers in the thread of a message. They stand there and not in the room, unless their author wanted both.
 *
 * 1. A thread begins at a message that stands in the room: what names an answer, or a message that is not to be seen here,
 *    stands in the room itself, so that nothing said is out of sight.
 * 2. Which thread an entry belongs to is in the entry, not in what it says: a message that was taken back keeps its place.
 */
import type { MessageId, Millis, PeerId } from "../ids.ts";
import { doneIn, entryNamed, isMessage } from "./acting.ts";
import { isAct } from "./acts.ts";
import { compareEvents, type EventBody, messageId } from "./event.ts";
import type { LogEntry } from "./log.ts";
import type { Room } from "./room.ts";

export const threadOf = (body: EventBody): string | undefined => (body.kind === "timed" ? body.thread : undefined);

/** The target of answers on disk. */
export const threadTarget = (root: string): string => `^${root}`;

/** The answers that memory holds, by the message they answer. */
export class Threads {
  readonly #answers = new Map<string, LogEntry[]>();

  add(entry: LogEntry): void {
    const root = threadOf(entry.event.body);
    if (root === undefined) return;
    const answers = this.#answers.get(root);
    if (answers === undefined) this.#answers.set(root, [entry]);
    else answers.push(entry);
  }

  remove(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      const root = threadOf(entry.event.body);
      if (root === undefined) continue;
      const left = (this.#answers.get(root) ?? []).filter((other) => other !== entry);
      if (left.length === 0) this.#answers.delete(root);
      else this.#answers.set(root, left);
    }
  }

  of(root: string): readonly LogEntry[] {
    return this.#answers.get(root) ?? [];
  }
}

/** What of a thread is shown with the message it begins at. */
export interface ThreadSummary {
  /** Without those that were taken back, and without those of who is blocked. */
  readonly replies: number;
  readonly lastReplyAt: Millis | undefined;
}

/** Where an answer stands. */
export interface ThreadPlace {
  readonly root: MessageId;
  /** It stands in the room as well. */
  readonly inRoom: boolean;
  /** This person wrote the message it begins at, or has answered. */
  readonly follows: boolean;
}

/** Everything that is shown of a thread, oldest first, without the message it begins at. */
export function answersTo(room: Room, root: string): LogEntry[] {
  const shown = [...room.threads.of(root), ...(room.archive?.answersTo(root) ?? [])].filter(
    (entry) => entry.shown && entry.isSpoken && !room.ports.isBlocked(entry.event.author),
  );
  return shown.sort((a, b) => compareEvents(a.event, b.event));
}

export function summaryOfThread(room: Room, entry: LogEntry): ThreadSummary {
  if (threadOf(entry.event.body) !== undefined) return { replies: 0, lastReplyAt: undefined };
  const answers = answersTo(room, messageId(entry.event)).filter((answer) => !doneIn(room, answer).isDeleted);
  return { replies: answers.length, lastReplyAt: answers.at(-1)?.shownAt };
}

/** Undefined for what answers in no thread that can be seen. */
export function threadPlaceOf(room: Room, self: PeerId, { event }: LogEntry): ThreadPlace | undefined {
  const root = threadOf(event.body);
  const first = root === undefined ? undefined : entryNamed(room, root);
  if (first === undefined || !isRoot(room, first)) return undefined;
  const id = messageId(first.event);
  return {
    root: id,
    inRoom: event.body.kind === "timed" && event.body.alsoInRoom === true,
    follows: first.event.author === self || answersTo(room, id).some((answer) => answer.event.author === self),
  };
}

/** Whether an entry stands in the room itself. */
export function standsInRoom(room: Room, { event }: LogEntry): boolean {
  const { body } = event;
  if (body.kind !== "timed" || body.thread === undefined || body.alsoInRoom === true) return true;
  const first = entryNamed(room, body.thread);
  return first === undefined || !isRoot(room, first);
}

/** What else is to be shown anew when an entry has come in: the message whose answer it is or changes, and the answers of one that came late. */
export function changedInThread(room: Room, entry: LogEntry): string[] {
  if (!entry.isSpoken) return [];
  const { body } = entry.event;
  if (isAct(body)) return body.kind === "delete" ? rootsOf(entryNamed(room, body.of)) : [];
  return isMessage(entry.event) ? [...rootsOf(entry), ...room.threads.of(messageId(entry.event)).map(({ event }) => messageId(event))] : [];
}

const rootsOf = (entry: LogEntry | undefined): string[] => {
  const root = entry && threadOf(entry.event.body);
  return root === undefined ? [] : [root];
};

const isRoot = (room: Room, { event, shown, isSpoken }: LogEntry): boolean =>
  shown && isSpoken && isMessage(event) && threadOf(event.body) === undefined && !room.ports.isBlocked(event.author);
