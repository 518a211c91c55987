/** Before a message is deleted; and what one said before it was edited. */
import { useEffect, useState } from "preact/hooks";
import type { Result } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { failureWords } from "../failure.ts";
import { strings } from "../strings.ts";
import { actStrings } from "../strings-acts.ts";
import { FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

export function DeleteDialog({ messageId }: { readonly messageId: string }) {
  const { api, navigation } = useApp();
  const deleting = useSubmit();
  const close = () => navigation.closeDialog();
  return (
    <Dialog title={actStrings.deleteTitle} onClose={close}>
      <p class="form-lead">{actStrings.deleteExplain}</p>
      <FormError id="delete-error">{deleting.error}</FormError>
      <div class="form-actions">
        <button type="button" class="button" data-autofocus="" onClick={close}>
          {strings.cancel}
        </button>
        <button
          type="button"
          class="button button-danger"
          disabled={deleting.busy}
          onClick={() =>
            deleting.run(async () => {
              await api.call("messages.delete", { messageId });
              close();
            })
          }
        >
          {actStrings.delete}
        </button>
      </div>
    </Dialog>
  );
}

export function HistoryDialog({ messageId }: { readonly messageId: string }) {
  const { api, dates, navigation } = useApp();
  const [versions, setVersions] = useState<Result<"messages.history">["versions"]>([]);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  useEffect(() => {
    api.call("messages.history", { messageId }).then(
      (history) => setVersions(history.versions),
      (error: unknown) => setFailure(failureWords(error)),
    );
  }, [messageId]);
  return (
    <Dialog title={actStrings.historyTitle} onClose={() => navigation.closeDialog()}>
      {failure !== undefined && <p role="alert">{failure}</p>}
      <ol class="versions">
        {versions.map(({ text, at }, index) => (
          <li key={index}>
            <span class="fact-note">{index === 0 ? actStrings.firstSaid(dates.full(at)) : actStrings.thenSaid(dates.full(at))}</span>
            <p class="text" dir="auto">
              {text}
            </p>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
