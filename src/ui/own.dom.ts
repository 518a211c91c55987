/** Who is writing where, and what is to be sent later: as signals, kept true by the API's events. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { EarshotEvent, Result } from "../api/contract.ts";
import type { ConversationId } from "./model/conversation.ts";
import type { Api } from "./port.ts";

export type ScheduledView = Result<"messages.scheduled">["scheduled"][number];

export interface OwnThings {
  /** By conversation: who. */
  readonly typing: ReadonlySignal<ReadonlyMap<ConversationId, readonly string[]>>;
  readonly scheduled: ReadonlySignal<readonly ScheduledView[]>;
  apply(event: EarshotEvent): void;
  refresh(): Promise<void>;
}

export function createOwnThings(api: Api): OwnThings {
  const typing = signal<ReadonlyMap<ConversationId, readonly string[]>>(new Map());
  const scheduled = signal<readonly ScheduledView[]>([]);
  const ends = new Map<string, ReturnType<typeof setTimeout>>();

  function setTyping(id: ConversationId, peerId: string, isTyping: boolean): void {
    const before = typing.value.get(id) ?? [];
    if (before.includes(peerId) === isTyping) return;
    typing.value = new Map(typing.value).set(id, isTyping ? [...before, peerId] : before.filter((other) => other !== peerId));
  }

  async function refresh(): Promise<void> {
    scheduled.value = (await api.call("messages.scheduled", {})).scheduled;
  }

  return {
    typing,
    scheduled,
    refresh,
    apply(event) {
      if (event.event === "scheduledChanged") void refresh().catch(() => undefined);
      // What they were writing is there.
      if (event.event === "messageAdded") setTyping(event.message.in, event.message.from, false);
      if (event.event !== "typing") return;
      const { in: id, peerId, until } = event;
      const key = `${id} ${peerId}`;
      clearTimeout(ends.get(key));
      ends.set(
        key,
        setTimeout(() => setTyping(id, peerId, false), Math.max(0, until - Date.now())),
      );
      setTyping(id, peerId, true);
    },
  };
}
