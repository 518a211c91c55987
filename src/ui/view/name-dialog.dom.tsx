/** The only question before one can talk, and the same field later for another name. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { nameCharsMax } from "../limits.ts";
import { lobbyId } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Field, FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

export function NameDialog({ isFirst }: { readonly isFirst: boolean }) {
  const { api, store, navigation, open } = useApp();
  const session = store.session.value;
  const [name, setName] = useState(session?.name ?? "");
  const field = useRef<HTMLInputElement>(null);
  const saving = useSubmit();
  useLayoutEffect(() => field.current?.select(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (name.trim() === "") return;
    saving.run(async () => {
      const session = await api.call("session.setName", { name: name.trim() });
      store.apply({ event: "sessionChanged", session });
      if (isFirst) open(lobbyId);
      else navigation.closeDialog();
    });
  };
  const words = strings.welcome;
  return (
    <Dialog
      title={isFirst ? words.title : strings.rename.title}
      class={isFirst ? "dialog-welcome" : ""}
      onClose={isFirst ? undefined : () => navigation.closeDialog()}
    >
      <form class="form" onSubmit={submit}>
        {isFirst && session && <p class="form-lead">{words.network(session.network)}</p>}
        <Field
          label={words.field}
          name="name"
          value={name}
          onValue={setName}
          maxLength={nameCharsMax}
          inputRef={field}
          errorId="name-error"
        />
        <FormError id="name-error">{saving.error}</FormError>
        <p class="form-note">
          <Icon name="info" size={14} />
          <span>{session?.profile === null ? words.guest : words.kept}</span>
        </p>
        <div class="form-actions">
          <button type="submit" class="button button-primary" disabled={name.trim() === "" || saving.busy}>
            {isFirst ? words.go : strings.rename.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
