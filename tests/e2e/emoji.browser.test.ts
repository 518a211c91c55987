/** The picker of emoji, in the window: found by word and by arrows, toned, remembered; for writing and for reacting. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { axeScript, findViolations } from "./support/accessibility.ts";
import { type ChatWindow, widths } from "./support/chat-window.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();
const folder = join(import.meta.dirname, "../../artifacts/screenshots");
mkdirSync(folder, { recursive: true });

async function look(window: ChatWindow, name: string): Promise<void> {
  const width = window.page.viewportSize()?.width;
  for (const colorScheme of ["light", "dark"] as const) {
    await window.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await findViolations(window.page)).toEqual([]);
    await window.page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
  }
}

test.each([widths.narrow, widths.wide])("emoji are picked for writing and for reacting, at %i px", async (width) => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width, initScript: axeScript });
  const { page } = window;
  await window.composer.fill("Well done ");
  await window.button("Emoji").click();
  const dialog = page.getByRole("dialog", { name: "Emoji" });
  await dialog.getByRole("heading", { name: "Smileys & Emotion" }).waitFor();
  await look(window, "emoji");
  await dialog.getByRole("radio", { name: "Medium dark" }).check();
  await dialog.getByRole("searchbox", { name: "Search emoji" }).fill("clap");
  await dialog.getByRole("button", { name: "clap" }).first().waitFor();
  await dialog.getByRole("searchbox", { name: "Search emoji" }).press("Enter");
  await vi.waitFor(async () => expect(await window.composer.inputValue()).toBe("Well done 👏🏾"), patience);
  await window.press("Enter");
  await window.message("Well done").waitFor();

  await window.button("Emoji").first().click();
  await dialog.getByRole("button", { name: "Party", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("log", { name: "Messages" }).getByRole("img", { name: "Party" }).waitFor();
  await vi.waitFor(
    async () => expect((await mara!.call("messages.list", { in: "#lobby" })).messages.at(-1)?.text).toBe(":sticker-party:"),
    patience,
  );
  await look(window, "sticker");

  await mara!.say("#lobby", "Thanks");
  const hers = window.message("Thanks");
  await hers.focus();
  await window.press("+");
  await page.getByRole("group", { name: "React with" }).getByRole("button", { name: "All emoji…" }).click();
  await dialog.getByRole("heading", { name: "Used lately" }).waitFor();
  await window.press("ArrowDown");
  await window.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await hers.getByRole("button", { name: /👏🏾/u }).waitFor();
  await window.button("Emoji").first().click();
  await dialog.getByRole("searchbox", { name: "Search emoji" }).fill("qqqqq");
  await dialog.getByText("No emoji has that name. Try another word.").waitFor();
});
