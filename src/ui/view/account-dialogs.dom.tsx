/** What somebody who is logged in does about it: keeps a guest, takes the profile along, logs out. */
import { useEffect, useState } from "preact/hooks";
import type { Result } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { exportFileName } from "../model/export-name.ts";
import { strings } from "../strings.ts";
import { FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { KeepFields, keepParams, nothingKept } from "./keep-fields.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.account;

export function KeepDialog() {
  const { api, access, store, navigation } = useApp();
  const [keep, setKeep] = useState(nothingKept);
  const keeping = useSubmit();
  const params = keepParams(keep);
  const name = store.session.value?.name ?? "";
  return (
    <Dialog title={words.keepTitle} onClose={() => navigation.closeDialog()}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (params === undefined) return;
          keeping.run(async () => {
            access.apply(await api.call("profiles.create", { name, ...params }));
            navigation.closeDialog();
          });
        }}
      >
        <p class="form-lead">{words.keepWhat}</p>
        <KeepFields value={keep} onValue={setKeep} keychain={access.view.value?.keychain === true} />
        <FormError id="account-error">{keeping.error}</FormError>
        <div class="form-actions">
          <button type="submit" class="button button-primary" disabled={params === undefined || keeping.busy}>
            {keeping.busy ? strings.profile.working : words.keepIt}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function LogOutDialog() {
  const { api, access, store, navigation } = useApp();
  const leaving = useSubmit();
  const isGuest = store.session.value?.profile === null;
  const current = access.view.value?.profiles.find(({ profile }) => profile === store.session.value?.profile);
  const what = isGuest ? words.leaveGuest : current?.wipeOnQuit === true ? words.leaveWiped : words.leaveKept;
  return (
    <Dialog title={words.leaveTitle} onClose={() => navigation.closeDialog()}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          leaving.run(async () => void access.apply(await api.call("profiles.logOut", {})));
        }}
      >
        <p class="form-lead">{what}</p>
        <FormError id="account-error">{leaving.error}</FormError>
        <div class="form-actions">
          <button type="submit" class="button button-primary" data-autofocus disabled={leaving.busy}>
            {words.leave}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

type Exported = Result<"profiles.export">;

export function ExportDialog() {
  const { api, navigation } = useApp();
  const [exported, setExported] = useState<Exported | undefined>(undefined);
  const exporting = useSubmit();
  const prepare = () => exporting.run(async () => setExported(await api.call("profiles.export", {})));
  return (
    <Dialog title={words.exportTitle} onClose={() => navigation.closeDialog()}>
      {exported === undefined ? (
        <div class="form">
          <p class="form-lead">{words.exportWhat}</p>
          <FormError id="account-error">{exporting.error}</FormError>
          <div class="form-actions">
            <button type="button" class="button button-primary" data-autofocus disabled={exporting.busy} onClick={prepare}>
              {words.exportPrepare}
            </button>
          </div>
        </div>
      ) : (
        <Words exported={exported} />
      )}
    </Dialog>
  );
}

function Words({ exported }: { readonly exported: Exported }) {
  const { store, navigation } = useApp();
  const [isCopied, setCopied] = useState(false);
  const [url] = useState(() => URL.createObjectURL(new Blob([bytesOf(exported.file)], { type: "application/octet-stream" })));
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <div class="form">
      <p class="form-lead">{words.exportWords}</p>
      <ol class="phrase-words">
        {exported.phrase.split(" ").map((word, place) => (
          <li key={`${place} ${word}`}>{word}</li>
        ))}
      </ol>
      <div class="profile-acts">
        <button
          type="button"
          class="button button-small"
          onClick={() =>
            // Where the browser refuses, the button does not say that it has: the words stand above it.
            void navigator.clipboard.writeText(exported.phrase).then(
              () => setCopied(true),
              () => undefined,
            )
          }
        >
          <Icon name="copy" size={14} /> {isCopied ? words.copied : words.copy}
        </button>
      </div>
      <p class="form-note">
        <Icon name="info" size={14} />
        <span>{words.exportOnce}</span>
      </p>
      <div class="form-actions form-actions-split">
        <a class="button" href={url} download={exportFileName(store.session.value?.name ?? "")}>
          {words.exportSave}
        </a>
        <button type="button" class="button button-primary" onClick={() => navigation.closeDialog()}>
          {words.exportDone}
        </button>
      </div>
    </div>
  );
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
