import { expect, test, vi } from "vitest";
import { axeScript } from "./support/accessibility.ts";
import { widths } from "./support/chat-window.ts";
import { look } from "./support/look.ts";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test.each(Object.values(widths))("the safety number is compared, and marks the person, at %i px", async (width) => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { width, initScript: axeScript });
  await window.composer.waitFor();
  if (width === widths.narrow) await window.button("Back").click();
  await window.row("Mara").click();
  if (width !== widths.wide) await window.button("Details").click();
  await window.button("Compare safety number").click();
  const dialog = window.dialog("Safety number with Mara");
  const { digits, qr } = await mara!.call("people.safetyNumber", { peer: self!.peerId });
  await vi.waitFor(async () => expect((await dialog.locator("code").allTextContents()).slice(0, 12).join(" ")).toBe(digits), patience);
  await dialog.getByRole("img", { name: "The same as a QR code" }).waitFor();
  await look(window, "safety");
  await dialog.getByText("Compare by code instead").click();
  await dialog.getByLabel("The code from Mara's screen").fill(`${qr.slice(0, -1)}?`);
  await dialog.getByRole("button", { name: "Check" }).click();
  await dialog.getByRole("alert").getByText("This is not the code of you and Mara").waitFor();
  await dialog.getByLabel("The code from Mara's screen").fill(qr);
  await dialog.getByRole("button", { name: "Check" }).click();
  await dialog.waitFor({ state: "detached" });
  expect((await self!.call("peers.list", {})).peers[0]?.verified).toBe(true);
  await window.page.getByText("Compared: it is them").waitFor();
  await look(window, "verified");
  if (width !== widths.wide) return;
  // On what they say, and among the members, as well.
  await mara!.say(`@${self!.peerId}`, "It is me");
  const mark = "verified: you have compared the safety number";
  await window.message("It is me").getByText(mark).waitFor();
  await window.row("lobby").click();
  await window.aside.getByRole("list", { name: "Members" }).getByRole("button", { name: /^Mara/u }).getByText(mark).waitFor();
});

test("a new key under a known name stops what is written until one decides, and loses no word", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  await mara!.say(`@${self!.peerId}`, "The code is 4711");
  await self!.received(`@${mara!.peerId}`, "The code is 4711");
  await mara!.kill();
  const other = await stage.network.join({ name: "Mara" });
  const window = await stage.open(self!, { initScript: axeScript });
  await vi.waitFor(async () => {
    const known = (await self!.call("peers.list", {})).peers.find(({ peerId }) => peerId === other.peerId);
    expect(known?.keyChange?.previous).toBe(mara!.peerId);
  }, patience);
  await window.sidebar.getByRole("button", { name: /their key is new/u }).click();
  await window.page.getByText("Mara's key is new.").waitFor();
  await window.type("Which code?");
  await window.press("Enter");
  await window.page.getByText("Not sent yet: decide above first.").waitFor();
  expect(await window.composer.inputValue()).toBe("Which code?");
  const rows = window.sidebar.getByRole("button", { name: /^Mara/u });
  await rows.filter({ hasText: other.peerId.slice(0, 4) }).waitFor();
  // Whom one has known by the name for longest keeps it plain.
  expect(await rows.count()).toBe(2);
  expect(await rows.filter({ hasText: mara!.peerId.slice(0, 4) }).count()).toBe(0);
  await look(window, "new-key");
  expect(await other.call("messages.list", { in: `@${self!.peerId}` })).toMatchObject({ messages: [] });
  await window.button("It's somebody else").click();
  const both = window.dialog("Two people called Mara");
  for (const { peerId } of [mara!, other]) await both.getByText(peerId.slice(0, 4), { exact: true }).waitFor();
  for (const width of Object.values(widths)) {
    await window.page.setViewportSize({ width, height: 900 });
    await look(window, "two-people");
  }
  await both.getByRole("button", { name: "Keep them apart" }).click();
  await window.button("Write anyway").click();
  await window.page.getByText("Mara's key is new.").first().waitFor({ state: "detached" });
  await window.page.locator("textarea:focus").waitFor();
  await window.press("Enter");
  await other.received(`@${self!.peerId}`, "Which code?");
});

test("somebody blocked is heard no more, until they are unblocked", async () => {
  const [self, mara] = await stage.network.gather("Ada", "Mara");
  const window = await stage.open(self!, { initScript: axeScript });
  await mara!.say("#lobby", "Buy my lamps");
  await window.message("Buy my lamps").waitFor();
  await window.row("Mara").click();
  await window.button("Block Mara").click();
  await window.page.getByText("You have blocked Mara.").waitFor();
  await window.sidebar.getByRole("list", { name: "Blocked" }).getByRole("button", { name: /^Mara/u }).waitFor();
  await look(window, "blocked");
  await window.row("lobby").click();
  await window.message("Buy my lamps").waitFor({ state: "detached" });
  await mara!.say("#lobby", "Two for one");
  await mara!.say(`@${self!.peerId}`, "Hello?");
  await window.row("Mara").click();
  await window.button("Unblock Mara").first().click();
  await window.message("Hello?").waitFor();
  await window.row("lobby").click();
  await window.message("Two for one").waitFor();
});
