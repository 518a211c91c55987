/** A modal dialog: the platform keeps the focus inside, closes it on Escape and gives the focus back. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { strings } from "../strings.ts";
import { IconButton } from "./controls.dom.tsx";

/** Chromium gives the focus back without the caret: a field would have the focus and take no keys. */
function takeFocusAnew(): void {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || focused === document.body) return;
  focused.blur();
  focused.focus();
}

interface DialogProps {
  readonly title: string;
  readonly class?: string;
  /** Absent: the dialog has to be answered. */
  readonly onClose?: (() => void) | undefined;
  readonly hideTitle?: boolean;
  readonly children: ComponentChildren;
}

export function Dialog({ title, class: extra = "", onClose, hideTitle = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the next key arrives, or it would land in the composer.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return undefined;
    if (!element.open) element.showModal();
    element.querySelector<HTMLElement>("[data-autofocus], input:not([type=radio]):not([type=checkbox])")?.focus();
    return () => {
      element.close();
      takeFocusAnew();
    };
  }, []);
  return (
    <dialog
      class={`dialog ${extra}`}
      ref={dialog}
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        // A second Escape in a row would close it past `cancel`.
        if (event.key === "Escape" && !onClose) event.preventDefault();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose?.();
      }}
    >
      <div class="dialog-body">
        <header class={hideTitle ? "visually-hidden" : "dialog-header"}>
          <h2 id={titleId}>{title}</h2>
          {onClose && !hideTitle && <IconButton icon="close" label={strings.close} onClick={onClose} />}
        </header>
        {children}
      </div>
    </dialog>
  );
}
