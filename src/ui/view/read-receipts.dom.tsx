import { useEffect, useState } from "preact/hooks";
import type { Settings } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { ownStrings } from "../strings-own.ts";
import { FormError } from "./controls.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.settings;

/** Whether others are told what this person has read, and the other way round; and that they are writing. */
export function ReadReceipts() {
  return (
    <>
      <Choice setting="readReceipts" legend={words.reading} label={words.readReceipts} />
      <Choice setting="typing" legend={ownStrings.writing} label={ownStrings.showTyping} />
    </>
  );
}

interface ChoiceProps {
  readonly setting: keyof Settings;
  readonly legend: string;
  readonly label: string;
}

function Choice({ setting, legend, label }: ChoiceProps) {
  const { api } = useApp();
  const [isOn, setOn] = useState<boolean | undefined>(undefined);
  const acting = useSubmit();
  useEffect(() => {
    api.call("settings.get", {}).then(
      (settings) => setOn(settings[setting]),
      () => undefined,
    );
  }, []);
  if (isOn === undefined) return null;
  return (
    <fieldset class="choices">
      <legend class="field-label">{legend}</legend>
      <label class="choice">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            const wanted = event.currentTarget.checked;
            setOn(wanted);
            acting.run(async () => {
              try {
                await api.call("settings.set", { [setting]: wanted });
              } catch (error) {
                setOn(!wanted);
                throw error;
              }
            });
          }}
        />
        <span>{label}</span>
      </label>
      <FormError id={`${setting}-error`}>{acting.error}</FormError>
    </fieldset>
  );
}
