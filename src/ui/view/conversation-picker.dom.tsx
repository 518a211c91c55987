/** A conversation is picked by a few letters of its name: a field, and below it what fits, walked by the arrows. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { jumpResultsMax } from "../limits.ts";
import { type Conversation, labelOf } from "../model/conversation.ts";
import { type Hit, rankByQuery } from "../model/jump.ts";
import { strings } from "../strings.ts";
import { Icon } from "./icon.dom.tsx";

const words = strings.jump;
const listId = "picked-from";

interface ConversationPickerProps {
  /** In the order in which they are offered before anything is typed. */
  readonly all: readonly Conversation[];
  readonly onPick: (picked: Conversation) => void;
  readonly row: (hit: Hit<Conversation>) => ComponentChildren;
  /** Between the field and the list. */
  readonly children?: ComponentChildren;
}

export function ConversationPicker({ all, onPick, row, children }: ConversationPickerProps) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const hits = useMemo(() => rankByQuery(all, labelOf, query, jumpResultsMax), [all, query]);
  const at = Math.min(chosen, hits.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    const hit = hits[at];
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && hits.length > 0) setChosen((at + step + hits.length) % hits.length);
    else if (event.key === "Enter" && hit && !event.isComposing) onPick(hit.item);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div class="jump-field">
        <Icon name="search" />
        <input
          class="jump-input"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={hits.length > 0 ? optionId(at) : undefined}
          aria-autocomplete="list"
          aria-label={words.placeholder}
          placeholder={words.placeholder}
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {children}
      {hits.length === 0 && <p class="jump-none">{words.none}</p>}
      <div class="jump-results" id={listId} role="listbox" aria-label={words.results}>
        {hits.map((hit, index) => (
          <div
            key={hit.item.id}
            id={optionId(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            class="jump-result"
            ref={index === at ? scrollIntoView : null}
            onMouseMove={() => setChosen(index)}
            onMouseDown={(event) => {
              event.preventDefault();
              onPick(hit.item);
            }}
          >
            {row(hit)}
          </div>
        ))}
      </div>
    </>
  );
}

const optionId = (index: number): string => `picked-from-${index}`;

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
