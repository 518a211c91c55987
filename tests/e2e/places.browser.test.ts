import { expect, test } from "vitest";
import { axeScript } from "./support/accessibility.ts";
import { type ChatWindow, widths } from "./support/chat-window.ts";
import { look } from "./support/look.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();
const count = 1_300;

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
  await list.getByText("Entry 39 of the log", { exact: true }).waitFor();
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
  await list.getByText("Everybody on this network is in the lobby").waitFor();
});

test("what was written out of reach comes in where it belongs, and the screen says so", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const island = await stage.network.join({ name: "Ines", isAlone: true });
  const window = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  await window.composer.waitFor();
  await mara!.say("#lobby", "Morning");
  await island.call("messages.send", { to: "#lobby", text: "Is anybody there?" });
  await island.call("messages.send", { to: "#lobby", text: "I can see nobody" });
  await window.page.waitForTimeout(1_500);
  for (let i = 0; i < 60; i++) await mara!.call("messages.send", { to: "#lobby", text: `Line ${i}` });
  await window.message("Line 59").waitFor();
  await window.page.waitForTimeout(4_000);
  await island.call("peers.connect", { address: (await self!.call("session.get", {})).addresses[0] ?? "" });
  const pill = window.page.getByRole("button", { name: "2 earlier messages came in" });
  await pill.waitFor();
  await look(window, "places-late-pill");
  await pill.click();
  await window.message("Is anybody there?").waitFor();
  await window.page.getByText("These 2 messages came in later").waitFor();
  const list = window.page.getByRole("log", { name: "Messages" });
  const texts = (await list.locator("[data-message] .text").allInnerTexts()).slice(0, 4);
  expect(texts).toEqual(["Morning", "Is anybody there?", "I can see nobody", "Line 0"]);
  await look(window, "places-late");
});

test("a link to what is not here says so", async () => {
  const [self] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide });
  await window.composer.fill(`earshot://message/${"a".repeat(32)}/0123456789abcdef/7`);
  await window.press("Enter");
  await window.page.getByRole("button", { name: "a message" }).click();
  await window.page.getByText("That message is not here.").waitFor();
});
