/** How long a conversation is kept on this computer. Shortening it destroys something, so it is asked first. */
import { useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import type { ConversationId } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { ownStrings } from "../strings-own.ts";
import { useSubmit } from "./use-submit.dom.ts";

const dayMs = 86_400_000;
const choices: readonly (readonly [number | null, string])[] = [
  [null, ownStrings.forEver],
  [365 * dayMs, ownStrings.oneYear],
  [30 * dayMs, ownStrings.oneMonth],
  [7 * dayMs, ownStrings.oneWeek],
  [dayMs, ownStrings.oneDay],
];

export function RetentionSetting({ conversation, keepMs }: { readonly conversation: ConversationId; readonly keepMs: number | null }) {
  const { api, conversations } = useApp();
  const setting = useSubmit();
  const [asked, setAsked] = useState<number | undefined>(undefined);
  const set = (chosen: number | null) =>
    setting.run(async () => {
      await api.call("conversations.setRetention", { in: conversation, keepMs: chosen });
      setAsked(undefined);
      await conversations.renew(conversation);
    });
  const shown = asked ?? keepMs;
  return (
    <div class="field">
      <label class="field">
        <span class="field-label">{ownStrings.retention}</span>
        <select
          class="input"
          value={String(shown)}
          disabled={setting.busy}
          onChange={({ currentTarget }) => {
            const [chosen] = choices.find(([choice]) => String(choice) === currentTarget.value) ?? [null];
            if (chosen !== null && (keepMs === null || chosen < keepMs)) setAsked(chosen);
            else set(chosen);
          }}
        >
          {choices.map(([choice, label]) => (
            <option key={label} value={String(choice)} selected={choice === shown}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {asked === undefined ? (
        <span class="fact-note" role={setting.error === undefined ? undefined : "alert"}>
          {setting.error ?? ownStrings.retentionExplain}
        </span>
      ) : (
        <div role="alert">
          <p class="fact-note">{ownStrings.retentionWhat(choices.find(([choice]) => choice === asked)?.[1] ?? "")}</p>
          <div class="date-presets">
            <button type="button" class="button button-small button-danger" disabled={setting.busy} onClick={() => set(asked)}>
              {ownStrings.retentionConfirm}
            </button>
            <button type="button" class="button button-small" onClick={() => setAsked(undefined)}>
              {strings.cancel}
            </button>
          </div>
        </div>
      )}
    </div>
  );
}
