/** A sticker as a picture: strokes and shapes of the page's own, in its colours. */
import type { Sticker } from "../model/stickers.ts";

const eyesOf: Readonly<Record<Sticker["eyes"], string>> = {
  open: "M36 44a3 4 0 1 0 .1 0zM60 44a3 4 0 1 0 .1 0z",
  wide: "M36 40a5 7 0 1 0 .1 0zM60 40a5 7 0 1 0 .1 0z",
  closed: "M30 47q6-6 12 0M54 47q6-6 12 0",
  tired: "M30 46h12M54 46h12",
  wink: "M36 44a3 4 0 1 0 .1 0zM54 47q6-6 12 0",
  hearts: "M36 52l-6-6a3.5 3.5 0 0 1 6-4a3.5 3.5 0 0 1 6 4zM60 52l-6-6a3.5 3.5 0 0 1 6-4a3.5 3.5 0 0 1 6 4z",
};
const filled: ReadonlySet<Sticker["eyes"]> = new Set(["open", "wide", "hearts"]);

export function StickerPicture({ sticker, size }: { readonly sticker: Sticker; readonly size: number }) {
  const { eyes, mouth, extras, label } = sticker;
  return (
    <svg class="sticker" viewBox="0 0 96 96" width={size} height={size} role="img" aria-label={label}>
      <title>{label}</title>
      <path class="sticker-ear" d="M22 34q-12-18 2-22q10 4 14 14M74 34q12-18-2-22q-10 4-14 14" />
      <path class="sticker-body" d="M48 20c24 0 34 16 34 34s-12 34-34 34s-34-16-34-34s10-34 34-34z" />
      <path class={filled.has(eyes) ? `sticker-eyes sticker-${eyes}` : "sticker-line"} d={eyesOf[eyes]} />
      <path class={mouth.endsWith("z") ? "sticker-mouth" : "sticker-line"} d={mouth} />
      {extras.map(([path, colour]) => (
        <path key={path} class={`sticker-extra sticker-${colour}`} d={path} />
      ))}
    </svg>
  );
}
