/** Emoji and what the person likes of them. The names are a chunk of their own, loaded when somebody begins to write. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Emoji, type EmojiBook, replaceShortcodes, unpackEmoji, withTone } from "./model/emoji.ts";
import type { Preferences } from "./preferences.dom.ts";

export interface EmojiShelf {
  /** Undefined until it is loaded. */
  readonly book: ReadonlySignal<EmojiBook | undefined>;
  load(): void;
  toned(emoji: Emoji): string;
  /** `:name:` as the emoji, in the tone the person has chosen. */
  replace(text: string): string;
}

export function createEmojiShelf(preferences: Preferences): EmojiShelf {
  const book = signal<EmojiBook | undefined>(undefined);
  let isLoading = false;
  return {
    book,
    load() {
      if (isLoading) return;
      isLoading = true;
      import("./model/emoji-data.ts").then(
        ({ packedEmoji }) => {
          book.value = unpackEmoji(packedEmoji);
        },
        () => {
          // Earshot was restarted meanwhile: the next letter asks again.
          isLoading = false;
        },
      );
    },
    toned: (emoji) => withTone(emoji, preferences.emojiTone.value),
    replace: (text) => (book.value ? replaceShortcodes(text, book.value, preferences.emojiTone.value) : text),
  };
}
