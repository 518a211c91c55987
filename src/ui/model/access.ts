/** Logging in, as forms and their answers. */
import type { ProfilesView } from "../../api/contract.ts";

/** What a view of the profiles says beside the last: somebody came in, somebody left, or it is another way of keeping the same person. */
export type Change = "came" | "left" | "kept" | "none";

export function changeOf(before: ProfilesView | undefined, next: ProfilesView): Change {
  const [wasRunning, isRunning] = [before?.state === "running", next.state === "running"];
  if (wasRunning !== isRunning) return isRunning ? "came" : "left";
  if (!isRunning || before?.current === next.current) return "none";
  // A guest may have become this profile. A profile becomes no other: its going was missed.
  return before?.current === null ? "kept" : "left";
}

export type ListedProfile = ProfilesView["profiles"][number];

/** What the gate asks first. */
export type GatePage =
  | { readonly kind: "pick" }
  | { readonly kind: "enter" }
  | { readonly kind: "bring" }
  | { readonly kind: "unlock"; readonly profile: string };

export function firstPage({ state, current, profiles }: ProfilesView): GatePage {
  if (state === "locked" && current !== null) return { kind: "unlock", profile: current };
  return profiles.length > 0 ? { kind: "pick" } : { kind: "enter" };
}

/** A profile that is picked is asked for its passphrase, or opens at once. */
export function opensAtOnce({ protection, hasPassphrase }: ListedProfile, keychain: boolean): boolean {
  return !hasPassphrase || (protection === "keychain" && keychain);
}

export interface Passphrases {
  readonly first: string;
  readonly again: string;
}

export const agree = ({ first, again }: Passphrases): boolean => first === again;

export const phraseWordCount = 24;

/** People write the words with numbers, commas and line ends between them. */
export function phraseWords(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+/gu) ?? [];
}
