/** Who is logged in on this computer, as the page knows it. Whatever the page held of somebody goes with them. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ProfilesView } from "../api/contract.ts";
import { type Change, changeOf } from "./model/access.ts";

export interface Access {
  /** Undefined until the API has answered. */
  readonly view: ReadonlySignal<ProfilesView | undefined>;
  /** Answers what became different; a page whose person has gone begins anew. */
  apply(view: ProfilesView): Change;
  /** Whose page this is, once it is known. False for somebody else than before: the connection broke, and the going was missed. */
  isStill(peerId: string): boolean;
}

/** @param forget loads the page again: memory, drafts and what was on the screen are gone by that, whatever held them */
export function createAccess(forget: () => void): Access {
  const view = signal<ProfilesView | undefined>(undefined);
  let person: string | undefined;
  return {
    view,
    apply(next) {
      const change = changeOf(view.value, next);
      view.value = next;
      if (change === "left") forget();
      return change;
    },
    isStill(peerId) {
      person ??= peerId;
      if (person === peerId) return true;
      forget();
      return false;
    },
  };
}
