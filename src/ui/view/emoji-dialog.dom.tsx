/** All emoji: by word, by group, in the tone one likes; what one used lately comes first. Arrows walk the grid. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { emojiFoundMax } from "../limits.ts";
import { type Emoji, findEmoji, tones } from "../model/emoji.ts";
import { stickers, stickerText } from "../model/stickers.ts";
import type { EmojiFor } from "../navigation.dom.ts";
import { formatStrings } from "../strings-format.ts";
import { FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { StickerPicture } from "./sticker.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const columns = 8;

export function EmojiDialog({ target }: { readonly target: EmojiFor }) {
  const { api, drafts, emoji: shelf, navigation, outbox, preferences } = useApp();
  const [query, setQuery] = useState("");
  const reacting = useSubmit();
  const book = shelf.book.value;
  const tone = preferences.emojiTone.value;
  const recent = preferences.recentEmoji.value;
  useEffect(() => shelf.load(), []);
  const groups = useMemo<readonly (readonly [string, readonly (readonly [string, string])[]])[]>(() => {
    if (book === undefined) return [];
    const shown = (one: Emoji) => [shelf.toned(one), one.names[0]?.replaceAll("_", " ") ?? ""] as const;
    if (query.trim() !== "") return [[formatStrings.found, findEmoji(book, query, emojiFoundMax).map(shown)]];
    const lately = recent.map((one) => [one, book.of.get(one)?.names[0]?.replaceAll("_", " ") ?? formatStrings.emoji] as const);
    const all = book.groups.map(({ name, emoji }) => [name, emoji.map(shown)] as const);
    return lately.length === 0 ? all : [[formatStrings.recent, lately], ...all];
  }, [book, query, tone, recent]);
  const choose = (chosen: string) => {
    preferences.usedEmoji(chosen);
    if (target.what === "write") {
      const draft = drafts.get(target.id);
      drafts.set(target.id, { text: `${draft?.text ?? ""}${chosen}`, replyTo: draft?.replyTo });
      navigation.closeDialog();
      navigation.focusComposer();
      return;
    }
    reacting.run(async () => {
      await api.call("messages.react", { messageId: target.messageId, emoji: chosen, on: true });
      navigation.closeDialog();
    });
  };
  const found = groups.reduce((sum, [, list]) => sum + list.length, 0);
  return (
    <Dialog title={formatStrings.emoji} class="dialog-emoji" onClose={() => navigation.closeDialog()}>
      <input
        class="input"
        type="search"
        aria-label={formatStrings.searchEmoji}
        placeholder={formatStrings.searchEmoji}
        autocomplete="off"
        value={query}
        data-autofocus=""
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = groups[0]?.[1] ?? [];
          if (event.key === "Enter" && !event.isComposing && query.trim() !== "" && first !== undefined) choose(first[0]);
          else if (event.key === "ArrowDown")
            event.currentTarget.closest("dialog")?.querySelector<HTMLElement>(".emoji-grid button")?.focus();
          else return;
          event.preventDefault();
        }}
      />
      <fieldset class="emoji-tones">
        <legend class="visually-hidden">{formatStrings.tone}</legend>
        {tones.map((sign, at) => (
          <label key={sign} class="emoji-tone" title={formatStrings.tones[at]}>
            <input type="radio" name="tone" checked={at === tone} onChange={() => preferences.setEmojiTone(at)} />
            <span aria-hidden="true">{`✋${sign}`}</span>
            <span class="visually-hidden">{formatStrings.tones[at]}</span>
          </label>
        ))}
      </fieldset>
      <FormError id="emoji-error">{reacting.error}</FormError>
      <p class="visually-hidden" role="status">
        {query.trim() === "" ? "" : formatStrings.foundCount(found)}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows walk its buttons */}
      <div class="emoji-scroll" onKeyDown={walk}>
        {target.what === "write" && query.trim() === "" && (
          <section>
            <h3 class="section-title">{formatStrings.stickers}</h3>
            <div class="sticker-grid">
              {stickers.map((sticker) => (
                <button
                  key={sticker.name}
                  type="button"
                  class="sticker-button"
                  onClick={() => {
                    // It stands for itself: what is half written, and what that answers, waits.
                    if (!outbox.send(target.id, stickerText(sticker), undefined)) return;
                    navigation.closeDialog();
                    navigation.focusComposer();
                  }}
                >
                  <StickerPicture sticker={sticker} size={64} />
                </button>
              ))}
            </div>
          </section>
        )}
        {book !== undefined && found === 0 && <p class="aside-note">{formatStrings.noEmoji}</p>}
        {groups.map(([name, list]) => (
          <section key={name}>
            <h3 class="section-title">{name}</h3>
            <div class="emoji-grid">
              {list.map(([one, label]) => (
                <button key={one} type="button" class="sign" title={label} aria-label={label} onClick={() => choose(one)}>
                  {one}
                </button>
              ))}
            </div>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function walk(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (step === undefined) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(".emoji-grid button")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  event.preventDefault();
  const next = all[Math.min(all.length - 1, at + step)];
  if (at + step < 0) event.currentTarget.closest("dialog")?.querySelector<HTMLElement>("input[type=search]")?.focus();
  else next?.focus();
}
