/** Before anybody is logged in: who it is, and what stays on this computer. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ProfilesView } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { nameCharsMax, passphraseCharsMax } from "../limits.ts";
import { firstPage, type GatePage, type ListedProfile, opensAtOnce } from "../model/access.ts";
import { strings } from "../strings.ts";
import { BringProfile } from "./bring-profile.dom.tsx";
import { Field, FormError } from "./controls.dom.tsx";
import { Heading } from "./gate-heading.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { KeepFields, keepParams, nothingKept } from "./keep-fields.dom.tsx";
import { Banner } from "./shell.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.gate;

export function Gate({ view }: { readonly view: ProfilesView }) {
  const [page, setPage] = useState<GatePage>(() => firstPage(view));
  const hasOthers = view.profiles.length > 0;
  return (
    <main class="gate">
      <Banner />
      <div class="gate-card">
        <p class="gate-app">{strings.app}</p>
        {page.kind === "enter" && <Enter view={view} onPage={setPage} hasOthers={hasOthers} />}
        {page.kind === "pick" && <Pick view={view} onPage={setPage} />}
        {page.kind === "unlock" && <Unlock profile={page.profile} onPage={setPage} />}
        {page.kind === "bring" && <BringProfile view={view} onBack={() => setPage(firstPage({ ...view, state: "choosing" }))} />}
      </div>
    </main>
  );
}

interface PageProps {
  readonly view: ProfilesView;
  readonly onPage: (page: GatePage) => void;
}

function Enter({ view, onPage, hasOthers }: PageProps & { readonly hasOthers: boolean }) {
  const { api, access } = useApp();
  const [name, setName] = useState(view.suggestedName);
  const [isKept, setKept] = useState(false);
  const [keep, setKeep] = useState(nothingKept);
  const field = useRef<HTMLInputElement>(null);
  const entering = useSubmit();
  useLayoutEffect(() => field.current?.select(), []);
  const params = keepParams(keep);
  const isReady = name.trim() !== "" && (!isKept || params !== undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!isReady) return;
    entering.run(async () => {
      const person = name.trim();
      access.apply(
        isKept ? await api.call("profiles.create", { name: person, ...params }) : await api.call("profiles.guest", { name: person }),
      );
    });
  };
  return (
    <form class="form" onSubmit={submit}>
      <Heading>{strings.welcome.title}</Heading>
      <Field
        label={strings.welcome.field}
        name="name"
        value={name}
        onValue={setName}
        maxLength={nameCharsMax}
        inputRef={field}
        errorId="gate-error"
      />
      <fieldset class="gate-choices">
        <legend class="field-label">{words.keepWhat}</legend>
        <Choice isChosen={!isKept} onChoose={() => setKept(false)} title={words.guest} what={words.guestWhat} />
        <Choice isChosen={isKept} onChoose={() => setKept(true)} title={words.keep} what={words.keepItWhat} />
      </fieldset>
      {isKept && <KeepFields value={keep} onValue={setKeep} keychain={view.keychain} />}
      <FormError id="gate-error">{entering.error}</FormError>
      <div class="form-actions form-actions-split">
        <button type="button" class="link-button" onClick={() => onPage({ kind: hasOthers ? "pick" : "bring" })}>
          {hasOthers ? words.back : words.bring}
        </button>
        <button type="submit" class="button button-primary" disabled={!isReady || entering.busy}>
          {entering.busy && isKept ? strings.profile.working : strings.welcome.go}
        </button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly title: string;
  readonly what: string;
}

function Choice({ isChosen, onChoose, title, what }: ChoiceProps) {
  return (
    <label class="gate-choice">
      <input type="radio" name="keep" checked={isChosen} onChange={onChoose} />
      <span>
        <span class="gate-choice-title">{title}</span>
        <span class="gate-choice-what">{what}</span>
      </span>
    </label>
  );
}

function Pick({ view, onPage }: PageProps) {
  const { api, access } = useApp();
  const opening = useSubmit();
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => list.current?.querySelector<HTMLButtonElement>("button:not(:disabled)")?.focus(), []);
  const pick = (profile: ListedProfile) => {
    const toUnlock = () => onPage({ kind: "unlock", profile: profile.profile });
    if (!opensAtOnce(profile, view.keychain)) {
      toUnlock();
      return;
    }
    opening.run(async () => {
      try {
        access.apply(await api.call("profiles.unlock", { profile: profile.profile }));
      } catch (error) {
        // The keychain does not know it any more.
        if ((error as { readonly code?: unknown }).code !== "wrongPassphrase") throw error;
        toUnlock();
      }
    });
  };
  return (
    <div class="form">
      <Heading>{words.who}</Heading>
      <ul class="gate-profiles" ref={list}>
        {view.profiles.map((profile) => (
          <li key={profile.profile}>
            <button
              type="button"
              class="gate-profile"
              disabled={profile.inUse || profile.damaged || opening.busy}
              onClick={() => pick(profile)}
            >
              <Icon name={profile.hasPassphrase ? "private" : "key"} size={16} />
              <span class="gate-profile-name">{profile.profile}</span>
              <span class="gate-profile-what">{profileState(profile, view.keychain)}</span>
            </button>
          </li>
        ))}
      </ul>
      <FormError id="gate-error">{opening.error}</FormError>
      <div class="form-actions form-actions-split">
        <button type="button" class="link-button" onClick={() => onPage({ kind: "bring" })}>
          {words.bring}
        </button>
        <button type="button" class="button" onClick={() => onPage({ kind: "enter" })}>
          {words.somebodyElse}
        </button>
      </div>
    </div>
  );
}

function profileState(profile: ListedProfile, keychain: boolean): string {
  if (profile.damaged) return words.damaged;
  if (profile.inUse) return words.inUse;
  return opensAtOnce(profile, keychain) ? "" : words.locked;
}

function Unlock({ profile, onPage }: { readonly profile: string; readonly onPage: PageProps["onPage"] }) {
  const { api, access } = useApp();
  const [passphrase, setPassphrase] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const unlocking = useSubmit();
  // After each try, too: the next one begins with typing.
  useLayoutEffect(() => {
    if (!unlocking.busy) field.current?.select();
  }, [unlocking.busy]);
  const submit = (event: Event) => {
    event.preventDefault();
    if (passphrase !== "") unlocking.run(async () => void access.apply(await api.call("profiles.unlock", { profile, passphrase })));
  };
  return (
    <form class="form" onSubmit={submit}>
      <Heading>{profile}</Heading>
      <Field
        label={words.passphrase}
        name="passphrase"
        value={passphrase}
        onValue={setPassphrase}
        maxLength={passphraseCharsMax}
        inputRef={field}
        errorId="gate-error"
        isSecret
      />
      <FormError id="gate-error">{unlocking.error}</FormError>
      <div class="form-actions form-actions-split">
        <button type="button" class="link-button" onClick={() => onPage({ kind: "pick" })}>
          {words.somebodyElse}
        </button>
        <button type="submit" class="button button-primary" disabled={passphrase === "" || unlocking.busy}>
          {unlocking.busy ? words.opening : words.unlock}
        </button>
      </div>
    </form>
  );
}
