/** What the window remembers of a profile: where it stood, and that closing was explained. Never of a guest. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Rectangle, screen } from "electron";
import { windowHeightMin, windowWidthMin } from "./limits.ts";
import type { Place } from "./place.ts";

export interface WindowState {
  readonly bounds: Rectangle | undefined;
  readonly isMaximized: boolean;
  readonly toldOfHiding: boolean;
}

export interface WindowStateStore {
  get(): WindowState;
  set(change: Partial<WindowState>): void;
}

const fresh: WindowState = { bounds: undefined, isMaximized: false, toldOfHiding: false };

/** Once the app is ready: screens are looked at. */
export function openWindowState(place: Place): WindowStateStore {
  const path = join(place.directory, "window.json");
  let state = place.isKept ? read(path) : fresh;
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      if (place.isKept) writeFileSync(path, JSON.stringify(state), { mode: 0o600 });
    },
  };
}

function read(path: string): WindowState {
  try {
    const { bounds, isMaximized, toldOfHiding } = JSON.parse(readFileSync(path, "utf8"));
    return { bounds: usable(bounds), isMaximized: isMaximized === true, toldOfHiding: toldOfHiding === true };
  } catch {
    // Not there yet, or half written when the power went: a window in its usual place is no loss.
    return fresh;
  }
}

/** A screen that was unplugged must not take the window with it. */
function usable(value: unknown): Rectangle | undefined {
  const { x, y, width, height } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (!isWhole(x) || !isWhole(y) || !isWhole(width) || !isWhole(height)) return undefined;
  if (width < windowWidthMin || height < windowHeightMin) return undefined;
  const middle = { x: x + Math.round(width / 2), y };
  const isOnScreen = screen.getAllDisplays().some(({ workArea: area }) => {
    const across = middle.x >= area.x && middle.x < area.x + area.width;
    return across && middle.y >= area.y && middle.y < area.y + area.height;
  });
  return isOnScreen ? { x, y, width, height } : undefined;
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) < 100_000;
}
