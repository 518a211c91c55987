import { expect, it } from "vitest";
import { stickerIn, stickers, stickerText } from "../../src/ui/model/stickers.ts";

it("each comes back from its text, and from nothing else", () => {
  for (const sticker of stickers) expect(stickerIn(` ${stickerText(sticker)}\n`)).toBe(sticker);
  for (const text of ["", ":sticker-none:", "a :sticker-wave:", ":sticker-wave: b", ":sticker-__proto__:", ":STICKER-wave:"])
    expect(stickerIn(text)).toBeUndefined();
  expect(new Set(stickers.map(({ name }) => name)).size).toBe(12);
});
