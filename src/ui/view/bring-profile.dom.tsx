/** A profile that was exported elsewhere: its file, its words, and how it opens here. */
import { useRef, useState } from "preact/hooks";
import type { ProfilesView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { phraseWordCount, phraseWords } from "../model/access.ts";
import { strings } from "../strings.ts";
import { FormError } from "./controls.dom.tsx";
import { Heading } from "./gate-heading.dom.tsx";
import { KeepFields, keepParams, nothingKept } from "./keep-fields.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.gate;

export function BringProfile({ view, onBack }: { readonly view: ProfilesView; readonly onBack: () => void }) {
  const { api, access } = useApp();
  const file = useRef<HTMLInputElement>(null);
  const [hasFile, setHasFile] = useState(false);
  const [phrase, setPhrase] = useState("");
  const [keep, setKeep] = useState(nothingKept);
  const bringing = useSubmit();
  const given = phraseWords(phrase);
  const params = keepParams(keep);
  const isReady = hasFile && given.length === phraseWordCount && params !== undefined;
  const submit = (event: Event) => {
    event.preventDefault();
    const chosen = file.current?.files?.[0];
    if (!isReady || chosen === undefined) return;
    bringing.run(async () => {
      const content = base64(new Uint8Array(await chosen.arrayBuffer()));
      access.apply(await api.call("profiles.import", { file: content, phrase: given.join(" "), ...params }));
    });
  };
  return (
    <form class="form" onSubmit={submit}>
      <Heading>{words.bringTitle}</Heading>
      <p class="form-lead">{words.bringWhat}</p>
      <label class="field">
        <span class="field-label">{words.file}</span>
        <input
          type="file"
          class="input input-file"
          name="file"
          ref={file}
          onChange={(event) => setHasFile(event.currentTarget.files?.length === 1)}
        />
      </label>
      <label class="field">
        <span class="field-label">{words.phrase}</span>
        <textarea
          class="input gate-phrase"
          name="phrase"
          rows={5}
          value={phrase}
          maxLength={1000}
          spellcheck={false}
          autocomplete="off"
          aria-describedby="phrase-count"
          onInput={(event) => setPhrase(event.currentTarget.value)}
        />
        <span class="muted gate-count" id="phrase-count">
          {words.wordsOf(given.length, phraseWordCount)}
        </span>
      </label>
      <KeepFields value={keep} onValue={setKeep} keychain={view.keychain} />
      <FormError id="bring-error">{bringing.error}</FormError>
      <div class="form-actions form-actions-split">
        <button type="button" class="link-button" onClick={onBack}>
          {words.back}
        </button>
        <button type="submit" class="button button-primary" disabled={!isReady || bringing.busy}>
          {bringing.busy ? strings.profile.working : words.bringIt}
        </button>
      </div>
    </form>
  );
}

/** In pieces: a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
