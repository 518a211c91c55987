/** To whom a message is passed on: a few letters, Enter. */
import { useMemo, useState } from "preact/hooks";
import { useApp } from "../app.dom.ts";
import { jumpResultsMax } from "../limits.ts";
import { type Conversation, directWith, labelOf } from "../model/conversation.ts";
import { rankByQuery } from "../model/jump.ts";
import { strings } from "../strings.ts";
import { threadStrings } from "../strings-threads.ts";
import { FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const listId = "forward-results";

export function ForwardDialog({ messageId }: { readonly messageId: string }) {
  const { api, sidebar, navigation, open } = useApp();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const forwarding = useSubmit();
  const { rooms, here, away } = sidebar.value;
  const all = useMemo<readonly Conversation[]>(
    () => [
      ...rooms.map((room) => ({ kind: "room", id: room.roomId, room }) as const),
      ...[...here, ...away].map((peer) => ({ kind: "person", id: directWith(peer.peerId), peer }) as const),
    ],
    [rooms, here, away],
  );
  const hits = useMemo(() => rankByQuery(all, labelOf, query, jumpResultsMax), [all, query]);
  const at = Math.min(chosen, hits.length - 1);
  const forward = (to: Conversation) =>
    forwarding.run(async () => {
      await api.call("messages.forward", { messageId, to: to.id });
      navigation.closeDialog();
      open(to.id);
    });
  return (
    <Dialog title={threadStrings.forwardTitle} class="dialog-jump" onClose={() => navigation.closeDialog()}>
      <div class="jump-field">
        <Icon name="search" />
        <input
          class="jump-input"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={hits.length > 0 ? `forward-${at}` : undefined}
          aria-autocomplete="list"
          aria-label={strings.jump.placeholder}
          placeholder={strings.jump.placeholder}
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={(event) => {
            const hit = hits[at];
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            if (step !== 0 && hits.length > 0) setChosen((at + step + hits.length) % hits.length);
            else if (event.key === "Enter" && hit && !event.isComposing) forward(hit.item);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <FormError id="forward-error">{forwarding.error}</FormError>
      {hits.length === 0 && <p class="jump-none">{strings.jump.none}</p>}
      <div class="jump-results" id={listId} role="listbox" aria-label={strings.jump.results}>
        {hits.map(({ item }, index) => (
          <div
            key={item.id}
            id={`forward-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            class="jump-result"
            ref={index === at ? (element) => element?.scrollIntoView({ block: "nearest" }) : null}
            onMouseMove={() => setChosen(index)}
            onMouseDown={(event) => {
              event.preventDefault();
              forward(item);
            }}
          >
            <span class="row-icon">
              <Icon name={item.kind === "person" ? "invite" : item.room.visibility === "private" ? "private" : "room"} />
            </span>
            <bdi class="jump-label">{labelOf(item)}</bdi>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
