/** When what is written is sent; and what waits already. */
import { useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import type { ConversationId } from "../model/conversation.ts";
import { strings } from "../strings.ts";
import { ownStrings } from "../strings-own.ts";
import { FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const hourMs = 3_600_000;

export function ScheduleDialog({ id }: { readonly id: ConversationId }) {
  const { api, dates, drafts, navigation, now, own } = useApp();
  const [moment, setMoment] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const acting = useSubmit();
  const draft = drafts.get(id);
  const text = draft?.text.trim() ?? "";
  const waiting = own.scheduled.value.filter((scheduled) => scheduled.in === id);
  const wordsFor = (at: number): string => `${dates.day(at, now.value)}, ${dates.time(at)}`;
  const schedule = (at: number) =>
    acting.run(async () => {
      const about = draft?.replyTo === undefined ? {} : { replyTo: draft.replyTo.messageId };
      await api.call("messages.schedule", { to: id, text, at, ...about });
      drafts.delete(id);
      navigation.closeDialog();
      navigation.focusComposer();
    });
  const presets: readonly (readonly [string, () => number])[] = [
    [ownStrings.inAnHour, () => Date.now() + hourMs],
    [ownStrings.tomorrow, () => morning(1)],
    [ownStrings.monday, () => morning((8 - new Date().getDay()) % 7 || 7)],
  ];
  return (
    <Dialog title={ownStrings.laterTitle} onClose={() => navigation.closeDialog()}>
      {text === "" ? (
        <p class="form-lead">{ownStrings.laterNothing}</p>
      ) : (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            const at = new Date(moment).getTime();
            if (Number.isNaN(at)) setProblem(ownStrings.noTime);
            else schedule(at);
          }}
        >
          <p class="form-lead scheduled-text">
            <bdi>{ownStrings.laterWhat(text)}</bdi>
          </p>
          <div class="date-presets">
            {presets.map(([label, at]) => (
              <button key={label} type="button" class="button button-small" disabled={acting.busy} onClick={() => schedule(at())}>
                {label}
              </button>
            ))}
          </div>
          <label class="field">
            <span class="field-label">{ownStrings.when}</span>
            <input
              class="input"
              type="datetime-local"
              value={moment}
              data-autofocus=""
              aria-describedby="schedule-error"
              onInput={(event) => {
                setMoment(event.currentTarget.value);
                setProblem(undefined);
              }}
            />
          </label>
          <FormError id="schedule-error">{problem ?? acting.error}</FormError>
          <div class="form-actions">
            <button type="submit" class="button button-primary" disabled={acting.busy}>
              {ownStrings.schedule}
            </button>
          </div>
        </form>
      )}
      {waiting.length > 0 && (
        <section>
          <h3 class="section-title">{ownStrings.waiting}</h3>
          <ul class="scheduled-list">
            {waiting.map((scheduled) => (
              <li key={scheduled.scheduleId}>
                <p class="fact-note">
                  {scheduled.problem === null
                    ? ownStrings.due(wordsFor(scheduled.at))
                    : ownStrings.notSent(wordsFor(scheduled.at), scheduled.problem)}
                </p>
                <p class="scheduled-text">
                  <bdi>{scheduled.text}</bdi>
                </p>
                <button
                  type="button"
                  class="button button-small"
                  disabled={acting.busy}
                  onClick={() =>
                    acting.run(async () => {
                      await api.call("messages.unschedule", { scheduleId: scheduled.scheduleId });
                      // What was typed is not lost.
                      if (drafts.get(id) === undefined) drafts.set(id, { text: scheduled.text, replyTo: undefined });
                      navigation.focusComposer();
                    })
                  }
                >
                  {ownStrings.cancel}
                </button>
              </li>
            ))}
          </ul>
          {text === "" && <FormError id="schedule-error">{acting.error}</FormError>}
        </section>
      )}
      {text === "" && (
        <div class="form-actions">
          <button type="button" class="button" data-autofocus="" onClick={() => navigation.closeDialog()}>
            {strings.close}
          </button>
        </div>
      )}
    </Dialog>
  );
}

/** At nine, so many days from now. */
function morning(days: number): number {
  const today = new Date();
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, 9).getTime();
}
