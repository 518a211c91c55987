/** The mark, drawn: a listener and two waves that reach it. Drawn rather than loaded, so that every size is sharp and nothing is bundled. */
import { type NativeImage, nativeImage } from "electron";

/** `mark`: white on the accent, right on light and dark alike. `template`: black alone, which macOS colours itself. */
export type IconStyle = "mark" | "template";

interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

const accent: Colour = { red: 0x57, green: 0x50, blue: 0xd1 };
const white: Colour = { red: 255, green: 255, blue: 255 };
const black: Colour = { red: 0, green: 0, blue: 0 };
const alert: Colour = { red: 0xe5, green: 0x48, blue: 0x3d };

/** The drawing's own unit: a square of 32. The page's icon.svg has the same shapes. */
const units = 32;
const listener = { x: 10.5, y: 21.5, radius: 2.2 };
const waveRadii = [7, 13.5];
const strokeHalf = 1.3;
const unreadDot = { x: 25, y: 7, radius: 6 };
const unreadGap = 2;

/** @param size in device-independent pixels; drawn for plain and for dense screens */
export function drawIcon(size: number, style: IconStyle, { unread }: { readonly unread: boolean }): NativeImage {
  const image = nativeImage.createEmpty();
  for (const scaleFactor of [1, 2]) {
    const side = size * scaleFactor;
    image.addRepresentation({ scaleFactor, width: side, height: side, buffer: paint(side, style, unread) });
  }
  if (style === "template") image.setTemplateImage(true);
  return image;
}

/** Rows of premultiplied BGRA, as Skia takes them. */
function paint(side: number, style: IconStyle, unread: boolean): Buffer {
  const pixels = Buffer.alloc(side * side * 4);
  const scale = side / units;
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const x = (column + 0.5) / scale;
      const y = (row + 0.5) / scale;
      const cover = (distance: number) => Math.min(1, Math.max(0, 0.5 - distance * scale));
      const layers: [Colour, number][] =
        style === "mark"
          ? [
              [accent, cover(plateDistance(x, y))],
              [white, cover(waveDistance(x, y))],
            ]
          : [[black, cover(waveDistance(x, y))]];
      const dot = Math.hypot(x - unreadDot.x, y - unreadDot.y) - unreadDot.radius;
      blend(pixels, (row * side + column) * 4, layers, unread ? { clear: cover(dot - unreadGap), dot: cover(dot) } : undefined);
    }
  }
  return pixels;
}

function blend(pixels: Buffer, at: number, layers: readonly [Colour, number][], unread: { clear: number; dot: number } | undefined): void {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  const over = (colour: Colour, cover: number) => {
    red = colour.red * cover + red * (1 - cover);
    green = colour.green * cover + green * (1 - cover);
    blue = colour.blue * cover + blue * (1 - cover);
    alpha = 255 * cover + alpha * (1 - cover);
  };
  for (const [colour, cover] of layers) over(colour, cover);
  if (unread !== undefined) {
    [red, green, blue, alpha] = [red, green, blue, alpha].map((value) => value * (1 - unread.clear)) as [number, number, number, number];
    over(alert, unread.dot);
  }
  pixels.set([blue, green, red, alpha].map(Math.round), at);
}

/** Signed distances: below zero is inside. */
function plateDistance(x: number, y: number): number {
  const corner = 8;
  const beyondX = Math.abs(x - units / 2) - (units / 2 - corner);
  const beyondY = Math.abs(y - units / 2) - (units / 2 - corner);
  return Math.hypot(Math.max(beyondX, 0), Math.max(beyondY, 0)) + Math.min(Math.max(beyondX, beyondY), 0) - corner;
}

function waveDistance(x: number, y: number): number {
  const right = x - listener.x;
  const up = listener.y - y;
  const waves = waveRadii.map((radius) => quarterDistance(right, up, radius) - strokeHalf);
  return Math.min(Math.hypot(right, up) - listener.radius, ...waves);
}

/** To a quarter of a circle around the origin, from its top to its right end. */
function quarterDistance(right: number, up: number, radius: number): number {
  if (right >= 0 && up >= 0) return Math.abs(Math.hypot(right, up) - radius);
  return Math.min(Math.hypot(right, up - radius), Math.hypot(right - radius, up));
}
