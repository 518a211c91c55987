import { strings } from "../strings.ts";
import { Name } from "./controls.dom.tsx";

export const completionListId = "completion-list";
export const completionOptionId = (at: number) => `completion-${at}`;

interface CompletionListProps {
  readonly names: readonly string[];
  readonly chosen: number;
  readonly onAccept: (name: string) => void;
}

export function CompletionList({ names, chosen, onAccept }: CompletionListProps) {
  return (
    <div class="completion" id={completionListId} role="listbox" aria-label={strings.conversation.names}>
      {names.map((name, at) => (
        <div
          key={name}
          id={completionOptionId(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          class="completion-option"
          onMouseDown={(event) => {
            // The field must not lose the focus, or the list is gone before the click.
            event.preventDefault();
            onAccept(name);
          }}
        >
          <Name>{name}</Name>
        </div>
      ))}
    </div>
  );
}
