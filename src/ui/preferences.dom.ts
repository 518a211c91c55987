/** What a person prefers of this page. A guest's choices end with the window, a profile's stay in the browser. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { recentEmojiMax } from "./limits.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export interface Preferences {
  readonly theme: ReadonlySignal<Theme>;
  readonly notify: ReadonlySignal<boolean>;
  /** Of hands and people, from 0 (none) to 5. */
  readonly emojiTone: ReadonlySignal<number>;
  /** The last used first. */
  readonly recentEmoji: ReadonlySignal<readonly string[]>;
  setTheme(theme: Theme): void;
  setNotify(notify: boolean): void;
  setEmojiTone(tone: number): void;
  usedEmoji(emoji: string): void;
  /** Called once it is known whether the person is a guest. */
  keepFor(profile: string | null): void;
  /** The person has gone: what was a guest's goes too, though the window stays. */
  forget(): void;
}

const themeKey = "earshot.theme";
const notifyKey = "earshot.notify";
const toneKey = "earshot.emojiTone";
const recentKey = "earshot.recentEmoji";

export function createPreferences(): Preferences {
  const stored = (key: string) => sessionStorage.getItem(key) ?? localStorage.getItem(key);
  const theme = signal<Theme>(themes.find((known) => known === stored(themeKey)) ?? "system");
  const notify = signal(stored(notifyKey) === "yes");
  const emojiTone = signal(/^[0-5]$/u.test(stored(toneKey) ?? "") ? Number(stored(toneKey)) : 0);
  const recentEmoji = signal<readonly string[]>((stored(recentKey) ?? "").split(" ").filter(Boolean).slice(0, recentEmojiMax));
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
    emojiTone,
    recentEmoji,
    setTheme(next) {
      theme.value = next;
      store(themeKey, next);
      show();
    },
    setNotify(next) {
      notify.value = next;
      store(notifyKey, next ? "yes" : "no");
    },
    setEmojiTone(tone) {
      emojiTone.value = tone;
      store(toneKey, String(tone));
    },
    usedEmoji(emoji) {
      recentEmoji.value = [emoji, ...recentEmoji.value.filter((other) => other !== emoji)].slice(0, recentEmojiMax);
      store(recentKey, recentEmoji.value.join(" "));
    },
    keepFor(profile) {
      kept = profile !== null;
    },
    forget() {
      for (const key of [themeKey, notifyKey, toneKey, recentKey]) sessionStorage.removeItem(key);
    },
  };
}
