import { useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { Avatar } from "./avatar.dom.tsx";
import { FormError, Name, WhichOne } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.hostPanel;

export function HandOffDialog() {
  const { api, store, sidebar, navigation } = useApp();
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const handing = useSubmit();
  const { here } = sidebar.value;
  const peer = here.find(({ peerId }) => peerId === chosen);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!peer) return;
    handing.run(async () => {
      await api.call("host.handOff", { to: peer.peerId });
      navigation.closeDialog();
    });
  };
  return (
    <Dialog title={words.handOffTitle} onClose={() => navigation.closeDialog()}>
      <form class="form" onSubmit={submit}>
        <p class="form-lead">{words.handOffExplain}</p>
        <fieldset class="choices choices-people">
          <legend class="field-label">{words.handOffChoose}</legend>
          {here.map((candidate, at) => (
            <label key={candidate.peerId} class="choice">
              <input
                type="radio"
                name="successor"
                checked={chosen === candidate.peerId}
                data-autofocus={at === 0 ? "" : undefined}
                onChange={() => setChosen(candidate.peerId)}
              />
              <Avatar peerId={candidate.peerId} name={candidate.name} size="small" />
              <Name>{candidate.name}</Name>
              <WhichOne peer={candidate} />
              {candidate.via !== null && <span class="muted">{strings.reach.through(store.nameOf(candidate.via))}</span>}
            </label>
          ))}
        </fieldset>
        <FormError id="hand-off-error">{handing.error}</FormError>
        <div class="form-actions">
          <button type="button" class="button" onClick={() => navigation.closeDialog()}>
            {strings.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={!peer || handing.busy}>
            {peer ? words.handOffTo(peer.name) : words.handOff}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
