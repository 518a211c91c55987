/** Getting around in a long room: search, dates and links lead far back, and one reads on from there in both directions. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { axeScript, findViolations } from "./support/accessibility.ts";
import { type ChatWindow, widths } from "./support/chat-window.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();
const folder = join(import.meta.dirname, "../../artifacts/screenshots");
mkdirSync(folder, { recursive: true });
const count = 1_300;

async function look(window: ChatWindow, name: string): Promise<void> {
  const width = window.page.viewportSize()?.width;
  for (const colorScheme of ["light", "dark"] as const) {
    await window.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await findViolations(window.page)).toEqual([]);
    await window.page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
  }
}

async function fill(): Promise<{ window: ChatWindow; ids: string[] }> {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await mara!.call("messages.send", { to: "#lobby", text: `Entry ${i} of the log` })).messageId);
  const window = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  await window.message(`Entry ${count - 1} of the log`).waitFor();
  return { window, ids };
}

test("a search far back, a link, and a date; from there on and back to the newest", async () => {
  const { window, ids } = await fill();
  const { page } = window;
  const list = page.getByRole("log", { name: "Messages" });

  await window.press("Control+f");
  await page.getByRole("searchbox").fill("Entry 40");
  await page.getByRole("region", { name: "Search" }).getByText("Entry 40 of the log", { exact: true }).click();
  await window.message("Entry 40 of the log").waitFor();
  expect(await list.getByText("Entry 39 of the log", { exact: true }).isVisible()).toBe(true);
  await look(window, "places-far-back");

  // On from there: every message in its place, none twice, none left out.
  const seen = new Set<number>();
  await list.hover();
  for (let turn = 0; turn < 400 && !seen.has(400); turn++) {
    await page.mouse.wheel(0, 900);
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    const shown = await list.locator("[data-message]").allInnerTexts();
    for (const text of shown) seen.add(Number(/Entry (\d+)/.exec(text)?.[1]));
  }
  for (let i = 40; i <= 400; i++) expect(seen).toContain(i);

  await page.getByRole("button", { name: /newest|new message|Go to the/i }).click();
  await window.message(`Entry ${count - 1} of the log`).waitFor();

  // A link to a message, sent and followed.
  await window.composer.fill(`See earshot://message/${ids[77]}`);
  await window.press("Enter");
  await page.getByRole("button", { name: "a message" }).click();
  await window.message("Entry 77 of the log").waitFor();
  await list.getByText("Entry 77 of the log", { exact: true }).isVisible();

  await window.press("Control+g");
  const dialog = page.getByRole("dialog", { name: "Go to a date" });
  await dialog.waitFor();
  await look(window, "places-date");
  await dialog.getByRole("button", { name: "Go", exact: true }).click();
  await dialog.getByText("Choose a date first.").waitFor();
  await dialog.getByRole("button", { name: "The beginning" }).click();
  await window.message("Entry 0 of the log").waitFor();
  expect(await list.getByText("Everybody on this network is in the lobby").isVisible()).toBe(true);
});

test("a link to what is not here says so", async () => {
  const [self] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide });
  await window.composer.fill(`earshot://message/${"a".repeat(32)}/0123456789abcdef/7`);
  await window.press("Enter");
  await window.page.getByRole("button", { name: "a message" }).click();
  await window.page.getByText("That message is not here.").waitFor();
});
