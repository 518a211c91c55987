/** How what is said here is kept on this computer, and how to be rid of it. */
import { useEffect, useState } from "preact/hooks";
import type { Result } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { passphraseCharsMax } from "../limits.ts";
import { strings } from "../strings.ts";
import { Field, FormError } from "./controls.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.profile;
type Profile = Result<"profile.get">;

export function ProfileSettings() {
  const { api, navigation } = useApp();
  const [profile, setProfile] = useState<Profile | undefined>(undefined);
  const [isChanging, setChanging] = useState(false);
  const [isSure, setSure] = useState(false);
  const acting = useSubmit();
  useEffect(() => {
    api.call("profile.get", {}).then(setProfile, () => undefined);
  }, []);
  if (profile === undefined) return null;
  return (
    <fieldset class="choices">
      <legend class="field-label">{words.legend}</legend>
      <p class="profile-words">{profileWords(profile)}</p>
      {profile.isKept && (
        <>
          <label class="choice">
            <input
              type="checkbox"
              checked={profile.wipeOnQuit}
              onChange={(event) => {
                const on = event.currentTarget.checked;
                acting.run(async () => setProfile(await api.call("profile.setWipeOnQuit", { on })));
              }}
            />
            <span>{words.wipeOnQuit}</span>
          </label>
          {isChanging ? (
            <PassphraseForm
              profile={profile}
              done={(changed) => {
                if (changed !== undefined) setProfile(changed);
                setChanging(false);
              }}
            />
          ) : (
            <div class="profile-acts">
              <button type="button" class="button button-small" onClick={() => setChanging(true)}>
                {profile.hasPassphrase ? words.change : words.set}
              </button>
            </div>
          )}
        </>
      )}
      <FormError id="profile-error">{acting.error}</FormError>
      <div class="profile-acts">
        {profile.isKept ? (
          <button type="button" class="button button-small" onClick={() => navigation.openDialog({ kind: "exportProfile" })}>
            {strings.account.export}
          </button>
        ) : (
          <button type="button" class="button button-small" onClick={() => navigation.openDialog({ kind: "keep" })}>
            {strings.account.keep}
          </button>
        )}
        <button type="button" class="button button-small" onClick={() => navigation.openDialog({ kind: "logOut" })}>
          {strings.account.leaveMenu}
        </button>
      </div>
      <div class="profile-acts">
        {isSure ? (
          <>
            <p class="profile-words">{profile.isKept ? words.sureKept : words.sureGuest}</p>
            <button type="button" class="button button-small" onClick={() => setSure(false)}>
              {strings.cancel}
            </button>
            <button
              type="button"
              class="button button-small button-danger"
              disabled={acting.busy}
              onClick={() => acting.run(async () => void (await api.call("profile.wipe", {})))}
            >
              {words.wipeNow}
            </button>
          </>
        ) : (
          <button type="button" class="button button-small button-danger" onClick={() => setSure(true)}>
            {words.wipe}
          </button>
        )}
      </div>
    </fieldset>
  );
}

function PassphraseForm({ profile, done }: { readonly profile: Profile; readonly done: (changed: Profile | undefined) => void }) {
  const { api } = useApp();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const changing = useSubmit();
  const isComplete = (!profile.hasPassphrase || old !== "") && next !== "" && next === again;
  return (
    <form
      class="profile-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isComplete) return;
        changing.run(async () => done(await api.call("profile.changePassphrase", { ...(profile.hasPassphrase ? { old } : {}), next })));
      }}
    >
      {profile.hasPassphrase && (
        <Field
          label={words.old}
          name="old"
          value={old}
          onValue={setOld}
          maxLength={passphraseCharsMax}
          errorId="passphrase-error"
          isSecret
        />
      )}
      <Field label={words.next} name="next" value={next} onValue={setNext} maxLength={passphraseCharsMax} isSecret />
      <Field label={words.again} name="again" value={again} onValue={setAgain} maxLength={passphraseCharsMax} isSecret />
      <FormError id="passphrase-error">{changing.error ?? (again !== "" && next !== again ? words.differ : undefined)}</FormError>
      <div class="profile-acts">
        <button type="button" class="button button-small" onClick={() => done(undefined)}>
          {strings.cancel}
        </button>
        <button type="submit" class="button button-small button-primary" disabled={!isComplete || changing.busy}>
          {changing.busy ? words.working : words.save}
        </button>
      </div>
    </form>
  );
}

function profileWords({ isKept, protection, hasPassphrase }: Profile): string {
  if (!isKept) return words.guest;
  if (protection === "open") return words.open;
  return hasPassphrase ? words.passphrase : words.keychain;
}
