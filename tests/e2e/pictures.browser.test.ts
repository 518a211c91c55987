/**
 * Pictures of the main views, light and dark, at three widths: kept under artifacts/screenshots, to be looked at.
 * docs/images/window.png is the one called lobby-1440-light.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { type ChatWindow, widths } from "./support/chat-window.ts";
import { openOffice } from "./support/office.ts";
import { prepareStage } from "./support/stage.ts";
import { views } from "./support/views.ts";

const stage = prepareStage("Harbour Street");
const folder = join(import.meta.dirname, "../../artifacts/screenshots");
mkdirSync(folder, { recursive: true });

/** Where it is ten in the morning while the test runs: the conversation is one of a morning. */
function morning(): string {
  const ahead = ((10 - new Date().getUTCHours() + 36) % 24) - 12;
  // Etc/GMT-3 is three hours ahead of Greenwich.
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

async function picture(window: ChatWindow, name: string): Promise<void> {
  const width = window.page.viewportSize()?.width;
  for (const colorScheme of ["light", "dark"] as const) {
    await window.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await window.page.screenshot({ path: join(folder, `${name.replace(" ", "-")}-${width}-${colorScheme}.png`) });
  }
  await window.page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

test("the main views among four people", async () => {
  const { self } = await openOffice(stage.network);
  for (const width of Object.values(widths)) {
    const window = await stage.open(self, { width, timezoneId: morning() });
    await window.composer.waitFor();
    for (const view of views) {
      await view.show(window);
      await picture(window, view.name);
      await view.leave(window);
    }
    if (width === widths.narrow) {
      await window.button("Back").click();
      await picture(window, "list");
    }
  }
});

test.each(Object.values(widths))("first start, and alone, at %i px", async (width) => {
  const window = await stage.open(await stage.network.join(), { width, timezoneId: morning() });
  await window.dialog("What should people call you?").waitFor();
  await picture(window, "first start");
  await window.type("Amara Diallo");
  await window.press("Enter");
  await window.conversation.getByRole("heading", { name: "Nobody else is here yet" }).waitFor();
  await picture(window, "alone");
});
