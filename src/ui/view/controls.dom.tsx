/** Small things used all over: icon buttons, names, a form's error. */
import type { ComponentChildren, Ref } from "preact";
import type { PeerView } from "../../api/contract.ts";
import { Icon, type IconName } from "./icon.dom.tsx";

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly size?: 16 | 20;
  readonly class?: string;
  readonly pressed?: boolean;
  readonly tabIndex?: number;
  readonly shortcut?: string;
}

export function IconButton({ icon, label, onClick, size = 16, class: extra = "", pressed, tabIndex, shortcut }: IconButtonProps) {
  return (
    <button
      type="button"
      class={`icon-button ${extra}`}
      aria-label={label}
      title={shortcut ? `${label} (${shortcut})` : label}
      aria-pressed={pressed}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}

/** People write their names in any script and direction; each stands for itself. */
export function Name({ children }: { readonly children: ComponentChildren }) {
  return <bdi class="name">{children}</bdi>;
}

/** Tells people of one name apart: the beginning of the identity. Short enough to be imitated, so it proves nothing. */
export function WhichOne({ peer }: { readonly peer: PeerView }) {
  return peer.nameClash || peer.keyChange !== null ? <code class="which-one">{peer.peerId.slice(0, 4)}</code> : null;
}

export function FormError({ id, children }: { readonly id: string; readonly children: string | undefined }) {
  return (
    <p class="form-error" id={id} role="alert" hidden={!children}>
      {children}
    </p>
  );
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly maxLength: number;
  readonly placeholder?: string;
  readonly errorId?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  /** What is typed is not shown. */
  readonly isSecret?: boolean;
}

export function Field({ label, name, value, onValue, maxLength, placeholder, errorId, inputRef, isSecret = false }: FieldProps) {
  const kind = isSecret ? ({ type: "password", autocomplete: "new-password" } as const) : ({ type: "text", autocomplete: "off" } as const);
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        {...kind}
        class="input"
        ref={inputRef ?? null}
        name={name}
        value={value}
        maxLength={maxLength}
        placeholder={placeholder ?? ""}
        spellcheck={false}
        dir="auto"
        aria-describedby={errorId}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  );
}
