import { useEffect, useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { FormError } from "./controls.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.settings;

/** Whether others are told what this person has read, and the other way round. */
export function ReadReceipts() {
  const { api } = useApp();
  const [isOn, setOn] = useState<boolean | undefined>(undefined);
  const acting = useSubmit();
  useEffect(() => {
    api.call("settings.get", {}).then(
      ({ readReceipts }) => setOn(readReceipts),
      () => undefined,
    );
  }, []);
  if (isOn === undefined) return null;
  return (
    <fieldset class="choices">
      <legend class="field-label">{words.reading}</legend>
      <label class="choice">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            const wanted = event.currentTarget.checked;
            setOn(wanted);
            acting.run(async () => {
              try {
                await api.call("settings.set", { readReceipts: wanted });
              } catch (error) {
                setOn(!wanted);
                throw error;
              }
            });
          }}
        />
        <span>{words.readReceipts}</span>
      </label>
      <FormError id="read-receipts-error">{acting.error}</FormError>
    </fieldset>
  );
}
