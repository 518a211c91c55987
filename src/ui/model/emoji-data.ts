/** Every emoji that systems have drawn for some years, packed: the build runs this file and puts its text into the page. */
import { gemoji } from "gemoji";
import emojiByCharacter from "unicode-emoji-json/data-by-emoji.json" with { type: "json" };

/** Newer ones are empty boxes on many a machine. */
const versionMax = 15;
/** Two people: each would want a tone. */
const twoPeople = /[\u{1f91d}\u{2764}\u{1f48b}]|^[\u{1f46a}-\u{1f46d}\u{1f46f}\u{1f93c}\u{1f48f}\u{1f491}]/u;

interface Described {
  readonly slug: string;
  readonly group: string;
  readonly emoji_version: string;
  readonly skin_tone_support: boolean;
}

/** A line for a group, "#Smileys & Emotion", then one for each emoji: itself, its names, other words, "1" if it has tones. */
export const packedEmoji: string = pack();

function pack(): string {
  const named = new Map(gemoji.map((known) => [known.emoji, known]));
  const lines: string[] = [];
  let group = "";
  for (const [emoji, about] of Object.entries<Described>(emojiByCharacter)) {
    if (Number(about.emoji_version) > versionMax) continue;
    if (about.group !== group) lines.push(`#${about.group}`);
    group = about.group;
    const known = named.get(emoji);
    const names = known?.names ?? [about.slug];
    const words = [...(known?.tags ?? []), ...about.slug.split("_")].filter(
      (word, at, all) => !names.includes(word) && all.indexOf(word) === at,
    );
    lines.push([emoji, names.join(" "), words.join(" "), about.skin_tone_support && !twoPeople.test(emoji) ? "1" : ""].join("\t"));
  }
  return lines.join("\n");
}
