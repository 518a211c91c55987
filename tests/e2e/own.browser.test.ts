/** What people keep for themselves, in the window: drafts, stars, unread marks, sends for later, typing, and how long a room is kept. */
import { expect, test, vi } from "vitest";
import { axeScript } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { look } from "./support/look.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test("a draft survives leaving the conversation and loading the page again", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  await window.composer.fill("Half a tho");
  await window.page.getByRole("navigation").getByText("Mara").first().click();
  await window.page
    .getByRole("navigation")
    .getByRole("button", { name: /lobby.*draft/ })
    .waitFor();
  await look(window, "own-draft");
  await vi.waitFor(
    async () => expect((await self!.call("drafts.list", {})).drafts.map(({ text }) => text)).toEqual(["Half a tho"]),
    patience,
  );
  await window.page.reload();
  await window.composer.waitFor();
  await vi.waitFor(async () => expect(await window.composer.inputValue()).toBe("Half a tho"), patience);
  await window.press("Enter");
  await window.message("Half a tho").waitFor();
  await vi.waitFor(async () => expect((await self!.call("drafts.list", {})).drafts).toEqual([]), patience);
  expect(mara).toBeDefined();
});

test.each(Object.values(widths))("stars, unread marks and typing, at %i px", async (width) => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width, initScript: axeScript });
  await window.composer.waitFor();
  await mara!.say("#lobby", "The code of the door is on the board");
  await mara!.say("#lobby", "And the coffee is fresh");
  const hers = window.message("The code of the door is on the board");
  await hers.focus();
  await window.press("s");
  await hers.getByText("Starred by you").waitFor({ state: "attached" });
  await hers.focus();
  await window.press("u");
  await window.page.getByText("New", { exact: true }).first().waitFor();
  const lobby = async () => (await self!.call("rooms.list", {})).rooms.find(({ roomId }) => roomId === "lobby");
  await vi.waitFor(async () => expect((await lobby())?.unread).toBe(2), patience);
  await mara!.call("conversations.typing", { in: "#lobby" });
  await window.page.getByText("Mara is typing…").waitFor();
  await look(window, "own-typing");
  await mara!.say("#lobby", "Come over");
  await window.page.getByText("Mara is typing…").waitFor({ state: "detached" });
  if (width === widths.narrow) await window.button("Back").click();
  await window.button("Starred").click();
  const panel = window.page.getByRole("region", { name: "Starred" });
  await panel.getByText("The code of the door").waitFor();
  await look(window, "own-starred");
  await panel.getByText("The code of the door").click();
  await hers.waitFor();
});

test("a message is written now and sent later, or not", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  await window.composer.fill("Happy birthday, everybody");
  await window.button("Send later…").click();
  const dialog = window.page.getByRole("dialog", { name: "Send later" });
  await dialog.getByRole("button", { name: "Send then" }).click();
  await dialog.getByText("Choose a day and a time first.").waitFor();
  await look(window, "own-later");
  await dialog.getByRole("button", { name: "Tomorrow at 9" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await window.composer.inputValue()).toBe("");
  await window.page.getByRole("button", { name: "1 message is to be sent later" }).click();
  await dialog.getByText("Happy birthday, everybody").waitFor();
  await look(window, "own-waiting");
  await dialog.getByRole("button", { name: "Do not send" }).click();
  await window.page.getByRole("button", { name: /to be sent later/ }).waitFor({ state: "detached" });
  await window.press("Escape");
  await vi.waitFor(async () => expect(await window.composer.inputValue()).toBe("Happy birthday, everybody"), patience);
  expect((await mara!.call("messages.list", { in: "#lobby" })).messages).toEqual([]);
});

test("how long a room is kept here is asked before anything is destroyed", async () => {
  const [self] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  const choice = window.page.getByRole("combobox", { name: "Kept on this computer" });
  await choice.selectOption({ label: "For a week" });
  await look(window, "own-retention");
  await window.button("Cancel").click();
  expect((await self!.call("rooms.list", {})).rooms[0]?.keepMs).toBe(null);
  await choice.selectOption({ label: "For a week" });
  await window.button("Destroy what is older").click();
  await vi.waitFor(async () => expect((await self!.call("rooms.list", {})).rooms[0]?.keepMs).toBe(7 * 86_400_000), patience);
});
