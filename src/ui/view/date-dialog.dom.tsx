/** "Go to a date": the conversation at the first message of that day. */
import { useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { placeStrings } from "../strings-places.ts";
import { FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

export function DateDialog() {
  const { goToDate, navigation, now } = useApp();
  const [date, setDate] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const going = useSubmit();
  const go = (at: number) =>
    going.run(async () => {
      navigation.closeDialog();
      await goToDate(navigation.conversation.value, at);
    });
  const presets: readonly (readonly [string, () => number])[] = [
    [placeStrings.today, () => dayBefore(now.value, 0)],
    [placeStrings.yesterday, () => dayBefore(now.value, 1)],
    [placeStrings.aWeekAgo, () => dayBefore(now.value, 7)],
    [placeStrings.beginning, () => 0],
  ];
  return (
    <Dialog title={placeStrings.goToDate} onClose={() => navigation.closeDialog()}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const [year, month, day] = date.split("-").map(Number);
          if (year === undefined || month === undefined || day === undefined) setProblem(placeStrings.noDate);
          else go(Math.max(0, new Date(year, month - 1, day).getTime()));
        }}
      >
        <label class="field">
          <span class="field-label">{placeStrings.date}</span>
          <input
            class="input"
            type="date"
            value={date}
            data-autofocus=""
            aria-describedby="date-error"
            onInput={(event) => {
              setDate(event.currentTarget.value);
              setProblem(undefined);
            }}
          />
        </label>
        <FormError id="date-error">{problem ?? going.error}</FormError>
        <div class="date-presets">
          {presets.map(([label, at]) => (
            <button key={label} type="button" class="button button-small" onClick={() => go(at())}>
              {label}
            </button>
          ))}
        </div>
        <div class="form-actions">
          <button type="submit" class="button button-primary">
            {placeStrings.go}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Midnight, so many days before. */
function dayBefore(now: number, days: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days).getTime();
}
