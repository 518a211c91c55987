/** What is being sent or could not be: below the last message, until it is one. */
import { useApp } from "../app.dom.ts";
import type { ConversationId } from "../model/conversation.ts";
import type { OutgoingText } from "../outbox.dom.ts";
import { strings } from "../strings.ts";
import { Icon } from "./icon.dom.tsx";

const words = strings.conversation;

export function Outgoing({ conversation }: { readonly conversation: ConversationId }) {
  const { outbox } = useApp();
  const waiting = outbox.texts.value.filter(({ to, state }) => to === conversation && state !== "hidden");
  return (
    <>
      {waiting.map((text) => (
        <OutgoingRow key={text.key} outgoing={text} />
      ))}
    </>
  );
}

function OutgoingRow({ outgoing }: { readonly outgoing: OutgoingText }) {
  const { outbox, drafts, conversations, navigation } = useApp();
  const edit = () => {
    const taken = outbox.take(outgoing.key);
    if (!taken) return;
    const begun = drafts.get(taken.to)?.text ?? "";
    const quoted = conversations.windowOf(taken.to).value.messages.find(({ messageId }) => messageId === taken.replyTo);
    drafts.set(taken.to, { text: begun === "" ? taken.text : `${taken.text}\n${begun}`, replyTo: quoted });
    navigation.focusComposer();
  };
  return (
    <div class={`outgoing outgoing-${outgoing.state}`}>
      <div class="text" dir="auto">
        {outgoing.text}
      </div>
      {outgoing.state === "failed" ? (
        <div class="outgoing-why" role="alert">
          <Icon name="failed" size={14} />
          <span>{words.sendFailed(outgoing.why ?? strings.failures.unknown)}</span>
          <button type="button" class="button button-small button-primary" onClick={() => outbox.tryAgain(outgoing.key)}>
            {words.tryAgain}
          </button>
          <button type="button" class="button button-small" onClick={edit}>
            {words.edit}
          </button>
          <button type="button" class="button button-small" onClick={() => outbox.take(outgoing.key)}>
            {words.discard}
          </button>
        </div>
      ) : (
        <p class="outgoing-why">
          <Icon name="queued" size={14} /> {words.sending}
        </p>
      )}
    </div>
  );
}
