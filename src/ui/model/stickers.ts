/**
 * The bundled stickers: one small creature in twelve moods. A sticker travels as a text, `:sticker-wave:` and nothing else,
 * which anything that knows no stickers shows as a readable word.
 */

/** SVG paths in a square of 96, drawn over the creature's body. */
export interface Sticker {
  readonly name: string;
  readonly label: string;
  readonly eyes: "open" | "closed" | "wide" | "hearts" | "tired" | "wink";
  readonly mouth: string;
  /** What it holds or has about it: a path, and its colour. */
  readonly extras: readonly (readonly [path: string, colour: string])[];
}

const smile = "M36 60q12 12 24 0";
const grin = "M34 58h28q-2 16-14 16t-14-16z";
const flat = "M38 63h20";
const sad = "M36 67q12-11 24 0";
const round = "M44 63a4 5 0 1 0 8 0a4 5 0 1 0-8 0z";

export const stickers: readonly Sticker[] = [
  { name: "wave", label: "Hello", eyes: "open", mouth: smile, extras: [["M78 40q10-10 6-22M84 44q12-8 10-24", "line"]] },
  { name: "thanks", label: "Thank you", eyes: "closed", mouth: smile, extras: [["M40 80l8-8l8 8", "line"]] },
  { name: "yes", label: "Yes", eyes: "open", mouth: grin, extras: [["M70 70l7 8l15-18", "good"]] },
  { name: "no", label: "No", eyes: "closed", mouth: flat, extras: [["M72 62l16 16M88 62l-16 16", "bad"]] },
  { name: "love", label: "Love", eyes: "hearts", mouth: smile, extras: [] },
  { name: "laugh", label: "Laughing", eyes: "closed", mouth: grin, extras: [["M22 52q-4 6 0 9q4-3 0-9M74 52q-4 6 0 9q4-3 0-9", "drop"]] },
  { name: "wow", label: "Surprised", eyes: "wide", mouth: round, extras: [["M48 8v-6M28 14l-4-5M68 14l4-5", "line"]] },
  { name: "sad", label: "Sad", eyes: "open", mouth: sad, extras: [["M34 54q-4 7 0 10q4-3 0-10", "drop"]] },
  {
    name: "coffee",
    label: "Coffee",
    eyes: "tired",
    mouth: flat,
    extras: [["M66 66h20v14q0 6-6 6h-8q-6 0-6-6zM86 70h5v8h-5M71 61q3-4 0-7M79 61q3-4 0-7", "line"]],
  },
  {
    name: "party",
    label: "Party",
    eyes: "open",
    mouth: grin,
    extras: [
      ["M36 22L48 2l12 20z", "good"],
      ["M14 30l4 4M80 28l4-4M12 60h5M80 56h6", "bad"],
    ],
  },
  { name: "think", label: "Thinking", eyes: "wink", mouth: "M40 64q8-4 16 0", extras: [["M78 30a6 6 0 1 1 8 6v5M86 47v1", "line"]] },
  { name: "bye", label: "Good night", eyes: "closed", mouth: smile, extras: [["M70 26h10l-10 12h10M82 12h7l-7 8h7", "line"]] },
];

const byName = new Map(stickers.map((sticker) => [sticker.name, sticker]));

export const stickerText = ({ name }: Sticker): string => `:sticker-${name}:`;

/** Undefined for a text that is anything else. */
export function stickerIn(text: string): Sticker | undefined {
  const [, name] = /^\s*:sticker-([a-z]{2,12}):\s*$/u.exec(text) ?? [];
  return name === undefined ? undefined : byName.get(name);
}
