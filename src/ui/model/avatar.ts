/** A face for those without a picture: initials on a colour drawn from the identity, the same on every screen. */

const hues = [12, 38, 62, 95, 135, 165, 195, 225, 255, 285, 315, 340] as const;

/** One of twelve hues, in degrees: fewer than an id could give, so that neighbours look different rather than alike. */
export function hueOf(peerId: string): number {
  let sum = 0;
  for (const character of peerId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return hues[sum % hues.length] ?? hues[0];
}

/** At most two letters: of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letter = (word: string | undefined) => /[\p{L}\p{N}]/u.exec(word ?? "")?.[0] ?? "";
  const first = letter(words[0]);
  const last = words.length > 1 ? letter(words[words.length - 1]) : "";
  return (first + last).toUpperCase() || "?";
}
