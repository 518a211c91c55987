/** Whom one has blocked, here or away, and the way to take it back. */
import { useEffect, useState } from "preact/hooks";
import type { Result } from "../../api/contract.ts";
import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { FormError, Name } from "./controls.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

type Person = Result<"people.list">["people"][number];

/** Nothing, where nobody is blocked. */
export function BlockedPeople() {
  const { api, conversations, navigation } = useApp();
  const [people, setPeople] = useState<readonly Person[]>([]);
  const unblocking = useSubmit();
  const read = async () => setPeople((await api.call("people.list", {})).people.filter(({ blocked }) => blocked));
  useEffect(() => {
    read().catch(() => undefined);
  }, []);
  if (people.length === 0) return null;
  return (
    <fieldset class="choices">
      <legend class="field-label">{strings.settings.blocked}</legend>
      <ul class="blocked-people">
        {people.map((person) => (
          <li key={person.peerId} class="setting-value">
            <Name>{person.name}</Name>
            <button
              type="button"
              class="button button-small"
              aria-label={strings.trust.unblock(person.name)}
              disabled={unblocking.busy}
              onClick={() =>
                unblocking.run(async () => {
                  await api.call("people.block", { peer: person.peerId, blocked: false });
                  await read();
                  await conversations.renew(navigation.conversation.value);
                })
              }
            >
              {strings.settings.unblock}
            </button>
          </li>
        ))}
      </ul>
      <FormError id="blocked-error">{unblocking.error}</FormError>
    </fieldset>
  );
}
