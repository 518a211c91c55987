/** What people do with messages, in the window: reacting, correcting, pinning, deleting; by mouse and by keyboard alone. */
import { expect, test, vi } from "vitest";
import { axeScript } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { look } from "./support/look.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test.each(Object.values(widths))("messages are reacted to, corrected, pinned and deleted, at %i px", async (width) => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width, initScript: axeScript });
  await window.composer.waitFor();
  await mara!.say("#lobby", "The ship comes in at nine");
  const hers = window.message("The ship comes in at nine");
  await hers.waitFor();

  await hers.focus();
  await window.press("+");
  const signs = window.page.getByRole("group", { name: "React with" });
  await signs.waitFor();
  await look(window, "acts-signs");
  await window.press("ArrowRight");
  await window.press("Enter");
  await hers.getByRole("button", { name: /heart: you/ }).waitFor();
  const { messages } = await mara!.call("messages.list", { in: "#lobby" });
  const herId = messages.find(({ text }) => text.startsWith("The ship"))?.messageId ?? "";
  await vi.waitFor(
    async () =>
      expect((await mara!.call("messages.get", { messageId: herId })).message.reactions).toEqual([{ emoji: "❤️", from: [self!.peerId] }]),
    patience,
  );
  await mara!.call("messages.react", { messageId: herId, emoji: "❤️", on: true });
  await mara!.call("messages.react", { messageId: herId, emoji: "🎉", on: true });
  await hers.getByRole("button", { name: /party: Mara/ }).waitFor();
  await hers.focus();
  await window.press("p");
  await hers.getByText("Pinned by you").waitFor({ state: "attached" });

  await window.composer.fill("I wil be there");
  await window.press("Enter");
  await window.message("I wil be there").waitFor();
  await window.press("ArrowUp");
  const editor = window.page.getByRole("textbox", { name: "Editing your message" });
  await editor.waitFor();
  expect(await editor.inputValue()).toBe("I wil be there");
  await editor.fill("I will be there");
  await look(window, "acts-editing");
  await window.press("Enter");
  const mine = window.message("I will be there");
  await mine.getByRole("button", { name: /^Edited/ }).waitFor();
  await window.composer.waitFor();
  await vi.waitFor(
    async () => expect((await mara!.call("messages.list", { in: "#lobby" })).messages.map(({ text }) => text)).toContain("I will be there"),
    patience,
  );
  await mine.getByRole("button", { name: /^Edited/ }).click();
  await window.page.getByRole("dialog").getByText("I wil be there").waitFor();
  await look(window, "acts-history");
  await window.press("Escape");

  await window.composer.fill("Forget this");
  await window.press("Enter");
  const slip = window.message("Forget this");
  await slip.waitFor();
  await slip.focus();
  await window.press("Delete");
  await look(window, "acts-delete");
  await window.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await window.message("This message was deleted.").waitFor();
  await vi.waitFor(
    async () => expect((await mara!.call("messages.list", { in: "#lobby" })).messages.filter(({ deleted }) => deleted)).toHaveLength(1),
    patience,
  );
  await look(window, "acts");

  if (width !== widths.wide) await window.button("Details").click();
  await window.aside.getByRole("button", { name: /The ship comes in at nine/ }).waitFor();
  await look(window, "acts-pinned");
  await window.aside.getByRole("button", { name: /The ship comes in at nine/ }).click();
  await vi.waitFor(async () => expect(await hers.evaluate((element) => element.matches(":focus"))).toBe(true), patience);
});

test("a correction that is refused stays where it was typed, with the reason", async () => {
  const [self] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width: widths.wide, initScript: axeScript });
  await window.composer.fill("short");
  await window.press("Enter");
  await window.message("short").waitFor();
  await window.composer.fill("half written");
  await window.composer.fill("");
  await window.press("ArrowUp");
  const editor = window.page.getByRole("textbox", { name: "Editing your message" });
  await editor.fill("long ".repeat(4_000));
  await window.page.getByText(/too long/).waitFor();
  await editor.fill("corrected");
  const { messages } = await self!.call("messages.list", { in: "#lobby" });
  await self!.call("messages.delete", { messageId: messages.at(-1)?.messageId ?? "" });
  // There is nothing to correct any more: one writes on.
  await window.composer.waitFor();
});
