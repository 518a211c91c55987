/** A window as people and axe see it: no violation, and a picture of it for somebody to look at, light and dark. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { findViolations } from "./accessibility.ts";
import type { ChatWindow } from "./chat-window.ts";

const folder = join(import.meta.dirname, "../../../artifacts/screenshots");

/** The window has to be opened with `axeScript`. */
export async function look(window: ChatWindow, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const width = window.page.viewportSize()?.width;
  for (const colorScheme of ["light", "dark"] as const) {
    await window.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await findViolations(window.page)).toEqual([]);
    await window.page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
  }
}
