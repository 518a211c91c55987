import { useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { themes } from "../preferences.dom.ts";
import { strings } from "../strings.ts";
import { BlockedPeople } from "./blocked-people.dom.tsx";
import { Name } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { ProfileSettings } from "./profile-settings.dom.tsx";
import { ReadReceipts } from "./read-receipts.dom.tsx";

const words = strings.settings;

export function SettingsDialog() {
  const { navigation, preferences, notifier, store } = useApp();
  const [denied, setDenied] = useState(false);
  const session = store.session.value;
  const switchNotify = async (wanted: boolean) => {
    const allowed = wanted && (await notifier.askPermission());
    setDenied(wanted && !allowed);
    preferences.setNotify(allowed);
  };
  return (
    <Dialog title={words.title} onClose={() => navigation.closeDialog()}>
      <div class="form">
        <div class="setting">
          <span class="field-label">{words.name}</span>
          <span class="setting-value">
            <Name>{session?.name}</Name>
            <button type="button" class="button button-small" onClick={() => navigation.openDialog({ kind: "rename" })}>
              {strings.details.rename}
            </button>
          </span>
        </div>
        <fieldset class="segments">
          <legend class="field-label">{words.theme}</legend>
          {themes.map((theme) => (
            <label key={theme}>
              <input
                type="radio"
                name="theme"
                checked={preferences.theme.value === theme}
                data-autofocus={preferences.theme.value === theme ? "" : undefined}
                onChange={() => preferences.setTheme(theme)}
              />
              <span>{words.themes[theme]}</span>
            </label>
          ))}
        </fieldset>
        {!notifier.isDesktop && (
          <fieldset class="choices">
            <legend class="field-label">{words.notifications}</legend>
            <label class="choice">
              <input
                type="checkbox"
                checked={preferences.notify.value}
                onChange={(event) => void switchNotify(event.currentTarget.checked)}
              />
              <span>{words.notify}</span>
            </label>
            {denied && <p class="form-error">{words.notifyDenied}</p>}
          </fieldset>
        )}
        <ReadReceipts />
        <BlockedPeople />
        <ProfileSettings />
        {session && session.addresses.length > 0 && (
          <div class="setting">
            <span class="field-label">{strings.details.yourAddresses}</span>
            <span>
              {session.addresses.map((address) => (
                <code key={address} class="fact-line">
                  {address}
                </code>
              ))}
            </span>
          </div>
        )}
        <div class="form-actions form-actions-split">
          <span class="muted">{session && words.version(session.version)}</span>
          <button type="button" class="button" onClick={() => navigation.openDialog({ kind: "shortcuts" })}>
            {strings.shortcuts.title}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
