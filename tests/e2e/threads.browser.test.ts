/** Threads, passing on and exporting, in the window: by mouse and by keyboard alone. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { axeScript } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { look } from "./support/look.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test.each(Object.values(widths))("a message is answered in its thread, and an answer in the room as well, at %i px", async (width) => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width, initScript: axeScript });
  await window.composer.waitFor();
  await mara!.say("#lobby", "Who brings the cake on Friday?");
  const hers = window.message("Who brings the cake on Friday?");
  await hers.waitFor();
  const { messages } = await mara!.call("messages.list", { in: "#lobby" });
  const thread = messages.at(-1)?.messageId ?? "";

  await hers.focus();
  await window.press("t");
  const panel = window.page.getByRole("region", { name: "Thread" });
  const composer = panel.getByRole("textbox", { name: "Reply in this thread" });
  await composer.waitFor();
  await panel.getByText("No replies yet").waitFor();
  await composer.fill("I do, apple this time");
  await window.press("Enter");
  await panel.getByText("I do, apple this time").waitFor();
  await vi.waitFor(async () => expect((await mara!.call("messages.get", { messageId: thread })).message.replies).toBe(1), patience);
  await mara!.call("messages.send", { to: "#lobby", text: "Lovely. And plates?", thread });
  await panel.getByText("Lovely. And plates?").waitFor();
  await composer.fill("Plates are in the kitchen");
  await panel.getByRole("checkbox", { name: /Also in #lobby/ }).check();
  await composer.press("Enter");
  await panel.getByText("Plates are in the kitchen").waitFor();
  await look(window, "thread");

  if (width !== widths.wide) await panel.getByRole("button", { name: width === widths.narrow ? "Back" : "Close" }).click();
  const list = window.page.getByRole("log", { name: "Messages" });
  await list.getByText("3 replies").waitFor();
  await list.getByText("Plates are in the kitchen").waitFor();
  expect(await list.getByText("I do, apple this time").count()).toBe(0);
  await hers.focus();
  await window.press("m");
  await window.page.getByRole("menu", { name: "More" }).waitFor();
  await look(window, "thread-menu");
  await window.press("Escape");
  await window.page.getByRole("menu").waitFor({ state: "detached" });
  expect(await window.page.locator(":focus").getAttribute("data-message")).toBe(thread);

  // What is half written stays with its thread.
  await list.getByRole("button", { name: /Open the thread/ }).click();
  await composer.fill("half a thou");
  await panel.getByRole("button", { name: width === widths.narrow ? "Back" : "Close" }).click();
  await hers.focus();
  await window.press("t");
  expect(await composer.inputValue()).toBe("half a thou");
});

test("a search leads to an answer in its thread", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide });
  await window.composer.waitFor();
  const { messageId: thread } = await mara!.call("messages.send", { to: "#lobby", text: "Which harbour?" });
  await mara!.call("messages.send", { to: "#lobby", text: "Rotterdam, berth seven", thread });
  await window.page.getByRole("log", { name: "Messages" }).getByText("1 reply").waitFor();
  await window.press("Control+f");
  await window.page.getByRole("searchbox").fill("berth");
  await window.page.getByRole("region", { name: "Search" }).getByText("Rotterdam").click();
  const panel = window.page.getByRole("region", { name: "Thread" });
  await panel.getByText("Rotterdam, berth seven").waitFor();
  await panel.getByText("Which harbour?").waitFor();
});

test("a message is passed on, and says who said it", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  await window.composer.waitFor();
  await mara!.call("messages.send", { to: `@${self!.peerId}`, text: "The key is under the mat" });
  await window.page.getByRole("navigation").getByText("Mara").first().click();
  const hers = window.message("The key is under the mat");
  await hers.focus();
  await window.press("f");
  const dialog = window.page.getByRole("dialog", { name: "Forward this message to…" });
  await dialog.waitFor();
  await window.page.keyboard.type("lobby");
  await look(window, "forward");
  await window.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await window.page.getByText(/Forwarded from Mara/).waitFor();
  await vi.waitFor(async () => {
    const { messages } = await mara!.call("messages.list", { in: "#lobby" });
    expect(messages.at(-1)).toMatchObject({ text: "The key is under the mat", from: self!.peerId, forwarded: { fromName: "Mara" } });
  }, patience);
});

test("a conversation is saved as Markdown and as JSON", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  await window.composer.waitFor();
  await mara!.say("#lobby", "Soup is ready");
  await window.message("Soup is ready").waitFor();
  const dialog = window.page.getByRole("dialog");
  for (const [choice, suffix, wanted] of [
    [/Markdown/, ".conversation.md", /^# #lobby\n.*\*\*Mara\*\*.*> Soup is ready/su],
    [/JSON/, ".conversation.json", /"text": "Soup is ready"/u],
  ] as const) {
    await window.button("Export…").click();
    await dialog.getByRole("radio", { name: choice }).check();
    await dialog.getByRole("button", { name: "Prepare the file" }).click();
    await dialog.getByText("1 message.").waitFor();
    if (suffix.endsWith("md")) await look(window, "export-conversation");
    const [download] = await Promise.all([window.page.waitForEvent("download"), dialog.getByRole("link", { name: "Save" }).click()]);
    expect(download.suggestedFilename()).toBe(`lobby${suffix}`);
    expect(readFileSync(await download.path(), "utf8")).toMatch(wanted);
    await window.press("Escape");
  }
});
