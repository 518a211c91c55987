import { useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { directWith } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { Field, FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.connect;
/** As the contract bounds it. */
const addressCharsMax = 260;

export function ConnectDialog() {
  const { api, navigation, open } = useApp();
  const [address, setAddress] = useState("");
  const connecting = useSubmit();
  const submit = (event: Event) => {
    event.preventDefault();
    connecting.run(async () => {
      const { peerId } = await api.call("peers.connect", { address: address.trim() });
      open(directWith(peerId));
    });
  };
  return (
    <Dialog title={words.title} onClose={() => navigation.closeDialog()}>
      <form class="form" onSubmit={submit}>
        <p class="form-lead">{words.explain}</p>
        <Field
          label={words.field}
          name="address"
          value={address}
          onValue={setAddress}
          maxLength={addressCharsMax}
          placeholder={words.placeholder}
          errorId="connect-error"
        />
        <FormError id="connect-error">{connecting.error}</FormError>
        <div class="form-actions">
          <button type="button" class="button" onClick={() => navigation.closeDialog()}>
            {strings.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={address.trim() === "" || connecting.busy}>
            {connecting.busy ? words.connecting : words.connect}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
