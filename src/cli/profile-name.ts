/** The name of a kept profile, which is that of its directory: what any file system takes. */

export const profilePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/u;

/**
 * The given one, or one made from what people call the person: "Zoë Smith" becomes "Zoe-Smith", a second one "Zoe-Smith-2".
 * Undefined where the given one is none.
 */
export function profileNameFrom(given: string | undefined, personsName: string, taken: readonly string[]): string | undefined {
  if (given !== undefined) return profilePattern.test(given) ? given : undefined;
  const letters = personsName
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9]+/gu, "-")
    .replace(/^-+|-+$/gu, "")
    .slice(0, 32);
  const base = letters === "" ? "profile" : letters;
  // Some file systems take no account of case.
  const isTaken = (name: string): boolean => taken.some((other) => other.toLowerCase() === name.toLowerCase());
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!isTaken(name)) return name;
  }
}
