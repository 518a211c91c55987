import { Name } from "./controls.dom.tsx";

export const completionListId = "completion-list";
export const completionOptionId = (at: number) => `completion-${at}`;

export interface Option {
  readonly inserted: string;
  readonly label: string;
}

interface CompletionListProps {
  readonly label: string;
  readonly options: readonly Option[];
  readonly chosen: number;
  readonly onAccept: (inserted: string) => void;
}

export function CompletionList({ label, options, chosen, onAccept }: CompletionListProps) {
  return (
    <div class="completion" id={completionListId} role="listbox" aria-label={label}>
      {options.map(({ inserted, label: shown }, at) => (
        <div
          key={inserted}
          id={completionOptionId(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          class="completion-option"
          onMouseDown={(event) => {
            // The field must not lose the focus, or the list is gone before the click.
            event.preventDefault();
            onAccept(inserted);
          }}
        >
          <Name>{shown}</Name>
        </div>
      ))}
    </div>
  );
}
