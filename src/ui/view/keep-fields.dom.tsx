/** How a profile that is to be kept will open. */
import { passphraseCharsMax } from "../limits.ts";
import { agree, type Passphrases } from "../model/access.ts";
import { strings } from "../strings.ts";
import { Field } from "./controls.dom.tsx";
import { Icon } from "./icon.dom.tsx";

export interface Keep extends Passphrases {
  readonly keychain: boolean;
}

export const nothingKept: Keep = { first: "", again: "", keychain: false };

/** As the API takes it; undefined while the two passphrases differ. */
export function keepParams(keep: Keep): { passphrase?: string; keychain?: boolean } | undefined {
  if (!agree(keep)) return undefined;
  return { ...(keep.first !== "" && { passphrase: keep.first }), ...(keep.keychain && { keychain: true }) };
}

interface KeepFieldsProps {
  readonly value: Keep;
  readonly onValue: (value: Keep) => void;
  readonly keychain: boolean;
}

export function KeepFields({ value, onValue, keychain }: KeepFieldsProps) {
  const words = strings.gate;
  return (
    <>
      <Field
        label={words.newPassphrase}
        name="passphrase"
        value={value.first}
        onValue={(first) => onValue({ ...value, first })}
        maxLength={passphraseCharsMax}
        errorId="keep-note"
        isSecret
      />
      {value.first !== "" && (
        <Field
          label={strings.profile.again}
          name="again"
          value={value.again}
          onValue={(again) => onValue({ ...value, again })}
          maxLength={passphraseCharsMax}
          errorId="keep-note"
          isSecret
        />
      )}
      {keychain && (
        <label class="choice">
          <input
            type="checkbox"
            checked={value.keychain}
            onChange={(event) => onValue({ ...value, keychain: event.currentTarget.checked })}
          />
          <span>{words.keychain}</span>
        </label>
      )}
      <p class="form-note" id="keep-note">
        <Icon name="info" size={14} />
        <span>{keepNote(value)}</span>
      </p>
    </>
  );
}

function keepNote(value: Keep): string {
  const words = strings.gate;
  if (value.again !== "" && !agree(value)) return strings.profile.differ;
  if (value.first !== "") return words.remember;
  return value.keychain ? words.keychainAlone : words.noPassphrase;
}
