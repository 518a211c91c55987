/**
 * What people do with messages after they were said: correct them, take them back, react to them, pin them. Each act is an
 * entry of its author's log; what is shown follows from the entries alone, whatever the order in which they came.
 *
 * 1. Correcting and taking back are the author's own; of corrections the newest in the room's order counts.
 * 2. Taking back is final, and destroys what was said, corrections included, wherever the act comes.
 * 3. Of one person's reactions with one sign, and of all pins of a message, the newest counts.
 * 4. Acts of those who were no members have no effect.
 */
import type { Millis, PeerId } from "../ids.ts";
import { compareEvents, type EventBody, type RoomEvent } from "./event.ts";
import { reactionSignsMax } from "./limits.ts";
import type { LogEntry } from "./log.ts";

export type ActBody = Extract<EventBody, { readonly of: string }>;
export const isAct = (body: EventBody): body is ActBody => "of" in body;

/** Of a message with what was done to it. */
export interface Done {
  readonly isDeleted: boolean;
  /** Its corrections that can be read, oldest first. */
  readonly edits: readonly LogEntry[];
  /** By sign, in the order in which each was first given; never without somebody. */
  readonly reactions: readonly { readonly emoji: string; readonly from: readonly PeerId[] }[];
  readonly pinned: { readonly by: PeerId; readonly at: Millis } | undefined;
}

const nothing: Done = { isDeleted: false, edits: [], reactions: [], pinned: undefined };

/** @param acts about this message, in any order */
export function doneTo(message: RoomEvent, acts: readonly LogEntry[]): Done {
  if (acts.length === 0) return nothing;
  const inOrder = [...acts].filter((act) => act.isSpoken).sort((a, b) => compareEvents(a.event, b.event));
  const edits: LogEntry[] = [];
  const signs = new Map<string, Map<PeerId, boolean>>();
  let isDeleted = false;
  let pinned: Done["pinned"];
  for (const act of inOrder) {
    const { author, body } = act.event;
    if (body.kind === "delete") isDeleted ||= author === message.author;
    if (body.kind === "edit" && author === message.author && act.secret !== undefined) edits.push(act);
    if (body.kind === "pin") pinned = body.on ? { by: author, at: act.shownAt } : undefined;
    if (body.kind === "react") signs.set(body.emoji, (signs.get(body.emoji) ?? new Map<PeerId, boolean>()).set(author, body.on));
  }
  if (isDeleted) return { ...nothing, isDeleted };
  const reactions = [...signs].flatMap(([emoji, by]) => {
    const from = [...by].flatMap(([peerId, on]) => (on ? [peerId] : [])).sort();
    return from.length === 0 ? [] : [{ emoji, from }];
  });
  return { isDeleted, edits, reactions: reactions.slice(0, reactionSignsMax), pinned };
}

/** The acts of a room that memory holds, by the message they are about. */
export class Acts {
  readonly #about = new Map<string, LogEntry[]>();

  add(entry: LogEntry): void {
    const { body } = entry.event;
    if (!isAct(body)) return;
    const about = this.#about.get(body.of);
    if (about === undefined) this.#about.set(body.of, [entry]);
    else about.push(entry);
  }

  remove(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      const { body } = entry.event;
      if (!isAct(body)) continue;
      const left = (this.#about.get(body.of) ?? []).filter((other) => other !== entry);
      if (left.length === 0) this.#about.delete(body.of);
      else this.#about.set(body.of, left);
    }
  }

  /** Messages that somebody has pinned, whether or not they still are. */
  pinnedOnce(): string[] {
    return [...this.#about].flatMap(([id, acts]) => (acts.some(({ event }) => event.body.kind === "pin") ? [id] : []));
  }

  about(messageId: string): readonly LogEntry[] {
    return this.#about.get(messageId) ?? [];
  }
}
