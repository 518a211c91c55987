/** What the gate asks; a name stands for itself in any direction. */
import type { ComponentChildren } from "preact";

export function Heading({ children }: { readonly children: ComponentChildren }) {
  return (
    <h1 class="gate-heading">
      <bdi>{children}</bdi>
    </h1>
  );
}
