/** Completes a name after "@" in what is being typed. */
import { completionsMax, nameCharsMax } from "../limits.ts";

export interface Completion {
  /** Where the "@" stands. */
  readonly start: number;
  readonly names: readonly string[];
}

/** Undefined where the caret does not stand behind an "@" that could still become one of the names. */
export function completionAt(text: string, caret: number, names: readonly string[]): Completion | undefined {
  const start = text.lastIndexOf("@", caret - 1);
  if (start === -1 || caret - start - 1 > nameCharsMax) return undefined;
  if (start > 0 && /[\p{L}\p{N}_]/u.test(text[start - 1] ?? "")) return undefined;
  const typed = text.slice(start + 1, caret).toLowerCase();
  if (/\n|\s$/u.test(typed) && !names.some((name) => name.toLowerCase().startsWith(typed))) return undefined;
  // A whole name needs nothing more: Enter sends.
  if (names.some((name) => name.toLowerCase() === typed)) return undefined;
  const beginsName = names.filter((name) => name.toLowerCase().startsWith(typed));
  const beginsWord = names.filter((name) => !beginsName.includes(name) && name.toLowerCase().includes(` ${typed}`));
  const offered = [...new Set([...beginsName, ...beginsWord])].slice(0, completionsMax);
  return offered.length === 0 ? undefined : { start, names: offered };
}

/** @param what "@Mara", or an emoji */
export function complete(text: string, caret: number, start: number, what: string): { readonly text: string; readonly caret: number } {
  const inserted = `${what} `;
  const rest = text.slice(caret);
  return { text: text.slice(0, start) + inserted + rest.replace(/^ /u, ""), caret: start + inserted.length };
}
