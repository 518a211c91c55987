/** The picker of emoji, in the window: found by word and by arrows, toned, remembered; for writing and for reacting. */
import { expect, test, vi } from "vitest";
import { axeScript } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { look } from "./support/look.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

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
