/** Delivery while away, on the screen: what becomes of a message to somebody who is off, the host's panel, and read receipts. */
import { expect, test, vi } from "vitest";
import { patience } from "./support/real-peer.ts";
import { prepareStage } from "./support/stage.ts";

const stage = prepareStage();

test("a message to somebody who is away says who holds it, by mouse and by keyboard; the host's panel counts what it holds", async () => {
  const peers = await stage.network.gather("Ada", "Ben", "Cleo", "Dora");
  const [self, ben, cleo] = peers;
  const { hostId } = await self!.call("host.get", {});
  if (hostId !== self!.peerId) await peers.find(({ peerId }) => peerId === hostId)!.call("host.handOff", { to: self!.peerId });
  await vi.waitFor(async () => {
    for (const peer of peers) expect((await peer.call("host.get", {})).hostId).toBe(self!.peerId);
  }, patience);
  const window = await stage.open(self!);
  await window.row("Ben").waitFor();
  await ben!.kill();
  await window.row("Ben").getByText("away").waitFor({ state: "attached" });
  await window.row("Ben").click();
  await window.write("For when you are back");
  const line = window.message("For when you are back");
  const words = line.getByText("Held by 2 others until they come; you may leave");
  await words.waitFor({ state: "attached" });
  const opacity = () => words.evaluate((tip) => tip.ownerDocument.defaultView?.getComputedStyle(tip).opacity);
  const isShown = (shown: boolean) => vi.waitFor(async () => expect(await opacity()).toBe(shown ? "1" : "0"), patience);
  await line.locator(".delivery").hover();
  await isShown(true);
  await window.page.mouse.move(0, 0);
  await isShown(false);
  await window.press("Shift+Tab");
  await line.focus();
  await isShown(true);

  await vi.waitFor(async () => {
    const { peers } = await cleo!.call("peers.list", {});
    expect(peers.find(({ peerId }) => peerId === ben!.peerId)?.online).toBe(false);
  }, patience);
  await cleo!.say(`@${ben!.peerId}`, "From Cleo");
  await vi.waitFor(async () => expect((await self!.call("host.stats", {})).mail.items).toBe(1), patience);
  await window.button("Host panel").click();
  await window.page
    .getByRole("region", { name: "Host panel" })
    .getByText(/1 sealed message for 1 person/u)
    .waitFor();
});

test("a message that was read says so; who switches that off is not told", async () => {
  const [self, ben] = await stage.network.gather("Ada", "Ben");
  const window = await stage.open(self!);
  await window.row("Ben").click();
  await window.write("Did you see this?");
  const line = window.message("Did you see this?");
  await line.getByText("Delivered to Ben").waitFor({ state: "attached" });
  await ben!.call("messages.markRead", { in: `@${self!.peerId}` });
  await line.getByText("Read by Ben").waitFor({ state: "attached" });
  await window.button("Settings").click();
  const choice = window.dialog("Settings").getByLabel("Others see what I have read, and I see what they have");
  expect(await choice.isChecked()).toBe(true);
  await choice.uncheck();
  await line.getByText("Delivered to Ben").waitFor({ state: "attached" });
  expect(await self!.call("settings.get", {})).toMatchObject({ readReceipts: false });
});
