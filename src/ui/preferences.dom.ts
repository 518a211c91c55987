/** What a person prefers of this page. A guest's choices end with the window, a profile's stay in the browser. */
import { type ReadonlySignal, signal } from "@preact/signals";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export interface Preferences {
  readonly theme: ReadonlySignal<Theme>;
  readonly notify: ReadonlySignal<boolean>;
  setTheme(theme: Theme): void;
  setNotify(notify: boolean): void;
  /** Called once it is known whether the person is a guest. */
  keepFor(profile: string | null): void;
  /** The person has gone: what was a guest's goes too, though the window stays. */
  forget(): void;
}

const themeKey = "earshot.theme";
const notifyKey = "earshot.notify";

export function createPreferences(): Preferences {
  const stored = (key: string) => sessionStorage.getItem(key) ?? localStorage.getItem(key);
  const theme = signal<Theme>(themes.find((known) => known === stored(themeKey)) ?? "system");
  const notify = signal(stored(notifyKey) === "yes");
  let kept = false;

  const store = (key: string, value: string) => {
    sessionStorage.setItem(key, value);
    if (kept) localStorage.setItem(key, value);
  };
  const show = () => {
    document.documentElement.dataset["theme"] = theme.value;
  };
  show();

  return {
    theme,
    notify,
    setTheme(next) {
      theme.value = next;
      store(themeKey, next);
      show();
    },
    setNotify(next) {
      notify.value = next;
      store(notifyKey, next ? "yes" : "no");
    },
    keepFor(profile) {
      kept = profile !== null;
    },
    forget() {
      for (const key of [themeKey, notifyKey]) sessionStorage.removeItem(key);
    },
  };
}
