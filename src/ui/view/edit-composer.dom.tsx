/** In the composer's place while one corrects a message. What was being written waits as a draft. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { textBytesMax } from "../limits.ts";
import { utf8Bytes } from "../model/amounts.ts";
import { strings } from "../strings.ts";
import { actStrings } from "../strings-acts.ts";
import { fitHeight } from "./composer.dom.tsx";
import { IconButton } from "./controls.dom.tsx";
import { editByKey } from "./editing.dom.ts";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

export function EditComposer({ message, onDone }: { readonly message: MessageView; readonly onDone: () => void }) {
  const { api, emoji, navigation } = useApp();
  const [text, setText] = useState(message.text);
  const saving = useSubmit();
  const field = useRef<HTMLTextAreaElement>(null);
  const bytesLeft = textBytesMax - utf8Bytes(text.trim());
  const isSavable = text.trim() !== "" && bytesLeft >= 0 && !saving.busy;
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(message.text.length, message.text.length);
  }, [message.messageId]);
  useLayoutEffect(() => {
    if (field.current) fitHeight(field.current);
  }, [text]);
  const close = () => {
    onDone();
    navigation.focusComposer();
  };
  const save = () => {
    if (!isSavable) return;
    if (text.trim() === message.text) {
      close();
      return;
    }
    saving.run(async () => {
      await api.call("messages.edit", { messageId: message.messageId, text: emoji.replace(text.trim()) });
      close();
    });
  };
  const problem = saving.error ?? (bytesLeft < 0 ? strings.conversation.bytesOver(-bytesLeft) : undefined);
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div class="composer-box">
        <div class="composer-reply">
          <Icon name="pencil" size={14} />
          <span class="composer-reply-text">{actStrings.editing}</span>
          <IconButton icon="close" label={actStrings.cancelEdit} onClick={close} />
        </div>
        <div class="composer-line">
          <textarea
            class="composer-field"
            ref={field}
            rows={1}
            value={text}
            dir="auto"
            aria-label={actStrings.editing}
            aria-describedby="composer-bytes"
            onInput={(event) => {
              emoji.load();
              setText(event.currentTarget.value);
            }}
            onKeyDown={(event) => {
              if (event.isComposing || (field.current && editByKey(event, field.current))) return;
              if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) save();
              else if (event.key === "Escape") close();
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
          <button type="submit" class="send" aria-label={actStrings.save} title={`${actStrings.save} (Enter)`} disabled={!isSavable}>
            <Icon name="delivered" size={16} />
          </button>
        </div>
      </div>
      <p class={problem === undefined ? "composer-bytes" : "composer-bytes composer-bytes-over"} id="composer-bytes">
        {problem !== undefined && <span role="alert">{problem}</span>}
      </p>
    </form>
  );
}
