/** Small things people keep for themselves, where they show: who is typing, stars, what waits to be sent. */
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import type { ConversationId } from "../model/conversation.ts";
import { ownStrings } from "../strings-own.ts";
import { Icon } from "./icon.dom.tsx";

/** Below where one writes, where it moves nothing. Not read out: it comes and goes. */
export function TypingLine({ conversation }: { readonly conversation: ConversationId }) {
  const { own, store } = useApp();
  const people = own.typing.value.get(conversation) ?? [];
  return (
    <p class="typing-line" aria-live="off">
      {people.length > 0 && <bdi>{ownStrings.typing(people.map(store.nameOf))}</bdi>}
    </p>
  );
}

export function StarMark({ message }: { readonly message: MessageView }) {
  if (!message.starred || message.deleted) return null;
  return (
    <span class="star-mark" title={ownStrings.starredMark}>
      <Icon name="star" size={12} />
      <span class="visually-hidden">{ownStrings.starredMark}</span>
    </span>
  );
}

/** Above where one writes. */
export function ScheduledNote({ conversation }: { readonly conversation: ConversationId }) {
  const { own, navigation } = useApp();
  const here = own.scheduled.value.filter((scheduled) => scheduled.in === conversation);
  if (here.length === 0) return null;
  const hasProblem = here.some(({ problem }) => problem !== null);
  return (
    <button
      type="button"
      class={hasProblem ? "scheduled-note scheduled-note-problem" : "scheduled-note"}
      onClick={() => navigation.openDialog({ kind: "schedule", id: conversation })}
    >
      <Icon name={hasProblem ? "alert" : "later"} size={14} /> {hasProblem ? ownStrings.laterProblem : ownStrings.laterNote(here.length)}
    </button>
  );
}
